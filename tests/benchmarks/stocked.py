"""Worlds of the local Imgur with many pictures, which nobody has to upload."""

from __future__ import annotations

import hashlib
from pathlib import Path

from imgur_sync.simulator import World
from imgur_sync.simulator.changes import Change, Join, Note, PutAlbum, PutImage, Uploaded
from imgur_sync.simulator.records import Album, Image, Request, Upload

IN_ALBUM = 100


def stock(world: World, pictures: int) -> None:
    """So many pictures of the demo account, in albums of a hundred, each with the request that uploaded it."""
    demo = world.demo()
    for start in range(0, pictures, IN_ALBUM):
        with world.lock:
            now = world.clock.now()
            album = Album(
                world.name(7, "album"),
                world.name(15, "album"),
                demo.account,
                demo.client_id,
                int(now),
                f"Album {start}",
            )
            changes: list[Change] = [PutAlbum(album)]
            for number in range(start, min(start + IN_ALBUM, pictures)):
                changes += _uploaded(world, album, number, now)
            world.commit(changes, now)


def _uploaded(world: World, album: Album, number: int, now: float) -> list[Change]:
    n = world.arrive()
    image = Image(
        world.name(7, number),
        world.name(15, number),
        album.owner,
        album.creator,
        "image/jpeg",
        1000 + number % 1000,
        750,
        400_000 + number,
        hashlib.sha256(b"%d" % number).hexdigest(),
        int(now),
        f"holidays/2024/{number:06}.jpg#0123456789",
    )
    upload = Upload(n, now, image.creator, image.id, image.name, image.size, image.blob, album.id)
    user = f"account:{album.owner}"
    note = Request(
        n, now, "POST", "/3/upload", "/3/upload", album.creator, user, "127.0.0.1", 200, 10, True, True, True
    )
    return [PutImage(image), Join(album.id, (image.id,)), Uploaded(upload), Note(note)]


def stocked(folder: Path, pictures: int) -> Path:
    """A folder with such a world, made if it is not there, as a simulator leaves it that was told to stop."""
    if not folder.exists():
        # Each album is one line of the journal: there are too few for a snapshot but the one at the end.
        world = World.open(folder, lines=max(9, pictures // IN_ALBUM))
        stock(world, pictures)
        world.close()
    return folder
