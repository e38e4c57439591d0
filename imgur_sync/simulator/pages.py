"""Pages for a person with a browser, and the bytes of pictures (imgur-api §6 for the addresses)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from flask import Blueprint, Response

from imgur_sync.simulator.account import newest_first
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.media import EXTENSIONS
from imgur_sync.simulator.records import Album, Image
from imgur_sync.simulator.reports import ledger_report
from imgur_sync.simulator.world import World

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}"
    "ul.grid{display:flex;flex-wrap:wrap;gap:1rem;padding:0;list-style:none}"
    "ul.grid img,ul.grid video{height:10rem;max-width:20rem;object-fit:contain;background:#eee}"
    "main>img,main>video{max-width:100%}table{border-collapse:collapse}"
    "td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ccc}.dim{color:#666}"
)
_FILE = re.compile(r"([0-9A-Za-z]{5}|[0-9A-Za-z]{7})([sbtmlh]?)(?:\.[0-9A-Za-z]*)?")


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
        return _image(found) if found else _missing()

    def stored(file: str) -> Response:
        """The bytes as received; the extension and a thumbnail's letter are not looked at (H for the extension)."""
        return _stored(world, file)

    blueprint.add_url_rule("/", "home", home)
    blueprint.add_url_rule("/meters", "meters", meters)
    blueprint.add_url_rule("/a/<key>", "album", album, strict_slashes=False)
    blueprint.add_url_rule("/i/<file>", "stored", stored)
    blueprint.add_url_rule("/<key>", "image", image, strict_slashes=False)
    return blueprint


def _page(title: str, body: str, status: int = 200) -> Response:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<title>{escape(title)} – local Imgur</title><style>{STYLE}</style></head><body>"
        f'<nav><a href="/">albums</a> · <a href="/meters">meters</a></nav><main>{body}</main></body></html>'
    )
    page = Response(text, status=status, content_type="text/html; charset=utf-8")
    page.headers["Content-Security-Policy"] = "default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:"
    return page


def _missing() -> Response:
    return _page("Not found", "<h1>Not found</h1><p>There is no such album or picture here.</p>", 404)


def _home(world: World) -> Response:
    parts = []
    for account in world.accounts.values():
        owned = newest_first([album for album in world.albums.values() if album.owner == account.name])
        count = sum(image.owner == account.name for image in world.images.values())
        parts.append(f"<h1>{escape(account.name)}</h1><p>{len(owned)} albums, {count} pictures</p>")
        parts.append(_album_rows(owned))
    anonymous = newest_first([album for album in world.albums.values() if album.owner is None])
    if anonymous:
        parts.append(f"<h1>Anonymous albums</h1>{_album_rows(anonymous)}")
    return _page("Albums", "".join(parts))


def _album_rows(albums: Iterable[Album]) -> str:
    rows = "".join(
        f'<tr><td><a href="/a/{album.id}">{escape(album.title or album.id)}</a></td>'
        f"<td>{len(album.images)}</td><td>{escape(album.privacy)}</td></tr>"
        for album in albums
    )
    return f"<table><tr><th>album</th><th>pictures</th><th>privacy</th></tr>{rows}</table>" if rows else ""


def _shown(image: Image) -> str:
    source = f"/i/{image.id}.{EXTENSIONS[image.type]}"
    if image.type.startswith("video/"):
        return f'<video controls preload="metadata" src="{source}"></video>'
    return f'<img loading="lazy" src="{source}" alt="{escape(image.title or image.name or image.id)}">'


def _album(world: World, album: Album) -> Response:
    items = []
    for key in album.images:
        image = world.images.get(key)
        if image is not None:
            items.append(
                f'<li><a href="/{image.id}">{_shown(image)}</a><br>{escape(image.title or "")}'
                f'<span class="dim">{escape(image.name or image.id)}</span></li>'
            )
    head = f"<h1>{escape(album.title or 'Untitled album')}</h1><p>{escape(album.description or '')}</p>"
    owner = escape(album.owner or "anonymous")
    head += f'<p class="dim">{owner} · {escape(album.privacy)} · {len(items)} pictures</p>'
    return _page(album.title or album.id, f'{head}<ul class="grid">{"".join(items)}</ul>')


def _image(image: Image) -> Response:
    facts = {
        "name": image.name or "none",
        "description": image.description or "none",
        "type": image.type,
        "pixels": f"{image.width} × {image.height}",
        "bytes": f"{image.size:,}",
        "SHA-256 of the bytes received": image.sha256,
    }
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items())
    body = f"<h1>{escape(image.title or image.name or image.id)}</h1>{_shown(image)}<table>{rows}</table>"
    return _page(image.title or image.id, body)


def _meters(desk: Desk) -> Response:
    report = ledger_report(desk.world, desk.options.limits)
    rows = [("all", "credits since the beginning", report["credits"], 0)]
    rows += [("all", "POSTs since the beginning", report["posts"], 0)]
    rows += [("all", "uploads since the beginning", report["uploads"], 0)]
    rows += [(key, "credits today", one["day"]["used"], one["day"]["limit"]) for key, one in report["clients"].items()]
    rows += [(key, "credits this hour", one["used"], one["limit"]) for key, one in report["users"].items()]
    for key, one in report["addresses"].items():
        rows += [(key, f"{kind} this hour", one[kind]["used"], one[kind]["limit"]) for kind in ("posts", "uploads")]
    cells = "".join(
        f"<tr><td>{escape(who or 'unknown')}</td><td>{what}</td><td>{used:,}</td><td>{limit or 'none'}</td></tr>"
        for who, what, used, limit in rows
    )
    head = "<tr><th>who</th><th>what</th><th>used</th><th>limit</th></tr>"
    return _page("Meters", f"<h1>Meters</h1><table>{head}{cells}</table>")


def _stored(world: World, file: str) -> Response:
    named = _FILE.fullmatch(file)
    with world.lock:
        world.settle()
        image = world.images.get(named[1]) if named else None
    data = world.blobs.get(image.sha256) if image else None
    if image is None or data is None:
        return _missing()
    picture = Response(data, content_type=image.type)
    picture.headers["X-Content-Type-Options"] = "nosniff"
    return picture
