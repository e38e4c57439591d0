"""The public gallery: its posts, one post, the posts with a tag; a visitor's front page (imgur-api §2.4, §6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from imgur_sync.simulator.albums import header_json
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.frame import count
from imgur_sync.simulator.gallery import post_json, posts
from imgur_sync.simulator.pages.albums import SIZE
from imgur_sync.simulator.pages.forms import said
from imgur_sync.simulator.pages.looking import (
    UNTITLED,
    Look,
    Tile,
    album_tile,
    look_of,
    missing,
    page_number,
    paging,
    picture_tile,
    slice_of,
    source,
)
from imgur_sync.simulator.records import Album, Image
from imgur_sync.simulator.shapes import image_json
from imgur_sync.simulator.tags import tags_of

POSTS = 60
"""Posts on one page."""


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/gallery`, `/gallery/ID`, `/t/TAG`."""

    def all_posts() -> Response:
        """Every post, the newest first."""
        with desk.world.lock:
            return front(look_of(desk))

    def post(key: str) -> Response:
        """One post, also with words before its id: `/gallery/some-words-ID` (H)."""
        with desk.world.lock:
            return _post(look_of(desk), key.rpartition("-")[2])

    def tagged(tag: str) -> Response:
        """The posts with a tag (H); 404 if there is none."""
        with desk.world.lock:
            look = look_of(desk)
            found = [item for item in posts(look.call(None)) if tag in tags_of(item)]
            return _list(look, f"#{tag}", found) if found else missing(look)

    blueprint.add_url_rule("/gallery", "gallery", all_posts, strict_slashes=False)
    blueprint.add_url_rule("/gallery/<key>", "post", post, strict_slashes=False)
    blueprint.add_url_rule("/t/<path:tag>", "tag", tagged, strict_slashes=False)


def front(look: Look) -> Response:
    """What is shown to those without an account: the gallery, and the way to the accounts that are here.

    The caller holds the world's lock.
    """
    return _list(look, "Gallery", list(posts(look.call(None))), list(look.desk.world.accounts))


def _list(look: Look, title: str, found: Sequence[Album | Image], accounts: Sequence[str] = ()) -> Response:
    number, tags = page_number("page"), dict.fromkeys(tag for item in found for tag in tags_of(item))
    return look.page(
        "gallery.html",
        title,
        tiles=[_tile(look, item) for item in slice_of(found, number, POSTS)],
        around=paging(look, "page", "Pages of posts", number, POSTS, len(found)),
        tags=list(tags),
        accounts=accounts,
        said=said(),
    )


def _tile(look: Look, item: Album | Image) -> Tile:
    call = look.call(item.owner)
    title = str((item.post or {}).get("title") or item.title or "")
    if isinstance(item, Album):
        tile, note = album_tile(look, call, header_json(call, item)), f"album, {count(len(item.images), 'picture')}"
    else:
        tile, note = picture_tile(look, image_json(item, call.view(item.owner))), "picture"
    return dataclasses.replace(tile, href=look.link(f"/gallery/{item.id}"), label=title or tile.label, note=note)


def _post(look: Look, key: str) -> Response:
    call = look.call(None)
    item: Album | Image | None = call.world.albums.get(key, call.at) or call.world.images.get(key, call.at)
    if item is None or not item.in_gallery:
        return missing(look)
    call = look.call(item.owner)
    shown = post_json(call, item)
    more = _album(look, shown) if isinstance(item, Album) else _picture(look, shown)
    title = shown["title"] or (UNTITLED if isinstance(item, Album) else f"Picture {key}")
    return look.page("post.html", title, post=shown, tags=tags_of(item), **more)


def _album(look: Look, shown: dict[str, Any]) -> dict[str, Any]:
    images, number = shown["images"] or [], page_number("page")
    tiles = [picture_tile(look, image) for image in slice_of(images, number, SIZE)]
    around = paging(look, "page", "Pages of pictures", number, SIZE, len(images))
    return {"of": look.link(f"/a/{shown['id']}"), "tiles": tiles, "around": around}


def _picture(look: Look, shown: dict[str, Any]) -> dict[str, Any]:
    video = shown["type"].startswith("video/")
    return {"of": look.link(f"/{shown['id']}"), "source": source(shown), "video": video}
