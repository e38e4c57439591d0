"""What must hold of collections, of keys that moved, of removed albums and of adopted ids, beyond single values."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from imgur_sync.manifest.faults import Fault
from imgur_sync.manifest.folders import OWN, Confines, RefusedPathError, within
from imgur_sync.manifest.schema import album_id
from imgur_sync.manifest.showing import KeyPath, dotted, key, shown
from imgur_sync.model.spec import folder_key

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_GLOB = re.compile(r"[*?\[\]]")


class Lifecycle:
    """The rules of one manifest. `roots` holds the folder of every collection whose folder is good."""

    def __init__(
        self, data: Mapping[str, Any], albums: Mapping[str, Any], confines: Confines, *, check_folders: bool
    ) -> None:
        self._collections = _tables(data.get("collections"))
        self._moved = _rows(data.get("moved"))
        self._removed = _rows(data.get("removed"))
        self._albums = albums
        self._confines = confines
        self._check_folders = check_folders
        self.roots: dict[str, str] = {}

    def names(self, album: str) -> bool:
        """Whether an album's key is that of a sub-folder of a collection, "trips/alps"."""
        name, slash, folder = album.partition("/")
        return bool(slash and folder) and name in self._collections

    def known(self, album: str) -> bool:
        """Whether the manifest names an album, by itself or as a sub-folder that a collection may have."""
        return album in self._albums or self.names(album)

    def faults(self, roots: Mapping[str, str]) -> Iterator[Fault]:
        """Every fault. `roots` are the folders of the albums; fills the roots of the collections."""
        for name, table in self._collections.items():
            path: KeyPath = ("collections", name)
            if not _NAME.fullmatch(name) or ".." in name:
                remedy = "write up to 100 of a-z 0-9 . _ - (not first, no ..), such as [collections.trips]"
                yield Fault(path, f"{key(name)} cannot be the name of a collection", remedy, on_key=True)
            if isinstance(table.get("folders"), str) and table["folders"]:
                yield from self._folders(name, table["folders"])
        yield from self._clashes(roots)
        yield from self._moves()
        yield from self._removals()
        yield from self._ids()

    def _folders(self, name: str, text: str) -> Iterator[Fault]:
        path: KeyPath = ("collections", name, "folders")
        said = f"{dotted(path)} {shown(text)}"
        base = text.removesuffix("*").rstrip("/") or ("/" if text.startswith("/") else ".")
        if not (text == "*" or text.endswith("/*")) or _GLOB.search(base):
            yield Fault(path, f"{said} does not name the sub-folders of one folder", 'write "FOLDER/*"')
            return
        try:
            root = self._confines.resolve(base)
        except RefusedPathError as refused:
            yield Fault(path, f"{said} {refused.what}", refused.remedy)
            return
        if within(root, os.path.join(self._confines.base, OWN)):
            yield Fault(path, f"{said} lies in {OWN}, which holds no pictures", "name another folder")
            return
        self.roots[name] = root
        if self._check_folders:
            yield from presence(path, f"{said}: the folder", root)

    def _clashes(self, roots: Mapping[str, str]) -> Iterator[Fault]:
        """A folder belongs to one album: below a collection's folder only its own sub-folders may be named."""
        names = list(self.roots)
        for number, name in enumerate(names):
            here: KeyPath = ("collections", name, "folders")
            for other in names[:number]:
                if within(self.roots[name], self.roots[other]) or within(self.roots[other], self.roots[name]):
                    what = f"the folders of {dotted(here[:2])} and of {dotted(('collections', other))} overlap"
                    yield Fault(here, what, "give each a folder of its own", other=("collections", other, "folders"))
            for album, root in roots.items():
                if not within(root, self.roots[name]) and not within(self.roots[name], root):
                    continue
                there: KeyPath = ("albums", album, "folder")
                sub = os.path.relpath(root, self.roots[name])
                one = "/" not in sub and sub not in (".", "..") and not sub.startswith("../")
                if one and album == f"{name}/{folder_key(sub)}":
                    continue
                what = f"the folder of {dotted(there[:2])} overlaps with those of {dotted(here[:2])}"
                remedy = "give it a folder elsewhere"
                if one:
                    remedy = f'to give this sub-folder keys of its own, call it [albums."{name}/{folder_key(sub)}"]'
                yield Fault(there, what, remedy, other=here)
        for album in self._albums:
            name = album.partition("/")[0]
            if not self.names(album) or name not in self.roots or album not in roots:
                continue
            if os.path.dirname(roots[album]) != self.roots[name]:
                what = f"{dotted(('albums', album, 'folder'))} is no sub-folder of {dotted(('collections', name))}"
                remedy = f'write the folder of that name, or call the album otherwise than "{name}/…"'
                yield Fault(("albums", album, "folder"), what, remedy, other=("collections", name, "folders"))

    def _moves(self) -> Iterator[Fault]:
        """Each key moves once, to a key that stays where it is, and only while the old one is not an album."""
        sources: dict[str, int] = {}
        targets: dict[str, int] = {}
        for number, row in enumerate(self._moved):
            source, target = row.get("from"), row.get("to")
            if not isinstance(source, str) or not isinstance(target, str):
                continue
            path: KeyPath = ("moved", number)
            if source == target:
                yield Fault((*path, "to"), f"{key(source)} cannot move to itself", "remove this table")
                continue
            if source in sources:
                other: KeyPath = ("moved", sources[source], "from")
                yield Fault((*path, "from"), f"{key(source)} moves twice", "keep one of the tables", other=other)
            if target in targets:
                other = ("moved", targets[target], "to")
                what = f"two albums move to {key(target)}, and they stay two"
                yield Fault((*path, "to"), what, "keep one of the tables", other=other)
            sources.setdefault(source, number)
            targets.setdefault(target, number)
            if source in self._albums:
                what = f"{key(source)} moved to {key(target)} and is still an album itself"
                yield Fault((*path, "from"), what, "remove one of the two", other=("albums", source))
            if not self.known(target):
                what = f"{key(source)} moved to {key(target)}, which is no album"
                yield Fault((*path, "to"), what, "write the key that the album has now")
        for name in sorted(sources.keys() & targets.keys()):
            what = f"{key(name)} is moved to and moved away: moves do not follow each other"
            remedy = "write one table from the oldest key to the newest"
            yield Fault(("moved", sources[name], "from"), what, remedy, other=("moved", targets[name], "to"))

    def _removals(self) -> Iterator[Fault]:
        seen: dict[str, int] = {}
        moved = {row["from"]: number for number, row in enumerate(self._moved) if isinstance(row.get("from"), str)}
        for number, row in enumerate(self._removed):
            album = row.get("album")
            if not isinstance(album, str):
                continue
            path: KeyPath = ("removed", number, "album")
            if album in seen:
                other: KeyPath = ("removed", seen[album], "album")
                yield Fault(path, f"{key(album)} is removed twice", "keep one of the tables", other=other)
            seen.setdefault(album, number)
            if album in self._albums:
                what, there = f"{key(album)} is removed and still an album", ("albums", album)
                yield Fault(path, what, f"remove [{dotted(there)}], or this table", other=there)
            if album in moved:
                what = f"{key(album)} is removed, and it moved to another key"
                yield Fault(path, what, "keep one of the tables", other=("moved", moved[album], "from"))

    def _ids(self) -> Iterator[Fault]:
        seen: dict[str, str] = {}
        for name, table in self._albums.items():
            given = table.get("id") if isinstance(table, dict) else None
            found = album_id(given) if isinstance(given, str) else None
            if found is None:
                continue
            if found in seen:
                here: KeyPath = ("albums", name, "id")
                what = f"{dotted(here)} is the same album as that of {dotted(('albums', seen[found]))}"
                yield Fault(here, what, "give each album one of its own", other=("albums", seen[found], "id"))
            seen.setdefault(found, name)


def presence(path: KeyPath, said: str, root: str) -> Iterator[Fault]:
    """The fault of a folder that is not there, no folder, or may not be read."""
    if not os.path.lexists(root):
        yield Fault(path, f"{said} is not there", "make the folder, or correct its name")
    elif not os.path.isdir(root):
        yield Fault(path, f"{said} is not a folder", "name the folder that the pictures are in")
    elif not os.access(root, os.R_OK | os.X_OK):
        yield Fault(path, f"{said} may not be read", "give your user the right to read it")


def _tables(value: object) -> Mapping[str, Mapping[str, Any]]:
    return {n: t for n, t in value.items() if isinstance(t, dict)} if isinstance(value, dict) else {}


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row if isinstance(row, dict) else {} for row in value] if isinstance(value, list) else []
