"""Writing to Imgur: one request for each call, settled by its outcome, never repeated blindly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from imgur_sync.imgur import replies
from imgur_sync.imgur.keys import ById, Keys
from imgur_sync.imgur.transport import Transport
from imgur_sync.imgur.verdict import payload
from imgur_sync.imgur.wire import Body, Call, Form, Multipart, listed
from imgur_sync.model.budget import Reservation
from imgur_sync.model.local import Content
from imgur_sync.model.outcome import Done, Outcome, ProblemKind, Refused
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.remote import AlbumChanges, CreatedAlbum, RemotePicture
from imgur_sync.model.spec import Privacy
from imgur_sync.model.texts import UNMANAGED, Texts

T = TypeVar("T")


class ImgurWriter(RemoteWriter):
    """A `RemoteWriter` over the Imgur API. `keys` say what ids go on the wire as. Thread-safe.

    Raises `ValueError`, before anything is sent, for an id that cannot be one and an edit that changes nothing.
    """

    def __init__(self, transport: Transport, keys: Keys | None = None) -> None:
        self._transport = transport
        self._keys = keys if keys is not None else ById()

    def create_album(
        self, title: str | None, description: str, privacy: Privacy, reservation: Reservation
    ) -> Outcome[CreatedAlbum]:
        """POST /3/album, empty. The reply holds nothing but id and deletehash (imgur-api §2.2)."""
        given = [("title", title)] if title is not None else []
        form = Form([*given, ("description", description), ("privacy", privacy.value)])
        call = Call("POST", "/3/album", body=form, cost=reservation.cost)
        outcome = self._send(call, replies.created, reservation)
        if isinstance(outcome, Done):
            self._keys.learn(outcome.value.id, outcome.value.deletehash)
        return outcome

    def upload(
        self, content: Content, name: str, album_id: str, reservation: Reservation, texts: Texts = UNMANAGED
    ) -> Outcome[RemotePicture]:
        """POST /3/upload with the file's buffer as one part (imgur-api §2.1).

        `name` goes as a field, for the file name alone is not kept (§5.1). An animated PNG goes to /3/image, where it
        is reported to stay animated. Title and description ride along (§2.1); empty ones are those of any new picture.
        """
        key = self._keys.album(album_id)
        form = [("type", "file"), ("name", name), ("album", key)]
        body = Multipart(
            [*form, *((field, text) for field, text in texts.managed.items() if text)],
            file_field="video" if content.media_type.startswith("video/") else "image",
            filename=name,
            media_type=content.media_type,
            data=content.data,
        )
        path = "/3/image" if content.media_type == "image/apng" else "/3/upload"
        call = Call("POST", path, body=body, cost=reservation.cost, named=(album_id, key))
        outcome = self._send(call, replies.uploaded, reservation)
        if isinstance(outcome, Done):
            self._keys.learn(outcome.value.id, outcome.value.deletehash)
        return outcome

    def edit_album(self, album_id: str, changes: AlbumChanges, reservation: Reservation) -> Outcome[None]:
        """PUT /3/album/{id}, urlencoded: the one way to reorder that is known to work (imgur-api §§6, 8.3, 8.4)."""
        if changes.ids is not None and not changes.ids:
            raise ValueError("an empty list of ids could mean that none was given")
        texts = {
            "cover": changes.cover,
            "title": changes.title,
            "description": changes.description,
            "privacy": changes.privacy,
        }
        form = self._keys.members(changes.ids or ())
        form += [(name, value) for name, value in texts.items() if value is not None]
        return self._edit("PUT", f"/3/album/{self._keys.album(album_id)}", form, album_id, reservation)

    def add_images(self, album_id: str, ids: Sequence[str], reservation: Reservation) -> Outcome[None]:
        """POST /3/album/{id}/add: appends (imgur-api §6). 403 if one of them is not ours, or gone (§2.2)."""
        path = f"/3/album/{self._keys.album(album_id)}/add"
        return self._edit("POST", path, self._keys.members(ids), album_id, reservation)

    def remove_images(self, album_id: str, ids: Sequence[str], reservation: Reservation) -> Outcome[None]:
        """POST /3/album/{id}/remove_images: as DELETE it loses its body on some ways (imgur-api §8.5). Ids, also
        for an anonymous album."""
        path = f"/3/album/{self._keys.album(album_id)}/remove_images"
        return self._edit("POST", path, listed("ids", ids), album_id, reservation)

    def edit_image(
        self, image_id: str, title: str | None, description: str | None, reservation: Reservation
    ) -> Outcome[None]:
        """PUT /3/image/{id}: POST does the same, and would count against the POSTs of the hour (imgur-api §2.1)."""
        texts = {"title": title, "description": description}
        form = [(name, value) for name, value in texts.items() if value is not None]
        return self._edit("PUT", f"/3/image/{self._keys.image(image_id)}", form, image_id, reservation)

    def delete_image(self, image_id: str, reservation: Reservation) -> Outcome[None]:
        """DELETE /3/image/{id}. A 404 says that it is gone already (imgur-api §4)."""
        return self._delete(f"/3/image/{self._keys.image(image_id)}", image_id, reservation)

    def delete_album(self, album_id: str, reservation: Reservation) -> Outcome[None]:
        """DELETE /3/album/{id}; its pictures stay in the account (imgur-api §2.2)."""
        return self._delete(f"/3/album/{self._keys.album(album_id)}", album_id, reservation)

    def _edit(
        self, method: str, path: str, form: list[tuple[str, str]], subject: str, reservation: Reservation
    ) -> Outcome[None]:
        if not form:
            raise ValueError("an edit that changes nothing")
        body: Body = Form(form)
        hashes = tuple(value for name, value in form if name == "deletehashes[]")
        call = Call(method, path, body=body, cost=reservation.cost, named=(subject, *_named(path), *hashes))
        return self._send(call, replies.acknowledged, reservation)

    def _delete(self, path: str, subject: str, reservation: Reservation) -> Outcome[None]:
        call = Call("DELETE", path, cost=reservation.cost, named=(subject, *_named(path)))
        outcome = self._send(call, replies.acknowledged, reservation)
        if isinstance(outcome, Refused) and outcome.problem.kind is ProblemKind.NOT_FOUND:
            return Done(None)
        return outcome

    def _send(self, call: Call, read: Callable[[object], T], reservation: Reservation) -> Outcome[T]:
        return self._transport.call(call, lambda body: read(payload(body)), reservation)


def _named(path: str) -> tuple[str, ...]:
    """The id or deletehash in a path."""
    return tuple(path.split("/")[3:4])
