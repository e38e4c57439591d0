"""Reading from Imgur. Nothing here sends anything but GET."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from imgur_sync.imgur import replies
from imgur_sync.imgur.body import Misread
from imgur_sync.imgur.transport import Transport
from imgur_sync.imgur.verdict import payload
from imgur_sync.imgur.wire import Call, is_segment
from imgur_sync.model.budget import Reservation
from imgur_sync.model.outcome import Done, NotSent, Outcome, Problem, ProblemKind, Refused, Unknown
from imgur_sync.model.ports import RemoteReader
from imgur_sync.model.remote import AlbumHeader, CreditReport, RemoteAlbum, RemotePicture

T = TypeVar("T")

PAGE = 100
_PER_PAGE = (("perPage", str(PAGE)),)


class ImgurReader(RemoteReader):
    """A `RemoteReader` over the Imgur API. Thread-safe; every GET costs a credit, also one that is refused."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def albums(self, page: int) -> Outcome[tuple[AlbumHeader, ...]]:
        """Page `page` (from 0) of the account's albums (imgur-api §2.3); one unreadable entry makes it unknown."""
        return self._get(Call("GET", f"/3/account/me/albums/{page:d}", _PER_PAGE), replies.headers)

    def album(self, album_id: str, reservation: Reservation | None = None) -> Outcome[RemoteAlbum]:
        """The whole album: one read, or two where its inline list is short of its count (imgur-api §2.2)."""
        if not is_segment(album_id):
            return _no_id()
        taken_at = self._transport.clock.now()
        call = Call("GET", f"/3/album/{album_id}", named=(album_id,))
        outcome = self._get(call, partial(_of, album_id, replies.inline, lambda found: found.header.id), reservation)
        if not isinstance(outcome, Done):
            return outcome
        found = outcome.value
        if not found.short:
            return Done(replies.album(found.header, found.entries, taken_at))
        listing = self._get(Call("GET", f"/3/album/{album_id}/images", named=(album_id,)), replies.entries_of)
        match listing:
            case Done(entries):
                return Done(replies.album(found.header, entries, taken_at))
            case Refused(problem) if problem.kind is ProblemKind.NOT_FOUND:
                return Done(replies.album(found.header, found.entries, taken_at))  # the album itself was there
            case Refused() | Unknown() | NotSent():
                return listing

    def images(self, page: int) -> Outcome[tuple[RemotePicture, ...]]:
        """Page `page` (from 0) of the account's pictures, newest first (imgur-api §2.3)."""
        return self._get(Call("GET", f"/3/account/me/images/{page:d}", _PER_PAGE), replies.pictures)

    def image(self, image_id: str) -> Outcome[RemotePicture]:
        """One picture. 404 is `Refused` NOT_FOUND, as JSON or as HTML (imgur-api §4)."""
        if not is_segment(image_id):
            return _no_id()
        call = Call("GET", f"/3/image/{image_id}", named=(image_id,))
        return self._get(call, partial(_of, image_id, replies.picture, lambda found: found.id))

    def credits(self) -> Outcome[CreditReport]:
        """What Imgur says is left (imgur-api §2.4). Whether it costs a credit is unknown; one is charged."""
        now = self._transport.clock.now()
        return self._get(Call("GET", "/3/credits"), partial(replies.credit_report, now=now))

    def _get(self, call: Call, read: Callable[[object], T], reservation: Reservation | None = None) -> Outcome[T]:
        return self._transport.call(call, lambda body: read(payload(body)), reservation)


def _of(asked: str, read: Callable[[object], T], identity: Callable[[T], str], data: object) -> T:
    """What was read, if it is what was asked for."""
    value = read(data)
    if identity(value) != asked:
        raise Misread("an answer about something else")
    return value


def _no_id() -> NotSent:
    return NotSent(Problem(ProblemKind.BAD_REQUEST, "not an id of Imgur's: letters and digits only"))
