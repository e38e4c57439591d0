"""Albums, pictures and uploads as a test sees them: values, as `GET /_simulator/world` and `history` list them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredAlbum:
    """One album. `images` are ids in album order, `privacy` as last stored, `creator` the Client-ID that made it."""

    id: str
    title: str | None
    description: str | None
    privacy: str
    cover: str | None
    owner: str | None
    creator: str
    images: tuple[str, ...]

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> StoredAlbum:
        """From its JSON; what else that may hold is left out."""
        return cls(**{**_fields(cls, shown), "images": tuple(shown["images"])})


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """One picture. `size` and `sha256` are of the bytes received, `datetime` is in seconds since the epoch."""

    id: str
    name: str
    title: str | None
    description: str | None
    size: int
    sha256: str
    type: str
    owner: str | None
    creator: str
    datetime: int

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> StoredPicture:
        """From its JSON; what else that may hold is left out."""
        return cls(**_fields(cls, shown))


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """One upload that was committed, by request `n`, as it was then; the picture may be gone since.

    `time` is in seconds since the epoch, `size` and `sha256` are of the bytes received, `album` is an id.
    """

    n: int
    time: float
    client: str
    id: str
    name: str
    size: int
    sha256: str
    album: str | None

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> StoredUpload:
        """From its JSON; what else that may hold is left out."""
        return cls(**_fields(cls, shown))


def _fields(kind: type[StoredAlbum | StoredPicture | StoredUpload], shown: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: shown[field.name] for field in dataclasses.fields(kind)}
