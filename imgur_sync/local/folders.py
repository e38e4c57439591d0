"""The folders on this machine: the port `LocalFiles` on a real file system."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from imgur_sync.local.content import Gathered, Seen, fingerprint_of, mark_of
from imgur_sync.local.look import Looker
from imgur_sync.local.patterns import Unmanaged
from imgur_sync.local.reading import read_content
from imgur_sync.local.rules import Rules, album_rules, takes_all
from imgur_sync.local.scan import Scan
from imgur_sync.local.stillness import Stillness
from imgur_sync.local.walk import OpenFile, open_root
from imgur_sync.model.local import CachedFile, Content, LocalAlbum, LocalFile, RootIdentity, UnchangedFolder
from imgur_sync.model.ports import Cache, Clock
from imgur_sync.model.spec import AlbumSpec


class Folders:
    """Scans and reads albums' folders. Opens nothing but folders and regular files, and those only for reading.

    `cache` saves reading unchanged files again; `clock` tells which files are too young to be trusted next time.
    `open_file` stands in for `os.open` where a test wants an open to fail. With a `stillness` files that are being
    written are left alone.
    """

    def __init__(
        self, cache: Cache, clock: Clock, open_file: OpenFile = os.open, stillness: Stillness | None = None
    ) -> None:
        self._stillness = stillness
        self._cache = cache
        self._clock = clock
        self._open_file = open_file

    def scan(
        self,
        spec: AlbumSpec,
        *,
        unchanged_if: str = "",
        checksum: bool = False,
        on_hashed: Callable[[str, int], None] = lambda path, size: None,
        between: Callable[[], None] = lambda: None,
    ) -> LocalAlbum | UnchangedFolder:
        """One pass over the folder, one sub-folder in memory at a time; as `LocalFiles.scan` says.

        A folder that is there and cannot be opened has an error, and its identity where that much is known.
        """
        if self._stillness is not None:
            self._stillness.begin(spec.key)
        try:
            rules = album_rules(spec)
        except ValueError as error:
            return LocalAlbum(spec.key, _identity(spec), (), errors=(f"nothing was scanned: {error}",))
        try:
            fd = open_root(spec.root, self._open_file)
        except FileNotFoundError:
            return LocalAlbum(spec.key, None, ())
        except OSError as error:
            text = f"the folder {spec.folder} cannot be opened: {error.strerror or error}"
            return LocalAlbum(spec.key, _identity(spec), (), errors=(text,))
        try:
            looker = Looker(self._open_file, on_hashed, os.fspath(spec.root), between)
            return self._scan(spec, rules, fd, looker, unchanged_if, trust=not checksum)
        except BaseException:
            if self._stillness is not None:
                self._stillness.broken_off(spec.key)
            raise
        finally:
            self._cache.flush()
            os.close(fd)

    def ignored(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of `paths` that the rules leave out, whether they exist or not.

        Pattern files of folders that are there count. Where rules cannot be known all is left out, so that nothing is
        removed because of them.
        """
        try:
            unmanaged = Unmanaged(spec.root, album_rules(spec), self._open_file)
        except ValueError:
            return frozenset(paths)
        return frozenset(path for path in paths if unmanaged.leaves_out(path))

    def gone(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of `paths` at which nothing can be found now; a link that leads nowhere is something."""
        return frozenset(path for path in paths if not os.path.lexists(spec.root / path))

    def read(self, spec: AlbumSpec, file: LocalFile) -> Content:
        """The bytes to send, read once from one open. Raises `FileChangedError` if they are not what was scanned."""
        return read_content(spec.root, file, self._open_file)

    def _scan(
        self, spec: AlbumSpec, rules: Rules, fd: int, looker: Looker, unchanged_if: str, *, trust: bool
    ) -> LocalAlbum | UnchangedFolder:
        start_ns = int(self._clock.now() * 1_000_000_000)
        scan = Scan(self._cache, spec.key, looker, self._open_file, start_ns, trust=trust, stillness=self._stillness)
        scan.folder(fd, "", rules)
        scan.forget_vanished()
        row = os.fstat(fd)
        root = RootIdentity(row.st_dev, row.st_ino)
        fingerprint = fingerprint_of(scan.seen)
        if fingerprint == unchanged_if and scan.found_nothing_new:
            return UnchangedFolder(spec.key, root, fingerprint, sum(seen.mark.files for seen in scan.seen))
        gathered = Gathered()
        for seen in scan.seen:
            rows = self._rows(spec.key, seen)
            if rows is None:  # the cache contradicts itself: do without it
                return self._scan(spec, rules, fd, looker, unchanged_if, trust=False)
            gathered.add(seen.folder, rows)
        filtered = not all(takes_all(seen.mark.rules) for seen in scan.seen)
        album = gathered.album(spec.key, root, tuple(scan.errors), fingerprint, looker.hashed)
        return replace(album, filtered=filtered)

    def _rows(self, album: str, seen: Seen) -> Sequence[CachedFile] | None:
        """A folder's rows; None where those in the cache are not those that its mark was made of."""
        if seen.rows is not None:
            return seen.rows
        rows = self._cache.files(album, seen.folder)
        return rows if mark_of(seen.mark.stats, seen.mark.rules, rows) == seen.mark else None


def _identity(spec: AlbumSpec) -> RootIdentity | None:
    """Which directory the root is, as far as that can be told without opening it."""
    try:
        row = spec.root.stat()
    except OSError:
        return None
    return RootIdentity(row.st_dev, row.st_ino) if stat.S_ISDIR(row.st_mode) else None
