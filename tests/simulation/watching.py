"""Everything that changes on the simulated Imgur, noted at the moment of its commit: by whom, in which run, and what
the albums held before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from imgur_sync.simulator.changes import (
    Change,
    DropAlbum,
    DropImage,
    Join,
    Leave,
    PutAlbum,
    PutImage,
    SetMembers,
    Settle,
    Uploaded,
)
from imgur_sync.simulator.records import Album
from imgur_sync.simulator.world import World

PICTURE_CHANGES = (PutImage, DropImage, PutAlbum, DropAlbum, SetMembers, Join, Leave)


@dataclass(frozen=True, slots=True)
class Deed:
    """One commit. `by` is "us" or "site"; `run` the number of the run in which it was asked for."""

    by: str
    run: int
    at: float
    changes: tuple[Any, ...]
    before: dict[str, Album]
    """The albums that it touches, as they were."""
    after: dict[str, Album]
    broken: frozenset[str] = frozenset()
    """The albums whose folder could not be read whole when the run last looked."""
    late: bool = False
    """Whether the request was sent before, perhaps by an earlier run."""

    @property
    def left(self) -> list[tuple[str, str]]:
        """(album, picture) of what left an album."""
        return [
            (key, image)
            for key, album in self.before.items()
            for image in album.images
            if key in self.after and image not in self.after[key].images
        ]

    @property
    def dropped(self) -> list[str]:
        """The pictures that were deleted."""
        return [change.id for change in self.changes if isinstance(change, DropImage)]


class Watcher:
    """Stands behind `World.commit`. `by` and `run` are set by who acts; what commits late belongs to us."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.deeds: list[Deed] = []
        self.by = "us"
        self.run = 0
        self.born: dict[str, str] = {}
        """Who made each picture and album that there ever was."""
        self.shas: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.broken: Callable[[], frozenset[str]] = frozenset
        self._commit = world.commit
        world.__dict__["commit"] = self._watched

    def _watched(self, transaction: Sequence[Change], at: float) -> None:
        changes = tuple(change for change in transaction if isinstance(change, (*PICTURE_CHANGES, Uploaded)))
        if not changes:
            self._commit(transaction, at)
            return
        # People's changes commit at once: what commits late is a request of ours, also in the middle of theirs.
        late = any(isinstance(change, Settle) for change in transaction)
        by = "us" if late else self.by
        touched = self._touched(changes)
        before = {key: album for key in touched if (album := self.world.albums.get(key)) is not None}
        self._commit(transaction, at)
        after = {key: album for key in touched if (album := self.world.albums.get(key)) is not None}
        for change in changes:
            if isinstance(change, PutImage):
                self.born.setdefault(change.image.id, by)
                self.shas[change.image.id] = change.image.blob
                self.names[change.image.id] = change.image.name
            elif isinstance(change, PutAlbum):
                self.born.setdefault(change.album.id, by)
        self.deeds.append(Deed(by, self.run, at, changes, before, after, self.broken(), late))

    def _touched(self, changes: Sequence[Any]) -> list[str]:
        found: dict[str, None] = {}
        for change in changes:
            match change:
                case PutAlbum(album):
                    found[album.id] = None
                case DropAlbum(key):
                    found[key] = None
                case SetMembers(key, _) | Join(key, _) | Leave(key, _):
                    found[key] = None
                case DropImage(image):
                    found.update((a.id, None) for a in self.world.albums.values() if image in a.images)
        return list(found)
