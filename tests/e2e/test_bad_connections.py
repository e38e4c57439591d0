"""Credentials that are refused, settings that are wrong, and a network that does not work."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.inside import Inside
from tests.support.mirror import UPLOAD, Mirror

KIND = Inside


def test_a_refused_refresh_is_told_and_keeps_the_tokens(synced: Mirror) -> None:
    """Exit 8 names the variable; the token file is as it was; the albums stay."""
    folder = synced.folder / ".user" / "tokens"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    synced.steer("tokens", {"expire_access": True, "revoke_refresh": True})
    told = synced.run("apply", "-y", code=8).stderr
    assert "IMGUR_SYNC_REFRESH_TOKEN" in told
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    synced.check_equal("cats", "dogs")


def test_a_rotated_refresh_token_is_kept_and_used(synced: Mirror) -> None:
    """The environment still holds the first one, which is dead: the stored one wins."""
    refresh = {"match": {"path": "/oauth2/token"}, "fault": "rotate"}
    synced.steer("faults", [refresh])
    for _ in range(2):
        synced.steer("tokens", {"expire_access": True})
        synced.run("plan", "-q", "--refresh")
    synced.put("cats/c9.png", 99)
    synced.run("apply", "-y", "-q")
    synced.check_equal("cats", "dogs")


@pytest.mark.parametrize(
    ("variables", "code", "words"),
    [
        ({"IMGUR_SYNC_CLIENT_ID": ""}, 8, "IMGUR_SYNC_CLIENT_ID"),
        ({"IMGUR_SYNC_REFRESH_TOKEN": "", "IMGUR_SYNC_CLIENT_SECRET": ""}, 8, "IMGUR_SYNC_REFRESH_TOKEN"),
        ({"IMGUR_SYNC_REFRESH_TOKEN": "two words"}, 8, "IMGUR_SYNC_REFRESH_TOKEN"),
        ({"IMGUR_SYNC_CLIENT_SECRET_FILE": "nowhere", "IMGUR_SYNC_CLIENT_SECRET": ""}, 8, "CLIENT_SECRET_FILE"),
        ({"IMGUR_SYNC_API_URL": "http://example.com"}, 64, "IMGUR_SYNC_API_URL"),
        ({"IMGUR_SYNC_API_URL": "ftp://127.0.0.1"}, 64, "IMGUR_SYNC_API_URL"),
        ({"IMGUR_SYNC_SETTLE_SECONDS": "soon"}, 64, "IMGUR_SYNC_SETTLE_SECONDS"),
    ],
)
def test_bad_settings_are_named(variables: dict[str, str], code: int, words: str, here: Mirror) -> None:
    """The variable and what to do; nothing is sent."""
    told = here.run("apply", "-y", code=code, environ=variables).stderr
    assert words in told
    assert here.requests() == []


def test_a_connection_that_is_refused_is_tried_again_later(synced: Mirror) -> None:
    """Nobody listens: exit 75, and the state is as it was."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    nobody = {"IMGUR_SYNC_API_URL": f"http://127.0.0.1:{port}"}
    told = synced.run("apply", "-y", "-q", code=75, environ=nobody).stderr  # tried for seconds: no line of progress
    assert told == (
        "error: Imgur could not be reached: the connection was refused\n"
        f"hint: does the local Imgur run at http://127.0.0.1:{port}? Start it: imgur-sync simulator --port {port}\n"
    )
    synced.run("plan", "--detailed-exitcode", "-q")


@pytest.mark.parametrize("name", ["CLIENT_ID", "CLIENT_SECRET"])
def test_a_wrong_application_is_told_as_one(name: str, here: Mirror) -> None:
    """Exit 8 names the two variables that may be wrong, and not the refresh token, which is good."""
    told = here.run("apply", "-y", code=8, environ={f"IMGUR_SYNC_{name}": "0123456789abcde"}).stderr
    assert "IMGUR_SYNC_CLIENT_ID and IMGUR_SYNC_CLIENT_SECRET" in told
    assert "REFRESH_TOKEN" not in told
    assert "0123456789abcde" not in told


@contextmanager
def eavesdropper() -> Iterator[tuple[int, list[bytes]]]:
    """A port that takes whatever comes and answers nothing; what it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(1)
                    heard.append(connection.recv(65_536))

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield listening.getsockname()[1], heard
        finally:
            ended.set()
            thread.join()


def test_a_redirect_is_never_followed(synced: Mirror) -> None:
    """No token reaches another host, whoever is redirected."""
    with eavesdropper() as (port, heard):
        elsewhere = {"Location": f"http://127.0.0.1:{port}/steal"}
        synced.put("cats/c9.png", 99)
        for match in (UPLOAD, {"path": "/oauth2/token"}, {"method": "GET", "path": "/3/*"}):
            synced.calm()
            synced.steer("tokens", {"expire_access": True})
            fault = {"match": match, "fault": "reply", "status": 307, "body": "", "headers": elsewhere}
            synced.steer("faults", [fault])
            synced.run("apply", "-y", "-q", code=None)
        assert heard == []


def test_an_https_that_is_none_is_not_trusted(synced: Mirror) -> None:
    """Exit 75; what goes over the wire is a TLS greeting, not a token."""
    with eavesdropper() as (port, heard):
        told = synced.run("plan", code=75, environ={"IMGUR_SYNC_API_URL": f"https://127.0.0.1:{port}"}).stderr
    assert "hint: " in told
    assert heard
    for said in heard:
        assert said[:1] == b"\x16"
        assert synced.server.refresh_token.encode() not in said
