"""The closed union of steps. A step names album key, path and digest; ids come from the state when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file stands in an album: its path and the digest of what it holds."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Move:
    """A picture that keeps its URL while its place changes. `album` is "" unless it comes from another album."""

    source: str
    target: str
    digest: str
    album: str = ""


class UploadReason(StrEnum):
    """Why a file is sent."""

    NEW = "new"
    REPLACES = "replaces"
    RESTORES = "restores"


@dataclass(frozen=True, slots=True)
class CreateAlbum:
    """Make the album, hidden, with its marker as description."""

    album: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Upload:
    """Send one file into the album, with the texts that are managed (None: not sent)."""

    album: str
    path: str
    digest: str
    size: int
    media_type: str
    width: int
    height: int
    has_gps: bool
    reason: UploadReason = UploadReason.NEW
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class EditAlbum:
    """One edit: membership, order and header together.

    `places` is the whole wanted order of managed places, or None when membership and order stay as they are; foreign
    and kept pictures follow behind, as `planner.membership` computes at send time. `detached` leave the album (pruned
    or left behind by `prune`), `retired` leave because another picture took their place, `moves` and `attached` cost
    nothing by themselves. A header field that is None is not sent. `narrows`: only `privacy` is set, before uploads.
    `calls` is the number of requests this takes: 1, or 2 when the album becomes empty and its header changes too.
    """

    album: str
    places: tuple[Place, ...] | None = None
    detached: tuple[Place, ...] = ()
    retired: tuple[Place, ...] = ()
    attached: tuple[Place, ...] = ()
    moves: tuple[Move, ...] = ()
    reordered: bool = False
    cover: Place | None = None
    title: str | None = None
    description: str | None = None
    privacy: str | None = None
    narrows: bool = False
    calls: int = 1


@dataclass(frozen=True, slots=True)
class EditImage:
    """Change the texts of one picture; one that is None stays as it is."""

    album: str
    path: str
    digest: str
    title: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class DeleteImage:
    """Delete a picture of ours whose file left the folder (prune = "delete"), after every upload is read back."""

    album: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class DeleteAlbum:
    """Delete an album of ours; its pictures live on."""

    album: str


Step = CreateAlbum | Upload | EditAlbum | EditImage | DeleteImage | DeleteAlbum
