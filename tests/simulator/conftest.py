"""An in-process local Imgur with a client of its own and a clock that stands still until it is told to move."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from imgur_sync.simulator import Clock, Knobs, Limits, Options, Windows, World, create_app

START = 1_700_000_000.0


def _jpeg(text: str = "a", width: int = 32, height: int = 16) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + text.encode() + b"\xff\xd9"


def _png(width: int = 3, height: int = 5) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


class Imgur:
    """One simulated Imgur: `get`, `post` and so on send as the demo account unless `auth` says otherwise."""

    def __init__(self, options: Options, world: World | None = None) -> None:
        self.time = [START]
        self.world = world or World(clock=Clock(lambda: self.time[0]))
        self.slept: list[float] = []
        self.demo = self.world.demo()
        self.bearer = f"Bearer {self.demo.access_token}"
        self.anonymous = f"Client-ID {self.demo.client_id}"
        app = self.app = create_app(self.world, options, self.slept.append)
        self.http = httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://imgur.test")

    def send(self, method: str, path: str, *, auth: str | None = "bearer", **body: Any) -> httpx.Response:
        known = {"bearer": self.bearer, "anonymous": self.anonymous}
        headers = {"Authorization": known.get(auth, auth)} if auth else {}
        return self.http.request(method, path, headers={**headers, **body.pop("headers", {})}, **body)

    def get(self, path: str, **body: Any) -> httpx.Response:
        return self.send("GET", path, **body)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.send("POST", path, **body)

    def put(self, path: str, **body: Any) -> httpx.Response:
        return self.send("PUT", path, **body)

    def delete(self, path: str, **body: Any) -> httpx.Response:
        return self.send("DELETE", path, **body)

    def data(self, path: str, **body: Any) -> Any:
        """The data of a GET that succeeds."""
        reply = self.get(path, **body)
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    def steer(self, what: str, sent: Any) -> Any:
        reply = self.http.post(f"/_simulator/{what}", json=sent)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def look(self, what: str) -> Any:
        return self.http.get(f"/_simulator/{what}").json()

    def upload(self, text: str = "a", auth: str = "bearer", **fields: str) -> dict[str, Any]:
        """Upload a small JPEG and return the picture's JSON."""
        reply = self.post("/3/upload", auth=auth, data=fields, files={"image": ("x.jpg", _jpeg(text))})
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    def album(self, *images: str, auth: str = "bearer", **fields: str) -> dict[str, str]:
        """Create an album and return its id and deletehash."""
        reply = self.post("/3/album", auth=auth, data={"ids[]": list(images), **fields})
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    def members(self, album: str) -> list[str]:
        """The ids in the stored album, in order."""
        return next(one["images"] for one in self.look("world")["albums"] if one["id"] == album)


Make = Callable[..., Imgur]


@pytest.fixture
def make_imgur() -> Iterator[Make]:
    """Make an Imgur from knobs, and limits given as `limits`, or whole options given as `options`."""
    made: list[Imgur] = []

    def make(
        *,
        options: Options | None = None,
        limits: Limits | None = None,
        world: World | None = None,
        windows: Windows = "fixed",
        **knobs: Any,
    ) -> Imgur:
        options = options or Options(knobs=Knobs(**knobs), limits=limits or Limits(), windows=windows)
        made.append(Imgur(options, world))
        return made[-1]

    yield make
    for one in made:
        one.http.close()
        one.world.close()


@pytest.fixture
def imgur(make_imgur: Make) -> Imgur:
    """An Imgur as it is by default."""
    return make_imgur()


@pytest.fixture
def jpeg() -> Callable[..., bytes]:
    """Makes the bytes of a small JPEG."""
    return _jpeg


@pytest.fixture
def png() -> Callable[..., bytes]:
    """Makes the bytes of a small PNG."""
    return _png
