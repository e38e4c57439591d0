"""The pictures and albums of a world, and which picture is in which album."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import assert_never

from imgur_sync.simulator import changes as c
from imgur_sync.simulator.records import Album, Image
from imgur_sync.simulator.shelf import Shelf


class Pictures:
    """Both shelves, which are changed here alone. No change looks at more albums than those that it touches."""

    def __init__(self) -> None:
        self.images: Shelf[Image] = Shelf(restore=lambda row: Image(*row))
        self.albums: Shelf[Album] = Shelf(weight=lambda album: 1 + len(album.images), restore=lambda row: Album(*row))
        self._holders: dict[str, tuple[str, ...]] = {}

    def change(self, at: float, change: c.PictureChange) -> None:
        """Make one change as of the moment `at`."""
        match change:
            case c.PutImage(image):
                self.images.put(image.id, image, at)
            case c.DropImage(gone):
                self._drop_image(gone, at)
            case c.PutAlbum(album):
                self.albums.put(album.id, dataclasses.replace(album, images=self._held(album.id)), at)
            case c.DropAlbum(gone):
                self._let_go(gone, self._held(gone))
                self.albums.drop(gone, at)
            case c.SetMembers(album_id, images):
                self._members(album_id, images, at)
            case c.Join(album_id, images, position):
                held = self._held(album_id)
                joining = tuple(image for image in images if album_id not in self._holders.get(image, ()))
                index = len(held) if position < 0 else position
                self._members(album_id, held[:index] + joining + held[index:], at)
            case c.Leave(album_id, images):
                self._members(album_id, tuple(kept for kept in self._held(album_id) if kept not in images), at)
            case _:
                assert_never(change)

    def holding(self, image: str) -> list[Album]:
        """The albums that the picture is in, in no particular order."""
        return [album for key in self._holders.get(image, ()) if (album := self.albums.get(key)) is not None]

    def hold(self, album: str, images: Iterable[str]) -> None:
        """Note that these pictures are in the album."""
        alone = (album,)
        for image in images:
            others = self._holders.get(image)
            self._holders[image] = (*others, album) if others else alone

    def _let_go(self, album: str, images: Iterable[str]) -> None:
        for image in images:
            others = tuple(one for one in self._holders[image] if one != album)
            if others:
                self._holders[image] = others
            else:
                del self._holders[image]

    def _held(self, album: str) -> tuple[str, ...]:
        found = self.albums.get(album)
        return found.images if found else ()

    def _members(self, album: str, images: tuple[str, ...], at: float) -> None:
        found = self.albums.get(album)
        if found is None or found.images == images:
            return
        before, after = set(found.images), set(images)
        self._let_go(album, before - after)
        self.hold(album, after - before)
        self.albums.put(album, dataclasses.replace(found, images=images), at)

    def _drop_image(self, gone: str, at: float) -> None:
        self.images.drop(gone, at)
        for album in self._holders.get(gone, ()):
            self._members(album, tuple(kept for kept in self._held(album) if kept != gone), at)
