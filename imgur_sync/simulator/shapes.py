"""The JSON of pictures and albums in the legacy and the new shape (imgur-api §2.1 and §2.2: keys, order, nulls)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imgur_sync.simulator.media import EXTENSIONS
from imgur_sync.simulator.records import Account, Album, Image


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at what, and how: `owner` sees deletehashes; `origin` begins every link."""

    origin: str
    new: bool
    owner: bool
    name: bool
    account: Account | None = None
    listing: bool = False
    """Inside an album: the legacy shape leaves the account out there."""


def image_link(image: Image, origin: str) -> str:
    """The direct link, on this server."""
    return f"{origin}/i/{image.id}.{EXTENSIONS[image.type]}"


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
        "favorite": False,
        "nsfw": None,
        "section": None,
        "account_url": account.name if account else None,
        "account_id": account.id if account else None,
        "is_ad": False,
        "in_most_viral": False,
        "has_sound": image.has_sound,
        "tags": [],
        "ad_type": 0,
        "ad_url": "",
        "edited": "0",
        "in_gallery": False,
    }
    if view.owner:
        shown["deletehash"] = image.deletehash
    if view.name:
        shown["name"] = image.name
    shown["link"] = image_link(image, view.origin)
    if image.animated:
        base = f"{view.origin}/i/{image.id}"
        shown.update(mp4=f"{base}.mp4", gifv=f"{base}.gifv", hls=f"{base}.m3u8", mp4_size=image.size, looping=True)
        shown["processing"] = {"status": "completed"}
    return shown


def _new_image(image: Image, view: View) -> dict[str, Any]:
    video = image.type.startswith("video/")
    base = f"{view.origin}/i/{image.id}"
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
        "favorite": False,
        "in_gallery": False,
        "in_most_viral": False,
        "has_sound": image.has_sound,
        "is_ad": False,
        "nsfw": None,
        "link": image_link(image, view.origin),
        "tags": [],
        "datetime": image.datetime,
        "mp4": f"{base}.mp4" if image.animated else "",
        "hls": f"{base}.m3u8" if image.animated else "",
    }
    if video:
        shown.update(mp4_size=image.size, processing={"status": "completed"})
    return shown


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
        "favorite": False,
        "nsfw": None,
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
