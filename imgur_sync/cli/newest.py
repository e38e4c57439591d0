"""The pictures that were uploaded last, over albums."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from imgur_sync.cli.stored import album_page
from imgur_sync.model.synced import Standing
from imgur_sync.report.links import LinkAlbum, LinkRow

if TYPE_CHECKING:
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.synced import SyncedAlbum


def newest(store: StateStore, albums: Sequence[SyncedAlbum], count: int, *, grouped: bool) -> list[LinkAlbum]:
    """The `count` newest pictures that stand in these albums, the newest first: by the time of their upload, of one
    second by the time they were recorded, then by path. An album comes again where another one's picture is between,
    but with `grouped` once, where its newest picture is."""
    pictures = (
        (picture.made_at, picture.placed_at, picture.path, picture.id, picture.link, album)
        for album in albums
        for picture in store.pictures(album.key)
        if picture.standing is Standing.PLACED
    )
    found = heapq.nlargest(count, pictures, key=lambda one: one[:4])
    if grouped:
        turns = [album.key for *_, album in found]
        found.sort(key=lambda one: turns.index(one[-1].key))
    return [
        LinkAlbum(
            album.key, album.sent.title or "", album_page(album.id), tuple(LinkRow(one[2], one[4]) for one in part)
        )
        for album, part in groupby(found, key=lambda one: one[-1])
    ]
