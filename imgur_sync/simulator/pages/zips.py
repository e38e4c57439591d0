"""All pictures of an album in one file, which is sent while it is made (imgur-api §6)."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response

from imgur_sync.simulator.blobs import Blobs
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.media import EXTENSIONS
from imgur_sync.simulator.pages.albums import album_json
from imgur_sync.simulator.pages.looking import Look, look_of, missing
from imgur_sync.simulator.replies import Refusal

EARLIEST = 315_532_800
"""1980, before which a zip knows no time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture in the zip; `made` is in seconds since the epoch."""

    name: str
    made: int
    blob: str


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/a/ID/zip`."""

    def download(key: str) -> Response:
        """The album as a zip, for anybody who has its address (H); how its files are named there is unknown."""
        with desk.world.lock:
            look = look_of(desk)
            try:
                entries = _entries(look, key)
            except Refusal:
                return missing(look)
        sent = Response(zipped(desk.world.blobs, entries), content_type="application/zip")
        sent.headers.set("Content-Disposition", "attachment", filename=f"{key}.zip")
        sent.headers["X-Content-Type-Options"] = "nosniff"
        return sent

    blueprint.add_url_rule("/a/<key>/zip", "zip", download, strict_slashes=False)


def _entries(look: Look, key: str) -> list[Entry]:
    """The pictures in the order of the album, which their names keep. Refusal if there is no such album."""
    told, call = album_json(look, key)["images"], look.call(None)
    found = [image for one in told if (image := call.world.images.get(one["id"], call.at)) is not None]
    digits = len(str(len(found)))
    return [
        Entry(f"{number:0{digits}} - {image.id}.{EXTENSIONS[image.type]}", image.datetime, image.blob)
        for number, image in enumerate(found, 1)
    ]


def zipped(blobs: Blobs, entries: Sequence[Entry]) -> Iterator[bytes]:
    """The zip in pieces, each made when it is its turn: no more than one picture is in memory.

    Pictures are not compressed once more.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as whole:
        for entry in entries:
            data = blobs.get(entry.blob)
            if data is not None:
                when = time.gmtime(max(entry.made, EARLIEST))[:6]
                whole.writestr(zipfile.ZipInfo(entry.name, when), data)
                yield sink.taken()
    yield sink.taken()


class _Sink:
    """What the zip is written to: a file that nobody can go back in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        """Keep it until it is taken."""
        self._parts.append(data)
        return len(data)

    def flush(self) -> None:
        """All is there already."""

    def close(self) -> None:
        """What was written can be taken all the same."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
