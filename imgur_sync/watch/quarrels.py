"""Two that change the same album back and forth: noticed after a few rounds, and left alone for a while."""

from __future__ import annotations

import re
from collections import deque

from imgur_sync.model.plan import AlbumPlan

_COUNT = re.compile(r"\d+ ")
ROUNDS = 3
"""So often the same thing is set back before somebody else is taken to insist on it."""
WITHIN = 2 * 86400.0
TRUCE = 86400.0
"""Seconds for which an album is left alone."""


class Quarrels:
    """Remembers, by album, what was found changed on Imgur and set back. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._rounds: dict[str, dict[str, deque[float]]] = {}
        self._until: dict[str, float] = {}

    def found(self, plan: AlbumPlan, now: float) -> str:
        """Take in the first plan of a pass. Returns what somebody insists on, "" where nobody does."""
        for drift in (drift for drift in plan.drift if plan.steps and drift.then):
            rounds = self._rounds.setdefault(plan.album, {})
            times = rounds.setdefault(_COUNT.sub("", drift.what), deque(maxlen=ROUNDS))
            times.append(now)
            if len(times) == ROUNDS and now - times[0] <= WITHIN:
                self._until[plan.album] = now + TRUCE
                del self._rounds[plan.album]
                return drift.what
        return ""

    def until(self, album: str) -> float:
        """Before this moment the album is left alone."""
        return self._until.get(album, float("-inf"))

    def end(self, album: str) -> None:
        """The folder changed: the album is tried again. What was set back before still counts."""
        self._until.pop(album, None)

    def forget(self, album: str) -> None:
        """The manifest's entry changed: all that was between them may be settled."""
        self._until.pop(album, None)
        self._rounds.pop(album, None)
