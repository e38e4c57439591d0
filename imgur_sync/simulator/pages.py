"""Pages for a person with a browser, and the bytes of pictures (imgur-api §6 for the addresses)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from flask import Blueprint, Response

from imgur_sync.simulator.account import newest_first
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.drawing import notice
from imgur_sync.simulator.frame import count, page, table
from imgur_sync.simulator.media import EXTENSIONS
from imgur_sync.simulator.records import Album, Image, Removed
from imgur_sync.simulator.reports import ledger_report
from imgur_sync.simulator.scaling import may_be_drawn, thumbnail
from imgur_sync.simulator.world import World

REMOVED = "removed.png"
_FILE = re.compile(r"([0-9A-Za-z]{5}|[0-9A-Za-z]{7})([sbtmlhrg]?)(?:\.[0-9A-Za-z]*)?")


def pages(desk: Desk) -> Blueprint:
    """`/`, `/meters`, `/a/ID`, `/ID` and `/i/FILE`."""
    world = desk.world
    blueprint = Blueprint("pages", __name__)

    def home() -> Response:
        """Accounts and albums."""
        with world.lock:
            world.settle()
            return _home(world)

    def meters() -> Response:
        """The meters."""
        return _meters(desk)

    def album(key: str) -> Response:
        """One album, readable by anybody who has its address, hidden or not (H)."""
        with world.lock:
            world.settle()
            found = world.albums.get(key)
            return _album(world, found) if found else _missing()

    def image(key: str) -> Response:
        """One picture's page (H)."""
        with world.lock:
            world.settle()
            found = world.images.get(key)
            return _image(world, found) if found else _missing()

    def stored(file: str) -> Response:
        """The bytes as received, whatever the extension (H), or a thumbnail (H); also at `/download/` (M)."""
        return _stored(world, file.partition("/")[0])

    blueprint.add_url_rule("/", "home", home)
    blueprint.add_url_rule("/meters", "meters", meters)
    blueprint.add_url_rule("/a/<key>", "album", album, strict_slashes=False)
    blueprint.add_url_rule("/i/<file>", "stored", stored)
    blueprint.add_url_rule("/download/<path:file>", "download", stored)
    blueprint.add_url_rule("/<key>", "image", image, strict_slashes=False)
    return blueprint


def _missing() -> Response:
    return page("Not found", "<h1>Not found</h1><p>There is no such album or picture here.</p>", 404)


def _home(world: World) -> Response:
    parts = [_owned(world, account.name) for account in world.accounts.values()]
    anonymous = newest_first([album for album in world.albums.values() if album.owner is None])
    if anonymous:
        parts.append(f"<h2>Anonymous albums</h2>{_cards(world, anonymous)}")
    return page("Albums", "".join(parts))


def _owned(world: World, owner: str) -> str:
    """An account: its albums, the newest first, and its pictures that are in none."""
    albums = newest_first([album for album in world.albums.values() if album.owner == owner])
    images = [image for image in world.images.values() if image.owner == owner]
    held = {key for album in world.albums.values() for key in album.images}
    loose = [image for image in images if image.id not in held]
    head = f'<h1>{escape(owner)}</h1><p class="dim">{count(len(albums), "album")}, {count(len(images), "picture")}</p>'
    if not albums and not images:
        return f"{head}<p>Nothing was uploaded yet.</p>"
    rest = f'<h2>In no album</h2><p class="dim">{count(len(loose), "picture")}, still there by their own links</p>'
    return head + _cards(world, albums) + (rest + _grid(loose) if loose else "")


def _cards(world: World, albums: Iterable[Album]) -> str:
    return f'<ul class="grid">{"".join(_card(world, album) for album in albums)}</ul>'


def _card(world: World, album: Album) -> str:
    cover = world.images.get(album.shown_cover or "")
    shown = _shown(cover, still=True) if cover is not None else '<span class="blank"></span>'
    return (
        f'<li><a href="/a/{album.id}" tabindex="-1" aria-hidden="true">{shown}</a>'
        f'<span class="line"><a href="/a/{album.id}">{escape(album.title or "Untitled album")}</a></span>'
        f'<span class="line dim">{count(len(album.images), "picture")} · {escape(album.privacy)}</span></li>'
    )


def _grid(images: Iterable[Image], cover: str | None = None) -> str:
    return f'<ul class="grid">{"".join(_tile(image, is_cover=image.id == cover) for image in images)}</ul>'


