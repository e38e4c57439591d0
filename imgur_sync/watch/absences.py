"""Files that are missing: a picture leaves its album only when two looks far enough apart have missed its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from imgur_sync.model.local import Content, LocalAlbum, LocalFile, UnchangedFolder, Unsendable, Why
from imgur_sync.model.ports import Clock, LocalFiles, StateStore
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.synced import Standing, SyncedPicture

SHORT = 16


class Absences:
    """Since when files are missing, by album and path, in monotonic seconds. Kept in memory only: after a restart all
    files have just gone missing, which is the safe side."""

    def __init__(self, clock: Clock, hold: float) -> None:
        self.hold = hold
        self._clock = clock
        self._since: dict[str, dict[str, float]] = {}

    def missing(self, album: str, paths: Iterable[str]) -> frozenset[str]:
        """Take in a whole look at an album that missed these files, and say which of them have not been missing for
        long enough. A file that a look has seen again begins anew."""
        now, before = self._clock.monotonic(), self._since.pop(album, {})
        since = {path: before.get(path, now) for path in paths}
        if since:
            self._since[album] = since
        return frozenset(path for path, first in since.items() if now - first < self.hold)

    def next_look(self, album: str) -> float | None:
        """When a look may let a picture go (monotonic seconds); None where none waits."""
        now = self._clock.monotonic()
        return min((at + self.hold for at in self._since.get(album, {}).values() if now < at + self.hold), default=None)

    def waiting(self, album: str) -> Mapping[str, float]:
        """The files of which a look may let the picture go, each with the monotonic second."""
        now = self._clock.monotonic()
        return {path: at + self.hold for path, at in self._since.get(album, {}).items() if now < at + self.hold}


class HeldFolders:
    """`LocalFiles` that tells a file which has been missing for a moment only as one that cannot be sent: its picture
    stays where it is. A file that was renamed, or is in another folder, takes its picture along at once.

    A look that was not whole, with errors or without a folder, proves nothing and is passed on as it is; so does one
    that was broken off. A file with new content that a picture of an album has which is `left_out` of the pass is left
    alone: it was moved since the look before the pass, which would send it again.
    """

    def __init__(
        self, local: LocalFiles, store: StateStore, absences: Absences, left_out: frozenset[str] = frozenset()
    ) -> None:
        self._local = local
        self._store = store
        self._absences = absences
        self._left_out = left_out

    def scan(
        self,
        spec: AlbumSpec,
        *,
        unchanged_if: str = "",
        checksum: bool = False,
        on_hashed: Callable[[str, int], None] = lambda path, size: None,
        between: Callable[[], None] = lambda: None,
    ) -> LocalAlbum | UnchangedFolder:
        """As the folders, with files that are gone since a moment among those that cannot be sent."""
        local = self._local.scan(
            spec, unchanged_if=unchanged_if, checksum=checksum, on_hashed=on_hashed, between=between
        )
        if isinstance(local, UnchangedFolder):
            self._absences.missing(spec.key, ())
            return local
        if local.root is None or local.errors:
            return local
        pictures = self._store.pictures(spec.key)
        waiting = self._absences.missing(spec.key, _missing(local, pictures))
        moved = self._moved_in(local, pictures)
        if not waiting and not moved:
            return local
        found = (*local.unsendable, *(Unsendable(path, Why.VANISHED) for path in waiting))
        found += tuple(Unsendable(path, Why.ELSEWHERE) for path in moved)
        in_order = sorted(found, key=lambda one: one.path.encode("utf-8", "surrogateescape"))
        files = tuple(file for file in local.files if file.path not in moved)
        return replace(local, files=files, unsendable=tuple(in_order))

    def _moved_in(self, local: LocalAlbum, pictures: Iterable[SyncedPicture]) -> frozenset[str]:
        """The files whose content is new here and in an album that this run leaves out."""
        known = {picture.digest[:SHORT] for picture in pictures if picture.standing is not Standing.GONE}
        new = {file.digest[:SHORT]: file.path for file in local.files if file.digest[:SHORT] not in known}
        if not new:
            return frozenset()
        placed = (picture for key in self._left_out for picture in self._store.pictures(key))
        there = {p.digest[:SHORT] for p in placed if p.standing is Standing.PLACED}
        return frozenset(file.path for file in local.files if file.digest[:SHORT] in new.keys() & there)

    def ignored(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """As the folders."""
        return self._local.ignored(spec, paths)

    def gone(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """As the folders."""
        return self._local.gone(spec, paths)

    def read(self, spec: AlbumSpec, file: LocalFile) -> Content:
        """As the folders."""
        return self._local.read(spec, file)


def _missing(local: LocalAlbum, pictures: Iterable[SyncedPicture]) -> list[str]:
    """The recorded places at which there is no file, but for those whose content is elsewhere in the folder."""
    placed = [picture for picture in pictures if picture.standing is Standing.PLACED and picture.path]
    here = {file.path for file in local.files} | {file.path for file in local.unsendable}
    gone = [picture for picture in placed if picture.path not in here]
    if not gone:
        return []
    files = Counter(file.digest[:SHORT] for file in local.files)
    wanted = Counter(picture.digest[:SHORT] for picture in placed)
    return [picture.path for picture in gone if files[picture.digest[:SHORT]] < wanted[picture.digest[:SHORT]]]
