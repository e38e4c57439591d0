"""How a command line ends: every error becomes one message on stderr and an exit code; no traceback without --debug."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

import click

from imgur_sync.cli.session import Session, hush, note, result
from imgur_sync.cli.signals import terminable
from imgur_sync.cli.unexpected import guard, tell_trace
from imgur_sync.errors import ExitCode, ImgurSyncError, UsageError


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code.

    Errors that are not ours leave through `sys.excepthook`, which tells them in one line; the interpreter exits 1.
    """
    session = Session()
    guard(session)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with terminable():
            return _outcome(command, arguments, session)
    except ImgurSyncError as error:
        _tell(error, session)
        return error.exit_code.value
    except OSError as error:
        named = f": {error.filename}" if error.filename else ""
        _tell(ImgurSyncError(f"{error.strerror or error}{named}"), session)
        return ExitCode.ERROR.value
    finally:
        _flush()


def _outcome(command: click.Command, arguments: Sequence[str], session: Session) -> int:
    """The exit code of a command that ends by itself, also when click ends it."""
    try:
        code = command.main(list(arguments), prog_name="imgur-sync", standalone_mode=False, obj=session)
    except click.Abort:
        note("stopped")
        return ExitCode.SIGINT.value
    except click.exceptions.NoArgsIsHelpError as error:
        note(error.format_message())
        return ExitCode.USAGE.value
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx is not None else "imgur-sync"
        note(f"error: {_plain(error)}\nhint: {where} --help")
        if "--json" in arguments and not session.told:  # click may not have come to it
            _document(UsageError(" ".join(_plain(error).split()), hint=f"{where} --help"))
        return ExitCode.USAGE.value
    except click.ClickException as error:
        note(f"error: {_plain(error)}")
        return ExitCode.ERROR.value
    except SystemExit:  # click's answer to a reader of --help that went away
        return ExitCode.DONE.value
    return int(code) if isinstance(code, int) else ExitCode.DONE.value


def _plain(error: click.ClickException) -> str:
    """click's message; arguments in it can hold anything, as when a shell's pattern matched a hostile name."""
    from imgur_sync.cli.redaction import redacted
    from imgur_sync.report.escape import sentence

    return "\n".join(sentence(line) for line in redacted(error.format_message()).expandtabs(4).split("\n"))


def _tell(error: ImgurSyncError, session: Session) -> None:
    from imgur_sync.cli.redaction import redacted
    from imgur_sync.report.failure import error_text
    from imgur_sync.report.text import Moment

    if session.debug:
        tell_trace(error)
    # Before long texts are cut: half of a secret would not be known as one.
    error.message, error.hint = redacted(error.message), redacted(error.hint)
    note(redacted(error_text(error, Moment(time.time()))))
    if session.json and not session.told:
        _document(error)


def _document(error: ImgurSyncError) -> None:
    from imgur_sync.cli.redaction import redacted
    from imgur_sync.report.jsons import error_json

    with suppress(OSError):  # stdout may be what the error is about
        result(redacted(error_json(error)))


def _flush() -> None:
    """Write what is left. Where nobody reads any more, or the disk is full, it vanishes without another word."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None or stream.closed:
            continue
        try:
            stream.flush()
        except OSError:
            hush(stream)