def _tile(image: Image, *, is_cover: bool) -> str:
    name = escape(image.name or image.id)
    title = f'<span class="line">{escape(image.title)}</span>' if image.title else ""
    mark = "cover · " if is_cover else ""
    return (
        f'<li><a href="/{image.id}">{_shown(image, still=True)}</a>{title}'
        f'<span class="line dim" title="{name}">{mark}{name}</span></li>'
    )


def _shown(image: Image, *, still: bool = False) -> str:
    """The picture or video; `still` without the video's controls, as part of a link."""
    source = f"/i/{image.id}.{EXTENSIONS[image.type]}"
    if image.type.startswith("video/"):
        return f'<video {"" if still else "controls "}preload="metadata" src="{source}"></video>'
    return f'<img loading="lazy" src="{source}" alt="{escape(image.title or image.name or image.id)}">'


def _album(world: World, album: Album) -> Response:
    images = [image for image in map(world.images.get, album.images) if image is not None]
    head = f"<h1>{escape(album.title or 'Untitled album')}</h1>"
    head += f"<p>{escape(album.description)}</p>" if album.description else ""
    owner = f"by {escape(album.owner)}" if album.owner else "anonymous"
    head += f'<p class="dim">{count(len(images), "picture")} · {escape(album.privacy)} · {owner}</p>'
    body = _grid(images, album.shown_cover) if images else "<p>There is no picture in this album.</p>"
    return page(album.title or album.id, head + body)


def _image(world: World, image: Image) -> Response:
    albums = [album for album in world.albums.values() if image.id in album.images]
    links = (f'<a href="/a/{album.id}">{escape(album.title or "Untitled album")}</a>' for album in albums)
    source = f"/i/{image.id}.{EXTENSIONS[image.type]}"
    facts = {
        "album": ", ".join(links) or "none",
        "its own link": f'<a href="{source}">{source}</a>',
        "name": escape(image.name or "none"),
        "description": escape(image.description or "none"),
        "type": image.type,
        "size": f"{image.width} × {image.height} pixels, {count(image.size, 'byte')}",
        "SHA-256": image.sha256,
    }
    rows = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in facts.items())
    title = image.title or image.name or image.id
    return page(title, f'<h1>{escape(title)}</h1><p class="whole">{_shown(image)}</p><table>{rows}</table>')


def _meters(desk: Desk) -> Response:
    report = ledger_report(desk.world, desk.options.limits)
    rows = [("Credits of a day", f"Client-ID {key}", one["day"]) for key, one in report["clients"].items()]
    rows += [("Credits of an hour", key.replace(":", " ", 1), one) for key, one in report["users"].items()]
    for key, one in report["addresses"].items():
        rows += [("POSTs of an hour", f"address {key}", one["posts"])]
        rows += [("Uploads of an hour", f"address {key}", one["uploads"])]
    limits = [(what, escape(who), *_used(one["used"], one["limit"])) for what, who, one in rows]
    sums = [(name, f"{report[name.lower()]:,}") for name in ("Credits", "POSTs", "Uploads")]
    head = "<h1>Meters</h1><p>An upload costs 10 credits, any other call 1.</p>"
    body = table(("limit", "of", "used", "at most", ""), limits, frozenset({2, 3}))
    body += f"<h2>Since the beginning</h2>{table(('', 'used'), sums, frozenset({1}))}"
    return page("Meters", head + body)


def _used(used: int, limit: int) -> tuple[str, str, str]:
    """What was used, the limit ("no limit" for 0), and both as a picture."""
    if not limit:
        return f"{used:,}", "no limit", ""
    return f"{used:,}", f"{limit:,}", f'<meter min="0" max="{limit}" value="{min(used, limit)}"></meter>'


def _stored(world: World, file: str) -> Response:
    """A removed picture's file is served for a while, then redirected to a notice (H)."""
    if file == REMOVED:
        return Response(notice(), content_type="image/png")
    named = _FILE.fullmatch(file)
    key = named[1] if named else ""
    with world.lock:
        now = world.settle()
        shown: Image | Removed | None = world.images.get(key) or world.removed.get(key)
    if isinstance(shown, Removed) and now >= shown.until:
        return Response(status=302, headers={"Location": f"/i/{REMOVED}"})
    data = world.blobs.get(shown.sha256) if shown else None
    if shown is None or data is None:
        return _missing()
    letter = named[2] if named else ""
    drawn = thumbnail(data, letter) if letter and isinstance(shown, Image) and may_be_drawn(shown) else None
    picture = Response(drawn or data, content_type="image/jpeg" if drawn else shown.type)
    picture.headers["X-Content-Type-Options"] = "nosniff"
    return picture
