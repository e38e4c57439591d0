"""The shapes of data: legacy, v1 and anything between (imgur-api §§2.1, 2.2, 2.4). null, "" and missing are one.

Each function makes one value of `data`, or raises `Misread`; fields that are not named here are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from imgur_sync.imgur.body import Misread, fields, flag, number, text
from imgur_sync.imgur.limits import DURATION_BELOW, LONGEST_RESET
from imgur_sync.model.remote import AlbumHeader, CreatedAlbum, CreditReport, RemoteAlbum, RemotePicture
from imgur_sync.model.secret import Secret

_ID = re.compile(r"[A-Za-z0-9]{5,15}\Z")
_HASH = re.compile(r"[\x21-\x7e]{1,100}\Z")


def acknowledged(data: object) -> None:
    """The reply to an edit or a deletion is `true` and nothing else (imgur-api §2)."""
    if data is not True:
        raise Misread("an answer that does not say that it was done")


def picture(data: object) -> RemotePicture:
    """A picture as GET and lists show it."""
    source = fields(data, "a picture")
    return RemotePicture(
        id=identity(source),
        name=text(source, "name"),
        link=text(source, "link"),
        media_type=text(source, "type"),
        width=number(source, "width") or 0,
        height=number(source, "height") or 0,
        size=number(source, "size") or 0,
        made_at=float(number(source, "datetime") or 0),
        title=text(source, "title"),
        description=text(source, "description"),
        deletehash=_deletehash(source),
    )


def uploaded(data: object) -> RemotePicture:
    """A picture as the reply to its upload shows it. Only the id must be readable: what else is odd is left empty, for
    the id and deletehash come this once, and giving them up for a width would make an orphan."""
    source = fields(data, "a picture")
    readable: dict[str, object] = {"id": source.get("id")}
    for name, read in _PICTURE_FIELDS.items():
        try:
            read(source, name)
        except Misread:
            continue
        readable[name] = source.get(name)
    return picture(readable)


def pictures(data: object) -> tuple[RemotePicture, ...]:
    """A page of pictures; one unreadable entry spoils it."""
    return tuple(listed(entry) for entry in _list(data, "a list of pictures"))


def listed(data: object) -> RemotePicture:
    """A picture of a list. One of which nothing but its id can be read spoils the list: by its name it might be ours,
    and what is not recognised would be sent once more."""
    found = picture(data)
    if not (found.name or found.link or found.media_type):
        raise Misread("an entry with nothing but an id")
    return found


def header(data: object) -> AlbumHeader:
    """An album without its pictures. Only "public" is public: v1 says "private" for hidden and secret (§6)."""
    source = fields(data, "an album")
    cover = text(source, "cover")
    if cover and not _ID.match(cover):
        raise Misread("a cover that is not an id")
    return AlbumHeader(
        id=identity(source),
        title=text(source, "title"),
        description=text(source, "description"),
        public=text(source, "privacy") == "public",
        cover=cover or None,
        count=number(source, "images_count"),
        in_gallery=flag(source, "in_gallery"),
        deletehash=_deletehash(source),
    )


def headers(data: object) -> tuple[AlbumHeader, ...]:
    """A page of albums; one unreadable entry spoils it."""
    return tuple(header(entry) for entry in _list(data, "a list of albums"))


@dataclass(frozen=True, slots=True)
class Inline:
    """An album with what it holds of its list. `entries` is None where there is no list that could be trusted: it is
    missing, or null though the album is said to hold pictures."""

    header: AlbumHeader
    entries: tuple[object, ...] | None

    @property
    def short(self) -> bool:
        """Whether the album's own list of pictures should be asked for: fewer are here than there should be."""
        return self.entries is None or len(self.entries) < (self.header.count or 0)


def inline(data: object) -> Inline:
    """An album and its inline list. `images: null` is an empty list only if no pictures are said to be there."""
    source = fields(data, "an album")
    top = header(source)
    entries = source.get("images")
    if entries is None or entries == "":
        said_empty = top.count == 0 or (top.count is None and "images" in source)
        return Inline(top, () if said_empty else None)
    return Inline(top, _list(entries, "a list of pictures"))


def entries_of(data: object) -> tuple[object, ...]:
    """The list of an album's pictures by itself, not yet read."""
    return _list(data, "a list of pictures")


def album(top: AlbumHeader, entries: tuple[object, ...] | None, taken_at: float) -> RemoteAlbum:
    """A listing. What cannot be read, repeats or does not add up makes it incomplete, and `flaw` says why."""
    found: list[RemotePicture] = []
    flaw = "" if entries is not None else "the pictures are not listed"
    for entry in entries or ():
        try:
            found.append(listed(entry))
        except Misread as error:
            flaw = f"a picture cannot be read: {error}"
    if not flaw and len({one.id for one in found}) != len(found):
        flaw = "a picture is listed twice"
    if not flaw and top.count is not None and top.count != len(found):
        flaw = f"{top.count} pictures are announced, {len(found)} are listed"
    return RemoteAlbum(top, tuple(found), taken_at, complete=not flaw, flaw=flaw)


def created(data: object) -> CreatedAlbum:
    """The reply to a creation: id and deletehash only (imgur-api §2.2). A deletehash that is odd is left out."""
    source = fields(data, "an album")
    try:
        deletehash = _deletehash(source)
    except Misread:
        deletehash = None
    return CreatedAlbum(identity(source), deletehash)


def credit_report(data: object, now: float) -> CreditReport:
    """The body of /3/credits. Resets are documented as Unix seconds; a small one is seconds from `now`. The
    day's is not always there."""
    source = fields(data, "a credit report")
    reset = _needed(source, "UserReset")
    return CreditReport(
        user_limit=_needed(source, "UserLimit"),
        user_remaining=_needed(source, "UserRemaining"),
        user_reset=_moment(reset, now),
        client_limit=_needed(source, "ClientLimit"),
        client_remaining=_needed(source, "ClientRemaining"),
        client_reset=_day_reset(source, now),
    )


def identity(source: Mapping[str, object]) -> str:
    """The id of a picture or album: 5 to 15 letters and digits. Raises `Misread`."""
    value = source.get("id")
    if not isinstance(value, str) or not _ID.match(value):
        raise Misread("an entry without a usable id")
    return value


def _deletehash(source: Mapping[str, object]) -> Secret | None:
    value = text(source, "deletehash")
    if value and not _HASH.match(value):
        raise Misread("a deletehash that cannot be used")
    return Secret(value) if value else None


def _day_reset(source: Mapping[str, object], now: float) -> float | None:
    """The day's reset, which no documentation names: what is no moment is left out."""
    try:
        reset = number(source, "ClientReset")
    except Misread:
        return None
    return None if reset is None else _moment(reset, now)


def _moment(reset: int, now: float) -> float:
    """A reset in absolute terms, near enough to `now` to be one."""
    at = now + reset if reset < DURATION_BELOW else float(reset)
    return min(max(at, now), now + LONGEST_RESET)


def _needed(source: Mapping[str, object], name: str) -> int:
    value = number(source, name)
    if value is None:
        raise Misread(f"an answer without {name}")
    return value


def _list(data: object, what: str) -> tuple[object, ...]:
    if not isinstance(data, list):
        raise Misread(f"{what} that is not a list")
    return tuple(data)


_PICTURE_FIELDS: Mapping[str, Callable[[Mapping[str, object], str], object]] = {
    "name": text,
    "link": text,
    "type": text,
    "width": number,
    "height": number,
    "size": number,
    "datetime": number,
    "title": text,
    "description": text,
    "deletehash": lambda source, name: _deletehash(source),
}
