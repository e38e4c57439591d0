"""Who may look and steer with a browser: not web sites elsewhere, whose pages can send requests to this machine."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from flask import Response, request

from imgur_sync.simulator.replies import JSON_TYPE, compact

RESERVED = (".localhost", ".test", ".example", ".invalid", ".local", ".internal", ".lan", ".home.arpa")
"""Endings of names that nobody can register, so that no site elsewhere can have them point to this machine."""
_HOST = re.compile(r"(\[[0-9a-f:.%]+\]|[^\[\]:/@\\?#\s]+)(?::[0-9]{1,5})?", re.IGNORECASE)


def guard(names: Collection[str], *, json: bool) -> Callable[[], Response | None]:
    """A check to run before each request to pages or steering: 403 with the reason, as JSON or text, or None.

    `names` are those that this server goes by besides addresses, single words and `RESERVED`.
    """

    def check() -> Response | None:
        origin = request.headers.get("Origin") if request.method not in ("GET", "HEAD") else None
        why = refusal(request.host, origin, request.headers.get("Sec-Fetch-Site"), request.method, names)
        if why is None:
            return None
        body = compact({"error": why}) if json else f"{why}\n".encode()
        return Response(body, status=403, content_type=JSON_TYPE if json else "text/plain; charset=utf-8")

    return check


def refusal(host: str, origin: str | None, site: str | None, method: str, names: Collection[str] = ()) -> str | None:
    """Why such a request is not served; None if it is.

    A name that a site elsewhere may own is refused in `host`, as it may point here to get around the rule of the same
    origin ("DNS rebinding"). What changes something needs an origin (`origin`, and `site` as Sec-Fetch-Site says it)
    that is this server or this machine, or none, as programs send.
    """
    if not is_here(host, names):
        return f"this server does not go by the name {host!r}; use its address or localhost, or start it with --name"
    if method in ("GET", "HEAD"):
        return None
    if origin is None:
        return None if site in (None, "same-origin", "none") else "a page of another origin may not do this"
    place = _netloc(origin)
    if place == host.lower() or is_loopback(place):
        return None
    return f"a page of {origin!r} may not do this"


def is_here(host: str, names: Collection[str] = ()) -> bool:
    """Whether a Host header names this machine by an address, a single word, a reserved name or one of `names`."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].lower().rstrip(".")
    return "." not in name.strip("[]") or name.endswith(RESERVED) or name in names or _address(name) is not None


def is_loopback(host: str) -> bool:
    """Whether a host, with or without port, is this machine itself."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    address = _address(found[1].lower())
    return found[1].lower() == "localhost" or (address is not None and address.is_loopback)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
