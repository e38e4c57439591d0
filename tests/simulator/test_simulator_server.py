"""On a socket: start, stop, dropped connections, many at once, and the command."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from imgur_sync.simulator import Knobs, Limits, Options, run_simulator, running

FREE = Options(limits=Limits(0, 0, 0, 0))


@contextlib.contextmanager
def client(server):
    headers = {"Authorization": f"Bearer {server.access_token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as http:
        yield http


def test_a_server_serves_and_stops_and_frees_its_port():
    with running() as server, client(server) as http:
        assert http.get("/3/account/me").json()["data"]["url"] == "demo"
        assert http.get("/").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_start_and_stop_together_take_less_than_a_second():
    began = time.process_time()  # a machine that stalls counts for nothing
    with running():
        pass
    assert time.process_time() - began < 1


def test_a_taken_port_is_an_os_error():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        with pytest.raises(OSError, match="in use"), running(port=holder.getsockname()[1]):
            pass


@pytest.mark.parametrize(("kind", "albums"), [("drop_before", 0), ("drop_after", 1), ("late", 0)])
def test_a_dropped_connection_is_closed_without_a_byte(kind, albums):
    with running() as server, client(server) as http:
        http.post("/_simulator/faults", json={"fault": kind, "seconds": 3600, "match": {"method": "POST"}})
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            http.post("/3/album")
        assert len(http.get("/_simulator/world").json()["albums"]) == albums
        assert http.get("/3/account/me").status_code == 200


def test_the_spelling_of_headers_reaches_the_wire():
    for case, wanted in [("title", b"X-RateLimit-UserLimit"), ("lower", b"x-ratelimit-userlimit")]:
        with running(Options(knobs=Knobs(header_case=case))) as server, client(server) as http:
            assert wanted in dict(http.get("/3/account/me").headers.raw)


def test_many_uploads_at_once_into_one_album_are_all_there(jpeg):
    with running(FREE) as server, client(server) as http:
        album = http.post("/3/album").json()["data"]["id"]

        def send(number):
            reply = http.post("/3/upload", data={"album": album}, files={"image": jpeg(str(number))})
            return reply.json()["data"]["id"]

        with ThreadPoolExecutor(8) as pool:
            sent = list(pool.map(send, range(80)))
        (stored,) = http.get("/_simulator/world").json()["albums"]
        assert sorted(stored["images"]) == sorted(sent)
        assert len(set(sent)) == 80
        assert http.get("/_simulator/ledger").json()["credits"] == 801


def test_a_delay_holds_up_nobody_else_and_stopping_cuts_it_short():
    began = time.perf_counter()
    with running() as server, client(server) as http:
        http.post("/_simulator/faults", json={"fault": "delay", "seconds": 600, "match": {"path": "/3/credits"}})
        with socket.create_connection(server.url.removeprefix("http://").split(":")) as slow:
            slow.sendall(
                f"GET /3/credits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.access_token}\r\n\r\n".encode()
            )
            while http.get("/_simulator/faults").json()[0]["seen"] == 0:
                pass
            assert http.get("/3/account/me").status_code == 200
    assert time.perf_counter() - began < 300


def test_a_large_picture_goes_through_whole(jpeg):
    data = jpeg() + os.urandom(5_000_000)
    with running(FREE) as server, client(server) as http:
        image = http.post("/3/upload", files={"image": data}).json()["data"]
        assert http.get(image["link"]).content == data


def test_a_reply_may_be_chunked_in(jpeg):
    body = b'--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n' + jpeg() + b"\r\n--b--\r\n"
    with running() as server, client(server) as http:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        reply = http.post("/3/upload", content=iter([body[:50], body[50:]]), headers=headers)
        assert reply.json()["data"]["size"] == len(jpeg())


def start(tmp_path, **changed):
    """The command in a process of its own; its first lines have been read."""
    arguments = {"data": str(tmp_path / "data"), "write_env": str(tmp_path / "env"), "shape": "mixed"} | changed
    code = (
        "from pathlib import Path; from imgur_sync.simulator import run_simulator\n"
        f"run_simulator('127.0.0.1', 0, Path({arguments['data']!r}), {arguments['shape']!r}, 0, 500, 12500, 1250, 50, "
        f"Path({arguments['write_env']!r}), lambda line: print(line, flush=True))"
    )
    process = subprocess.Popen([sys.executable, "-W", "error", "-c", code], stdout=subprocess.PIPE, text=True)
    return process, [process.stdout.readline().rstrip("\n") for _ in range(5)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_its_settings_serves_and_ends_on_a_signal(tmp_path, number):
    process, lines = start(tmp_path)
    with process:
        names = [line.partition("=")[0] for line in lines[:4]]
        values = dict(line.split("=", 1) for line in lines[:4])
        url = values["IMGUR_SYNC_API_URL"]
        reply = httpx.get(f"{url}/3/credits", headers={"Authorization": f"Client-ID {values['IMGUR_SYNC_CLIENT_ID']}"})
        process.send_signal(number)
        assert process.wait(60) == 0
    assert names == [f"IMGUR_SYNC_{name}" for name in ("API_URL", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")]
    assert lines[4] == f"listening on {url}"
    assert reply.status_code == 200
    assert (tmp_path / "env").read_text().splitlines() == lines[:4]
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600


def test_the_world_survives_a_real_kill(tmp_path):
    process, lines = start(tmp_path)
    with process:
        values = dict(line.split("=", 1) for line in lines[:4])
        headers = {"Authorization": f"Client-ID {values['IMGUR_SYNC_CLIENT_ID']}"}
        album = httpx.post(f"{values['IMGUR_SYNC_API_URL']}/3/album", headers=headers).json()["data"]["id"]
        process.kill()
    with running(data=tmp_path / "data") as server:
        assert httpx.get(f"{server.url}/3/album/{album}", headers=headers).status_code == 200
        assert server.refresh_token == values["IMGUR_SYNC_REFRESH_TOKEN"]


def test_the_commands_limits_shape_and_latency_reach_the_server():
    lines, listening = [], threading.Event()

    def echo(line):
        lines.append(line)
        if line.startswith("listening"):
            listening.set()
            with client_of(lines) as http:
                found.append(http.get("/3/credits"))
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def client_of(lines):
        values = dict(line.split("=", 1) for line in lines[:4])
        headers = {"Authorization": f"Client-ID {values['IMGUR_SYNC_CLIENT_ID']}"}
        with httpx.Client(base_url=values["IMGUR_SYNC_API_URL"], headers=headers) as http:
            yield http

    found = []
    with pytest.raises(KeyboardInterrupt):
        run_simulator("127.0.0.1", 0, None, "v1", 20, 0, 7, 0, 0, None, echo)
    assert found[0].json()["data"]["ClientRemaining"] == 6
    assert found[0].json()["data"]["UserLimit"] == 1_000_000
    assert list(found[0].json()) == ["status", "success", "data"]
    assert found[0].elapsed.total_seconds() >= 0.02
