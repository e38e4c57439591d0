"""The server of the status page against visitors of every kind: what they get, and what they cannot do."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.errors import ImgurSyncError, UsageError
from imgur_sync.watch.page import connections, pictures
from imgur_sync.watch.page.answers import Answer
from imgur_sync.watch.page.places import Place
from imgur_sync.watch.page.serving import MOST, MOST_PICTURES
from imgur_sync.watch.page.snapshot import Picture
from tests.support.hand_page import DEADLINE, HandPage, hand_page, read_all
from tests.support.pictures import gif, png

ADDRESS = "/p/0123456789abcdef01"
GET = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def page() -> Iterator[HandPage]:
    """A page that nothing was put on yet."""
    with hand_page() as served:
        yield served


def test_every_answer_guards_itself(page: HandPage, tmp_path: Path) -> None:
    """No scripts, nothing from elsewhere, no frames, no guesses about types, no traces; also with errors."""
    page.picture(tmp_path, "a.png", png())
    for path in ("/", "/still", "/style.css", "/icon.svg", "/healthz", "/metrics", ADDRESS, "/nothing"):
        reply = page.get(path)
        assert reply.status_code == (404 if path == "/nothing" else 200), path
        rules = reply.headers["content-security-policy"]
        assert rules.startswith("default-src 'none'; style-src 'self'; img-src 'self';"), path
        assert "frame-ancestors 'none'" in rules
        assert "script" not in rules
        assert "unsafe" not in rules
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert reply.headers["connection"] == "close"
        assert not {"set-cookie", "server", "access-control-allow-origin"} & set(reply.headers)
        assert reply.headers["cache-control"] == (
            "private, max-age=86400, immutable" if path == ADDRESS else "no-store"
        )


def test_head_is_get_without_a_body(page: HandPage, tmp_path: Path) -> None:
    """The same headers."""
    page.picture(tmp_path, "a.png", png())
    for path in ("/", "/metrics", ADDRESS, "/nothing"):
        get, head = page.get(path), page.get(path, method="HEAD")
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert dict(head.headers) == dict(get.headers)


def test_nothing_can_be_written(page: HandPage) -> None:
    """Also where the body is larger than anybody reads: the answer arrives."""
    reply = page.get("/", method="POST", content=b"x" * 20_000)
    assert reply.status_code == 405
    assert reply.headers["allow"] == "GET, HEAD"


def test_a_foreign_name_gets_nothing(page: HandPage) -> None:
    """DNS rebinding: the browser thinks that this is evil.example."""
    reply = page.get("/metrics", headers={"Host": f"evil.example:{page.port}"})
    assert reply.status_code == 421
    assert "evil" not in reply.text
    assert "imgur_sync_" not in reply.text


@pytest.mark.parametrize(
    "path",
    ["/p/", "/p/../sync.toml", "/p/%2e%2e/sync.toml", "//etc/passwd", "/../../etc/passwd", "/p/0123456789abcdef00",
     ADDRESS + "/", ADDRESS + "%00", "/p/" + "A" * 500, "/.imgur-sync/state.db", "/a.png", "/index.html"],
)  # fmt: skip
def test_only_what_the_page_names_is_there(page: HandPage, tmp_path: Path, path: str) -> None:
    """Addresses are looked up, never made into paths."""
    page.picture(tmp_path, "a.png", png())
    raw = page.raw(GET % path.encode())
    assert raw.startswith(b"HTTP/1.1 404 ")


def test_a_picture_is_served_as_it_is(page: HandPage, tmp_path: Path) -> None:
    """The bytes of the file, with the type of its content whatever its name says."""
    page.picture(tmp_path, "sub/a.png", png())
    page.picture(tmp_path, "b.html", gif(8, 6, 1), "/p/00000000000000000b")
    assert page.get(ADDRESS).content == png()
    assert page.get(ADDRESS).headers["content-type"] == "image/png"
    assert page.get("/p/00000000000000000b").headers["content-type"] == "image/gif"


def test_a_file_that_is_not_the_picture_any_more_is_not_served(page: HandPage, tmp_path: Path) -> None:
    """Changed, gone, a link, below a link, a folder, a pipe: there is nothing here, at once."""
    file = page.picture(tmp_path / "cats", "sub/a.png", png())
    secret = tmp_path / "secret.png"
    secret.write_bytes(png())  # what the digest says, but not in the folder

    def refused() -> bool:
        return page.get(ADDRESS).status_code == 404

    file.write_bytes(b"other " * 20)
    assert refused()
    file.unlink()
    assert refused()
    file.symlink_to(secret)
    assert refused()
    file.unlink()
    file.mkdir()
    assert refused()
    file.rmdir()
    os.mkfifo(file)
    assert refused()
    file.unlink()
    file.parent.rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.png").write_bytes(png())
    file.parent.symlink_to(tmp_path / "elsewhere")
    assert refused()
    file.parent.unlink()
    page.picture(tmp_path / "cats", "sub/a.png", png())
    assert not refused()


def test_what_is_no_picture_is_not_served(page: HandPage, tmp_path: Path) -> None:
    """Whatever somebody wrote into the state."""
    page.picture(tmp_path, "a.png", b"<html><script>alert(1)</script></html>")
    assert page.get(ADDRESS).status_code == 404
    page.pictures[ADDRESS] = Picture(tmp_path, "../a.png", page.pictures[ADDRESS].digest)
    assert page.get(ADDRESS).status_code == 404


def test_a_very_large_picture_is_not_read(page: HandPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said so."""
    monkeypatch.setattr(pictures, "LARGEST", 10)
    page.picture(tmp_path, "a.png", png())
    reply = page.get(ADDRESS)
    assert (reply.status_code, reply.text) == (404, "This picture is too large to be shown here.\n")


