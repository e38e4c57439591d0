"""A status page made by hand: a snapshot, a heart and a server of them on a free port, without any daemon."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from imgur_sync.model.activity import Activity
from imgur_sync.report.watched import AlbumFace, Tile, Watched
from imgur_sync.watch.page.answers import Answer, Answers
from imgur_sync.watch.page.pictures import picture_answer
from imgur_sync.watch.page.places import Place
from imgur_sync.watch.page.serving import PageServer
from imgur_sync.watch.page.snapshot import Picture, Snapshot

NOW = 1_772_370_300.0  # 2026-03-01 13:05 UTC
RESTING = Activity(4711, "desk", "watch", NOW - 3600, NOW, "sleeping until something happens", until=NOW + 600)
DEADLINE = 60.0
"""Seconds that anything may take on a machine that is busy otherwise."""


@dataclass
class HandPage:
    """What is served, to be changed by hand: the next answer is of what stands here then."""

    watched: Watched = field(default_factory=lambda: Watched("/pictures/sync.toml", RESTING))
    pictures: dict[str, Picture] = field(default_factory=dict)
    silent: float = 0.0
    now: float = NOW
    blot: str = "canary-of-the-page"
    port: int = 0

    def picture(self, root: Path, path: str, content: bytes, address: str = "/p/0123456789abcdef01") -> Path:
        """A file below `root` that the page may show."""
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.pictures[address] = Picture(root, path, hashlib.sha256(content).hexdigest())
        face = AlbumFace("cats", "Cats", "hidden", 1, made=True, looked=True, tiles=(Tile(path, "image/png", address),))
        self.watched = replace(self.watched, albums=(face,))
        return file

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    def get(
        self, path: str, method: str = "GET", *, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> httpx.Response:
        """Ask for a path."""
        with httpx.Client(trust_env=False, verify=False, timeout=DEADLINE) as web:
            return web.request(method, self.url + path, headers=headers, content=content or None)

    def raw(self, data: bytes, *, end: bool = False) -> bytes:
        """Send bytes, and read until the other side hangs up."""
        with self.connect() as line:
            line.sendall(data)
            if end:
                line.shutdown(socket.SHUT_WR)
            return read_all(line)

    def connect(self) -> socket.socket:
        """A connection that says nothing yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)


def read_all(line: socket.socket) -> bytes:
    """All that comes until the other side hangs up; what came before it tore the line, too."""
    pieces = []
    try:
        while piece := line.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


@contextmanager
def hand_page(
    read_picture: Callable[[Picture], Answer] = picture_answer,
    host: str = "127.0.0.1",
    names: frozenset[str] = frozenset(),
) -> Iterator[HandPage]:
    """Serve a page made by hand."""
    page = HandPage()
    answers = Answers(
        lambda: Snapshot(page.watched, page.pictures),
        lambda: page.silent,
        lambda text: text.replace(page.blot, "***"),
        lambda: page.now,
    )
    listener, _ = Place(host, 0).listen(anywhere=False)
    page.port = int(listener.getsockname()[1])
    server = PageServer(listener, answers, names, read_picture)
    try:
        yield page
    finally:
        server.close(DEADLINE)
