"""Searches of the gallery, and posts at random (imgur-api §2.4; the paths and words are the official collection's)."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from imgur_sync.simulator.calls import Answer, Call, Routes
from imgur_sync.simulator.gallery import post_json, posts
from imgur_sync.simulator.records import Album, Image
from imgur_sync.simulator.tags import tags_of

ROUTES = Routes()
PAGE = 60
"""Posts on one page (L)."""
KINDS = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "anigif": "image/gif"}
"""What `q_type` may say, beside `album`."""


@ROUTES.add(
    "GET",
    "/3/gallery/search",
    "/3/gallery/search/<sort>",
    "/3/gallery/search/<sort>/<int:page>",
    "/3/gallery/search/<sort>/<window>/<int:page>",
)
def search(call: Call) -> Answer:
    """Posts whose title, description or tags have the words of `q` (H for the call, L for what is found by what).

    `q_all`, `q_any`, `q_exactly`, `q_not` and `q_type` take its place (M). Order and window are not heeded.
    """
    found = [post for item in posts(call) if _found(call, item, post := post_json(call, item))]
    return Answer(_page(call, found))


@ROUTES.add(
    "GET",
    "/3/gallery/random",
    "/3/gallery/random/random",
    "/3/gallery/random/random/<int:page>",
)
def get_random(call: Call) -> Answer:
    """All posts in an order that depends on page and ids alone (H for the call, L for the rest): it has no end."""
    page = call.params.get("page", "0")

    def drawn(item: Album | Image) -> bytes:
        return hashlib.sha256(f"{page}:{item.id}".encode()).digest()

    return Answer([post_json(call, item) for item in sorted(posts(call), key=drawn)[:PAGE]])


def _page(call: Call, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first = int(call.params.get("page") or 0) * PAGE
    return found[first : first + PAGE]


def _found(call: Call, item: Album | Image, post: dict[str, Any]) -> bool:
    """Whether a post is what is looked for."""
    text = " ".join((str(post["title"] or ""), str(post["description"] or ""), *tags_of(item))).lower()
    words = set(re.findall(r"\w+", text))
    sent = {name: (call.fields.text(f"q_{name}") or "").lower() for name in ("all", "any", "exactly", "not", "type")}
    if not any(sent.values()):
        wanted = (call.fields.text("q") or "").lower().split()
        return bool(wanted) and words.issuperset(wanted)
    some = sent["any"].split()
    return (
        words.issuperset(sent["all"].split())
        and (not some or bool(words & set(some)))
        and sent["exactly"] in text
        and not words & set(sent["not"].split())
        and _of_kind(item, sent["type"])
    )


def _of_kind(item: Album | Image, kind: str) -> bool:
    if isinstance(item, Album) or kind in ("", "album"):
        return kind == "" or (kind == "album" and isinstance(item, Album))
    return item.type == KINDS.get(kind) and (kind != "anigif" or item.animated)