def test_health_is_that_of_the_loop(page: HandPage) -> None:
    """503 once it has given no sign of life for too long; the page says it, too."""
    assert (page.get("/healthz").status_code, page.get("/healthz").text) == (200, "ok\n")
    page.silent = 299.0
    assert page.get("/healthz").status_code == 200
    assert "no sign of life" not in page.get("/").text
    page.silent, page.now = 301.0, page.now + 2
    reply = page.get("/healthz")
    assert (reply.status_code, reply.text) == (503, "the daemon has given no sign of life for 5 min\n")
    assert "<strong>The daemon has given no sign of life for 5 min.</strong>" in page.get("/").text
    assert "imgur_sync_silent_seconds 301\n" in page.get("/metrics").text


def test_a_page_is_made_once_a_second(page: HandPage) -> None:
    """However often it is asked for."""
    page.watched = replace(page.watched, manifest="/first")
    assert "/first" in page.get("/").text
    page.watched = replace(page.watched, manifest="/second")
    assert "/first" in page.get("/").text
    page.now += 1.0
    assert "/second" in page.get("/").text


def test_secrets_are_blotted_out(page: HandPage) -> None:
    """On every page that tells what the daemon tells."""
    page.watched = replace(page.watched, manifest=f"/{page.blot}/sync.toml")
    for path in ("/", "/still", "/metrics"):
        assert page.blot not in page.get(path).text
    assert "/***/sync.toml" in page.get("/").text


def test_visitors_who_never_ask_do_not_keep_others_out(page: HandPage) -> None:
    """More than there are places for: those who wait longest are sent away, and the page is there at once."""
    with ExitStack() as stack:
        lines = [stack.enter_context(page.connect()) for _ in range(MOST * 2)]
        for line in lines[: MOST * 2 : 2]:
            line.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        assert page.get("/healthz").text == "ok\n"
        assert read_all(lines[0]) == b""


