"""Over real sockets on loopback: TLS, refused connections, proxies."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.reader import ImgurReader
from imgur_sync.imgur.transport import READ_ONLY, Transport
from imgur_sync.model.outcome import Done, NotSent, Outcome, ProblemKind, Unknown
from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.secret import Secret
from tests.support.hand_clock import HandClock
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens

FINE = b'HTTP/1.1 200 OK\r\nContent-Length: 51\r\n\r\n{"data":{"id":"JPz2i"},"success":true,"status":200}'
# Made with `openssl req -x509 -newkey ec`, for localhost and 127.0.0.1; nobody trusts it.
CERTIFICATE = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgx9gHW0GamuBcErdl
86y/kc/IwljQMe6sQVXEhQ/msbihRANCAARB+Ld90CWEAZjeYBfUjpKPmqEanBDR
7ueIlCB6dOqb8Fw6m/e2+Nr2YwRLZI/O1wmWZSdQly940Qf6HsxQQaDY
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUVcu5XMD0/pcp6eiSGGDaWkb4KXQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIyMjcxNloYDzIxMjYxMDI4
MjIyNzE2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARB+Ld90CWEAZjeYBfUjpKPmqEanBDR7ueIlCB6dOqb8Fw6m/e2+Nr2
YwRLZI/O1wmWZSdQly940Qf6HsxQQaDYo28wbTAdBgNVHQ4EFgQUITPr5ab/ELVB
HukA8Ea+gr7TVTAwHwYDVR0jBBgwFoAUITPr5ab/ELVBHukA8Ea+gr7TVTAwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDSAAwRQIgMFB7KGoXTwtmYq3KusqQq4iDxEEpjB0bJQirszYcAXoCIQD0
dOoxosN6zfospitIaVAXBgKm4PwSygbuqRS9ZoDMCQ==
-----END CERTIFICATE-----
"""


class OneShot:
    """Takes one connection, over TLS if given a context, reads a request and sends `reply`."""

    def __init__(self, reply: bytes, tls: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.request = b""
        self._reply = reply
        self._tls = tls
        self._listener.settimeout(60)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            raw, _ = self._listener.accept()
            raw.settimeout(60)
            with raw, self._tls.wrap_socket(raw, server_side=True) if self._tls else raw as connection:
                while b"\r\n\r\n" not in self.request and (received := connection.recv(65_536)):
                    self.request += received
                connection.sendall(self._reply)
        except OSError:
            return  # nobody came, or the client hung up during the handshake

    def __enter__(self) -> OneShot:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(90)
        self._listener.close()


def read(origin: str) -> Outcome[RemotePicture]:
    """One picture, asked for at `origin`."""
    clock = HandClock()
    credentials = Credentials("id15", access_token=Secret("a"))
    with Transport(origin, credentials, MemoryLedger(clock), MemoryTokens(), clock, allow=READ_ONLY) as transport:
        return ImgurReader(transport).image("JPz2i")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and the certificate that it signed itself."""
    path = tmp_path / "self-signed.pem"
    path.write_text(CERTIFICATE)
    return path


def server_side(certificate: Path) -> ssl.SSLContext:
    """What a server needs to speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_self_signed_certificate_is_refused_before_anything_is_sent(certificate: Path) -> None:
    """There is no way to turn that off."""
    with OneShot(FINE, server_side(certificate)) as server:
        outcome = read(f"https://127.0.0.1:{server.port}")
    assert isinstance(outcome, NotSent)
    assert outcome.problem.kind is ProblemKind.TLS
    assert server.request == b""


def test_a_certificate_that_this_machine_trusts_is_accepted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`SSL_CERT_FILE` names what is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with OneShot(FINE, server_side(certificate)) as server:
        assert isinstance(read(f"https://127.0.0.1:{server.port}"), Done)
    assert b"authorization: bearer a\r\n" in server.request.lower()


def test_something_that_is_not_tls_is_not_sent_to() -> None:
    """A plain server on an https port."""
    with OneShot(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        server.request = b"\r\n\r\n"
        outcome = read(f"https://127.0.0.1:{server.port}")
    assert isinstance(outcome, NotSent)


def test_a_port_where_nobody_listens_is_not_sent() -> None:
    """A refused connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = read(f"http://127.0.0.1:{port}")
    assert isinstance(outcome, NotSent)
    assert outcome.problem.kind is ProblemKind.NETWORK


@pytest.mark.parametrize("reply", [b"", FINE[:60], FINE[:-1], b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
def test_a_server_that_hangs_up_leaves_an_unknown_outcome(reply: bytes) -> None:
    """Before, within and after the headers."""
    with OneShot(reply) as server:
        outcome = read(f"http://127.0.0.1:{server.port}")
    assert isinstance(outcome, Unknown)


def test_this_machine_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says: a proxy elsewhere has another 127.0.0.1."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with OneShot(FINE) as server:
        assert isinstance(read(f"http://127.0.0.1:{server.port}"), Done)
