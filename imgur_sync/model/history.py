"""What is remembered of runs: when, by which command, what each did, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What a run did, one value for each kind of line in its history."""

    ALBUM_MADE = "album_made"
    EDITED = "edited"  # the album, or with a path the texts of a picture
    ALBUM_GONE = "album_gone"  # found gone on Imgur, or deleted by us
    UPLOADED = "uploaded"  # sent, or found to have been sent
    ADOPTED = "adopted"  # recognised by its marker
    PLACED = "placed"  # put back, renamed or moved here
    REPLACED = "replaced"  # another picture took its place; `detail` is the id of the old one
    DETACHED = "detached"
    RELEASED = "released"  # no longer managed
    DELETED = "deleted"
    GONE = "gone"  # found to be deleted on Imgur
    FAILED = "failed"  # a file that is not tried again until it changes; `detail` is the reason


@dataclass(frozen=True, slots=True)
class RunStep:
    """One thing that a run did, in the order in which it was recorded. `at` is our clock, Unix seconds."""

    run: int
    number: int
    kind: StepKind
    album: str
    path: str
    at: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `number` is given by the store (0 in a draft). `albums` are the keys of the albums that the command was
    given, by name or by a pattern; none means all.

    `ended_at` is None, and `exit_codes` are empty, while it runs and after it was killed. The exit codes come with the
    ruling one first. `credits` is what the ledger charged, None when nobody could tell; `done` counts the steps.
    """

    number: int
    command: str
    started_at: float
    albums: tuple[str, ...] = ()
    ended_at: float | None = None
    exit_codes: tuple[int, ...] = ()
    credits: int | None = None
    uploaded_bytes: int = 0
    done: tuple[tuple[StepKind, int], ...] = ()

    def count(self, *kinds: StepKind) -> int:
        """How many steps of these kinds it did."""
        return sum(number for kind, number in self.done if kind in kinds)
