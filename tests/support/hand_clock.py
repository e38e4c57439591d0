"""A clock that moves only by hand."""

from __future__ import annotations


class HandClock:
    """A `Clock`. `now` and `monotonic` move together by `advance`; `jump` moves only the wall clock."""

    def __init__(self, now: float = 1_800_000_000.0, *, counts_sleep: bool = True) -> None:
        self.counts_sleep = counts_sleep
        self._now = now
        self._monotonic = 1_000.0

    def now(self) -> float:
        """Unix seconds."""
        return self._now

    def true(self) -> float:
        """The time of the world outside: Unix seconds."""
        return self.now()

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
        self._monotonic += seconds

    def sleep(self, seconds: float) -> None:
        """The machine is suspended so long; the monotonic clock goes on only where it counts that."""
        self._now += seconds
        self._monotonic += seconds if self.counts_sleep else 0.0

    def jump(self, seconds: float) -> None:
        """Put the wall clock forward or, with negative seconds, back."""
        self._now += seconds
