"""The folders as a run sees them while somebody works in them: files that change, vanish or cannot be read."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from imgur_sync.local.folders import Folders
from imgur_sync.model.local import Content, LocalAlbum, LocalFile, UnchangedFolder
from imgur_sync.model.spec import AlbumSpec

Touch = Callable[[Mapping[str, Any], str, str], None]


class StruckFolders:
    """Strikes at numbered looks of one run. Items are `[number, where, action]`: `where` is "scan" or "read", the
    action a JSON value with `kind`: change, vanish (a file, just before), readdir (a listing error), unreadable (an
    open fails)."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, int], Mapping[str, Any]] = {}
        self._counts = {"scan": 0, "read": 0, "open": 0}
        self._touch: Touch = lambda action, album, path: None
        self.struck: list[str] = []
        self.broken: set[str] = set()
        """Albums of which the last scan of this run told of an error."""
        self.opened: set[str] = set()
        self.at = ("", "")
        """The album, and while a file is read the path, that is looked at."""

    def begin(self, items: Iterable[Sequence[Any]], touch: Touch) -> None:
        """A run begins."""
        self._items = {(where, int(number)): action for number, where, action in items}
        self._counts = {"scan": 0, "read": 0, "open": 0}
        self._touch, self.struck = touch, []
        self.broken = set()

    def over(self, folders: Folders) -> _Over:
        """The port of this run."""
        return _Over(self, folders)

    def due(self, where: str) -> Mapping[str, Any] | None:
        """What strikes this look."""
        self._counts[where] += 1
        return self._items.get((where, self._counts[where]))

    def touch(self, action: Mapping[str, Any], album: str, path: str) -> None:
        """Somebody does something to the folder now."""
        self.struck.append(action["kind"])
        self._touch(action, album, path)

    def open_file(self, *given: Any, **named: Any) -> int:
        """`os.open`, which fails, or finds the file changed a moment before, where an item says so."""
        action = self.due("open")
        if action is not None and action["kind"] in ("change", "vanish"):
            self.touch(action, *self.at)
        elif action is not None:
            self.struck.append("unreadable")
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return os.open(*given, **named)


class _Over:
    """`LocalFiles` on a real file system, struck."""

    def __init__(self, struck: StruckFolders, folders: Folders) -> None:
        self._struck = struck
        self._folders = folders

    def scan(self, spec: AlbumSpec, **named: Any) -> LocalAlbum | UnchangedFolder:
        """One pass; a readdir error ends it half-way."""
        action = self._struck.due("scan")
        self._struck.at = (spec.key, "")
        if action is not None and action["kind"] != "readdir":
            self._struck.touch(action, spec.key, "")
        if action is None or action["kind"] != "readdir":
            found = self._folders.scan(spec, **named)
        else:
            found = self._folders.scan(spec, **{**named, "unchanged_if": ""})
            assert isinstance(found, LocalAlbum)
            if found.root is not None:
                self._struck.struck.append("readdir")
                error = f"the folder {spec.folder} cannot be listed: {os.strerror(errno.EIO)}"
                half = found.files[: len(found.files) // 2]
                found = replace(found, files=half, errors=(*found.errors, error), fingerprint="")
        self._struck.broken.discard(spec.key)
        if isinstance(found, LocalAlbum) and found.errors:
            self._struck.broken.add(spec.key)
        return found

    def ignored(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those that the rules leave out."""
        return self._folders.ignored(spec, paths)

    def gone(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those at which nothing is now."""
        return self._folders.gone(spec, paths)

    def read(self, spec: AlbumSpec, file: LocalFile) -> Content:
        """The bytes to send."""
        action = self._struck.due("read")
        self._struck.at = (spec.key, file.path)
        if action is not None and action["kind"] != "readdir":
            self._struck.touch(action, spec.key, file.path)
        return self._folders.read(spec, file)
