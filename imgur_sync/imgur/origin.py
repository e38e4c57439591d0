"""Where the API is: one origin, https unless it is this very machine."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from imgur_sync.errors import UsageError

IMGUR = "https://api.imgur.com"


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, host and port that credentials may be sent to. `text` has no path and no slash at its end."""

    text: str
    loopback: bool

    @classmethod
    def parse(cls, address: str) -> Origin:
        """The origin that `address` names. Raises `UsageError` for a path, a user name, or http to another machine."""
        hint = f"give the bare address, without a path, such as {IMGUR}"
        try:
            parts = urlsplit(address.strip())
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise UsageError("the API address cannot be read", hint=hint) from None
        if parts.scheme not in ("https", "http") or not host or not host.isascii() or any(c <= " " for c in host):
            raise UsageError("the API address is not an https address", hint=hint)
        if parts.username is not None or parts.password is not None:
            raise UsageError("the API address holds a user name", hint=hint)
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise UsageError("the API address has a path", hint=hint)
        loopback = is_loopback(host)
        if parts.scheme == "http" and not loopback:
            raise UsageError(
                f"plain http to {host}: credentials are sent over https, or to this machine only", hint=hint
            )
        shown = f"[{host}]" if ":" in host else host
        return cls(f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}"), loopback)


def is_loopback(host: str) -> bool:
    """Whether a host name can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
