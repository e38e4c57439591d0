"""One meter: what was counted by key, read in any of three kinds of window (imgur-api §3)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Any

from imgur_sync.simulator.options import Windows

FINE = 20_000
"""Moments of one key that are told apart in a sliding window. Beyond them, which takes limits far above Imgur's, counts
that lie closer than this part of the window are one, and leave it together: so much later at most."""


class Meter:
    """Counts by key over a length of time, in seconds. Moments are seconds since the epoch and never run backwards.

    Every count is taken in for all kinds of window at once, so that the kind is free to change:
    fixed windows begin with the first count after the last one ended (M, inferred from the announced resets);
    a sliding window is always the last `seconds`; calendar windows begin at whole multiples of `seconds` (UTC).
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self.windows: Windows = "fixed"
        """The kind of window that is read."""
        self._fixed: dict[str, tuple[float, int]] = {}
        self._calendar: dict[str, tuple[float, int]] = {}
        self._recent: dict[str, deque[tuple[float, int]]] = {}
        self._sums: dict[str, int] = {}
        self._highest: dict[str, int] = {}

    def count(self, key: str, amount: int, now: float) -> None:
        """Add `amount`."""
        if not amount:
            return
        start, used = self._open(self._fixed, key, now)
        self._fixed[key] = (now if start is None else start, used + amount)
        _, used = self._open(self._calendar, key, now)
        self._calendar[key] = (self._whole(now), used + amount)
        recent = self._slide(key, now)
        if recent and now - recent[-1][0] <= (self._seconds / FINE if len(recent) > FINE else 0):
            recent[-1] = (now, recent[-1][1] + amount)
        else:
            recent.append((now, amount))
        self._sums[key] = self._sums.get(key, 0) + amount
        self._highest[key] = max(self._highest.get(key, 0), self._sums[key])

    def used(self, key: str, now: float) -> int:
        """What was counted in the window that holds `now`."""
        if self.windows == "sliding":
            self._slide(key, now)
            return self._sums.get(key, 0)
        return self._open(self._fixed if self.windows == "fixed" else self._calendar, key, now)[1]

    def highest(self, key: str) -> int:
        """The most that was ever counted in any `seconds` on end, whatever the kind of window."""
        return self._highest.get(key, 0)

    def reset(self, key: str, now: float) -> int:
        """Whole seconds, at least 1, until the window ends; in a sliding one, until the oldest count leaves it.

        With nothing counted it is the whole length, but in a calendar window always what is left of it.
        """
        return self.wait(key, now, None)

    def wait(self, key: str, now: float, most: int | None) -> int:
        """Whole seconds, at least 1, until no more than `most` is counted; None = until anything comes back."""
        return max(1, math.ceil(self._end(key, now, most) - now))

    def struck_since(self, key: str, now: float) -> float:
        """Since when a hit of this limit is still the same one: the fixed window's start, else the UTC day's.

        A call that is dearer than the whole limit opens no window; its hits are one for `seconds`.
        """
        if self.windows != "fixed":
            return self._whole(now)
        start, _ = self._open(self._fixed, key, now)
        return math.nextafter(now - self._seconds, now) if start is None else start

    def kept(self) -> dict[str, Any]:
        """All that was counted, ready for JSON; the kind of window is not part of it."""
        recent = {key: list(counts) for key, counts in self._recent.items()}
        return {"fixed": self._fixed, "calendar": self._calendar, "recent": recent, "highest": self._highest}

    def fill(self, kept: Mapping[str, Any]) -> None:
        """Have counted what `kept` gave."""
        self._fixed = {key: (start, used) for key, (start, used) in kept["fixed"].items()}
        self._calendar = {key: (start, used) for key, (start, used) in kept["calendar"].items()}
        self._recent = {key: deque((at, amount) for at, amount in counts) for key, counts in kept["recent"].items()}
        self._sums = {key: sum(amount for _, amount in counts) for key, counts in self._recent.items()}
        self._highest = dict(kept["highest"])

    def counted(self) -> list[str]:
        """Every key that was ever counted."""
        return sorted(self._fixed)

    def _end(self, key: str, now: float, most: int | None) -> float:
        if self.windows == "calendar":
            return self._whole(now) + self._seconds
        if self.windows == "fixed":
            start, _ = self._open(self._fixed, key, now)
            return (now if start is None else start) + self._seconds
        left = self.used(key, now)
        for moment, amount in self._recent.get(key, ()):
            left -= amount
            if most is None or left <= most:
                return moment + self._seconds
        return now + self._seconds

    def _open(self, windows: dict[str, tuple[float, int]], key: str, now: float) -> tuple[float | None, int]:
        start, used = windows.get(key, (-math.inf, 0))
        return (start, used) if now < start + self._seconds else (None, 0)

    def _whole(self, now: float) -> float:
        return now // self._seconds * self._seconds

    def _slide(self, key: str, now: float) -> deque[tuple[float, int]]:
        """The counts of the last `seconds`; older ones are forgotten, which bounds the memory."""
        recent = self._recent.setdefault(key, deque())
        while recent and recent[0][0] + self._seconds <= now:
            self._sums[key] -= recent.popleft()[1]
        return recent
