"""Redirects, a planted ~/.netrc, cookies, proxies and key logs: the credentials stay where they belong.

Two servers on this machine: one is the API and answers whatever a test says; the other one records whoever comes.
"""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.transport import READ_WRITE, Transport
from imgur_sync.imgur.wire import Call, Form
from imgur_sync.model.outcome import Done, NotSent
from imgur_sync.model.secret import Secret
from tests.e2e.test_untrusted_connections import encrypted, trusting
from tests.security.canaries import found
from tests.support.hand_clock import HandClock
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens
from tests.support.mirror import Mirror

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@dataclass
class Listener:
    """A server that answers every request alike and keeps what it was sent."""

    port: int
    answer: bytes
    asked: list[bytes] = field(default_factory=list)


@contextmanager
def listening(answer: bytes) -> Iterator[Listener]:
    """One request a connection, each answered by `answer` (PORT in it stays as it is)."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        here = Listener(server.getsockname()[1], answer)

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(60)
                    try:
                        here.asked.append(connection.recv(65_536))
                        connection.sendall(here.answer)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield here
        finally:
            ended.set()
            thread.join()


@contextmanager
def bench(origin: str, *, access: str) -> Iterator[Transport]:
    """A transport over real sockets, with an account whose tokens are kept in memory."""
    clock = HandClock()
    credentials = Credentials("id15", Secret("Secret-Canary-2"), Secret("Refresh-Canary-3"), Secret(access))
    with Transport(origin, credentials, MemoryLedger(clock), MemoryTokens(), clock, allow=READ_WRITE) as made:
        yield made


@pytest.fixture(scope="module")
def rogue() -> Iterator[Listener]:
    """Where nobody may come."""
    with listening(JSON + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}") as made:
        yield made


def places(port: int) -> list[str]:
    """Where a hostile or mistaken answer may lead to."""
    there = f"127.0.0.1:{port}"
    return [
        f"http://{there}/3/account/me",
        f"HTTP://{there}/",
        f"https://{there}/",
        f"//{there}/",
        f"http://user:word@{there}/",
        f"http://localhost:{port}/",
        f"http://[::ffff:127.0.0.1]:{port}/",
        f"\\\\{there}\\x",
        f"http:/\\{there}",
        f"http://{there}\r\nAuthorization: x",
        "/3/account/me/elsewhere",
        "javascript:alert(1)",
        "data:application/json,{}",
        "file:///etc/passwd",
        "",
        "http://[",
        "x" * 20_000,
    ]


STATUSES = (300, 301, 302, 303, 305, 307, 308)


@pytest.mark.parametrize("status", STATUSES)
def test_no_redirect_is_followed(status: int, rogue: Listener) -> None:
    """Whatever status and place, for a reading, an upload and a refresh of the token: nobody came to the other server,
    and the one that redirects was asked once a request."""
    before = len(rogue.asked)
    for place in places(rogue.port):
        head = f"HTTP/1.1 {status} Elsewhere\r\nLocation: {place}\r\nRefresh: 0; url={place}\r\n"
        with listening(head.encode() + b"Content-Length: 0\r\nConnection: close\r\n\r\n") as api:
            with bench(f"http://127.0.0.1:{api.port}", access="Access-Canary-1") as transport:
                for method, body in (("GET", None), ("POST", Form([("a", "b")])), ("DELETE", None)):
                    outcome = transport.call(Call(method, "/3/account/me", body=body), lambda value: value)
                    assert not isinstance(outcome, Done), place
                    assert isinstance(outcome, NotSent) is False, place
            with bench(f"http://127.0.0.1:{api.port}", access="") as transport:
                assert not isinstance(transport.call(Call("GET", "/3/account/me"), lambda value: value), Done)
        assert len(api.asked) == 4, place
        assert [b"Bearer Access-Canary-1" in asked for asked in api.asked] == [True, True, True, False]
    assert len(rogue.asked) == before


def test_a_command_that_is_led_elsewhere_ends(rogue: Listener, here: Mirror) -> None:
    """75, with nothing of the credentials in what is told."""
    before = len(rogue.asked)
    head = f"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:{rogue.port}/\r\n"
    with listening(head.encode() + b"Content-Length: 0\r\nConnection: close\r\n\r\n") as api:
        environ = {"IMGUR_SYNC_API_URL": f"http://127.0.0.1:{api.port}"}
        done = here.run("apply", "-y", "--json", code=75, environ=environ)
    assert len(rogue.asked) == before
    assert found(done.stdout + done.stderr, [here.server.refresh_token, here.server.client_secret]) == []


def test_netrc_and_cookies_are_never_sent(here: Mirror) -> None:
    """A ~/.netrc for that very host, and cookies that an answer sets: neither is seen by the server."""
    secret = "netrc-Canary-5512-aGVsbG8"
    netrc = here.folder / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login somebody password {secret}\ndefault login somebody password {secret}\n")
    netrc.chmod(0o600)
    head = JSON + b"Set-Cookie: session=cookie-Canary-77\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    with listening(head) as api:
        environ = {"IMGUR_SYNC_API_URL": f"http://127.0.0.1:{api.port}", "NETRC": str(netrc)}
        for _ in range(2):
            here.run("plan", "--refresh", code=None, environ=environ)
            here.run("doctor", code=None, environ=environ)
    told = b"".join(api.asked).decode("latin-1")
    assert told
    assert found(told, [secret, "cookie-Canary-77"]) == []
    assert "cookie:" not in told.lower()
    assert "basic " not in told.lower()
    for path in here.folder.rglob("*"):
        if path.is_file() and path != netrc:
            assert b"cookie-Canary-77" not in path.read_bytes(), path


def test_a_proxy_is_not_asked_for_this_machine_and_sees_no_token_of_another(here: Mirror) -> None:
    """A local Imgur is never looked for through a proxy; for any other the proxy sees a CONNECT and nothing else, and
    its password is told nowhere."""
    word = "proxy-Canary-word-31337"
    with listening(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as proxy:
        address = f"http://someone:{word}@127.0.0.1:{proxy.port}"
        proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), address)
        here.run("plan", "--refresh", environ=proxies)
        assert proxy.asked == []
        far = {**proxies, "IMGUR_SYNC_API_URL": "https://api.imgur.example"}
        done = here.place.run("plan", "--refresh", "--debug", environ=far)
    assert done.returncode == 75
    seen = b"".join(proxy.asked).decode("latin-1")
    assert seen.startswith("CONNECT api.imgur.example:443 ")
    assert found(seen, [here.server.refresh_token, here.server.client_secret, here.server.access_token]) == []
    written = base64.b64encode(f"someone:{word}".encode()).decode()
    assert found(done.stdout + done.stderr, [word, written]) == [], done.stderr


def test_no_key_log_is_written(here: Mirror, tmp_path: Path) -> None:
    """SSLKEYLOGFILE would let whoever reads that file and the wire read the tokens."""
    log = tmp_path / "keys.log"
    with encrypted("good") as (port, read):
        here.run("plan", code=75, environ={**trusting(port), "SSLKEYLOGFILE": str(log)})
        here.run("doctor", code=None, environ={**trusting(port), "SSLKEYLOGFILE": str(log)})
    assert read
    assert not log.exists()
