"""What files of a history hold, by kind and number; and what each must become."""

from __future__ import annotations

import functools
import hashlib
import re

from tests.support.pictures import gif, jpeg, png, webp

NAMED = re.compile(r"\.(jpe?g|png|gif|webp|apng|mp4|webm)\Z", re.IGNORECASE)
PICTURES = {"png": png, "gif": gif, "jpg": jpeg, "webp": webp}
ODD = ("text", "html", "half", "zero", "other")
PAGE = b"<!doctype html><html><body>404</body></html>"


@functools.cache
def content(kind: str, seed: int) -> bytes:
    """The bytes of a file of that kind."""
    if kind in PICTURES:
        return PICTURES[kind](seed=seed)
    match kind:
        case "foreign":  # no file of ours has these dimensions
            return png(11, 7, seed)
        case "text":
            return b"this is text, number %d\n" % seed
        case "html":
            return PAGE + b"<!-- %d -->" % seed
        case "half":
            whole = png(seed=seed)
            return whole[: len(whole) // 2]
        case "zero":
            return b""
        case "other":
            return b"notes %d" % seed
    raise AssertionError(kind)


def file_name(kind: str, number: int) -> str:
    """A name for it: an odd one is named like a picture, "other" is not."""
    return f"{number}.txt" if kind == "other" else f"{number}.png"


@functools.lru_cache(maxsize=4096)
def _facts(data: bytes) -> tuple[str, bool]:
    sha = hashlib.sha256(data).hexdigest()
    whole = data.startswith((b"\x89PNG", b"GIF8", b"\xff\xd8", b"RIFF"))
    if data.startswith(b"\x89PNG"):
        whole = data.endswith(b"IEND\xaeB`\x82")
    return sha, whole


def digest(data: bytes) -> str:
    """Its SHA-256."""
    return _facts(data)[0]


def sendable(data: bytes) -> bool:
    """Whether it is a whole picture."""
    return _facts(data)[1]


def unsendable(name: str, data: bytes) -> bool:
    """Whether it is reported as a file that cannot be sent."""
    return not sendable(data) and NAMED.search(name) is not None


def natural(name: str) -> tuple[object, ...]:
    """The order of people: numbers by their value."""
    parts = re.split(r"(\d+)", name.casefold())
    return (*((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part), (2, 0, name))
