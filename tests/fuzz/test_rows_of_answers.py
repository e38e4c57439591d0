"""Answers that Imgur never gives, through the whole program: of another kind, without an end, huge once unpacked."""

from __future__ import annotations

import gzip
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ImgurSyncError
from tests.support.mirror import HEAD, UPLOAD, Mirror, table
from tests.support.pictures import png
from tests.support.sync_stage import SyncStage

ALBUMS = {"method": "GET", "path": "/3/account/me/albums/*"}
FOREIGN = {
    "null": None,
    "a list": [],
    "true": True,
    "a number": 12.5,
    "JSONP": 'callback({"data": true, "success": true, "status": 200});',
    "XML": '<?xml version="1.0"?><data type="basic" success="1" status="200">true</data>',
    "a gzip file": "\x1f\x8b\x08 not really",
    "a title of 10 MB": {"data": [{"id": "AbC1234", "title": "x" * 10_000_000}], "success": True, "status": 200},
    "an id of 5,000 digits": '{"data": [{"id": ' + "9" * 5000 + '}], "success": true, "status": 200}',
    "NaN": '{"data": [{"id": "AbC1234", "images_count": NaN}], "success": true, "status": 200}',
    "a key twice": '{"data": [{"id": "AbC1234", "id": 5}], "success": true, "status": 200}',
    "200,000 brackets": "[" * 200_000,
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One synced album with a file more."""
    with SyncStage(tmp_path) as made:
        made.album("cats")
        for seed in range(3):
            made.put("cats", f"{seed}.png", seed)
        made.apply()
        made.clock.advance(7200)
        made.put("cats", "3.png", 3)
        yield made


def answer(stage: SyncStage, match: dict[str, Any], body: object, **more: Any) -> None:
    """Have Imgur answer so, with a number of its own for the request."""
    fault = {"match": match, "fault": "reply", "status": 200, "body": body, "headers": {"X-Request-Id": "req-4711"}}
    stage.steer("faults", [{**fault, **more}])


@pytest.mark.parametrize("kind", FOREIGN)
def test_readings_of_another_kind_change_nothing(kind: str, stage: SyncStage) -> None:
    """Nothing is sent and nothing lost; what is wrong is told, and all is well when Imgur is itself again."""
    answer(stage, {"method": "GET", "path": "/3/*"}, FOREIGN[kind])
    try:
        codes, told = stage.apply(refresh=True).codes, str(stage.events)
    except ImgurSyncError as error:
        codes, told = (error.exit_code,), error.message
        assert len(told) < 400
        assert "(request req-4711)" in told or "larger than 8 MiB" in told
    assert codes[0] in (7, 75)
    assert "an answer" in told or "that is not" in told or "usable id" in told
    assert stage.uploads() == 3
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(7200)
    assert stage.apply(refresh=True).codes == (0,)
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_list_of_another_kind_is_done_without(kind: str, stage: SyncStage) -> None:
    """The albums that are known are read one by one then."""
    answer(stage, ALBUMS, FOREIGN[kind])
    assert stage.apply(refresh=True).codes == (0,)
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("kind", FOREIGN)
def test_an_upload_that_is_answered_so_is_in_doubt_and_found(kind: str, stage: SyncStage) -> None:
    """It happened; it is looked for and kept, and not sent again."""
    answer(stage, {**UPLOAD, "nth": 1}, FOREIGN[kind], after=True)
    assert stage.apply().codes == (0,)
    assert stage.uploads() == 4
    assert stage.shown("cats") == stage.wanted("cats")


@contextmanager
def endless(head: bytes, body: bytes) -> Iterator[str]:
    """A server that answers everything with `head` and `body` over and over, up to a gigabyte; its address."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)

        def serve() -> None:
            while not stop.is_set():
                with suppress(OSError):
                    peer, _ = listening.accept()
                    with peer:
                        peer.settimeout(60)
                        peer.recv(65_536)
                        peer.sendall(head)
                        for _ in range((1 << 30) // len(body)):
                            peer.sendall(body)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n["
PACKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n"
HEADS = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(PLAIN, b"1," * 50_000, id="100 MB of JSON"),
        pytest.param(PACKED, gzip.compress(bytes(1 << 26)), id="a gzip bomb"),
        pytest.param(HEADS, b"X-Header: " + b"x" * 1000 + b"\r\n", id="headers without an end"),
        pytest.param(b"", b"not HTTP at all\r\n" * 1000, id="no HTTP"),
    ],
)
def test_an_answer_without_an_end_is_cut(head: bytes, body: bytes, here: Mirror) -> None:
    """75, and the program stays small: nothing is kept beyond what a reply may have."""
    with endless(head, body) as address:
        environ = {"IMGUR_SYNC_API_URL": address, "IMGUR_SYNC_ACCESS_TOKEN": "a" * 40}
        done = here.run("apply", "-y", code=75, environ=environ)
    assert "error: Imgur" in done.stderr
    assert "hint: " in done.stderr
    assert len(done.stderr) < 2000
    # A child's figure begins with the peak of the process that it was forked from.
    forked = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(400 * 1024, forked)
    assert here.requests() == []


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """Two folders, none of it sent yet."""
    from tests.support.mirror import mirror

    with mirror(tmp_path) as made:
        made.manifest(table("cats"), head=HEAD)
        made.put("cats/one.png", png(seed=1))
        yield made
