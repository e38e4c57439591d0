"""The simulator's clock: real time, or any other, plus what was advanced by hand."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Seconds since the epoch. Only moves forward, as fast as `base` does and by `advance`."""

    __slots__ = ("_base", "offset")

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self.offset = 0.0
        """Seconds advanced so far; the world keeps it over a restart."""

    def now(self) -> float:
        """The present moment, in seconds since the epoch."""
        return self._base() + self.offset
