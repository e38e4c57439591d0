"""What counts as a request of the status page, and what is refused unheard."""

from __future__ import annotations

import pytest

from imgur_sync.watch.page.requests import Asked, Refused, judge

NAMES = frozenset({"pictures.lan"})


def asked(line: str = "GET / HTTP/1.1", host: str = "127.0.0.1:8750", *headers: str) -> Asked | Refused:
    """Judge a request of these lines."""
    lines = [line, f"Host: {host}", *headers]
    return judge("\r\n".join([*lines, "", ""]).encode("latin-1"), NAMES)


def status(found: Asked | Refused) -> int:
    """The status of what was refused, 200 of what was not."""
    return found.status if isinstance(found, Refused) else 200


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8750", "127.0.0.1", "localhost:8750", "LOCALHOST", "[::1]:8750", "[::1]", "192.168.1.7:8750",
     "pictures.lan:8750", "Pictures.LAN", "localhost:9000"],
)  # fmt: skip
def test_addresses_and_own_names_are_answered(host: str) -> None:
    """With any port, as a tunnel has another one."""
    assert asked(host=host) == Asked("/", False)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8750", "127.0.0.1.evil.example", "localhost.evil.example", "", "evil@127.0.0.1",
     "127.0.0.1:8750/x", "127.0.0.1 evil", "[::1", "::1", "127.0.0.1:", "127.0.0.1:123456", "x[::1]", "127.1", "0x7f.1",
     "[evil.example]", "pictures.lan.", "localhost.", "127.0.0.1, evil.example", "\xb9\xb2\xb7.0.0.1"],
)  # fmt: skip
def test_a_name_that_others_own_is_refused(host: str) -> None:
    """A page of somebody else, whose name was made to lead here, gets nothing."""
    assert status(asked(host=host)) == 421


def test_two_hosts_or_none_are_refused() -> None:
    """Nobody knows which one somebody before us looked at."""
    assert status(asked("GET / HTTP/1.1", "127.0.0.1", "Host: evil.example")) == 400
    assert status(judge(b"GET / HTTP/1.1\r\n\r\n", NAMES)) == 421


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "GETX", "PROPFIND"]
)
def test_there_is_nothing_to_write(method: str) -> None:
    """Anything but GET and HEAD."""
    assert status(asked(f"{method} / HTTP/1.1")) == 405


@pytest.mark.parametrize(
    "line",
    ["GET /", "get / HTTP/1.1", "GET  / HTTP/1.1", "GET / HTTP/2.0", "GET / HTTP/1.1 x",
     "GET http://127.0.0.1/ HTTP/1.1",
     "GET * HTTP/1.1", "GET /\x00 HTTP/1.1", "GET /\xe4 HTTP/1.1", "GET /a b HTTP/1.1", "", "\x16\x03\x01",
     "GET /" + "a" * 3000 + " HTTP/1.1"],
)  # fmt: skip
def test_what_is_no_request_is_refused(line: str) -> None:
    """Strictly."""
    assert status(asked(line)) == 400


@pytest.mark.parametrize(
    "header",
    ["Content-Length: 5", "Content-Length: 0, 5", "Content-Length: -0", "Transfer-Encoding: chunked", "X : y",
     "no colon",
     " folded", "X: a\x00b", "X: a\nb", "Content-Length: 0\r\nContent-Length: 0"],
)  # fmt: skip
def test_bodies_and_odd_headers_are_refused(header: str) -> None:
    """Whatever two programs could understand in two ways."""
    assert status(asked("GET / HTTP/1.1", "127.0.0.1", header)) == 400


def test_a_query_means_nothing() -> None:
    """The path alone is asked for, as it was written."""
    assert asked("GET /still?x=1&y HTTP/1.1") == Asked("/still", False)
    assert asked("HEAD /p/../../etc/passwd HTTP/1.0") == Asked("/p/../../etc/passwd", True)


def test_pictures_on_pages_of_others_are_refused() -> None:
    """Browsers say where a request comes from; a link from elsewhere may still be followed."""
    cross = "Sec-Fetch-Site: cross-site"
    assert status(asked("GET / HTTP/1.1", "127.0.0.1", cross, "Sec-Fetch-Mode: no-cors")) == 403
    assert status(asked("GET / HTTP/1.1", "127.0.0.1", cross, "Sec-Fetch-Mode: navigate")) == 200
    assert status(asked("GET / HTTP/1.1", "127.0.0.1", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: no-cors")) == 200
