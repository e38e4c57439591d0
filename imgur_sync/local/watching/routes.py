"""Which albums an event in the file system concerns."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from imgur_sync.local.names import IGNORE_FILE, is_junk
from imgur_sync.model.hint import WatchedRoot


class Top(NamedTuple):
    """A folder that is listened to: one of the roots that lies in no other one that is listened to with all below."""

    path: str
    recursive: bool


class Routes:
    """From paths of events to albums.

    What no scan looks at makes no hint: folders and files that are junk by their names, our own `.imgur-sync` among
    them. A pattern file is junk to the album, but changes what is in it.
    """

    def __init__(self, roots: Iterable[WatchedRoot]) -> None:
        self._roots: dict[str, dict[str, bool]] = defaultdict(dict)
        self._names: dict[str, frozenset[str]] = {}
        for root in roots:
            self._names.update(dict.fromkeys(root.albums if root.names else (), root.names))
            albums = self._roots[os.fspath(root.path)]
            for album in root.albums:
                albums[album] = albums.get(album, False) or root.recursive
        self._above: dict[str, list[str]] = defaultdict(list)
        for path in self._roots:
            for above in _upwards(path):
                if above != path:
                    self._above[above].append(path)
        self.tops = tuple(self._tops())

    def albums_below(self, top: Top) -> tuple[str, ...]:
        """The keys of the albums that events from this folder concern, sorted."""
        inside = [top.path, *(self._above.get(top.path, ()) if top.recursive else ())]
        return tuple(sorted({album for path in inside for album in self._roots[path]}))

    def homes(self) -> dict[str, tuple[str, bool]]:
        """The folder of each album, and whether what lies below counts."""
        return {album: (path, recursive) for path, albums in self._roots.items() for album, recursive in albums.items()}

    def concerned(self, path: str, *, is_folder: bool) -> Iterator[tuple[str, str]]:
        """The albums that a change of the entry at `path` concerns, each with the relative folder to look at.

        A change of a folder concerns the folder around it, all that is in it, and albums whose roots are in it.
        """
        for root in _upwards(path):
            albums = self._roots.get(root)
            if albums is not None:
                yield from self._inside(albums, path[len(root) :].lstrip("/"), is_folder)
        for root in self._above.get(path, ()) if is_folder else ():
            for album in self._roots[root]:
                yield album, ""

    def _inside(self, albums: dict[str, bool], below: str, is_folder: bool) -> Iterator[tuple[str, str]]:
        folder, _, name = below.rpartition("/")
        litter = is_passed_over(folder) or (is_junk(name) and (is_folder or name != IGNORE_FILE))
        for album, recursive in albums.items():
            names = self._names.get(album)
            if names is not None:
                if not below or below in names:
                    yield album, ""
            elif not litter and (recursive or not folder):
                yield album, folder
                if is_folder and below:
                    yield album, below

    def _tops(self) -> Iterator[Top]:
        wide = {path for path, albums in self._roots.items() if any(albums.values())}
        for path in sorted(self._roots):
            around = (above for above in _upwards(path) if above in wide and above != path)
            if not any(not is_passed_over(path[len(above) :]) for above in around):
                yield Top(path, path in wide)


def is_passed_over(below: str) -> bool:
    """Whether a folder at this path below a root, or one on the way to it, is never looked into."""
    return any(is_junk(part) for part in below.split("/") if part)


def _upwards(path: str) -> Iterator[str]:
    """The path and all folders above it."""
    while True:
        yield path
        above = os.path.dirname(path)
        if above == path or not above:
            return
        path = above
