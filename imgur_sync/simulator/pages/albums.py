"""The page of an album: its pictures in order, its cover, privacy, title and description."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from imgur_sync.simulator.albums import get_album
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.pages.looking import (
    UNTITLED,
    Look,
    look_of,
    missing,
    page_number,
    paging,
    picture_tile,
    slice_of,
)
from imgur_sync.simulator.replies import Refusal

SIZE = 120
"""Pictures of an album on one page."""


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/a/ID`."""

    def album(key: str) -> Response:
        """One album, readable by anybody who has its address, hidden or not (H)."""
        with desk.world.lock:
            look = look_of(desk)
            try:
                shown = album_json(look, key)
            except Refusal:
                return missing(look)
        return _page(look, shown)

    blueprint.add_url_rule("/a/<key>", "album", album, strict_slashes=False)


def album_json(look: Look, key: str) -> dict[str, Any]:
    """The album as the API tells whoever looks, with `images` as a list; Refusal if there is none."""
    kept = look.desk.world.albums.get(key)
    shown = get_album(look.call(kept.owner if kept else None, key=key)).data
    assert isinstance(shown, dict)
    return {**shown, "images": shown["images"] or []}


def _page(look: Look, shown: dict[str, Any]) -> Response:
    number, images = page_number("page"), shown["images"]
    tiles = [
        picture_tile(look, image, is_cover=image["id"] == shown["cover"]) for image in slice_of(images, number, SIZE)
    ]
    around = paging(look, "page", "Pages of pictures", number, SIZE, len(images))
    return look.page("album.html", shown["title"] or UNTITLED, album=shown, tiles=tiles, around=around)
