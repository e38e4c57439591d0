"""The local tree: what a scan of one album's folder saw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """Whether the bytes of a file are here."""

    PRESENT = "present"
    POINTER = "pointer"  # a Git LFS pointer (or annex key) whose digest is known; the bytes are not downloaded
    PROMISED = "promised"  # a pointer in a plan that counts on its bytes being here when they are sent
    PLACEHOLDER = "placeholder"  # a cloud stub without a digest: nobody knows what it holds


class Why(StrEnum):
    """Why a file that should be a picture cannot be sent."""

    EMPTY = "empty file"
    TRUNCATED = "incomplete file"
    NOT_A_PICTURE = "not a picture"
    UNREADABLE = "cannot be read"
    TOO_LARGE = "too large for Imgur"
    TOO_MANY_PIXELS = "too many pixels"
    PLACEHOLDER = "placeholder of a cloud drive"
    ENCRYPTED = "encrypted by git-crypt"
    SECRET = "may hold a secret"  # never sent, whatever the patterns say
    CHANGING = "changed while it was read"
    UNSTILL = "still being written"
    ELSEWHERE = "its picture is in an album that is looked at next"
    VANISHED = "gone a moment ago"  # its picture stays until another look has missed it, too
    REFUSED = "refused by Imgur before"
    FAILED = "could not be settled before"


PASSING = (Why.UNSTILL, Why.VANISHED, Why.CHANGING, Why.ELSEWHERE)
"""Why a file is left alone that a daemon looks at again in a moment."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that is a picture by content (or a pointer to one).

    `path` is relative to the folder, '/' between parts, undecodable bytes as surrogate escapes. `digest` is the
    SHA-256 of the source bytes, 64 hex digits. `media_type` is a MIME type. Sizes are bytes, dimensions pixels (0 when
    not known: pointers). `modified_ns` is only for the order "modified" and covers. `taken` is when the picture says
    that it was taken: ISO 8601 with microseconds, and an offset from UTC where it tells one; "" where it tells nothing.
    """

    path: str
    digest: str
    size: int
    modified_ns: int
    media_type: str
    width: int = 0
    height: int = 0
    has_gps: bool = False
    content: Presence = Presence.PRESENT
    taken: str = ""

    @property
    def can_be_sent(self) -> bool:
        """Whether its bytes are here, or will be in time."""
        return self.content is Presence.PRESENT or self.content is Presence.PROMISED


@dataclass(frozen=True, slots=True)
class Unsendable:
    """A file that should be a picture and cannot be sent; its old picture stays."""

    path: str
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RootIdentity:
    """Which directory a folder was: device and inode."""

    device: int
    inode: int


@dataclass(frozen=True, slots=True)
class LocalAlbum:
    """One scan of one album's folder.

    `root` is None when the folder is missing. `errors` are sentences about folders or files that could not be listed:
    with any of them nothing may be removed. `files` and `unsendable` are in the order of their paths' bytes.
    `skipped` counts files that are not pictures. `fingerprint` stands for all (path, digest) and facts in here: two
    scans with the same one have the same content. `warnings` are sentences for people. `filtered`: the rules may leave
    files out, so that a file that is not in here need not be gone.
    """

    key: str
    root: RootIdentity | None
    files: tuple[LocalFile, ...]
    unsendable: tuple[Unsendable, ...] = ()
    skipped: int = 0
    skipped_examples: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    fingerprint: str = ""
    hashed_bytes: int = 0
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class UnchangedFolder:
    """A scan that found exactly the content of a known fingerprint, without making a value for each file."""

    key: str
    root: RootIdentity
    fingerprint: str
    count: int


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes to send for one file: read once, hashed from this very buffer."""

    data: bytes
    source_digest: str
    sent_digest: str
    media_type: str


@dataclass(frozen=True, slots=True)
class CachedFile:
    """One row of the digest cache. `name` is within its folder. `kind` says what the content is:
    "picture", "pointer", "unsendable" (then `detail` is the `Why` value and a text after a newline) or "skipped"."""

    name: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int
    kind: str
    digest: str = ""
    media_type: str = ""
    width: int = 0
    height: int = 0
    has_gps: bool = False
    detail: str = ""
    taken: str = ""


@dataclass(frozen=True, slots=True)
class FolderMark:
    """What the cache knows of one folder: `stats` digests every entry's stat row, `rules` the rules that held there,
    `content` what was found (paths, digests, facts). `files` counts pictures, `problems` unsendable files."""

    stats: bytes
    rules: bytes
    content: bytes
    files: int
    problems: int
