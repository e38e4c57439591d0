"""Who looks at a page: the owner of what it shows, or a stranger. Either sees what the API tells such a caller."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from imgur_sync.simulator.calls import Call, Caller
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.frame import count, page
from imgur_sync.simulator.media import EXTENSIONS
from imgur_sync.simulator.options import Knobs
from imgur_sync.simulator.records import Image
from imgur_sync.simulator.shapes import image_json
from imgur_sync.simulator.wire import Fields

VISITOR = "visitor"
UNTITLED = "Untitled album"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the world, whose lock the caller holds while it makes and uses calls."""

    desk: Desk
    knobs: Knobs
    stranger: bool
    now: float
    path: str
    origin: str
    alone: bool = False
    """Whether a stranger has no such page."""

    def call(self, owner: str | None, **params: str) -> Call:
        """A GET of the API: by the Bearer of `owner`, or by a stranger with a Client-ID. No meter knows of it."""
        desk = self.desk
        return Call(
            world=desk.world,
            options=desk.options,
            knobs=self.knobs,
            caller=Caller("", None if self.stranger else owner, ""),
            method="GET",
            params=params,
            fields=Fields(),
            origin="",
            now=self.now,
            n=0,
            new=self.knobs.shape == "v1",
        )

    def link(self, path: str, **query: object) -> str:
        """An address here that is looked at by the same person."""
        asked = {**query, **({"as": VISITOR} if self.stranger else {})}
        return f"{path}?{urlencode(asked)}" if asked else path

    def owners(self) -> Look:
        """The look for pages that an owner has alone: at what is stored, for no knob has a say on the web site."""
        return dataclasses.replace(self, stranger=False, alone=True, knobs=Knobs())

    def page(self, template: str, title: str, status: int = 200, **values: object) -> Response:
        """A page on which one can switch to the other person, unless an owner has it alone."""
        switch = {} if self.alone else {"owner": self.path, "visitor": f"{self.path}?as={VISITOR}"}
        shown: dict[str, Any] = {**values, "look": self, "here": self.path, "switch": switch}
        return page(template, title, status, **shown)


def look_of(desk: Desk) -> Look:
    """The look that the current Flask request asks for, after all that is due was done."""
    now = desk.world.settle()
    return Look(desk, desk.knobs, request.args.get("as") == VISITOR, now, request.path, request.host_url.rstrip("/"))


def missing(look: Look) -> Response:
    """A 404 that tells a stranger no more than the owner."""
    return look.page("missing.html", "Not found", 404)


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture in a grid; `src` is None where there is none to show."""

    href: str
    src: str | None
    video: bool
    label: str
    note: str
    cover: bool = False


def picture_tile(look: Look, shown: dict[str, Any], *, is_cover: bool = False) -> Tile:
    """The tile of a picture, given as the API's JSON."""
    name, title = shown.get("name") or "", shown["title"] or ""
    label = title or name or f"Picture {shown['id']}"
    note = name if name != label else ""
    video = shown["type"].startswith("video/")
    return Tile(look.link(f"/{shown['id']}"), thumbnail(shown), video, label, note, is_cover)


def album_tile(look: Look, call: Call, shown: dict[str, Any]) -> Tile:
    """The tile of an album, given as its header in the API's JSON."""
    cover: Image | None = call.world.images.get(shown["cover"] or "")
    seen = image_json(cover, call.view(cover.owner)) if cover is not None else None
    note = f"{count(shown['images_count'], 'picture')} · {shown['privacy']}"
    src, video = (thumbnail(seen), seen["type"].startswith("video/")) if seen else (None, False)
    return Tile(look.link(f"/a/{shown['id']}"), src, video, shown["title"] or UNTITLED, note)


def source(shown: dict[str, Any]) -> str:
    """Where the file of a picture is served, whatever the link says, which is a thumbnail's for a huge GIF."""
    return f"/i/{shown['id']}.{EXTENSIONS[shown['type']]}"


def thumbnail(shown: dict[str, Any]) -> str:
    """The same for a grid, small where thumbnails can be drawn; a video is its own."""
    return source(shown) if shown["type"].startswith("video/") else f"/i/{shown['id']}m.jpg"


@dataclass(frozen=True, slots=True)
class Paging:
    """Where one is in a list: the addresses of the page before and after, None where there is none."""

    label: str
    position: str
    before: str | None
    after: str | None


def paging(look: Look, name: str, label: str, page_number: int, size: int, total: int) -> Paging | None:
    """The way around `total` items in pages of `size`, numbered from 0 in the query as `name`; None for one page."""
    pages = max(1, -(-total // size))
    if pages == 1 and page_number == 0:
        return None
    before = look.link(look.path, **{name: page_number - 1}) if page_number else None
    after = look.link(look.path, **{name: page_number + 1}) if page_number + 1 < pages else None
    return Paging(label, f"page {page_number + 1:,} of {pages:,}", before, after)


def page_number(name: str) -> int:
    """The number of the page that is asked for; 0 for what is none."""
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0


def slice_of(items: Sequence[Any], number: int, size: int) -> Sequence[Any]:
    """Page `number` of a list that the API does not page."""
    return items[number * size : (number + 1) * size]
