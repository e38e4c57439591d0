"""How requests wait for latency and faults: for so long at most, and no longer than their reason lasts."""

from __future__ import annotations

import threading
from collections.abc import Callable

from imgur_sync.simulator.faults import Fault


class Waits:
    """The waits of one simulator. Thread-safe. With `sleep`, that is called with the seconds instead of waiting."""

    def __init__(self, sleep: Callable[[float], object] | None = None) -> None:
        self._sleep = sleep
        self._changed = threading.Condition()
        self._waiting = 0
        self._told: Callable[[int], None] | None = None
        self._ended = False

    def tell(self, told: Callable[[int], None]) -> None:
        """Have `told` called with the number of those who wait whenever it has changed, until the end."""
        self._told = told

    def wait(self, seconds: float, fault: Fault | None = None) -> None:
        """Wait so long, or until the rule of `fault` is deleted, or until the end."""
        if self._sleep is not None:
            self._sleep(seconds)
            return

        def is_over() -> bool:
            return self._ended or (fault is not None and fault.gone)

        with self._changed:
            self._count(1)
            try:
                self._changed.wait_for(is_over, min(seconds, threading.TIMEOUT_MAX))
            finally:
                self._count(-1)

    def _count(self, more: int) -> None:
        self._waiting += more
        if self._told is not None and not self._ended:
            self._told(self._waiting)

    def look_again(self) -> None:
        """Have those who wait look whether their rule is still there."""
        with self._changed:
            self._changed.notify_all()

    def end(self) -> None:
        """End all waits, for good: also those to come."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
