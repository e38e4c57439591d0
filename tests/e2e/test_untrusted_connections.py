"""TLS with certificates that are not to be trusted: nothing is sent, exit 75, and nothing switches the check off.

The certificates in `certificates/` were made with `openssl ca` for these tests: an authority of our own, which the
command is told to trust, and by it one certificate that is good, one that expired in 2020 and one for another host; the
last one signed itself. All others hold until 2120.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror

KIND = Inside

CERTIFICATES = Path(__file__).with_name("certificates")
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def encrypted(name: str) -> Iterator[tuple[int, list[bytes]]]:
    """A server that shows this certificate and is busy, whatever is asked: its port, and what it could read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    read: list[bytes] = []
    ended = threading.Event()

    def answer(raw: socket.socket) -> None:
        raw.settimeout(60)
        try:
            with raw, context.wrap_socket(raw, server_side=True) as connection:
                read.append(connection.recv(65_536))
                connection.sendall(BUSY)
        except OSError:
            return  # the client hung up during the handshake

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)

        def listen() -> None:
            while not ended.is_set():
                try:
                    answer(listening.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield listening.getsockname()[1], read
        finally:
            ended.set()
            thread.join()


def trusting(port: int) -> Mapping[str, str]:
    """The environment of a command that talks to that port and trusts our authority."""
    return {"IMGUR_SYNC_API_URL": f"https://127.0.0.1:{port}", "SSL_CERT_FILE": str(CERTIFICATES / "ca.pem")}


@pytest.mark.parametrize(
    ("name", "why"),
    [("expired", "expired"), ("self_signed", "self-signed"), ("wrong_host", "127.0.0.1")],
)
def test_a_certificate_that_is_not_to_be_trusted_stops_everything(name: str, why: str, here: Mirror) -> None:
    """75 with the reason; no token and no byte of a request was sent."""
    with encrypted(name) as (port, read):
        told = here.run("apply", "-y", code=75, environ=trusting(port)).stderr
    assert "its certificate is not to be trusted: " in told
    assert why in told
    assert "there is no way to switch the check off" in told
    assert "_ssl.c" not in told
    assert read == []


def test_a_certificate_of_a_trusted_authority_is_taken(here: Mirror) -> None:
    """So that the others are refused for what is wrong with them: this server is asked, and is busy."""
    with encrypted("good") as (port, read):
        told = here.run("plan", code=75, environ=trusting(port)).stderr
    assert "certificate" not in told
    assert read
    assert read[0].startswith(b"POST /oauth2/token HTTP/1.1\r\n")


@pytest.mark.parametrize("option", ["--insecure", "--no-verify", "-k"])
def test_no_option_switches_the_check_off(option: str, here: Mirror) -> None:
    """There is none of that name."""
    assert option in here.run("plan", option, code=64).stderr
