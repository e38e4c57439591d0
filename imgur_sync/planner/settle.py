"""Settling: what became of requests whose outcome is unknown, decided from readings alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imgur_sync.model.remote import AlbumHeader, RemotePicture
from imgur_sync.model.synced import Intent, IntentStatus

MAX_SENDS = 4
"""An upload is sent once and sent again three times at the most."""
SUSPECT_SECONDS = 86400.0


@dataclass(frozen=True, slots=True)
class Found:
    """It happened: this picture is ours."""

    intent: Intent
    picture: RemotePicture


@dataclass(frozen=True, slots=True)
class Early:
    """Not seen yet, and too early to say that it did not happen."""

    intent: Intent
    until: float


@dataclass(frozen=True, slots=True)
class Absent:
    """Not seen by a reading late enough: it did not happen, and may be sent again."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Twin:
    """A second picture of one upload turned up; it is removed."""

    intent: Intent
    picture: RemotePicture


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A suspect that a reading older than a day after its last sending did not show: it will not turn up any more."""

    intent: Intent


Verdict = Found | Early | Absent | Twin | Forgotten


def settle_uploads(
    intents: Sequence[Intent],
    seen: Sequence[RemotePicture],
    known: frozenset[str],
    adopted: Mapping[str, str],
    read_at: float,
    settle_seconds: float,
) -> tuple[Verdict, ...]:
    """One verdict or more for each open or suspect upload intent.

    `seen` is one reading of the account's pictures back to the oldest intent, asked for at `read_at` (our clock).
    `known` are ids that the state holds or ever held: only others are adopted. `adopted` tells the id that the state
    holds for a marker, if any.
    """
    by_name: dict[str, list[RemotePicture]] = {}
    for picture in seen:
        if picture.name and picture.id not in known:
            by_name.setdefault(picture.name, []).append(picture)
    verdicts: list[Verdict] = []
    for intent in intents:
        twins = sorted(by_name.pop(intent.marker, []), key=lambda picture: (picture.made_at, picture.id))
        if intent.marker not in adopted and twins:
            verdicts.append(Found(intent, twins.pop(0)))
        elif not twins:
            verdicts.append(unseen(intent, read_at, settle_seconds))
        verdicts.extend(Twin(intent, picture) for picture in twins)
    return tuple(verdicts)


def unseen(intent: Intent, read_at: float, settle_seconds: float) -> Verdict:
    """The verdict on an intent that a reading does not show."""
    failed_at = intent.failed_at if intent.failed_at is not None else read_at
    if intent.status is IntentStatus.SUSPECT:
        if read_at >= failed_at + SUSPECT_SECONDS:
            return Forgotten(intent)
        return Early(intent, failed_at + SUSPECT_SECONDS)
    if read_at >= failed_at + settle_seconds:
        return Absent(intent)
    return Early(intent, failed_at + settle_seconds)


def settle_creation(
    intent: Intent, headers: Sequence[AlbumHeader], known: frozenset[str], read_at: float, settle_seconds: float
) -> tuple[AlbumHeader | None, tuple[AlbumHeader, ...], float | None]:
    """What became of an album's creation: the album found (or None), empty twins to delete, and until when to wait
    (None: it did not happen)."""
    found = sorted(
        (h for h in headers if h.description == intent.marker and h.id not in known),
        key=lambda header: (-(header.count or 0), header.id),
    )
    if found:
        return found[0], tuple(header for header in found[1:] if not header.count), None
    failed_at = intent.failed_at if intent.failed_at is not None else read_at
    until = failed_at + settle_seconds
    return None, (), until if read_at < until else None
