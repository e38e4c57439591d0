"""The closed union of what a daemon tells, beside the events of its passes. No secrets, no links."""

from __future__ import annotations

from dataclasses import dataclass

from imgur_sync.errors import ImgurSyncError
from imgur_sync.model.event import Event
from imgur_sync.model.gate import Gate, GateName
from imgur_sync.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Began:
    """The daemon watches so many albums."""

    albums: int


@dataclass(frozen=True, slots=True)
class PassBegan:
    """A pass over these albums (none named: all) begins, because of `why`."""

    albums: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class PassFailed:
    """A pass ended with this error; the next one is at `again` (Unix seconds, our clock)."""

    error: ImgurSyncError
    again: float


@dataclass(frozen=True, slots=True)
class GateTripped:
    """A gate holds in an album, and did not before, or held another number. `plan` is that of this album alone,
    `remedy` what to type."""

    gate: Gate
    plan: Plan
    remedy: str


@dataclass(frozen=True, slots=True)
class GateOpened:
    """A gate that held in an album does no more."""

    album: str
    gate: GateName


@dataclass(frozen=True, slots=True)
class FileWaits:
    """A file is not sent now; why, in a sentence. Told once for each reason."""

    album: str
    text: str


@dataclass(frozen=True, slots=True)
class Quarrel:
    """Somebody keeps changing the same thing of an album back: it is left alone until `until` (Unix seconds)."""

    album: str
    what: str
    until: float


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The manifest was read anew: so many albums now."""

    albums: int


@dataclass(frozen=True, slots=True)
class NotReloaded:
    """The manifest cannot be used as it is now; the one before it still rules."""

    error: ImgurSyncError


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something about a folder that people should know: no events from it, or again."""

    text: str
    albums: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asleep:
    """Nothing to do until `until` (Unix seconds, our clock), unless something happens."""

    until: float


Own = (
    Began
    | PassBegan
    | PassFailed
    | GateTripped
    | GateOpened
    | FileWaits
    | Quarrel
    | Reloaded
    | NotReloaded
    | Noticed
    | Asleep
)
WatchEvent = Event | Own
