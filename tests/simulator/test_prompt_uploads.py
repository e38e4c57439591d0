"""Uploads are served by the thread that has received them, unless they might keep others waiting."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

import httpx
import pytest

from imgur_sync.simulator import Options, Running, World, running
from imgur_sync.simulator.channels import KEPT
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.faults import Faults
from tests.support.pictures import png

HOUR = 3_600.0


def upload(server: Running, data: bytes) -> httpx.Response:
    """Upload it without an account."""
    sent = {"image": ("x.png", data)}
    return httpx.post(f"{server.url}/3/upload", headers=server.anonymous, files=sent, timeout=60)


@pytest.fixture
def server_threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads that served uploads, in their order."""
    names: list[str] = []
    serve = Desk.serve

    def noted(desk: Desk, route: object, params: object, sent: object) -> object:
        names.append(threading.current_thread().name.partition("-")[0])
        return serve(desk, route, params, sent)  # type: ignore[arg-type]

    monkeypatch.setattr(Desk, "serve", noted)
    return names


def test_small_uploads_are_served_where_they_were_received_and_large_ones_elsewhere(server_threads: list[str]) -> None:
    with running() as server:
        for data in (png(), png(pad=500_000), png(pad=KEPT)):
            assert upload(server, data).status_code == 200
            assert server.received(server.uploads()[-1]) == data
        httpx.get(f"{server.url}/3/credits", headers=server.anonymous)
        server.fault("headers-absent")
        assert upload(server, png()).status_code == 200
    assert server_threads == ["simulator", "simulator", "waitress", "waitress", "waitress"]


def test_a_large_body_in_chunks_is_served_elsewhere_too(server_threads: list[str]) -> None:
    with running() as server:
        for data in (png(), png(pad=KEPT)):
            request = httpx.Request("POST", f"{server.url}/3/upload", files={"image": ("x.png", data)})
            whole = request.read()
            pieces = (whole[at : at + 1_000_000] for at in range(0, len(whole), 1_000_000))
            headers = {**server.anonymous, "Content-Type": request.headers["Content-Type"]}
            reply = httpx.post(request.url, content=pieces, headers=headers, timeout=60)
            assert reply.request.headers["Transfer-Encoding"] == "chunked"
            assert reply.status_code == 200
            assert server.received(server.uploads()[-1]) == data
    assert server_threads == ["simulator", "waitress"]


@pytest.mark.parametrize("latency", [0.0, 2 * HOUR])
def test_uploads_that_wait_keep_nobody_waiting(latency: float) -> None:
    """While one waits for an hour, others are answered; at the end delays are cut short."""

    def wait() -> None:
        with contextlib.suppress(httpx.TransportError):  # if it is too slow for the two seconds at the end
            upload(server, png())

    with running(Options(latency=latency)) as server:
        if not latency:
            server.fault("delay", path="/3/upload", seconds=HOUR)
        waiting = threading.Thread(target=wait)
        waiting.start()
        while not server.world.arrived:
            assert httpx.get(f"{server.url}/_simulator/clock").status_code == 200
        assert httpx.get(f"{server.url}/_simulator/history").json()["requests"] == []
    waiting.join()


def test_uploads_in_one_go_are_answered_in_their_order() -> None:
    with running() as server:
        address = urlsplit(server.url)
        head = f"POST /3/upload HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        head += f"Authorization: Client-ID {server.client_id}\r\n"
        sent = b""
        for number in range(3):
            body = b'{"image":"R0lGODlhAQABAAAAACw=","type":"base64","title":"%d"}' % number
            last = "Connection: close\r\n" if number == 2 else ""
            sent += f"{head}{last}Content-Length: {len(body)}\r\n\r\n".encode() + body
        with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
            connection.sendall(sent)
            told = b"".join(iter(lambda: connection.recv(65536), b""))
        assert told.count(b"HTTP/1.1 200 OK") == 3
        assert [picture.title for picture in server.pictures()] == ["0", "1", "2"]


def test_what_is_no_request_is_refused_where_an_upload_would_be_served() -> None:
    with running() as server:
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
            connection.sendall(b"POST /3/upload HTTP/1.1\r\nContent-Length: many\r\n\r\n")
            assert b"".join(iter(lambda: connection.recv(65536), b"")).startswith(b"HTTP/1.1 400")


def test_only_uploads_that_wait_for_nothing_are_prompt() -> None:
    desk = Desk(World(), Options())

    def prompt(method: str = "POST", path: str = "/3/upload", of: Desk = desk) -> bool:
        with of.promptly(method, path) as at_once:
            return at_once

    assert [prompt(), prompt(path="/3/image")] == [True, True]
    assert [prompt("GET"), prompt(path="/3/album"), prompt(of=Desk(World(), Options(latency=1)))] == [False] * 3
    assert not prompt(of=Desk(World(), Options(chaos="s")))
    desk.faults.add({"fault": "late-commit"})
    assert not prompt()
    desk.faults.clear()
    held: list[bool] = []
    with desk.world.lock:
        other = threading.Thread(target=lambda: held.append(prompt()))
        other.start()
        other.join()
    assert [*held, prompt()] == [False, True]


def test_a_fault_that_is_added_waits_for_the_upload_that_none_can_strike() -> None:
    faults = Faults()
    adding = threading.Thread(target=lambda: faults.add({"fault": "late-commit"}))
    with faults.held_off() as none:
        adding.start()
        assert none
        assert faults.listed() == []
    adding.join()
    with faults.held_off() as none:
        assert not none
    assert len(faults.listed()) == 1