def test_a_slow_visitor_is_sent_away(page: HandPage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request has to be there in time, however it drips."""
    from imgur_sync.watch.page import serving

    monkeypatch.setattr(serving, "ASKING", 0.05)
    with page.connect() as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        assert read_all(line) == b""


def test_a_visitor_who_does_not_read_is_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And gives the place of its picture to the next one."""
    from imgur_sync.watch.page import serving

    monkeypatch.setattr(serving, "SENDING_PICTURE", 0.3)
    body = bytes(30_000_000)
    with hand_page(lambda picture: Answer(200, "image/png", body)) as page, ExitStack() as stack:
        page.picture(tmp_path, "a.png", png())
        for _ in range(MOST_PICTURES):
            line = stack.enter_context(page.connect())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.sendall(GET % ADDRESS.encode())
            assert line.recv(1) == b"H"
        monkeypatch.setattr(serving, "SENDING_PICTURE", DEADLINE)
        assert len(page.get(ADDRESS).content) == len(body)


def test_only_a_few_pictures_are_in_memory_at_a_time(tmp_path: Path) -> None:
    """The others wait; the page and its health do not."""
    gate, reading, most = threading.Event(), [0], [0]

    def read(picture: Picture) -> Answer:
        reading[0] += 1
        most[0] = max(most[0], reading[0])
        assert gate.wait(DEADLINE)
        reading[0] -= 1
        return Answer(200, "image/png", b"x" * 1000)

    with hand_page(read) as page, ExitStack() as stack:
        page.picture(tmp_path, "a.png", png())
        lines = [stack.enter_context(page.connect()) for _ in range(12)]
        for line in lines:
            line.sendall(GET % ADDRESS.encode())
        assert page.get("/healthz").text == "ok\n"
        gate.set()
        for line in lines:
            assert read_all(line).endswith(b"x" * 1000)
        assert most[0] == 1


def test_visitors_who_leave_early_cost_nothing(tmp_path: Path) -> None:
    """Before their picture was read, or while it is sent: later ones get theirs."""
    gate = threading.Event()

    def read(picture: Picture) -> Answer:
        assert gate.wait(DEADLINE)
        return Answer(200, "image/png", bytes(5_000_000))

    with hand_page(read) as page:
        page.picture(tmp_path, "a.png", png())
        for _ in range(MOST_PICTURES * 3):
            with page.connect() as line:
                line.sendall(GET % ADDRESS.encode())
        gate.set()
        assert len(page.get(ADDRESS).content) == 5_000_000


def test_long_requests_and_noise_are_refused(page: HandPage) -> None:
    """At most 8 KiB are read."""
    assert page.raw(b"GET / HTTP/1.1\r\nX: " + b"a" * 9000).startswith(b"HTTP/1.1 431 ")
    assert page.raw(b"\x16\x03\x01\x02\x00\x01", end=True).startswith(b"HTTP/1.1 400 ")
    assert page.raw(b"", end=True) == b""
    assert (
        page.raw(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n").count(b"HTTP/1.1 200") == 1
    )
    assert page.get("/healthz").text == "ok\n"


def test_a_page_that_cannot_be_made_is_told(page: HandPage) -> None:
    """And the server goes on."""
    page.watched = None  # type: ignore[assignment]
    reply = page.get("/")
    assert (reply.status_code, reply.text) == (500, "This page could not be made (AttributeError): please report it.\n")
    assert page.get("/healthz").text == "ok\n"


def test_the_end_leaves_nothing_behind() -> None:
    """No thread, no descriptor, and nobody who is kept waiting."""
    before, threads = len(os.listdir("/proc/self/fd")), set(threading.enumerate())
    with hand_page() as page, page.connect() as line, page.connect() as other:
        line.sendall(b"GET / HT")
        assert page.get("/healthz").text == "ok\n"
        del other
        held = line.dup()
    assert read_all(held) == b""
    held.close()
    assert set(threading.enumerate()) <= threads
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_hung_disk_does_not_hold_the_end(tmp_path: Path) -> None:
    """The thread that reads is left behind."""
    gate, begun = threading.Event(), threading.Event()

    def read(picture: Picture) -> Answer:
        begun.set()
        assert gate.wait(DEADLINE)
        return Answer(200, "image/png", b"x")

    with hand_page(read) as page:
        page.picture(tmp_path, "a.png", png())
        with page.connect() as line:
            line.sendall(GET % ADDRESS.encode())
            assert begun.wait(DEADLINE)
            assert page.get("/").status_code == 200
            gate.set()
            assert read_all(line).endswith(b"x")


@pytest.mark.parametrize(("text", "host", "port"), [
    ("127.0.0.1:8750", "127.0.0.1", 8750), ("[::1]:0", "::1", 0), ("LocalHost:65535", "localhost", 65535),
    (" 127.0.0.1:1 ", "127.0.0.1", 1), ("pictures.lan:80", "pictures.lan", 80),
])  # fmt: skip
def test_a_place_is_read(text: str, host: str, port: int) -> None:
    """An address or a name, and a port."""
    assert Place.parse(text, "--listen") == Place(host, port)


@pytest.mark.parametrize(
    "text", ["", "8750", ":8750", "127.0.0.1", "127.0.0.1:65536", "::1:8750", "[::1]", "http://127.0.0.1:1", "[zz]:1",
             "a b:1", "127.0.0.1:-1", "127.0.0.1:x", "127.0.0.1:1/", "[1:2]:3"],
)  # fmt: skip
def test_what_is_no_place_is_refused(text: str) -> None:
    """With how to write one."""
    with pytest.raises(UsageError, match="--listen is no address and port") as refused:
        Place.parse(text, "--listen")
    assert "127.0.0.1:8750" in refused.value.hint


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_others_are_let_in_on_request_only(host: str) -> None:
    """Said before anything is bound."""
    with pytest.raises(UsageError, match="can be reached from other machines") as refused:
        Place(host, 0).listen(anywhere=False)
    assert "--listen-anywhere" in refused.value.hint


def test_everybody_is_let_in_on_request() -> None:
    """With the flag."""
    listener, address = Place("0.0.0.0", 0).listen(anywhere=True)
    with listener:
        assert address == f"http://0.0.0.0:{listener.getsockname()[1]}/"


def test_a_port_that_is_taken_is_told() -> None:
    """With a remedy."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ImgurSyncError, match=f"no status page can be served on 127.0.0.1:{port}") as refused:
            Place("127.0.0.1", port).listen(anywhere=False)
    assert "port 0" in refused.value.hint


def test_a_name_that_leads_nowhere_is_told() -> None:
    """Before the daemon begins."""
    with pytest.raises(ImgurSyncError, match="no status page can be served on"):
        Place("no..where", 1).listen(anywhere=True)


def test_the_page_on_ipv6() -> None:
    """`[::1]:PORT`, by its address and by name."""
    with hand_page(host="::1", names=frozenset({"desk"})) as page:
        for host in (b"[::1]", b"desk:80"):
            with socket.create_connection(("::1", page.port), timeout=DEADLINE) as line:
                line.sendall(b"GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n" % host)
                assert read_all(line).endswith(b"ok\n")


def test_the_deadlines_are_short() -> None:
    """Nobody holds a place for longer than half a minute."""
    assert max(connections.ASKING, connections.SENDING, connections.SENDING_PICTURE, connections.LINGERING) <= 30.0
