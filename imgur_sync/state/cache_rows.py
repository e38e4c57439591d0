"""What the cache keeps, as bytes with a checksum: JSON, since names may hold bytes that are no text."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from imgur_sync.model.local import CachedFile
from imgur_sync.model.ports import QuietMark
from imgur_sync.state.sealed import seal

if TYPE_CHECKING:
    from imgur_sync.model.remote import RemoteAlbum, RemotePicture

_FIELDS = attrgetter(
    "name", "size", "mtime_ns", "ctime_ns", "inode", "device", "kind", "digest", "media_type", "width", "height",
    "has_gps", "detail", "taken",
)  # fmt: skip


def sealed(table: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with its checksum at the end."""
    return (*values, seal(table, values))


def intact(table: str, row: Sequence[Any]) -> bool:
    """Whether a row, its checksum last, is what was written."""
    return bool(seal(table, row[:-1]) == row[-1])


def dump_files(files: Sequence[CachedFile]) -> bytes:
    """The rows of one folder, in the order of their names' bytes."""
    ordered = sorted(files, key=lambda file: os.fsencode(file.name))
    return json.dumps([_FIELDS(file) for file in ordered], separators=(",", ":")).encode("ascii")


def load_files(body: bytes) -> tuple[CachedFile, ...]:
    """What `dump_files` was given, in order."""
    return tuple(CachedFile(*row) for row in json.loads(body))


def dump_listing(listing: RemoteAlbum) -> bytes:
    """A listing without its deletehashes."""
    header = listing.header
    fields = {
        "header": [
            header.id,
            header.title,
            header.description,
            header.public,
            header.cover,
            header.count,
            header.in_gallery,
        ],
        "pictures": [_picture(picture) for picture in listing.pictures],
        "rest": [listing.taken_at, listing.complete, listing.flaw],
    }
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def load_listing(body: bytes) -> RemoteAlbum:
    """What `dump_listing` was given, without deletehashes."""
    from imgur_sync.model.remote import AlbumHeader, RemoteAlbum, RemotePicture

    fields = json.loads(body)
    pictures = tuple(RemotePicture(*row) for row in fields["pictures"])
    return RemoteAlbum(AlbumHeader(*fields["header"]), pictures, *fields["rest"])


def dump_quiet(mark: QuietMark) -> bytes:
    """A quiet mark as bytes."""
    facts = (mark.fingerprint, mark.spec, mark.header, mark.serial, mark.count, mark.listed_at)
    fields = [*facts, mark.foreign, mark.agreed]
    return json.dumps(fields).encode("ascii")


def load_quiet(body: bytes) -> QuietMark:
    """What `dump_quiet` was given."""
    return QuietMark(*json.loads(body))


def _picture(picture: RemotePicture) -> list[Any]:
    return [
        picture.id,
        picture.name,
        picture.link,
        picture.media_type,
        picture.width,
        picture.height,
        picture.size,
        picture.made_at,
        picture.title,
        picture.description,
    ]
