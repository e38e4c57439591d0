"""Folders in which looks find what no event told of: they are watched in vain, whatever the list of mounts says.

Nothing is written to find out, since no folder is ever written to. A file that came or went between two looks at a
folder that is listened to makes an event; where none came, something else put it there: another machine that the file
system does not tell of, say. Once can be chance, twice is a reason not to rely on events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from imgur_sync.model.local import Content, LocalAlbum, LocalFile, UnchangedFolder
from imgur_sync.model.ports import Clock, LocalFiles
from imgur_sync.model.spec import AlbumSpec

LATE = 90.0
"""Seconds that an event may be late: lost ones are told of after a minute at most."""
ENOUGH = 2
"""So many finds that nothing told of are needed."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A whole look at an album: when it began (monotonic seconds), by which entry of the manifest, and what it found:
    how many files, and what stands for their paths; None where they were not read one by one."""

    at: float
    spec: AlbumSpec
    fingerprint: str
    count: int
    names: int | None

    def other_files(self, before: _Look) -> bool:
        """Whether files came or went since that look. That a file has another content is no sign of it: one that is
        written through memory, or is still open, tells of it late or never."""
        if self.spec != before.spec or self.fingerprint == before.fingerprint:
            return False
        if self.names is None or before.names is None:
            return self.count != before.count
        return self.names != before.names


def _look(spec: AlbumSpec, at: float, local: LocalAlbum | UnchangedFolder) -> _Look | None:
    """What a look found; None where it was not whole, and says nothing."""
    if isinstance(local, UnchangedFolder):
        return _Look(at, spec, local.fingerprint, local.count, None)
    if local.root is None or local.errors:
        return None
    paths = [file.path for file in local.files] + [file.path for file in local.unsendable]
    return _Look(at, spec, local.fingerprint, len(paths), hash(frozenset(paths)))


class Unheard:
    """Compares what looks find with what hints told. Used from one thread; all times are monotonic seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looks: dict[str, _Look] = {}
        self._told: dict[str, float] = {}
        self._suspected: dict[str, float] = {}
        self._finds: Counter[str] = Counter()

    def told(self, albums: Iterable[str]) -> None:
        """A hint about these albums came just now: what was found a moment ago may be what it is about."""
        now = self._clock.monotonic()
        for album in albums:
            self._told[album] = now
            if now <= self._suspected.get(album, float("-inf")) + LATE:
                del self._suspected[album]

    def looked(self, spec: AlbumSpec, began: float, local: LocalAlbum | UnchangedFolder) -> None:
        """A look at an album that began at that moment found this."""
        before, look = self._looks.pop(spec.key, None), _look(spec, began, local)
        if look is None:
            return
        self._looks[spec.key] = look
        if before is not None and look.fingerprint == before.fingerprint and look.names is None:
            self._looks[spec.key] = replace(look, names=before.names)
        if before is not None and look.other_files(before) and self._told.get(spec.key, float("-inf")) < before.at:
            self._suspected.setdefault(spec.key, self._clock.monotonic())

    def suspects(self) -> dict[str, float]:
        """The albums with a find that nothing has told of yet, each with when it is certain."""
        return {album: at + LATE for album, at in self._suspected.items()}

    def convicted(self) -> tuple[str, ...]:
        """The albums of which it has become certain that events do not tell all."""
        now, found = self._clock.monotonic(), []
        for album in [album for album, at in self._suspected.items() if now > at + LATE]:
            del self._suspected[album]
            self._finds[album] += 1
            if self._finds[album] % ENOUGH == 0:
                found.append(album)
        return tuple(found)


class WitnessedFolders:
    """`LocalFiles` whose looks are told to `unheard`."""

    def __init__(self, local: LocalFiles, unheard: Unheard, clock: Clock) -> None:
        self._local = local
        self._unheard = unheard
        self._clock = clock

    def scan(
        self,
        spec: AlbumSpec,
        *,
        unchanged_if: str = "",
        checksum: bool = False,
        on_hashed: Callable[[str, int], None] = lambda path, size: None,
        between: Callable[[], None] = lambda: None,
    ) -> LocalAlbum | UnchangedFolder:
        """As the folders."""
        began = self._clock.monotonic()
        local = self._local.scan(
            spec, unchanged_if=unchanged_if, checksum=checksum, on_hashed=on_hashed, between=between
        )
        self._unheard.looked(spec, began, local)
        return local

    def ignored(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """As the folders."""
        return self._local.ignored(spec, paths)

    def gone(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """As the folders."""
        return self._local.gone(spec, paths)

    def read(self, spec: AlbumSpec, file: LocalFile) -> Content:
        """As the folders."""
        return self._local.read(spec, file)
