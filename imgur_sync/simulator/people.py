"""What people do on the web site between two calls of a program: edits that a rule makes before the request it strikes.

An edit is one of `website.py`, with ids, or one that picks for itself: `pick` counts through the albums, oldest first,
and through the pictures of the one it falls on, and begins anew at the end; `album` narrows it to albums of a title.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from imgur_sync.simulator.drawing import grey
from imgur_sync.simulator.records import Album
from imgur_sync.simulator.website import EDITS, edit
from imgur_sync.simulator.world import World

Made = dict[str, Any]


def meddle(world: World, sent: Mapping[str, Any]) -> bool:
    """Do one edit; False if there is nothing that it could be done to."""
    with world.lock:
        item: Made | None = dict(sent)
        if sent.get("op") in PICKED:
            item = _picked(world, sent)
        if item is None or item.get("op") not in EDITS:
            return False
        try:
            edit(world, item)
        except ValueError:
            return False
        return True


def _picked(world: World, sent: Mapping[str, Any]) -> Made | None:
    pick, title = sent.get("pick", 0), sent.get("album")
    needs_pictures, make = PICKED[sent["op"]]
    albums = [
        album
        for album in world.albums.values()
        if (title is None or album.title == title) and (album.images or not needs_pictures)
    ]
    if not albums or isinstance(pick, bool) or not isinstance(pick, int):
        return None
    rest, index = divmod(abs(pick), len(albums))
    album = albums[index]
    image = album.images[rest % len(album.images)] if album.images else ""
    return make(album, image, abs(pick))


def _rename(album: Album, image: str, pick: int) -> Made:
    return {"op": "set_album", "id": album.id, "title": f"{album.title or 'Album'} ({pick})"}


def _describe(album: Album, image: str, pick: int) -> Made:
    text = "" if pick % 2 else f"{album.description or ''}\nSomebody wrote {pick}.".strip()
    return {"op": "set_album", "id": album.id, "description": text or None}


def _privacy(album: Album, image: str, pick: int) -> Made:
    other = "hidden" if album.privacy == "public" else "public"
    return {"op": "set_album", "id": album.id, "privacy": other}


def _gallery(album: Album, image: str, pick: int) -> Made:
    return {"op": "set_album", "id": album.id, "in_gallery": not album.in_gallery}


def _cover(album: Album, image: str, pick: int) -> Made:
    return {"op": "set_album", "id": album.id, "cover": image}


def _reorder(album: Album, image: str, pick: int) -> Made:
    return {"op": "order", "id": album.id, "images": list(album.images[::-1])}


def _remove(album: Album, image: str, pick: int) -> Made:
    return {"op": "remove_from_album", "id": album.id, "images": [image]}


def _add(album: Album, image: str, pick: int) -> Made:
    return {"op": "add", "id": album.id, "image_base64": base64.b64encode(grey(1, 1, pick, f"web {pick}")).decode()}


def _caption(album: Album, image: str, pick: int) -> Made:
    return {"op": "set_image", "id": image, "title": f"Caption {pick}"}


def _delete_picture(album: Album, image: str, pick: int) -> Made:
    return {"op": "delete_image", "id": image}


def _delete_album(album: Album, image: str, pick: int) -> Made:
    return {"op": "delete_album", "id": album.id}


def _moderate(album: Album, image: str, pick: int) -> Made:
    return {"op": "moderate", "id": image, "serves": 3600 if pick % 2 else 0}


PICKED: Mapping[Any, tuple[bool, Callable[[Album, str, int], Made]]] = {
    "rename": (False, _rename),
    "describe": (False, _describe),
    "privacy": (False, _privacy),
    "gallery": (False, _gallery),
    "cover": (True, _cover),
    "reorder": (True, _reorder),
    "remove": (True, _remove),
    "add_foreign": (False, _add),
    "caption": (True, _caption),
    "delete_picture": (True, _delete_picture),
    "delete_whole": (False, _delete_album),
    "moderate_one": (True, _moderate),
}
