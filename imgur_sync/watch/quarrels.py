"""Two that change the same album back and forth: noticed after a few rounds, and left alone for a while."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from imgur_sync.model.history import Run
from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.ports import Clock, WatchMemory
from imgur_sync.model.remembered import Feud

_COUNT = re.compile(r"\d+ ")
ROUNDS = 3
"""So often the same thing is set back before somebody else is taken to insist on it."""
WITHIN = 2 * 86400.0
"""What was set back longer ago than so many seconds counts no more."""
TRUCE = 86400.0
"""Seconds for which an album is left alone."""
PEACEFUL = ("watch",)
"""Runs of these commands are our own."""


class Quarrels:
    """Remembers, by album, what was found changed on Imgur and set back: from one daemon to the next, so that no start
    of another one ends a truce. Times that are given are monotonic seconds; those that are kept, Unix seconds."""

    def __init__(self, memory: WatchMemory, clock: Clock) -> None:
        self._memory = memory
        self._clock = clock
        self._feuds = {feud.album: feud for feud in memory.feuds()}
        self._until = {key: self._own(feud.until) for key, feud in self._feuds.items() if feud.until}
        for key in tuple(self._feuds):
            self._age(key, clock.monotonic())

    def found(self, plan: AlbumPlan, now: float, entry: str = "") -> str:
        """Take in the first plan of a pass. Returns what somebody insists on, "" where nobody does. `entry` is a
        fingerprint of what the manifest says of the album."""
        wall = self._wall(now)
        for drift in (drift for drift in plan.drift if plan.steps and drift.then):
            what = _COUNT.sub("", drift.what)
            rounds = dict(self._age(plan.album, now).rounds)
            rounds[what] = (*rounds.get(what, ()), wall)
            if len(rounds[what]) >= ROUNDS:
                self._until[plan.album] = now + TRUCE
                self._keep(Feud(plan.album, (), wall + TRUCE, wall, plan.fingerprint, entry))
                return drift.what
            self._keep(replace(self._feuds[plan.album], rounds=tuple(sorted(rounds.items()))))
        return ""

    def until(self, album: str) -> float:
        """Before this moment the album is left alone."""
        return self._until.get(album, float("-inf"))

    def folder(self, album: str) -> str:
        """The fingerprint of the folder of an album that is left alone, when that began; "" for others."""
        return self._feuds[album].folder if album in self._until else ""

    def end(self, album: str) -> None:
        """The folder changed: the album is tried again. What was set back before still counts."""
        if self._until.pop(album, None) is not None:
            self._keep(Feud(album, self._feuds[album].rounds))

    def forget(self, album: str) -> None:
        """The manifest's entry changed: all that was between them may be settled."""
        self._until.pop(album, None)
        if album in self._feuds:
            self._keep(Feud(album))

    def reread(self, entries: Iterable[tuple[str, str]]) -> None:
        """The entries of the manifest that rules now: one that is another than when a truce began ends it."""
        for key, entry in entries:
            if key in self._until and self._feuds[key].entry not in ("", entry):
                self.forget(key)

    def heed(self, runs: Iterable[Run]) -> None:
        """These runs are in the history: whoever worked on an album by hand since its truce began ends it."""
        for run in runs:
            if run.command not in PEACEFUL:
                for key in tuple(self._until):
                    if run.started_at > self._feuds[key].since and (not run.albums or key in run.albums):
                        self.forget(key)

    def _age(self, key: str, now: float) -> Feud:
        """What is known of an album, without what is too long ago: a quarrel has its rounds within a few days."""
        feud, wall = self._feuds.setdefault(key, Feud(key)), self._wall(now)
        recent = ((what, tuple(at for at in times if abs(wall - at) <= WITHIN)) for what, times in feud.rounds)
        kept = tuple((what, times) for what, times in recent if times)
        over = feud.until != 0.0 and self.until(key) <= now
        if over:
            self._until.pop(key, None)
            feud = Feud(key, feud.rounds)
        if over or kept != feud.rounds:
            self._keep(replace(feud, rounds=kept))
        return self._feuds[key]

    def _keep(self, feud: Feud) -> None:
        self._feuds[feud.album] = feud
        self._memory.keep_feud(feud)

    def _wall(self, now: float) -> float:
        return self._clock.now() + now - self._clock.monotonic()

    def _own(self, at: float) -> float:
        """A remembered moment; one that lies too far ahead, by a clock that was put back since, is as far as can be."""
        return self._clock.monotonic() + min(TRUCE, at - self._clock.now())
