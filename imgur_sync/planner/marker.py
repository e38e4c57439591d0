"""Markers: how an upload or an album of ours is recognised on Imgur without any state.

The form field `name` comes back with every reading of a picture (imgur-api §5.1), so it carries half of the digest and
a tag that only this lineage and album key produce. It is public: never a path, never a secret.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/apng": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
SHORT = 16
COPIES_TRIED = 100
_NAME = re.compile(r"(?:^|\.)is1-([0-9a-f]{16})-([0-9a-f]{8})(?=\.|$)")
_ALBUM = re.compile(r"imgur-sync is1-[0-9a-f]{24}")
_NOT_SLUG = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Marker:
    """The parsed part of a name: the first 16 hex digits of the digest, and the tag."""

    short: str
    tag: str


def tag(lineage: str, album: str, digest: str, copy: int) -> str:
    """The first 8 hex digits of SHA-256 over lineage, album key, short digest and copy number, NUL between them."""
    text = "\0".join((lineage, album, digest[:SHORT], str(copy)))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def upload_name(path: str, media_type: str, lineage: str, album: str, digest: str, copy: int) -> str:
    """The `name` to send: `<ASCII slug, at most 40>.is1-<short digest>-<tag>.<ext>`. The same upload, the same name."""
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    slug = _NOT_SLUG.sub("-", stem.encode("ascii", "replace").decode("ascii").replace("?", "-")).strip("-")[:40]
    extension = EXTENSIONS.get(media_type, "bin")
    return f"{slug or 'picture'}.is1-{digest[:SHORT]}-{tag(lineage, album, digest, copy)}.{extension}"


def parse_name(name: str) -> Marker | None:
    """The marker in a picture's name, or None when it is not one of ours. Never raises, whatever the name."""
    # A file can itself be named like a marker: ours is the last.
    found = _NAME.findall(name)
    return Marker(*found[-1]) if found else None


def album_marker(lineage: str, album: str) -> str:
    """What a new album's description holds until its first edit."""
    text = "\0".join((lineage, album, "album"))
    return "imgur-sync is1-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:24]


def is_album_marker(text: str) -> bool:
    """Whether a description is what the creation of an album left there."""
    return _ALBUM.fullmatch(text) is not None


def owner(marker: Marker, lineage: str, albums: Iterable[str]) -> tuple[str, int] | None:
    """The album key and copy number that produce this marker, or None: then the picture is foreign.

    Copies 0 to 99 of every key are tried.
    """
    for album in albums:
        for copy in range(COPIES_TRIED):
            if tag(lineage, album, marker.short, copy) == marker.tag:
                return album, copy
    return None


def by_short(digests: Iterable[str]) -> Mapping[str, str]:
    """Full digests by their first 16 hex digits."""
    return {digest[:SHORT]: digest for digest in digests}
