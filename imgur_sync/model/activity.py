"""What a running process does now, what it has in its queue, what waits for what, and who asks for its turn.

For whoever looks from another terminal. Nothing here is a fact to act upon, except a wish. No secrets, no links, no ids
of albums or pictures. Times are Unix seconds of our clock. Texts are for people: names in them are escaped already.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WATCH = "watch"
"""Under this name a watch holds its locks and shows what it does: it alone gives way to a wish."""
WISH_LASTS = 60.0
"""A wish counts for so many seconds. Who waits longer makes it again."""


class WaitKind(StrEnum):
    """What is waited for."""

    FILE = "file"  # a file that is not still, or not complete
    REMOVAL = "removal"  # a second look that confirms that a file is gone
    GATE = "gate"  # somebody who passes it
    BUDGET = "budget"  # a limit that opens again
    TROUBLE = "trouble"  # Imgur cannot be reached, or is over capacity, or nobody knows yet what it did
    PAUSED = "paused"  # somebody else keeps changing the album
    FOLDER = "folder"  # no events come from it: it is looked at from time to time
    MANIFEST = "manifest"  # the manifest's edit is broken: the last good one is used


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that waits. `album` is its key, "" where it is not of one. `what` is a sentence, `until` when it ends
    by itself (None: not known, or never), `remedy` what to do, mostly what to type."""

    kind: WaitKind
    album: str
    what: str
    until: float | None = None
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """What an album has before it: uploads, other steps, and the credits that they cost."""

    album: str
    uploads: int
    others: int = 0
    credits: int = 0


@dataclass(frozen=True, slots=True)
class LastRun:
    """How the last pass ended: all its exit codes, the ruling one first; pictures sent; credits charged."""

    ended_at: float
    codes: tuple[int, ...]
    uploaded: int = 0
    credits: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """What one process does. `since` is when it began, `at` when it last said so.

    `doing` are a few words, of `album` (a key) where it is of one. `done` of `total` steps of the present pass are
    done; 0 of 0 outside a pass. `until` is when it goes on, where it sleeps. `next_look` is when it looks at folders
    next without being told to. `ended` is for the reader, and never written: the process is not there any more, and did
    not say that it ended.
    """

    pid: int
    host: str
    command: str
    since: float
    at: float
    doing: str
    album: str = ""
    done: int = 0
    total: int = 0
    until: float | None = None
    queue: tuple[Queued, ...] = ()
    waits: tuple[Wait, ...] = ()
    last: LastRun | None = None
    next_look: float | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """A process that wants to hold the lock of runs, which another holds; `at` is when it said so last."""

    pid: int
    host: str
    command: str
    at: float
