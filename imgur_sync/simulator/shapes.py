"""The JSON of pictures and albums in the legacy and the new shape (imgur-api §2.1 and §2.2: keys, order, nulls)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imgur_sync.simulator.films import film_size
from imgur_sync.simulator.media import EXTENSIONS
from imgur_sync.simulator.options import MIB, Links
from imgur_sync.simulator.records import Account, Album, Image
from imgur_sync.simulator.tags import tags_of

LARGE_GIF = 20 * MIB
SITE, DIRECT = "https://imgur.com", "https://i.imgur.com"
"""What links begin with where they name Imgur: pages, and files."""


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at what, and how: `owner` sees deletehashes; links to pages begin with `origin`, to files with
    `direct`."""

    origin: str
    direct: str
    new: bool
    owner: bool
    name: bool
    account: Account | None = None
    listing: bool = False
    """Inside an album: the legacy shape leaves the account out there."""
    processed: float = math.inf
    """GIFs and videos of after this moment are not processed yet."""
    viewer: str | None = None
    """The account that looks, if any: what it has marked is its favourite."""
    tag: Callable[[str], dict[str, object]] | None = None
    """How a tag of a post is told; without it none are."""


def link_starts(origin: str, links: Links) -> tuple[str, str]:
    """What links to pages and to files begin with: this server's origin, or Imgur's own (H)."""
    return (SITE, DIRECT) if links == "imgur" else (origin, f"{origin}/i")


def image_link(image: Image, direct: str) -> str:
    """The direct link; of a GIF above 20 MB to its thumbnail (M)."""
    thumb = "h" if image.size > LARGE_GIF and image.type == "image/gif" else ""
    return f"{direct}/{image.id}{thumb}.{EXTENSIONS[image.type]}"


def films_instead(image: Image) -> bool:
    """Whether the picture is a GIF, or moves like one, so that Imgur makes a film of it."""
    return image.animated and image.type.startswith("image/")


def image_json(image: Image, view: View) -> dict[str, Any]:
    """One picture."""
    return _new_image(image, view) if view.new else _legacy_image(image, view)


def _legacy_image(image: Image, view: View) -> dict[str, Any]:
    account = None if view.listing else view.account
    shown: dict[str, Any] = {
        "id": image.id,
        "title": image.title,
        "description": image.description,
        "datetime": image.datetime,
        "type": image.type,
        "animated": image.animated,
        "width": image.width,
        "height": image.height,
        "size": image.size,
        "views": 0,
        "bandwidth": 0,
        "vote": None,
        "favorite": view.viewer in image.favourites,
        "nsfw": _mature(image),
        "section": None,
        "account_url": account.name if account else None,
        "account_id": account.id if account else None,
        "is_ad": False,
        "in_most_viral": False,
        "has_sound": image.has_sound,
        "tags": _tags(image, view),
        "ad_type": 0,
        "ad_url": "",
        "edited": "0",
        "in_gallery": image.in_gallery,
    }
    if view.owner:
        shown["deletehash"] = image.deletehash
    if view.name:
        shown["name"] = image.name
    shown["link"] = image_link(image, view.direct)
    if image.animated:
        base = f"{view.direct}/{image.id}"
        shown.update(mp4=f"{base}.mp4", gifv=f"{base}.gifv", hls=f"{base}.m3u8")
        size, processing = _processing(image, view)
        shown.update(mp4_size=size, looping=True, processing=processing)
    return shown


def _new_image(image: Image, view: View) -> dict[str, Any]:
    video = image.type.startswith("video/")
    base = f"{view.direct}/{image.id}"
    shown: dict[str, Any] = {
        "id": image.id,
        "deletehash": image.deletehash if view.owner else "",
        "account_id": view.account.id if view.account else None,
        "account_url": view.account.name if view.account else None,
        "ad_type": None,
        "ad_url": None,
        "title": image.title,
        "description": image.description,
        "name": image.name if view.name else "",
        "type": image.type,
        "width": image.width,
        "height": image.height,
        "size": 0 if video else image.size,
        "views": 0,
        "section": None,
        "vote": None,
        "bandwidth": 0,
        "animated": image.animated,
        "favorite": view.viewer in image.favourites,
        "in_gallery": image.in_gallery,
        "in_most_viral": False,
        "has_sound": image.has_sound,
        "is_ad": False,
        "nsfw": _mature(image),
        "link": image_link(image, view.direct),
        "tags": _tags(image, view),
        "datetime": image.datetime,
        "mp4": f"{base}.mp4" if image.animated else "",
        "hls": f"{base}.m3u8" if image.animated else "",
    }
    if image.animated:
        size, processing = _processing(image, view)
        shown.update(mp4_size=size, processing=processing)
    return shown


def _tags(image: Image, view: View) -> list[dict[str, object]]:
    """What a picture in the gallery was tagged with; `[]` for all others (H for the field, M for what is in it)."""
    return [view.tag(name) for name in tags_of(image)] if view.tag is not None else []


def _mature(item: Image | Album) -> bool | None:
    """What was said when it was shared; null where it was not."""
    return bool(item.post.get("mature")) if item.post is not None else None


def _processing(image: Image, view: View) -> tuple[int, dict[str, str]]:
    """The size as MP4, which is 0 until a GIF or video is ready (M), and whether it is."""
    if image.datetime > view.processed:
        return 0, {"status": "pending"}
    size = film_size(image.width, image.height) if films_instead(image) else image.size
    return size, {"status": "completed"}


def album_header(album: Album, cover: Image | None, view: View) -> dict[str, Any]:
    """An album without its pictures. The new shape has "" and 0 for null and says "private" for what is not public."""
    new = view.new
    shown: dict[str, Any] = {
        "id": album.id,
        "title": album.title,
        "description": album.description or ("" if new else None),
        "datetime": album.datetime,
        "cover": cover.id if cover else ("" if new else None),
        "cover_edited": None,
        "cover_width": cover.width if cover else (0 if new else None),
        "cover_height": cover.height if cover else (0 if new else None),
        "account_url": view.account.name if view.account else None,
        "account_id": view.account.id if view.account else None,
        "privacy": "private" if new and album.privacy != "public" else album.privacy,
        "layout": album.layout,
        "views": 0,
        "link": f"{view.origin}/a/{album.id}",
        "favorite": view.viewer in album.favourites,
        "nsfw": _mature(album),
        "section": "" if new else None,
        "images_count": len(album.images),
        "in_gallery": album.in_gallery,
        "is_ad": False,
        "include_album_ads": False,
        "is_album": True,
    }
    if view.owner:
        shown["deletehash"] = album.deletehash
    elif new:
        shown["deletehash"] = ""
    return shown
