"""A local Imgur around one command: its environment leads there, and the simulator ends with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

from imgur_sync.simulator.handle import Running

NOT_FOUND, NOT_STARTED = 127, 126
"""The exit codes of a command that is not there, or cannot be started: as env(1) and shells have them."""
FROM_TERMINAL = ("SIGINT", "SIGQUIT")
"""What the keys of a terminal send, to everything that runs in its foreground."""
PASSED_ON = (*FROM_TERMINAL, "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
_PREFIXES = ("IMGUR_SYNC_", "IMGUR_")
_SETTINGS = ("API_URL", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ACCESS_TOKEN")


def given_environment(outer: Mapping[str, str], server: Running) -> dict[str, str]:
    """`outer`, less every credential of Imgur in it, with what points clients at the simulator.

    `IMGUR_SYNC_…` and `IMGUR_…` have the origin, Client-ID, secret and refresh token, `IMGUR_ACCESS_TOKEN` an access
    token; a variable of those names, or with `_FILE` after it, that held something else is gone. Proxies are told to
    leave the simulator alone.
    """
    ours = {f"{prefix}{name}{end}" for prefix in _PREFIXES for name in _SETTINGS for end in ("", "_FILE")}
    kept = {name: value for name, value in outer.items() if name not in ours}
    host = server.url.removeprefix("http://").rpartition(":")[0].strip("[]")
    direct = {name: ",".join(filter(None, (outer.get(name), host))) for name in ("NO_PROXY", "no_proxy")}
    return {**kept, **direct, **server.environment(), **server.plain_environment()}


def run_around(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, on this process's own streams, and return its exit code.

    A command that a signal ended gives 128 and its number. Signals that ask this process to end are passed on, and
    what becomes of them is the command's choice; those of a terminal's keys reach the command by themselves.
    `NotStarted` if it cannot be started.
    """
    child = _Child()
    with _passing(child):
        try:
            child.start(command, environment)
        except OSError as error:
            code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_STARTED
            raise NotStarted(code, f"{command[0]}: {error.strerror}") from error
        code = child.wait()
    return code if code >= 0 else 128 - code


class NotStarted(Exception):
    """A command that cannot be started: `code` is the exit code for it, the text says why."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class _Child:
    """The command's process, and the signals that came before it was there."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it, and tell it what came in the meantime."""
        self._process = subprocess.Popen(list(command), env=dict(environment))
        while self._early:
            self._process.send_signal(self._early.pop(0))

    def wait(self) -> int:
        """How it ended."""
        assert self._process is not None
        return self._process.wait()

    def tell(self, number: int, frame: FrameType | None) -> None:
        """A handler of signals."""
        if self._process is None:
            self._early.append(number)
        elif signal.Signals(number).name not in FROM_TERMINAL or not _in_foreground():
            self._process.send_signal(number)


def _in_foreground() -> bool:
    """Whether a terminal's keys reach this process, and so everything that it started."""
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            if stream is not None and os.tcgetpgrp(stream.fileno()) == os.getpgrp():
                return True
    return False


@contextlib.contextmanager
def _passing(child: _Child) -> Iterator[None]:
    """Signals go to the child while the block runs, but for those that this process was started to ignore."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in PASSED_ON if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    heeded = [number for number in numbers if before[number] not in (signal.SIG_IGN, None)]
    for number in heeded:
        signal.signal(number, child.tell)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, before[number])
