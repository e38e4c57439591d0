"""Time of a simulated world: Imgur's own, which only runs on, and this machine's, which can be put wrong."""

from __future__ import annotations

from tests.support.hand_clock import HandClock

START = 2_000_000_000.0  # files made by the test are older than it for years to come


class TwoClocks(HandClock):
    """A `HandClock` that also knows the true time: what the wall clock would show if nobody had put it wrong."""

    def __init__(self) -> None:
        super().__init__(START)
        self.wrong = 0.0

    def jump(self, seconds: float) -> None:
        """Put the wall clock forward or back; the true time does not notice."""
        super().jump(seconds)
        self.wrong += seconds

    def true(self) -> float:
        """The true time, in seconds since the epoch."""
        return self.now() - self.wrong
