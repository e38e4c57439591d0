"""Every way in which the world can change, and its form in the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from imgur_sync.simulator.columns import WERE, names
from imgur_sync.simulator.options import Windows
from imgur_sync.simulator.records import Account, Album, Client, Grant, Image, Removed, Request, Spending, Upload


@dataclass(frozen=True, slots=True)
class PutImage:
    """A picture is made or altered."""

    image: Image


@dataclass(frozen=True, slots=True)
class DropImage:
    """A picture goes, also out of every album."""

    id: str


@dataclass(frozen=True, slots=True)
class PutAlbum:
    """An album is made, or all but its pictures is altered; `album.images` is not looked at."""

    album: Album


@dataclass(frozen=True, slots=True)
class DropAlbum:
    """An album goes; its pictures stay."""

    id: str


@dataclass(frozen=True, slots=True)
class SetMembers:
    """An album holds exactly these pictures, in this order."""

    album: str
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Pictures that are not in the album yet come into it at a position; -1 = the end."""

    album: str
    images: tuple[str, ...]
    at: int = -1


@dataclass(frozen=True, slots=True)
class Leave:
    """Pictures leave an album."""

    album: str
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutAccount:
    """An account is made or its settings altered."""

    account: Account


@dataclass(frozen=True, slots=True)
class PutClient:
    """An application is registered."""

    client: Client


@dataclass(frozen=True, slots=True)
class PutGrant:
    """A token, code or PIN is issued."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class Revoke:
    """Tokens die."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advance:
    """The clock is put forward by so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Note:
    """A request came in and was answered, or dropped."""

    request: Request


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An upload was committed; kept for the history."""

    upload: Upload


@dataclass(frozen=True, slots=True)
class Settle:
    """Request `n`, which was to commit late, has committed."""

    n: int


@dataclass(frozen=True, slots=True)
class Spend:
    """Another program spent of the same limits."""

    spent: Spending


@dataclass(frozen=True, slots=True)
class CountIn:
    """From now on the limits count in windows of this kind."""

    windows: Windows


@dataclass(frozen=True, slots=True)
class Moderate:
    """Imgur has removed a picture; what becomes of its file."""

    removed: Removed


PictureChange = PutImage | DropImage | PutAlbum | DropAlbum | SetMembers | Join | Leave
OtherChange = (
    PutAccount | PutClient | PutGrant | Revoke | Advance | Note | Uploaded | Settle | Spend | CountIn | Moderate
)
Change = PictureChange | OtherChange
_ROWS: dict[str, tuple[type[Any], str, type[Any]]] = {
    "PutImage": (PutImage, "image", Image),
    "PutAlbum": (PutAlbum, "album", Album),
    "PutAccount": (PutAccount, "account", Account),
    "PutClient": (PutClient, "client", Client),
    "PutGrant": (PutGrant, "grant", Grant),
    "Note": (Note, "request", Request),
    "Uploaded": (Uploaded, "upload", Upload),
    "Spend": (Spend, "spent", Spending),
    "Moderate": (Moderate, "removed", Removed),
}
_PLAIN: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (DropImage, DropAlbum, SetMembers, Join, Leave, Revoke, Advance, Settle, CountIn)
}


_OFTEN: dict[type[Any], tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    kind: (attrgetter(field), attrgetter(*names(row)))
    for kind, field, row in _ROWS.values()
    if kind in (PutImage, Note, Uploaded)
}
"""What most requests change is written without the names of fields, which would take longer than all else of them."""


def encode(change: Change) -> list[Any]:
    """`[name, fields]`, ready for JSON; the fields with their names, or in their order."""
    kind = type(change)
    if kind in _OFTEN:
        inside, values = _OFTEN[kind]
        return [kind.__name__, values(inside(change))]
    row = _ROWS.get(kind.__name__)
    flat = _flat(getattr(change, row[1]) if row else change)
    if isinstance(change, PutAlbum):
        del flat["images"]
    return [kind.__name__, flat]


def _flat(value: Any) -> dict[str, Any]:
    """As `dataclasses.asdict`, which also copies all that lies deeper."""
    return {name: getattr(value, name) for name in names(type(value))}


def decode(item: list[Any]) -> Change:
    """What `encode` made, also in earlier versions. KeyError, TypeError or ValueError if it is none of ours."""
    name, sent = item
    if isinstance(sent, list):
        kind, _, row = _ROWS[name]
        made: Change = kind(row(*[tuple(value) if isinstance(value, list) else value for value in sent]))
        return made
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in sent.items()}
    for now, before in WERE.items():
        if before in values:
            values[now] = values.pop(before)
    change: Change
    if name in _ROWS:
        kind, field, row = _ROWS[name]
        change = kind(**{field: row(**values)})
    else:
        change = _PLAIN[name](**values)
    return change
