"""What no command tells by itself, and what the interpreter or a library would print as it is: errors that nobody
expected, in the main thread, in others and in destructors, warnings, and records of libraries when nothing is logged.

All of it goes to stderr without secrets and without anything that acts on a terminal or on a CI runner.
"""

from __future__ import annotations

import sys
import threading
import warnings
from contextlib import suppress
from types import TracebackType
from typing import TextIO

from imgur_sync.cli.session import Session, note

LONGEST_LINE = 4000


def harmless(text: str) -> str:
    """Text of several lines without secrets, control characters and CI commands; its line ends stay."""
    from imgur_sync.cli.redaction import redacted
    from imgur_sync.report.escape import sentence

    lines = redacted(text).expandtabs(4).split("\n")
    return "\n".join(sentence(line, LONGEST_LINE) for line in lines)


def one_line(text: str, limit: int = 500) -> str:
    """Text as one such line. Secrets go before it is cut: half of one would not be known as one."""
    from imgur_sync.cli.redaction import redacted
    from imgur_sync.report.escape import terminal

    return terminal(redacted(text), limit)


def tell_trace(error: BaseException) -> None:
    """The traceback; local variables are never part of it."""
    import traceback

    note(harmless("".join(traceback.format_exception(error)).rstrip("\n")))


def guard(session: Session) -> None:
    """From now on whatever nobody expected is told so, in this process."""
    hook = _Hook(session)
    sys.excepthook = hook
    threading.excepthook = hook.in_thread
    sys.unraisablehook = hook.unraisable
    warnings.showwarning = _warn


class _Hook:
    """Tells an error that nobody expected: one line, or with --debug the traceback."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._told(f"{kind.__name__}: {error}", error)

    def in_thread(self, args: threading.ExceptHookArgs) -> None:
        """An error that ended a thread."""
        if args.exc_type is not SystemExit:
            self._told(f"in a thread: {args.exc_type.__name__}: {args.exc_value}", args.exc_value)

    def unraisable(self, unraisable: sys.UnraisableHookArgs) -> None:
        """An error that no code can catch, as in a destructor."""
        error = unraisable.exc_value
        self._told(f"while tidying up: {unraisable.exc_type.__name__}: {error}", error)

    def _told(self, words: str, error: BaseException | None) -> None:
        told = "an error that cannot be told"
        with suppress(BaseException):  # the interpreter would print both errors, as they are
            if self._session.debug and error is not None:
                tell_trace(error)
            told = one_line(words)
        note(f"internal error: {told} (run again with --debug for the traceback)")


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """A warning of Python or of a library, on one line."""
    note(one_line(f"{category.__name__}: {message} ({filename}:{lineno})", LONGEST_LINE))
