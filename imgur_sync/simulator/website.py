"""What somebody does on the web site: `POST /_simulator/edit`. No credits, no knobs, no ownership."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from imgur_sync.simulator.changes import (
    Change,
    DropAlbum,
    DropImage,
    Join,
    Leave,
    Moderate,
    PutAccount,
    PutAlbum,
    PutImage,
    SetMembers,
)
from imgur_sync.simulator.media import sniff
from imgur_sync.simulator.records import WEB, Album, Image, Removed
from imgur_sync.simulator.world import World

Edit = Callable[[World, Mapping[str, Any], float], tuple[list[Change], dict[str, Any]]]


def edit(world: World, sent: object) -> dict[str, Any]:
    """Do one edit, or a list of them; answers `{"done": n}` and, for `add`, the new id. ValueError says what is wrong.

    Edits before a wrong one of a list are done.
    """
    items = sent if isinstance(sent, list) else [sent]
    answer: dict[str, Any] = {"done": 0}
    with world.lock:
        for item in items:
            now = world.settle()
            if not isinstance(item, dict) or item.get("op") not in EDITS:
                raise ValueError(f"an edit is an object whose op is one of {', '.join(EDITS)}")
            changes, shown = EDITS[item["op"]](world, item, now)
            world.commit(changes, now)
            answer |= shown
            answer["done"] += 1
    return answer


def _album(world: World, item: Mapping[str, Any]) -> Album:
    album = world.albums.get(str(item.get("id")))
    if album is None:
        raise ValueError(f"there is no album {item.get('id')!r}")
    return album


def _named(world: World, item: Mapping[str, Any]) -> tuple[str, ...]:
    images = item.get("images")
    if not isinstance(images, list) or any(image not in world.images for image in images):
        raise ValueError("images is a list of ids of pictures that exist")
    return tuple(images)


def _set_album(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    """Also `in_gallery`: the album is posted to the public gallery, or its post is removed."""
    changed = {key: item[key] for key in ("title", "description", "privacy", "cover", "in_gallery") if key in item}
    _privacy(changed.get("privacy", "hidden"))
    if not isinstance(changed.get("in_gallery", False), bool):
        raise ValueError("in_gallery is true or false")
    if changed.get("in_gallery") is False:
        changed["post"] = None
    return [PutAlbum(dataclasses.replace(_album(world, item), **changed))], {}


def _privacy(sent: object) -> object:
    if sent not in ("public", "hidden", "secret"):
        raise ValueError("privacy is public, hidden or secret")
    return sent


def _set_account(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    """`verified`: the mail address; `accepted_gallery_terms`; `album_privacy` of new ones. `id`: the account's name."""
    account = world.accounts.get(str(item.get("id")))
    if account is None:
        raise ValueError(f"there is no account {item.get('id')!r}")
    kept = {"verified": "_verified", "accepted_gallery_terms": "accepted_gallery_terms"}
    changed = {kept[name]: item[name] for name in kept if name in item}
    if not all(isinstance(value, bool) for value in changed.values()):
        raise ValueError("verified and accepted_gallery_terms are true or false")
    if "album_privacy" in item:
        changed["album_privacy"] = _privacy(item["album_privacy"])
    return [PutAccount(dataclasses.replace(account, settings={**account.settings, **changed}))], {}


def _set_image(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    image = world.images.get(str(item.get("id")))
    if image is None:
        raise ValueError(f"there is no picture {item.get('id')!r}")
    changed = {key: item[key] for key in ("title", "description") if key in item}
    return [PutImage(dataclasses.replace(image, **changed))], {}


def _order(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    """Pictures of the album that are not named keep their order, after the named ones."""
    album, first = _album(world, item), _named(world, item)
    if set(first) - set(album.images):
        raise ValueError("only pictures of the album can be put in order")
    return [SetMembers(album.id, first + tuple(key for key in album.images if key not in first))], {}


def _remove(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    return [Leave(_album(world, item).id, _named(world, item))], {}


def _delete_image(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    if item.get("id") not in world.images:
        raise ValueError(f"there is no picture {item.get('id')!r}")
    return [DropImage(item["id"])], {}


def _moderate(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    """Imgur removes a picture: gone from the API at once, its file `serves` more seconds, then redirected (H)."""
    image, serves = world.images.get(str(item.get("id"))), item.get("serves", 3600)
    if image is None:
        raise ValueError(f"there is no picture {item.get('id')!r}")
    if isinstance(serves, bool) or not isinstance(serves, int | float) or serves < 0:
        raise ValueError("serves is a number of seconds that is not negative")
    return [DropImage(image.id), Moderate(Removed(image.id, image.blob, image.type, now + serves))], {}


def _delete_album(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    return [DropAlbum(_album(world, item).id)], {}


def _add(world: World, item: Mapping[str, Any], now: float) -> tuple[list[Change], dict[str, Any]]:
    """A picture that the album's owner drops onto its page; it has no name."""
    album = _album(world, item)
    try:
        data = base64.b64decode(str(item.get("image_base64")), validate=True)
    except binascii.Error as error:
        raise ValueError("image_base64 is not base64") from error
    media = sniff(data)
    if media is None:
        raise ValueError("image_base64 is no picture")
    image = Image(
        id=world.name(7, "web image"),
        deletehash=world.name(15, "web image"),
        owner=album.owner,
        creator=WEB,
        type=media.type,
        width=media.width,
        height=media.height,
        size=len(data),
        blob=world.blobs.put(data),
        datetime=int(now),
        animated=media.animated,
        has_sound=media.has_sound,
    )
    return [PutImage(image), Join(album.id, (image.id,))], {"id": image.id}


EDITS: dict[Any, Edit] = {
    "set_album": _set_album,
    "set_image": _set_image,
    "set_account": _set_account,
    "order": _order,
    "remove_from_album": _remove,
    "delete_image": _delete_image,
    "moderate": _moderate,
    "delete_album": _delete_album,
    "add": _add,
}
