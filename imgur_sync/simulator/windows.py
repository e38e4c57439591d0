"""One meter: what was counted by key, read in any of three kinds of window (imgur-api §3)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imgur_sync.simulator.options import Windows

FINE = 20_000
"""Moments of one key that are told apart in a sliding window. Beyond them, which takes limits far above Imgur's, counts
that lie closer than this part of the window are one, and leave it together: so much later at most."""


@dataclass(slots=True)
class _Count:
    """What was counted under one key: in the fixed window, in the calendar window, and of late, with its sum."""

    opened: float = -math.inf
    fixed: int = 0
    began: float = -math.inf
    calendar: int = 0
    recent: deque[tuple[float, int]] = field(default_factory=deque)
    sum: int = 0
    highest: int = 0


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
        self._counts: dict[str, _Count] = {}

    def count(self, key: str, amount: int, now: float) -> None:
        """Add `amount`."""
        if not amount:
            return
        one, seconds = self._counts.get(key), self._seconds
        if one is None:
            one = self._counts[key] = _Count()
        if now < one.opened + seconds:
            one.fixed += amount
        else:
            one.opened, one.fixed = now, amount
        if now < one.began + seconds:
            one.calendar += amount
        else:
            one.began, one.calendar = self._whole(now), amount
        recent = self._slide(one, now)
        if recent and now - recent[-1][0] <= (seconds / FINE if len(recent) > FINE else 0):
            recent[-1] = (now, recent[-1][1] + amount)
        else:
            recent.append((now, amount))
        one.sum += amount
        if one.sum > one.highest:
            one.highest = one.sum

    def used(self, key: str, now: float) -> int:
        """What was counted in the window that holds `now`."""
        one = self._counts.get(key)
        if one is None:
            return 0
        if self.windows == "fixed":
            return one.fixed if now < one.opened + self._seconds else 0
        if self.windows == "calendar":
            return one.calendar if now < one.began + self._seconds else 0
        self._slide(one, now)
        return one.sum

    def highest(self, key: str) -> int:
        """The most that was ever counted in any `seconds` on end, whatever the kind of window."""
        one = self._counts.get(key)
        return one.highest if one else 0

    def reset(self, key: str, now: float) -> int:
        """Whole seconds, at least 1, until the window ends; in a sliding one, until the oldest count leaves it.

        With nothing counted it is the whole length, but in a calendar window always what is left of it.
        """
        return self.wait(key, now, None)

    def reading(self, key: str, now: float) -> tuple[int, int]:
        """Both at once: what was counted, and the seconds until the window ends."""
        if self.windows != "fixed":
            return self.used(key, now), self.reset(key, now)
        one, seconds = self._counts.get(key), self._seconds
        if one is None or now >= one.opened + seconds:
            return 0, seconds
        return one.fixed, max(1, math.ceil(one.opened + seconds - now))

    def wait(self, key: str, now: float, most: int | None) -> int:
        """Whole seconds, at least 1, until no more than `most` is counted; None = until anything comes back."""
        return max(1, math.ceil(self._end(key, now, most) - now))

    def struck_since(self, key: str, now: float) -> float:
        """Since when a hit of this limit is still the same one: the fixed window's start, else the UTC day's.

        A call that is dearer than the whole limit opens no window; its hits are one for `seconds`.
        """
        if self.windows != "fixed":
            return self._whole(now)
        start = self._opened(key, now)
        return math.nextafter(now - self._seconds, now) if start is None else start

    def kept(self) -> dict[str, Any]:
        """All that was counted, ready for JSON; the kind of window is not part of it."""
        counts = self._counts.items()
        return {
            "fixed": {key: (one.opened, one.fixed) for key, one in counts},
            "calendar": {key: (one.began, one.calendar) for key, one in counts},
            "recent": {key: list(one.recent) for key, one in counts},
            "highest": {key: one.highest for key, one in counts},
        }

    def fill(self, kept: Mapping[str, Any]) -> None:
        """Have counted what `kept` gave."""
        for key, (opened, fixed) in kept["fixed"].items():
            began, calendar = kept["calendar"][key]
            recent = deque((at, amount) for at, amount in kept["recent"].get(key, ()))
            total = sum(amount for _, amount in recent)
            self._counts[key] = _Count(opened, fixed, began, calendar, recent, total, kept["highest"].get(key, 0))

    def counted(self) -> list[str]:
        """Every key that was ever counted."""
        return sorted(self._counts)

    def _end(self, key: str, now: float, most: int | None) -> float:
        if self.windows == "calendar":
            return self._whole(now) + self._seconds
        if self.windows == "fixed":
            start = self._opened(key, now)
            return (now if start is None else start) + self._seconds
        left = self.used(key, now)
        for moment, amount in self._counts[key].recent if left else ():
            left -= amount
            if most is None or left <= most:
                return moment + self._seconds
        return now + self._seconds

    def _opened(self, key: str, now: float) -> float | None:
        """When the fixed window opened that holds `now`; None if none does."""
        one = self._counts.get(key)
        return one.opened if one is not None and now < one.opened + self._seconds else None

    def _whole(self, now: float) -> float:
        return now // self._seconds * self._seconds

    def _slide(self, one: _Count, now: float) -> deque[tuple[float, int]]:
        """The counts of the last `seconds`; older ones are forgotten, which bounds the memory."""
        recent = one.recent
        while recent and recent[0][0] + self._seconds <= now:
            one.sum -= recent.popleft()[1]
        return recent
