"""What the local Imgur's speed and bounded memory rest on, in exact counts: records looked at, bytes held."""

from __future__ import annotations

import gc
import io
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from imgur_sync.simulator import Clock, Limits, Options, World, create_app, pictures
from imgur_sync.simulator.blobs import FolderBlobs
from imgur_sync.simulator.records import Image
from imgur_sync.simulator.shelf import Shelf
from tests.benchmarks.stocked import IN_ALBUM, stock, stocked
from tests.support.pictures import png

FREE = Options(limits=Limits(0, 0, 0, 0))
PER_PICTURE = 3_000
"""Bytes for a picture, the request that uploaded it and the record of its upload."""


class Stage:
    """A stocked world, and what the demo account asks of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = httpx.Client(transport=httpx.WSGITransport(create_app(world, FREE)), base_url="http://imgur.test")
        self.client.headers["Authorization"] = f"Bearer {world.demo().access_token}"

    def send(self, method: str, path: str, **more: Any) -> Any:
        """The data of a reply that says success."""
        reply = self.client.request(method, path, **more)
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many records were looked at since it was last asked."""
    count, get = 0, Shelf.get

    def counted(shelf: Shelf[Any], key: str, at: float | None = None) -> Any:
        nonlocal count
        count += 1
        return get(shelf, key, at)

    def taken() -> int:
        nonlocal count
        seen, count = count, 0
        return seen

    monkeypatch.setattr(Shelf, "get", counted)
    return taken


