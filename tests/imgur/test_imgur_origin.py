"""Credentials go over https, or to this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imgur_sync.errors import UsageError
from imgur_sync.imgur.origin import Origin


@pytest.mark.parametrize(
    ("address", "text", "loopback"),
    [
        ("https://api.imgur.com", "https://api.imgur.com", False),
        ("https://API.imgur.com/", "https://api.imgur.com", False),
        (" https://proxy.example:8443 ", "https://proxy.example:8443", False),
        ("http://127.0.0.1:8723", "http://127.0.0.1:8723", True),
        ("http://127.9.9.9", "http://127.9.9.9", True),
        ("http://localhost:8723", "http://localhost:8723", True),
        ("http://[::1]:8723", "http://[::1]:8723", True),
    ],
)
def test_https_anywhere_and_http_to_this_machine(address: str, text: str, loopback: bool) -> None:
    """A slash at the end and the case of the host do not matter."""
    assert Origin.parse(address) == Origin(text, loopback)


@pytest.mark.parametrize(
    "address",
    [
        "http://api.imgur.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://192.168.0.1",
        "http://0.0.0.0",
        "http://user@127.0.0.1",
        "https://user:pw@api.imgur.com",
        "https://api.imgur.com/3",
        "https://api.imgur.com/?x=1",
        "https://api.imgur.com/#x",
        "ftp://api.imgur.com",
        "api.imgur.com",
        "//api.imgur.com",
        "https://",
        "https://api.imgur.com:port",
        "https://[::1",
        "https://apí.imgur.com",
        "",
    ],
)
def test_anything_else_is_a_usage_error(address: str) -> None:
    """With the form to write, and without the password."""
    with pytest.raises(UsageError) as caught:
        Origin.parse(address)
    assert "https://api.imgur.com" in caught.value.hint
    assert "pw" not in caught.value.message


def test_a_transport_is_not_made_for_a_bad_origin(bench: Callable[..., Any]) -> None:
    """It is refused at construction, before any credential could be sent."""
    with pytest.raises(UsageError):
        bench(origin="http://api.imgur.com")
