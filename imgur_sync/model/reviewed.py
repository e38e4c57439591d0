"""What somebody reviewed: a plan by its digest, taken apart into the smallest things that it does; and the world that a
plan file was made for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from imgur_sync.model.secret import Secret


class Doing(StrEnum):
    """The smallest things that steps do. PLACE: a picture that Imgur has already comes into the album. ORDER: the order
    is set; `value` is a hash of it. ALBUM: nothing by itself; the plan has something to do in that album."""

    ALBUM = "album"
    CREATE_ALBUM = "create_album"
    UPLOAD = "upload"
    PLACE = "place"
    MOVE = "move"
    TAKE_OUT = "take_out"
    RETIRE = "retire"
    ORDER = "order"
    COVER = "cover"
    TITLE = "title"
    DESCRIPTION = "description"
    PRIVACY = "privacy"
    PICTURE_TITLE = "picture_title"
    PICTURE_DESCRIPTION = "picture_description"
    DELETE_IMAGE = "delete_image"
    DELETE_ALBUM = "delete_album"


@dataclass(frozen=True, slots=True, order=True)
class Element:
    """One of the smallest things that a plan does in an album. `path` is "" for the album itself, `source` (an album's
    key and a path) where a moved picture comes from, `digest` what the file holds, `value` the text or value set."""

    album: str
    doing: Doing
    path: str = ""
    digest: str = ""
    value: str = ""
    source: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class ReviewedPlan:
    """A plan that was applied by its digest. `elements` are 16-byte hashes of all that it wanted; `manifest_digest` is
    that of the manifest then."""

    digest: str
    manifest_digest: str
    elements: frozenset[bytes]
    at: float


@dataclass(frozen=True, slots=True)
class Binding:
    """What a plan file is bound to. `albums` and `approvals` are what was asked for; by album, `serials` are those of
    the state (0: none) and `seen` keyed hashes of what Imgur showed ("": nothing). `key` is that of the hashes and
    of the file's seal; no file holds it."""

    albums: tuple[str, ...] = ()
    approvals: tuple[tuple[str, int], ...] = ()
    serials: tuple[tuple[str, int], ...] = ()
    seen: tuple[tuple[str, str], ...] = ()
    key: Secret = field(default_factory=lambda: Secret(""), compare=False)


@dataclass(frozen=True, slots=True)
class Expected:
    """The plan that an apply is to carry out, and no other: its digest, and where it comes from a file, what that is
    bound to, what it does and when it was made. `checksum` and `seal` are the file's, "" without one."""

    digest: str
    checksum: str = ""
    lineage: str = ""
    manifest_digest: str = ""
    binding: Binding = Binding()
    elements: tuple[Element, ...] = ()
    made_at: float = 0.0
    seal: str = ""

    @property
    def strict(self) -> bool:
        """Whether it comes from a plan file."""
        return bool(self.checksum)


class Reviews(Protocol):
    """What a state remembers of reviews."""

    def reviewed(self, digest: str) -> ReviewedPlan | None:
        """The plan that was applied under this digest, None if none was."""
        ...

    def consumed(self, checksum: str) -> float | None:
        """When the plan file with this checksum was applied, None if it was not."""
        ...

    def keep_review(self, plan: ReviewedPlan, checksum: str, at: float) -> None:
        """Write, before anything of it is done, that this plan is applied now; with a `checksum` its file is used up.
        The newest hundred are kept."""
        ...
