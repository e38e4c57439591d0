"""The public gallery: sharing, posts, tags (imgur-api §2.4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from imgur_sync.simulator.account import newest_first
from imgur_sync.simulator.advertising import ad_config
from imgur_sync.simulator.albums import header_json, members_json
from imgur_sync.simulator.calls import Answer, Call, Routes
from imgur_sync.simulator.changes import Change, PutAccount, PutAlbum, PutImage
from imgur_sync.simulator.records import Account, Album, Image
from imgur_sync.simulator.replies import Refusal
from imgur_sync.simulator.shapes import image_json
from imgur_sync.simulator.tags import FOLLOWED, followed_by, tags_of

ROUTES = Routes()


# Before the rules with an id, which would take the sections for ids.
@ROUTES.add(
    "GET",
    "/3/gallery/<any(hot,top,user):section>",
    "/3/gallery/<any(hot,top,user):section>/<sort>/<int:page>",
    "/3/gallery/<any(hot,top,user):section>/<sort>/<window>/<int:page>",
)
def list_gallery(call: Call) -> Answer:
    """The gallery: every post, in all sections and orders, on page 0 (H for the call, L for the order)."""
    return Answer([] if int(call.params.get("page", 0)) else [post_json(call, item) for item in posts(call)])


@ROUTES.add("POST", "/3/gallery/image/<key>", "/3/gallery/album/<key>", "/3/gallery/<key>")
def share(call: Call) -> Answer:
    """An own picture or album goes into the gallery; answers true (H).

    Needs a Bearer, a verified mail address, a `title`, and the gallery's terms accepted, by `terms=1` or in the
    settings (H; the texts of the refusals are unknown). `topic`, `mature` and `tags=a,b` are kept. Privacy is left as
    it is (M), and so are the title and description of the album or picture (unknown).
    """
    account = _sharer(call)
    item = _own(call)
    title = call.fields.text("title")
    if not title:
        raise Refusal(400, "You must provide a title")
    terms = call.fields.text("terms") or ""
    if terms not in ("1", "true") and not account.settings.get("accepted_gallery_terms", True):
        raise Refusal(400, "You must accept the gallery terms")
    post = {
        "title": title,
        "topic": call.fields.text("topic") or "",
        "mature": call.fields.text("mature") in ("1", "true"),
        "tags": ",".join(call.fields.ids("tags") or ()),
        "datetime": int(call.now),
    }
    return Answer(True, (_put(item, shared=True, post=post),))


@ROUTES.add("DELETE", "/3/gallery/<key>")
def withdraw(call: Call) -> Answer:
    """The post leaves the gallery, the album or picture stays; answers true (H); 404 if it is not shared."""
    _sharer(call)
    item = _own(call)
    if not item.in_gallery:
        raise _no_post(call)
    return Answer(True, (_put(item, shared=False, post=None),))


@ROUTES.add("GET", "/3/gallery/<key>", "/3/gallery/image/<key>", "/3/gallery/album/<key>")
def get_post(call: Call) -> Answer:
    """One post; 404 for what was never shared (H)."""
    return Answer(post_json(call, _shared(call)))


@ROUTES.add("GET", "/3/gallery/item/<key>/tags", "/3/gallery/<key>/tags")
def get_post_tags(call: Call) -> Answer:
    """The tags of a post (H for the call, M for the fields)."""
    return Answer({"tags": [call.tag(name) for name in tags_of(_shared(call))]})


@ROUTES.add("GET", "/3/tags")
def get_tags(call: Call) -> Answer:
    """All tags of posts (H for the call, L for the fields: Imgur shows a choice of its own)."""
    names = dict.fromkeys(name for item in posts(call) for name in tags_of(item))
    return Answer({"tags": [call.tag(name) for name in names], "featured": None, "galleries": []})


@ROUTES.add("GET", "/3/gallery/t/<tag>", "/3/gallery/t/<tag>/<sort>", "/3/gallery/t/<tag>/<sort>/<page>")
def get_tagged(call: Call) -> Answer:
    """The posts with a tag, all on one page (H for the call, M for the fields)."""
    name = call.params["tag"]
    return Answer({**call.tag(name), "items": [post_json(call, item) for item in posts(call) if name in tags_of(item)]})


@ROUTES.add("POST", "/3/account/me/follow/tag/<tag>")
def follow_tag(call: Call) -> Answer:
    """Follow a tag; a second time is a 409 in `errors[]` (L)."""
    account, name = _sharer(call), call.params["tag"]
    followed = followed_by(account)
    if name in followed:
        raise Refusal(409, "Already following", shape="E")
    settings = {**account.settings, FOLLOWED: ",".join([*followed, name])}
    return Answer({"name": name, "status": True}, (PutAccount(dataclasses.replace(account, settings=settings)),))


@ROUTES.add("GET", "/3/account/<user>/submissions", "/3/account/<user>/submissions/<int:page>")
def list_submissions(call: Call) -> Answer:
    """The posts of an account, for anybody, newest first (H for the call; not paged, L)."""
    name = call.caller.account if call.params["user"] == "me" else call.params["user"]
    if int(call.params.get("page", 0)):
        return Answer([])
    return Answer([post_json(call, item) for item in posts(call) if item.owner is not None and item.owner == name])


def posts(call: Call) -> Iterator[Album | Image]:
    """Every post: albums, then pictures, the newest first."""
    yield from newest_first([album for album in call.world.albums.values(call.at) if album.in_gallery])
    yield from newest_first([image for image in call.world.images.values(call.at) if image.in_gallery])


def post_json(call: Call, item: Album | Image) -> dict[str, Any]:
    """A post: the album or picture with what the gallery adds (M, from the models of the older documentation)."""
    if isinstance(item, Album):
        shown = {**header_json(call, item), "images": members_json(call, item)}
    else:
        shown = {**image_json(item, call.view(item.owner)), "is_album": False}
    post = item.post or {}
    shown.update(title=post.get("title", item.title), nsfw=bool(post.get("mature")), topic=post.get("topic") or None)
    shown.update(topic_id=None, ups=0, downs=0, points=0, score=0, comment_count=0, favorite_count=0)
    shown["datetime"] = post.get("datetime", item.datetime)
    shown["tags"] = [call.tag(name) for name in tags_of(item)]
    return {**shown, **ad_config(call, item)}


def _sharer(call: Call) -> Account:
    """The caller's account, with a verified mail address."""
    account = call.account(call.caller.account)
    if account is None:
        raise Refusal(401, "Authentication required")
    if not account.settings.get("_verified", True):
        raise Refusal(403, "You must verify your email address")
    return account


def _own(call: Call) -> Album | Image:
    key = call.params["key"]
    return call.own_album(key) if key in call.world.albums else call.own_image(key)


def _shared(call: Call) -> Album | Image:
    key = call.params["key"]
    item: Album | Image | None = call.world.albums.get(key, call.at) or call.world.images.get(key, call.at)
    if item is None or not item.in_gallery:
        raise _no_post(call)
    return item


def _no_post(call: Call) -> Refusal:
    text = f"Unable to find an image or album with the id, {call.params['key']}"
    return Refusal(404, text, shape="E" if call.new else "A")


def _put(item: Album | Image, *, shared: bool, post: Mapping[str, object] | None) -> Change:
    if isinstance(item, Album):
        return PutAlbum(dataclasses.replace(item, in_gallery=shared, post=post))
    return PutImage(dataclasses.replace(item, in_gallery=shared, post=post))