def calls(stage: Stage, pictures: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """One call of each kind whose cost must not depend on how much there is."""
    ids = list(stage.world.images.ids())
    image, other = stage.world.images.get(ids[5]), stage.world.images.get(ids[-5])
    album = next(iter(stage.world.pictures.holding(ids[5])))
    assert image is not None
    assert other is not None
    yield "a picture by id", lambda: stage.send("GET", f"/3/image/{ids[7]}")
    yield "a page of pictures", lambda: stage.send("GET", "/3/account/me/images/0")
    yield "the last page", lambda: stage.send("GET", f"/3/account/me/images/{pictures // 50 - 1}")
    yield "ids", lambda: stage.send("GET", "/3/account/me/images/ids/1")
    yield "how many", lambda: stage.send("GET", "/3/account/me/images/count")
    yield "an edit by deletehash", lambda: stage.send("POST", f"/3/image/{other.deletehash}", data={"title": "T"})
    yield "an album by deletehash", lambda: stage.send("PUT", f"/3/album/{album.deletehash}", data={"title": "T"})
    yield (
        "pictures by deletehash",
        lambda: stage.send("POST", "/3/album", data={"deletehashes[]": [image.deletehash, other.deletehash]}),
    )
    yield "an upload", lambda: stage.send("POST", "/3/upload", files={"image": ("x.png", png(seed=1))})
    yield "a deletion by deletehash", lambda: stage.send("DELETE", f"/3/image/{image.deletehash}")
    yield "a deletion by id", lambda: stage.send("DELETE", f"/3/image/{ids[-3]}")


def test_no_call_looks_at_more_records_when_there_are_more(looks: Callable[[], int]) -> None:
    """Deletehashes, pages, uploads and deletions: as many looks among a thousand pictures as among two hundred."""
    found: list[dict[str, int]] = []
    for number in (200, 1_000):
        world = World(seed="s")
        stock(world, number)
        seen: dict[str, int] = {}
        for name, call in calls(Stage(world), number):
            looks()
            call()
            seen[name] = looks()
        found.append(seen)
    assert found[0] == found[1]
    assert max(found[0].values()) <= 60, found[0]
    assert found[0]["a deletion by deletehash"] <= 12
    assert found[0]["an upload"] <= 12


def test_opening_a_stored_world_and_a_page_of_it_makes_that_page_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest stays as it was read until somebody asks for it; so does the history."""
    folder = stocked(tmp_path / "world", 10 * IN_ALBUM)
    assert (folder / "journal.jsonl").stat().st_size < 100
    made = 0

    def counted(*row: Any) -> Image:
        nonlocal made
        made += 1
        return Image(*row)

    monkeypatch.setattr(pictures, "Image", counted)
    world = World.open(folder)
    try:
        assert made == 0
        assert len(Stage(world).send("GET", "/3/account/me/images")) == 50
        assert made == 50
        assert len(world.history) == 10 * IN_ALBUM + 1
        assert world.history._unread == 10 * IN_ALBUM
    finally:
        world.close()


def traced(act: Callable[[], object]) -> tuple[int, int]:
    """Bytes that are held after `act` and were not before, and the most that were held in between."""
    act()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        act()
        _, peak = tracemalloc.get_traced_memory()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before, peak - before


def test_memory_for_each_picture_is_below_a_limit() -> None:
    """100,000 pictures with as many requests stay below 300 MB."""
    worlds: list[World] = []

    def build() -> None:
        worlds.append(World())
        stock(worlds[-1], 2_000)

    held, _ = traced(build)
    assert held / 2_000 < PER_PICTURE


def test_memory_does_not_grow_with_what_was_done() -> None:
    """Requests beyond the history, versions of an album, pictures that come and go: they take the place of others."""
    world = World(clock=Clock(lambda: 1_700_000_000.0))  # sliding windows tell moments apart
    stage = Stage(world)
    stock(world, 300)
    world.remember_last(50)
    ids = list(world.images.ids())
    album = stage.send("POST", "/3/album", data={"ids[]": ids})["id"]

    def act() -> None:
        for number in range(150):
            stage.send("PUT", f"/3/album/{album}", data={"title": str(number)})
            stage.send("GET", "/3/credits")

    tracemalloc.start()
    try:
        held = []
        for _ in range(3):
            act()
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    # 300 requests more; the history alone would be 150,000 bytes longer, the versions of the album 700,000.
    assert abs(held[2] - held[1]) < 40_000


def body_of(data: bytes) -> tuple[bytes, str]:
    """A multipart body as clients send it, and its type."""
    boundary = "0123456789abcdef0123456789abcdef"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="x.png"\r\n\r\n'.encode()
    return head + data + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def test_an_upload_is_copied_by_nobody(tmp_path: Path) -> None:
    """Out of the server's buffer it goes to the disk as it is."""
    world = World(blobs=FolderBlobs(tmp_path))
    app, size = create_app(world, FREE), 2_000_000
    body, kind = body_of(png(pad=size))
    stream = io.BytesIO(body)

    def upload() -> None:
        stream.seek(0)
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/3/upload",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": stream,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": f"Client-ID {world.demo().client_id}",
            "REMOTE_ADDR": "127.0.0.1",
        }
        told: list[str] = []
        reply = app(environ, lambda status, headers, error=None: told.append(status))
        b"".join(reply)
        assert told == ["200 OK"]

    _, peak = traced(upload)
    world.close()
    assert peak < size / 10


def test_uploads_at_the_same_time_do_not_write_over_each_other(tmp_path: Path) -> None:
    """Each thread has a file to itself while it writes."""
    world = World(blobs=FolderBlobs(tmp_path))
    pictures_of = {number: [png(seed=1000 * number + turn, pad=50_000) for turn in range(5)] for number in range(4)}
    held: dict[str, bytes] = {}

    def upload(stage: Stage, sent: list[bytes]) -> None:
        for data in sent:
            held[stage.send("POST", "/3/upload", files={"image": ("x.png", data)})["id"]] = data

    threads = [threading.Thread(target=upload, args=(Stage(world), sent)) for sent in pictures_of.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == 20
    for key, data in held.items():
        image = world.images.get(key)
        assert image is not None
        assert world.blobs.get(image.blob) == data
    world.close()
