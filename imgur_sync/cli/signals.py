"""Ctrl-C and SIGTERM: a run is asked to stop and ends by itself; the second signal ends the process at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from imgur_sync.errors import ExitCode, InterruptedRun

_SHOW_CURSOR = b"\x1b[?25h"


@contextmanager
def terminable() -> Iterator[None]:
    """While a command runs, SIGTERM raises `InterruptedRun` instead of killing, so that what is open is closed."""
    with _handling({signal.SIGTERM: _raise}):
        yield


class Stopper:
    """Turns signals into `request_stop(number)` while a run is under way.

    The handler sets a flag and nothing else: what was sent is awaited and recorded by the run. A second signal ends
    the process within the second; everything sent stays an open intent, which the next run settles.
    """

    def __init__(self, request_stop: Callable[[int], None]) -> None:
        self._request_stop = request_stop
        self._asked = 0
        self._asking = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Handle SIGINT and SIGTERM until the block ends."""
        with _handling({signal.SIGINT: self._stop, signal.SIGTERM: self._stop}):
            yield

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While a person is asked something, a signal raises instead: nothing is under way that could be lost.

        A signal that came a moment before raises now: nobody is asked about a run that is to stop.
        """
        self._asking = True
        try:
            if self._asked:
                _raise(self._asked, None)
            yield
        finally:
            self._asking = False

    def request(self, number: int) -> None:
        """Ask the run to stop, as a first signal does."""
        self._request_stop(number)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self._asking:
            _raise(number, frame)
        if self._asked:
            if sys.stderr is not None and sys.stderr.isatty():
                os.write(2, _SHOW_CURSOR)
            os._exit(128 + number)
        self._asked = number
        self._request_stop(number)


def _raise(number: int, frame: FrameType | None) -> None:
    raise InterruptedRun(ExitCode(128 + number))


@contextmanager
def _handling(handlers: dict[signal.Signals, Callable[[int, FrameType | None], None]]) -> Iterator[None]:
    """Handlers for the block, the ones before it afterwards. In another thread than the main one: no change."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def reloading(reload: Callable[[], None]) -> Iterator[None]:
    """SIGHUP asks to read the manifest anew until the block ends, where the system has such a signal."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None:
        yield
        return
    with _handling({hangup: lambda number, frame: reload()}):
        yield
