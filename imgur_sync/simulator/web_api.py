"""The web site's own API, which other programs read: `/post/v1` (imgur-api §1, "Web-internal")."""

from __future__ import annotations

import datetime
from typing import Any

from imgur_sync.simulator.calls import Answer, Call, Routes
from imgur_sync.simulator.media import EXTENSIONS
from imgur_sync.simulator.records import Album, Image
from imgur_sync.simulator.replies import Refusal, Reply, compact
from imgur_sync.simulator.shapes import image_link, link_starts
from imgur_sync.simulator.tags import tags_of

ROUTES = Routes()


@ROUTES.add("GET", "/post/v1/media/<key>", by_query=True)
def get_media(call: Call) -> Answer:
    """One picture as a post of its own, for anybody, not wrapped (H for the call, M for the fields, L for the cost)."""
    image = call.world.images.get(call.params["key"], call.at)
    if image is None:
        raise _missing(call)
    return _answer(call, image, [image])


@ROUTES.add("GET", "/post/v1/albums/<key>", by_query=True)
def get_web_album(call: Call) -> Answer:
    """One album, also a hidden one, for anybody, not wrapped (H for the call, M for the fields, L for the cost).

    A knob withholds those of others, as under `/3/album`.
    """
    album = call.world.albums.get(call.params["key"], call.at)
    if album is None:
        raise _missing(call)
    if not call.may_see(album):
        raise Refusal(403, "The requester is not authorized to access the resource.", shape="E")
    found = (call.world.images.get(key, call.at) for key in album.images)
    return _answer(call, album, [image for image in found if image is not None])


@ROUTES.add("GET", "/post/v1/posts/<key>", by_query=True)
def get_web_post(call: Call) -> Answer:
    """One album or picture that is in the gallery; 404 if it is not (H for the call, L for the 404)."""
    album = call.world.albums.get(call.params["key"], call.at)
    if album is not None and album.in_gallery:
        return get_web_album(call)
    image = call.world.images.get(call.params["key"], call.at)
    if image is None or not image.in_gallery:
        raise _missing(call)
    return get_media(call)


def _missing(call: Call) -> Refusal:
    return Refusal(404, f"Unable to find {call.params['key']}", shape="E")


def _answer(call: Call, item: Album | Image, images: list[Image]) -> Answer:
    """`include` names what comes with it: media, tags, account."""
    shown, owner = {**_about(call, item), "image_count": len(images)}, call.account(item.owner)
    wanted = (call.fields.text("include") or "").split(",")
    if "media" in wanted:
        shown["media"] = [_medium(call, image) for image in images]
    if "tags" in wanted:
        shown["tags"] = [{"tag": name, "display": name} for name in tags_of(item)]
    if "account" in wanted and owner is not None:
        shown["account"] = {"id": owner.id, "username": owner.name, "avatar_url": ""}
        shown["account"]["created_at"] = _moment(owner.created)
    return Answer(reply=Reply(200, compact(shown)))


def _about(call: Call, item: Album | Image) -> dict[str, Any]:
    """A post without its pictures."""
    post, owner, album = item.post or {}, call.account(item.owner), isinstance(item, Album)
    public = item.in_gallery or (isinstance(item, Album) and item.privacy == "public")
    return {
        "id": item.id,
        "account_id": owner.id if owner else 0,
        "title": post.get("title", item.title) or "",
        "description": item.description or "",
        "view_count": 0,
        "upvote_count": 0,
        "downvote_count": 0,
        "point_count": 0,
        "comment_count": 0,
        "favorite_count": len(item.favourites),
        "virality": 0,
        "score": 0,
        "in_most_viral": False,
        "is_album": album,
        "is_mature": bool(post.get("mature")),
        "cover_id": (item.shown_cover or "") if isinstance(item, Album) else item.id,
        "created_at": _moment(item.datetime),
        "updated_at": None,
        "url": f"{link_starts(call.origin, call.knobs.links)[0]}/{'a/' if album else ''}{item.id}",
        "privacy": "public" if public else "private",
        "vote": None,
        "favorite": call.caller.account in item.favourites,
        "is_ad": False,
        "shared_with_community": item.in_gallery,
        "is_pending": False,
        "platform": "api",
    }


def _medium(call: Call, image: Image) -> dict[str, Any]:
    """A picture; its `name` is shown to anybody (H)."""
    owner = call.account(image.owner)
    return {
        "id": image.id,
        "account_id": owner.id if owner else 0,
        "mime_type": image.type,
        "type": image.type.partition("/")[0],
        "name": image.name,
        "basename": "",
        "url": image_link(image, link_starts(call.origin, call.knobs.links)[1]),
        "ext": EXTENSIONS[image.type],
        "width": image.width,
        "height": image.height,
        "size": image.size,
        "metadata": {
            "title": image.title or "",
            "description": image.description or "",
            "is_animated": image.animated,
            "is_looping": image.animated,
            "duration": 0,
            "has_sound": image.has_sound,
        },
        "created_at": _moment(image.datetime),
        "updated_at": None,
    }


def _moment(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
