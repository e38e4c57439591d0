"""The way to Imgur, step by step: each step that cannot be gone is told in words, and the steps end there."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from imgur_sync.imgur.origin import Origin
from imgur_sync.imgur.reachable import steps

IMGUR = Origin.parse("https://api.imgur.com")
PLACE = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 443))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """No proxy, and every name has one address; the names asked for."""
    asked: list[tuple[str, int]] = []

    def addresses(host: str, port: int, **options: Any) -> list[Any]:
        asked.append((host, port))
        return PLACE

    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    return asked


def reaches(monkeypatch: pytest.MonkeyPatch, other: list[socket.socket]) -> None:
    """Every connection is one to us, who hang up at once."""

    def connect(place: tuple[str, int], timeout: float) -> socket.socket:
        ours, theirs = socket.socketpair()
        other.append(theirs)
        theirs.shutdown(socket.SHUT_WR)
        return ours

    monkeypatch.setattr(socket, "create_connection", connect)


def test_this_machine_needs_no_name_and_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says."""
    monkeypatch.setenv("http_proxy", "http://proxy.test:3128")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (found,) = steps(Origin.parse(f"http://127.0.0.1:{port}"))
        assert (found.name, found.passed) == ("connection", True)
    (found,) = steps(Origin.parse(f"http://127.0.0.1:{port}"))
    assert (found.name, found.passed) == ("connection", False)
    assert "does not answer" in found.detail


def test_a_name_without_an_address_ends_it(monkeypatch: pytest.MonkeyPatch, names: list[tuple[str, int]]) -> None:
    """The system's own words."""

    def unknown(host: str, port: int, **options: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    (found,) = steps(IMGUR)
    assert (found.name, found.passed) == ("name", False)
    assert "api.imgur.com has no address (Name or service not known)" in found.detail


def test_what_speaks_no_tls_is_told(monkeypatch: pytest.MonkeyPatch, names: list[tuple[str, int]]) -> None:
    """Somebody answers at the address, but hangs up."""
    other: list[socket.socket] = []
    reaches(monkeypatch, other)
    found = steps(IMGUR)
    for one in other:
        one.close()
    assert [(step.name, step.passed) for step in found] == [("name", True), ("connection", True), ("TLS", False)]
    assert "1 addresses" in found[0].detail
    assert "no usable TLS" in found[2].detail


@pytest.mark.parametrize(
    ("variable", "address", "place"),
    [
        ("https_proxy", "http://user:hush@proxy.test:3128", ("proxy.test", 3128)),
        ("https_proxy", "https://proxy.test", ("proxy.test", 443)),
        ("all_proxy", "proxy.test", ("proxy.test", 80)),
    ],
)
def test_through_a_proxy_only_its_own_steps_are_gone(
    monkeypatch: pytest.MonkeyPatch, names: list[tuple[str, int]], variable: str, address: str, place: tuple[str, int]
) -> None:
    """What stands before its @ is never shown."""
    monkeypatch.setenv(variable, address)
    other: list[socket.socket] = []
    reaches(monkeypatch, other)
    found = steps(IMGUR)
    for one in other:
        one.close()
    assert [(step.name, step.passed) for step in found] == [("proxy", True), ("name", True), ("connection", True)]
    assert names == [place]
    assert not [step for step in found if "hush" in step.detail]


@pytest.mark.parametrize("address", ["http://", "http://[", "http://proxy.test:99999999"])
def test_a_proxy_that_cannot_be_read_is_none(
    monkeypatch: pytest.MonkeyPatch, names: list[tuple[str, int]], address: str
) -> None:
    """The client that sends reads it, too, and tells of it."""
    monkeypatch.setenv("https_proxy", address)
    other: list[socket.socket] = []
    reaches(monkeypatch, other)
    assert steps(IMGUR)[0].name == "name"
    for one in other:
        one.close()


def test_a_host_that_the_environment_excepts_is_reached_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch, names: list[tuple[str, int]]
) -> None:
    """By no_proxy."""
    monkeypatch.setenv("https_proxy", "http://proxy.test:3128")
    monkeypatch.setenv("no_proxy", "imgur.com")
    other: list[socket.socket] = []
    reaches(monkeypatch, other)
    assert steps(IMGUR)[0].name == "name"
    for one in other:
        one.close()
