"""What must hold beyond the types of single keys. Looks at plain data, so that it speaks also beside other faults."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imgur_sync.manifest.faults import Fault
from imgur_sync.manifest.folders import OWN, Confines, RefusedPathError, within
from imgur_sync.manifest.images import image_faults
from imgur_sync.manifest.lifecycle import Lifecycle, presence
from imgur_sync.manifest.showing import KeyPath, dotted, key, shown

VERSION = 1

ALBUMS = 5000
"""The most albums of one manifest."""

DEFAULT_STATE = f"{OWN}/state.db"

ALBUM_KEY = COLLECTION_KEY = r"[a-z0-9][a-z0-9._-]{0,99}"
"""How the keys of albums and the names of collections are written; they hold no two dots in a row either."""

_KEY = re.compile(ALBUM_KEY)
_TAKEN_NAMES = frozenset({"activity.db", "cache.db", "run.lock", "watch.lock"})


class Rules:
    """The rules, run over one manifest. `roots` holds the resolved folder of every album whose folder is good."""

    def __init__(self, data: Mapping[str, Any], manifest: Path, confines: Confines, *, check_folders: bool) -> None:
        albums = data.get("albums")
        state = data.get("state")
        self._albums: Mapping[str, Any] = albums if isinstance(albums, dict) else {}
        self._state_given = isinstance(state, dict) and isinstance(state.get("path"), str)
        self._state_text = state["path"] if isinstance(state, dict) and self._state_given else DEFAULT_STATE
        self._manifest = manifest
        self._confines = confines
        self._check_folders = check_folders
        self.roots: dict[str, str] = {}
        self._lifecycle = Lifecycle(data, self._albums, confines, check_folders=check_folders)
        self.state_path = ""

    def faults(self) -> Iterator[Fault]:
        """Every fault, and `roots` and `state_path` filled as far as they are good."""
        for number, (name, album) in enumerate(self._albums.items()):
            if number == ALBUMS:
                what = f"there are {len(self._albums)} albums; a manifest holds up to {ALBUMS}"
                yield Fault(("albums", name), what, "split it into several manifests, each with its own state", True)
                return
            if not self._lifecycle.names(name):
                yield from _name_faults(name, album)
            yield from image_faults(name, album) if isinstance(album, dict) else ()
            if isinstance(album, dict) and isinstance(album.get("folder"), str) and album["folder"]:
                yield from self._folder_faults(name, album["folder"])
        yield from self._lifecycle.faults(self.roots)
        yield from self._overlaps()
        yield from self._state_faults()

    @property
    def collection_roots(self) -> Mapping[str, str]:
        """The resolved folder whose sub-folders are albums, by the name of the collection."""
        return self._lifecycle.roots

    def _folder_faults(self, name: str, text: str) -> Iterator[Fault]:
        path: KeyPath = ("albums", name, "folder")
        said = f"{dotted(path)} {shown(text)}"
        try:
            root = self._confines.resolve(text)
        except RefusedPathError as refused:
            yield Fault(path, f"{said} {refused.what}", refused.remedy)
            return
        if within(root, os.path.join(self._confines.base, OWN)):
            yield Fault(path, f"{said} lies in {OWN}, which holds no pictures", "name another folder")
            return
        self.roots[name] = root
        if self._check_folders:
            yield from presence(path, said, root)

    def _overlaps(self) -> Iterator[Fault]:
        """Sorted by path, a folder comes right behind those that it lies in."""
        order = {name: number for number, name in enumerate(self._albums)}
        around: list[tuple[str, str]] = []
        for root, name in sorted((root.rstrip("/") + "/", name) for name, root in self.roots.items()):
            while around and not root.startswith(around[-1][0]):
                around.pop()
            if around:
                yield self._overlap(name, around[-1][1], first_is_later=order[name] > order[around[-1][1]])
            around.append((root, name))

    def _overlap(self, inner: str, outer: str, *, first_is_later: bool) -> Fault:
        """Told at the album that comes later in the file, naming the other."""
        here, there = (inner, outer) if first_is_later else (outer, inner)
        if self.roots[inner] == self.roots[outer]:
            relation = "is the same folder as that of"
        else:
            relation = "lies inside that of" if here == inner else "contains that of"
        said = f"{dotted(('albums', here, 'folder'))} {shown(self._albums[here]['folder'])}"
        what = f"{said} {relation} {dotted(('albums', there))}"
        remedy = "give each album a folder of its own"
        return Fault(("albums", here, "folder"), what, remedy, other=("albums", there, "folder"))

    def _state_faults(self) -> Iterator[Fault]:
        path: KeyPath = ("state", "path") if self._state_given else ()
        said = f"state.path {shown(self._state_text)}"
        try:
            self.state_path = self._confines.resolve(self._state_text, file=True)
        except RefusedPathError as refused:
            yield Fault(path, f"{said} {refused.what}", refused.remedy)
            return
        name = os.path.basename(self.state_path)
        if self._state_text.endswith("/") or os.path.isdir(self.state_path):
            yield Fault(path, f"{said} is a folder", f'write the path of a file, such as "{DEFAULT_STATE}"')
        elif name in _TAKEN_NAMES or self.state_path == os.path.realpath(self._manifest):
            yield Fault(path, f"{said} is the name of another file", f'write another, such as "{DEFAULT_STATE}"')
        elif not within(self.state_path, os.path.join(self._confines.base, OWN)):
            for album, root in self.roots.items():
                if within(self.state_path, root):
                    what = f"{said} lies in the folder of {dotted(('albums', album))}, where nothing is ever written"
                    yield Fault(path, what, f'write "{DEFAULT_STATE}"', other=("albums", album, "folder"))


def newer_version(data: Mapping[str, Any]) -> Fault | None:
    """The fault of a manifest that was written for a later imgur-sync."""
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version <= VERSION:
        return None
    what = f"version {shown(version)} is newer than this imgur-sync, which knows version {VERSION}"
    return Fault(("version",), what, "use a newer imgur-sync; nothing was changed")


def _name_faults(name: str, album: object) -> Iterator[Fault]:
    if _KEY.fullmatch(name) and ".." not in name:
        return
    if not isinstance(album, dict):
        return
    what = f"{key(name)} cannot be the name of an album"
    remedy = f"write up to 100 of a-z 0-9 . _ - (not first, no ..), such as [albums.{suggestion(name)}]"
    yield Fault(("albums", name), what, remedy, on_key=True)


def suggestion(name: str) -> str:
    """A good album key that resembles `name`."""
    words = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")
    return words[:40].strip("-_") or "cats"
