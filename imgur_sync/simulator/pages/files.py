"""The bytes of pictures, at their direct links (imgur-api §6 for the addresses)."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.drawing import notice
from imgur_sync.simulator.films import grey_film
from imgur_sync.simulator.frame import page
from imgur_sync.simulator.records import Image, Removed
from imgur_sync.simulator.scaling import Thumbnails, may_be_drawn
from imgur_sync.simulator.shapes import DIRECT, films_instead

REMOVED = "removed.png"
_NAME = "([0-9A-Za-z]{5}|[0-9A-Za-z]{7})([sbtmlhrg]?)"
_FILE = re.compile(rf"{_NAME}(?:\.([0-9A-Za-z]*))?")


class FileName(BaseConverter):
    """The name of a picture's file with its extension, at the root of this server: `/ID.jpg`, `/removed.png`."""

    regex = r"(?:[0-9A-Za-z]{5}|[0-9A-Za-z]{7})[sbtmlhrg]?\.[0-9A-Za-z]*"
    weight = 50


def files(desk: Desk) -> Blueprint:
    """`/i/FILE`, `/FILE` with an extension, `/download/ID`, and every `/FILE` of a host whose name begins with `i.`."""
    blueprint, thumbnails = Blueprint("files", __name__), Thumbnails()

    def known(state: BlueprintSetupState) -> None:
        state.app.url_map.converters["file"] = FileName

    def stored(file: str) -> Response:
        """The bytes as received, whatever the extension (H), or a thumbnail (H); also at `/download/` (M)."""
        return _whole_or_part(_delivered(desk, thumbnails, file.partition("/")[0]))

    def by_host() -> Response | None:
        """What `i.imgur.com` is asked for, by clients that are led here (H)."""
        name = request.path.removeprefix("/")
        direct = _is_direct_host() and name and "/" not in name and request.method in ("GET", "HEAD")
        return stored(name) if direct else None

    blueprint.record_once(known)
    blueprint.before_app_request(by_host)
    blueprint.add_url_rule("/i/<file>", "stored", stored)
    blueprint.add_url_rule("/<file:file>", "direct", stored)
    blueprint.add_url_rule("/download/<path:file>", "download", stored)
    return blueprint


def _is_direct_host() -> bool:
    return request.host.lower().startswith("i.")


def _whole_or_part(found: Response) -> Response:
    """A file, or the range of it that was asked for: browsers want to find their way about in videos."""
    if found.status_code == 200:
        found.make_conditional(request, accept_ranges=True, complete_length=found.content_length)
    return found


def _delivered(desk: Desk, thumbnails: Thumbnails, file: str) -> Response:
    """What a file's name stands for. A picture that is gone leads to a notice, after a while: one that Imgur removed as
    the removal says (H), one that its owner deleted as the knob `file_lag` says."""
    if file == REMOVED:
        return Response(notice(), content_type="image/png")
    named = _FILE.fullmatch(file)
    key, letter, extension = (named[1], named[2], named[3]) if named else ("", "", "")
    world = desk.world
    with world.lock:
        now, knobs = world.settle(), desk.knobs
        image = world.images.get(key)
        gone, until = _gone(desk, key)
    if image is None and gone is not None and now >= until:
        return Response(status=302, headers={"Location": _notice_link(knobs.links == "imgur")})
    shown: Image | Removed | None = image or gone
    if isinstance(shown, Image) and not letter and (made := _made_of(shown, extension)) is not None:
        return made
    data = world.blobs.get(shown.blob) if shown else None
    if shown is None or data is None:
        return _none()
    may = letter and isinstance(shown, Image) and may_be_drawn(shown)
    drawn = thumbnails.get(shown.blob, letter, data) if may else None
    return _file(drawn or data, "image/jpeg" if drawn else shown.type)


def _gone(desk: Desk, key: str) -> tuple[Removed | None, float]:
    """A picture that is gone, and the moment until which its file is served."""
    removed = desk.world.removed.get(key)
    if removed is not None:
        return removed, removed.until
    deleted = desk.world.deleted.get(key)
    return deleted, deleted.until + desk.knobs.file_lag if deleted else 0.0


def _notice_link(there: bool) -> str:
    if there:
        return f"{DIRECT}/{REMOVED}"
    return f"/{REMOVED}" if _is_direct_host() else f"/i/{REMOVED}"


def _made_of(image: Image, extension: str | None) -> Response | None:
    """What Imgur makes of moving pictures: `.gifv` is a page (M), `.mp4` of a GIF a film, here a grey one (M).

    A stream for `hls` is not made.
    """
    if not image.animated:
        return None
    if extension == "gifv":
        title = image.title or f"Picture {image.id}"
        return page("gifv.html", title, source=f"{image.id}.mp4", width=image.width, height=image.height)
    if extension == "mp4" and films_instead(image):
        return _file(grey_film(image.width, image.height), "video/mp4")
    return _none() if extension == "m3u8" else None


def _file(data: bytes, content_type: str) -> Response:
    found = Response(data, content_type=content_type)
    found.headers["X-Content-Type-Options"] = "nosniff"
    return found


def _none() -> Response:
    return Response("404 Not Found\n", status=404, content_type="text/plain; charset=utf-8")
