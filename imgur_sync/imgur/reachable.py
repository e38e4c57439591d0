"""The way to the API, step by step: name, connection, TLS. Sends no request and no credentials."""

from __future__ import annotations

import socket
import ssl
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from imgur_sync.imgur.origin import Origin
from imgur_sync.imgur.plain import plain
from imgur_sync.imgur.tls import tls_context

PATIENCE = 10.0
"""Seconds for each step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: its name (proxy, name, connection, TLS), whether it can be gone, and what is known of it."""

    name: str
    passed: bool
    detail: str


def steps(origin: Origin, patience: float = PATIENCE) -> tuple[Step, ...]:
    """The steps in order, up to the first that cannot be gone. Through a proxy, its name and connection only."""
    parts = urlsplit(origin.text)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    proxy = None if origin.loopback else _proxy(parts.scheme, host)
    found: list[Step] = []
    if proxy is not None:
        host, port = proxy
        found.append(Step("proxy", True, f"the environment names a proxy: {host}:{port}"))
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return (*found, Step("name", False, f"{host} has no address ({_why(error)})"))
    if not origin.loopback:
        found.append(Step("name", True, f"{host} has {len({place[4][0] for place in places})} addresses"))
    try:
        connection = socket.create_connection((host, port), timeout=patience)
    except OSError as error:
        return (*found, Step("connection", False, f"{host}:{port} does not answer ({_why(error)})"))
    with connection:
        found.append(Step("connection", True, f"{host}:{port} answers"))
        if parts.scheme == "https" and proxy is None:
            found.append(_tls(connection, host))
    return tuple(found)


def _tls(connection: socket.socket, host: str) -> Step:
    try:
        with tls_context(trusting=True).wrap_socket(connection, server_hostname=host) as secured:
            return Step("TLS", True, f"{secured.version()}, the certificate is trusted")
    except ssl.SSLCertVerificationError as error:
        return Step("TLS", False, f"the certificate of {host} is not trusted ({plain(error.verify_message)})")
    except OSError as error:
        return Step("TLS", False, f"{host} speaks no usable TLS ({_why(error)})")


def _proxy(scheme: str, host: str) -> tuple[str, int] | None:
    """Host and port of the proxy that the environment names for this; never what is written before its @."""
    with suppress(ValueError, OSError):
        named = urllib.request.getproxies()
        address = named.get(scheme) or named.get("all") or ""
        if address and not urllib.request.proxy_bypass(host):
            parts = urlsplit(address if "//" in address else f"//{address}")
            if parts.hostname:
                return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    return None


def _why(error: Exception) -> str:
    return plain(getattr(error, "strerror", None) or str(error) or type(error).__name__)
