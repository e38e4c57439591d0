"""When each album is to be looked at next. All times are monotonic seconds."""

from __future__ import annotations

from collections.abc import Iterable

from imgur_sync.model.hint import Hint, Touched
from imgur_sync.model.spec import WatchSpec


class Agenda:
    """Albums that were touched are due once nothing has touched them for `quiet` seconds, or after `quiet_cap`; others
    at the moments that were noted for them."""

    def __init__(self, pace: WatchSpec) -> None:
        self.pace = pace
        self._touched: dict[str, tuple[float, float]] = {}
        self._noted: dict[str, float] = {}

    def take(self, hint: Hint, now: float) -> None:
        """Take in a hint."""
        if isinstance(hint, Touched):
            first, _ = self._touched.get(hint.album, (now, now))
            self._touched[hint.album] = (first, now)
        else:
            self.note(hint.albums, now)

    def note(self, albums: Iterable[str], at: float) -> None:
        """Look at these albums at that moment, or before it where that is noted already."""
        for album in albums:
            self._noted[album] = min(at, self._noted.get(album, at))

    def due(self, now: float) -> frozenset[str]:
        """The albums that are to be looked at now."""
        return frozenset(album for album, at in self._moments() if at <= now)

    def next_at(self) -> float | None:
        """When the next album is due; None where none is."""
        return min((at for _, at in self._moments()), default=None)

    def looked_at(self, albums: Iterable[str]) -> None:
        """These albums are being looked at: what was known of them is done with."""
        for album in albums:
            self._touched.pop(album, None)
            self._noted.pop(album, None)

    def keep(self, albums: frozenset[str]) -> None:
        """Forget all albums but these."""
        for kept in (self._touched, self._noted):
            for album in kept.keys() - albums:
                kept.pop(album)

    def _moments(self) -> Iterable[tuple[str, float]]:
        quiet, cap = self.pace.quiet, self.pace.quiet_cap
        yield from ((album, min(last + quiet, first + cap)) for album, (first, last) in self._touched.items())
        yield from self._noted.items()
