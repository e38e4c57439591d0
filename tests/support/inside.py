"""The command line inside the test's own process: what a user types, without the half second that a process takes.

Nothing is replaced but what a process of its own would have: its environment, its folder, its streams, its secrets, and
what a command line hooks into the interpreter. Nor are lines of progress told, which begin when a command takes five
seconds: on a machine that stalls for as long any command would. For whatever is about processes (signals, locks between
two of them, descriptors, how a command starts) there is `Workplace`.
"""

from __future__ import annotations

import io
import logging
import math
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from imgur_sync.cli import cli
from imgur_sync.cli.ending import run
from imgur_sync.cli.redaction import Redactor, secrets
from imgur_sync.report import progress
from tests.support.command import Workplace
from tests.support.mirror import until

QUICK = 0.5
"""A time to settle below this is over by the next command: it takes less than a process takes to start."""
HOOKS = (
    (sys, "excepthook"),
    (sys, "unraisablehook"),
    (threading, "excepthook"),
    (warnings, "showwarning"),
    (logging, "raiseExceptions"),
)


class Stream(io.TextIOWrapper):
    """A stream in memory that may say that it is a terminal; what was written can be asked for."""

    def __init__(self, text: str = "", *, terminal: bool = False) -> None:
        self._bytes = io.BytesIO(text.encode("utf-8", "surrogateescape"))
        self._terminal = terminal
        super().__init__(self._bytes, encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        """Whether a person is to be thought there."""
        return self._terminal

    def told(self) -> str:
        """All that it holds."""
        self.flush()
        return self.written()

    def written(self) -> str:
        """The same for another thread, while somebody writes."""
        return self._bytes.getvalue().decode("utf-8", "replace")


@dataclass(frozen=True)
class Inside(Workplace):
    """A workplace whose commands run in the test's process. `watched`: its output goes to a terminal."""

    watched: bool = field(default=False, kw_only=True)
    _ended: list[float] = field(default_factory=list, compare=False, kw_only=True)

    def run(
        self, *arguments: str, stdin: str | None = None, environ: Mapping[str, str] | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run `imgur-sync ARGUMENTS…` to its end; `timeout` is for processes."""
        return self._run(arguments, Stream(stdin or ""), environ)

    def typing(
        self, typed: str, *arguments: str, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run it for a person at a terminal who types this, and then ends the input."""
        return self._run(arguments, Stream(typed, terminal=True), environ)

    def _run(
        self, arguments: tuple[str, ...], stdin: Stream, environ: Mapping[str, str] | None
    ) -> subprocess.CompletedProcess[str]:
        self._let_settle()
        out, err = Stream(terminal=self.watched), Stream(terminal=self.watched)
        code = self.follow(*arguments, out=out, err=err, stdin=stdin, environ=environ)
        self._ended[:] = [time.monotonic()]
        return subprocess.CompletedProcess(arguments, code, out.told(), err.told())

    def follow(
        self,
        *arguments: str,
        out: Stream,
        err: Stream,
        stdin: Stream | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> int:
        """Run it with these streams, which another thread may read meanwhile; the exit code."""
        streams = mock.patch.multiple(sys, stdin=stdin or Stream(), stdout=out, stderr=err)
        with self._apart(environ), streams:
            return run(cli, arguments)

    def _let_settle(self) -> None:
        """What the command before did is settled, as it would be with the time that a process takes to start."""
        settle = float(self.environment.get("IMGUR_SYNC_SETTLE_SECONDS", "0"))
        over = self._ended[0] + settle if self._ended and settle < QUICK else 0.0
        until(lambda: time.monotonic() >= over)

    @contextmanager
    def _apart(self, environ: Mapping[str, str] | None) -> Iterator[None]:
        """Put in place what a process of its own would have, and everything back."""
        before, known, hooks = os.getcwd(), vars(secrets).copy(), [getattr(module, name) for module, name in HOOKS]
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        vars(secrets).update(vars(Redactor()))
        os.chdir(self.folder)
        try:
            environment = mock.patch.dict(os.environ, self.environ(environ), clear=True)
            with environment, mock.patch.object(progress, "EVERY", math.inf):
                time.tzset()
                yield
        finally:
            time.tzset()
            os.chdir(before)
            root.handlers[:] = handlers
            root.setLevel(level)
            logging.captureWarnings(False)
            for (module, name), hook in zip(HOOKS, hooks, strict=True):
                setattr(module, name, hook)
            vars(secrets).update(known)
