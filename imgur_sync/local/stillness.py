"""Which files hold still: those that are being written now are left alone until they do."""

from __future__ import annotations

from dataclasses import dataclass

from imgur_sync.local.listing import Entry
from imgur_sync.model.ports import Clock

LONGEST = 30.0
"""Seconds between two looks at a file that never holds still; the first ones follow each other faster."""
STRANGE_CLOCK = 600.0
"""A file on another machine's disk is dated by that machine's clock: only what is older than this is still for sure."""


@dataclass(frozen=True, slots=True)
class Restless:
    """A file that did not hold still: since when it is known (monotonic seconds), and when to look at it again."""

    path: str
    since: float
    again: float


@dataclass(frozen=True, slots=True)
class _Seen:
    stats: tuple[int, ...]
    since: float
    at: float
    changes: int


class Stillness:
    """Remembers, from look to look, what files looked like that were changed a moment ago.

    A file is still when its size, times and inode were the same for `quiet` seconds: by its change time, which the
    kernel sets and nobody else can, or where that is of no use (in the future, or from a `distant` disk's clock) by two
    looks. Files are told by album and path. Used from one thread.
    """

    def __init__(self, clock: Clock, quiet: float) -> None:
        self.quiet = quiet
        self.distant: frozenset[str] = frozenset()
        self._clock = clock
        self._seen: dict[str, dict[str, _Seen]] = {}
        self._before: dict[str, dict[str, _Seen]] = {}

    def begin(self, album: str) -> None:
        """A look at an album begins: what is not met again in it is forgotten."""
        self._before[album] = self._seen.pop(album, {})

    def broken_off(self, album: str) -> None:
        """The look did not come to its end: what it has not met is remembered as it was."""
        self._seen[album] = {**self._before.get(album, {}), **self._seen.get(album, {})}

    def is_still(self, album: str, path: str, entry: Entry) -> bool:
        """Whether a file can be read now. If not, it is remembered."""
        if self._clock.now() - entry[3] / 1e9 >= (STRANGE_CLOCK if album in self.distant else self.quiet):
            return True
        now, stats = self._clock.monotonic(), entry[1:5]
        seen = self._before.get(album, {}).get(path)
        if seen is None:
            seen = _Seen(stats, now, now, 0)
        elif seen.stats != stats:
            seen = _Seen(stats, seen.since, now, seen.changes + 1)
        elif now - seen.at >= self.quiet:
            return True
        self._seen.setdefault(album, {})[path] = seen
        return False

    def restless(self, album: str) -> tuple[Restless, ...]:
        """The files that did not hold still at the last look, by path."""
        longest = max(self.quiet, LONGEST)
        return tuple(
            Restless(path, seen.since, seen.at + min(self.quiet * 2.0 ** min(seen.changes, 16), longest))
            for path, seen in sorted(self._seen.get(album, {}).items())
        )

    def forget(self, albums: frozenset[str]) -> None:
        """Keep nothing of other albums than these."""
        for known in (self._seen, self._before):
            for album in known.keys() - albums:
                del known[album]
