"""The bytes of pictures (imgur-api §6 for the addresses)."""

from __future__ import annotations

import re

from flask import Blueprint, Response

from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.drawing import notice
from imgur_sync.simulator.records import Image, Removed
from imgur_sync.simulator.scaling import may_be_drawn, thumbnail
from imgur_sync.simulator.world import World

REMOVED = "removed.png"
_FILE = re.compile(r"([0-9A-Za-z]{5}|[0-9A-Za-z]{7})([sbtmlhrg]?)(?:\.[0-9A-Za-z]*)?")


def files(desk: Desk) -> Blueprint:
    """`/i/FILE` and `/download/ID`."""
    blueprint = Blueprint("files", __name__)

    def stored(file: str) -> Response:
        """The bytes as received, whatever the extension (H), or a thumbnail (H); also at `/download/` (M)."""
        return _stored(desk.world, file.partition("/")[0])

    blueprint.add_url_rule("/i/<file>", "stored", stored)
    blueprint.add_url_rule("/download/<path:file>", "download", stored)
    return blueprint


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
    data = world.blobs.get(shown.blob) if shown else None
    if shown is None or data is None:
        return Response("404 Not Found\n", status=404, content_type="text/plain; charset=utf-8")
    letter = named[2] if named else ""
    drawn = thumbnail(data, letter) if letter and isinstance(shown, Image) and may_be_drawn(shown) else None
    picture = Response(drawn or data, content_type="image/jpeg" if drawn else shown.type)
    picture.headers["X-Content-Type-Options"] = "nosniff"
    return picture
