"""The page of a picture: its texts, link, size, albums, and how far it is processed; or that Imgur removed it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from imgur_sync.simulator.account import albums_of
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.images import get_image
from imgur_sync.simulator.pages.forms import said
from imgur_sync.simulator.pages.looking import UNTITLED, Look, look_of, missing, source
from imgur_sync.simulator.records import Album, Image
from imgur_sync.simulator.replies import Refusal


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/ID`."""

    def image(key: str) -> Response:
        """One picture's page (H)."""
        with desk.world.lock:
            look = look_of(desk)
            kept, removed = desk.world.images.get(key), desk.world.removed.get(key)
            if kept is None and removed is not None:
                served = look.now < removed.until
                return look.page(
                    "removed.html", "Removed", 404, key=key, served=served, until=removed.until, said=said()
                )
            try:
                shown = image_json_of(look, key)
            except Refusal:
                return missing(look)
            assert kept is not None
            albums = [(look.link(f"/a/{album.id}"), album.title or UNTITLED) for album in _holding(look, kept)]
        return look.page(
            "picture.html",
            shown["title"] or shown.get("name") or f"Picture {key}",
            image=shown,
            albums=albums,
            source=source(shown),
            link=_link(look, shown),
            video=shown["type"].startswith("video/"),
            sha256=None if look.stranger else desk.world.blobs.sha256(kept.blob),
        )

    blueprint.add_url_rule("/<key>", "image", image, strict_slashes=False)


def image_json_of(look: Look, key: str) -> dict[str, Any]:
    """The picture as the API tells whoever looks; Refusal if there is none."""
    kept = look.desk.world.images.get(key)
    shown = get_image(look.call(kept.owner if kept else None, key=key)).data
    assert isinstance(shown, dict)
    return shown


def _link(look: Look, shown: dict[str, Any]) -> str:
    """The direct link as the API tells it, whole."""
    told = str(shown["link"])
    return f"{look.origin}{told}" if told.startswith("/") else told


def _holding(look: Look, image: Image) -> list[Album]:
    """The albums that hold it, of those that the API lists to whoever looks; to no stranger is any other told."""
    if image.owner is not None:
        listed = albums_of(look.call(image.owner, user=image.owner))
        return [album for album in listed if image.id in album.images]
    if look.stranger:
        return []
    call = look.call(None)
    return [album for album in call.world.albums.values(call.at) if album.owner is None and image.id in album.images]
