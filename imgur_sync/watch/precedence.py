"""Albums of the highest priority: they come first, and a few of the hour's uploads are kept for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from imgur_sync.model.spec import Manifest
from imgur_sync.watch.patience import ROOM_LONGEST, Failures
from imgur_sync.watch.site import Site

SHARE = 10
"""One in so many of `uploads_per_hour` is kept."""


def first_of(manifest: Manifest, keys: Collection[str]) -> tuple[str, ...]:
    """Those of these albums that have the highest priority of all albums of the manifest; where none has, all of them.
    In the order of the manifest."""
    highest = _highest(manifest)
    meant = [spec for spec in manifest.albums if spec.key in keys]
    first = tuple(spec.key for spec in meant if spec.priority == highest)
    return first or tuple(spec.key for spec in meant)


def with_uploads_kept(manifest: Manifest, keys: Collection[str]) -> Manifest:
    """The manifest for a look at these albums, or a pass over them (none named: all): unless all of them have the
    highest priority, a share of the hour's uploads is left for those that have it."""
    highest = _highest(manifest)
    others = [spec for spec in manifest.albums if spec.priority < highest and (not keys or spec.key in keys)]
    cap = manifest.budget.uploads_per_hour
    if not others or cap < SHARE:
        return manifest
    return replace(manifest, budget=replace(manifest.budget, uploads_per_hour=cap - cap // SHARE))


def preferred(manifest: Manifest) -> tuple[str, ...]:
    """The albums for which uploads are kept: after a pass over all albums they may use these."""
    kept = with_uploads_kept(manifest, ()) is not manifest
    return first_of(manifest, [spec.key for spec in manifest.albums]) if kept else ()


def _highest(manifest: Manifest) -> int:
    return max((spec.priority for spec in manifest.albums), default=0)


class Precedence:
    """Which albums the look or pass under way works on, and whether it is to make room for others. Times are monotonic
    seconds."""

    def __init__(self, site: Site, manifest: Manifest) -> None:
        self._site = site
        self.manifest = manifest
        self._busy: frozenset[str] = frozenset()
        self._room = Failures(ROOM_LONGEST)
        self._made_room: frozenset[str] = frozenset()
        self._unread: frozenset[str] | None = None

    def reads_first(self, due: Collection[str], apart: Collection[str]) -> bool:
        """Whether these albums, but for those `apart`, are looked at before everything is: such a look holds no lock,
        and makes room for albums that come first, however long it reads. Asked whenever everything is to be looked at;
        each album is looked at once then, whatever goes on in it."""
        albums = self.manifest.albums
        if len({spec.priority for spec in albums}) < 2:
            return False
        meant = frozenset(spec.key for spec in albums if spec.key in due).difference(apart)
        self._unread = meant if self._unread is None else self._unread & meant
        if self._unread:
            return True
        self._unread = None
        return False

    def begins(self, keys: Iterable[str]) -> None:
        """A look at these albums begins, or a pass: what is to be done is not known yet."""
        self._busy = frozenset(keys)

    def room_had(self, keys: Iterable[str], acting: Collection[str]) -> None:
        """These albums were looked at, and only something is done now for those `acting`: where the others were made
        room for, that was in vain."""
        now = self._site.clock.monotonic()
        self._unread = self._unread.difference(keys) if self._unread is not None else None
        for key in self._made_room.intersection(keys).difference(acting):
            self._room.failed(key, now)
            self._made_room -= {key}

    def works(self, keys: frozenset[str]) -> None:
        """Something is done for these albums now. Room that was made for others was made in vain."""
        now = self._site.clock.monotonic()
        self._busy = keys
        for key in self._made_room:
            (self._room.fine(key) if key in keys else self._room.failed(key, now))
        self._made_room = frozenset()

    def overtaken_alone(self, due: Iterable[str], suspects: Collection[str]) -> bool:
        """As `overtaken`, where these albums would be looked at alone then, also for `suspects`; otherwise nothing is
        won."""
        first = first_of(self.manifest, {*due, *self._busy})
        return self._busy.isdisjoint((*first, *suspects)) and self.overtaken(first)

    def overtaken(self, due: Iterable[str]) -> bool:
        """Whether one of these albums comes before all those that the pass under way works on. Each time that nothing
        was to be done for it then, it has to wait for longer: its folder may never be still."""
        now = self._site.clock.monotonic()
        priorities = {spec.key: spec.priority for spec in self.manifest.albums}
        working = max((priorities[key] for key in self._busy & priorities.keys()), default=None)
        waiting = (set(due) - self._busy) & priorities.keys()
        ready = (key for key in waiting if self._room.until(key) <= now)
        coming = frozenset(key for key in ready if working is not None and priorities[key] > working)
        self._made_room |= coming
        return bool(coming)
