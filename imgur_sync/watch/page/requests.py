"""One request as bytes, judged. Pure, and strict: what is not understood is refused."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

LARGEST = 8 * 1024
"""Bytes of a request, all headers included."""
END = b"\r\n\r\n"
_LINE = re.compile(rb"([A-Z]{1,16}) (/[\x21-\x7e]{0,2000}) HTTP/1\.[01]")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t\x80-\xff]*)")
_HOST = re.compile(r"(\[[0-9a-f:.%]+\]|[^\[\]:/@\\?#\s]+)(?::[0-9]{1,5})?", re.IGNORECASE)
_NONE = {"content-length": "0", "transfer-encoding": ""}
"""What a request without a body says of it, if anything."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be answered: for what, and whether for the headers alone."""

    path: str
    head_only: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that is not answered: the status, and why in a sentence."""

    status: int
    why: str


def judge(data: bytes, names: frozenset[str]) -> Asked | Refused:
    """Read a request up to the blank line after its headers.

    Only those that name this machine by an address, as localhost or by one of `names` (lower case) are answered: a
    page of others that has its own name lead here (DNS rebinding) names something else.
    """
    lines = data.partition(END)[0].split(b"\r\n")
    line = _LINE.fullmatch(lines[0])
    headers = _headers(lines[1:])
    if line is None or headers is None:
        return Refused(400, "This is no request that is understood here.")
    if not _is_here(headers.get("host", ""), names):
        return Refused(421, "This page is not known by that name: use its address, or have watch listen on the name.")
    method = line[1].decode("ascii")
    if method not in ("GET", "HEAD"):
        return Refused(405, "This page is only for reading.")
    if any(headers.get(name, none) != none for name, none in _NONE.items()):
        return Refused(400, "A request with a body is not understood here.")
    if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode", "") != "navigate":
        return Refused(403, "Pages of others get nothing from here.")
    return Asked(line[2].decode("ascii").partition("?")[0], method == "HEAD")


def _headers(lines: list[bytes]) -> dict[str, str] | None:
    """The headers by lower-case name; None for lines that are none, or for two of a name that must be one."""
    found: dict[str, str] = {}
    for line in lines:
        header = _HEADER.fullmatch(line)
        if header is None:
            return None
        name = header[1].decode("ascii").lower()
        if name in found and name in ("host", *_NONE):
            return None
        found[name] = header[2].decode("latin-1").strip(" \t")
    return found


def _is_here(host: str, names: frozenset[str]) -> bool:
    """Whether this is an address, or a name that leads here and nowhere else."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].lower()
    return name == "localhost" or name in names or is_address(name.strip("[]"))


def is_address(name: str) -> bool:
    """Whether this is an IP address, and no name."""
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
