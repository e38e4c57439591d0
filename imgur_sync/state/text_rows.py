"""The rows of the pictures' texts: what was last sent of each, and what Imgur did not take over."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from imgur_sync.model.synced import NotHonoured, SyncedPicture
from imgur_sync.state.sealed import Sealed

PICTURE_TEXT = Sealed("picture_text", "id title description at")
IGNORED_TEXT = Sealed("ignored_text", "id field wish before attempts at")


def save_texts(connection: sqlite3.Connection, picture: SyncedPicture) -> None:
    """Write what is known of the picture's texts, in place of what was there."""
    connection.execute("DELETE FROM ignored_text WHERE id = ?", (picture.id,))
    for mark in picture.ignored_texts:
        values = (picture.id, mark.field, _free(mark.wish), _free(mark.before), mark.attempts, float(mark.at) + 0.0)
        IGNORED_TEXT.put(connection, values)
    if picture.title is None and picture.description is None:
        connection.execute("DELETE FROM picture_text WHERE id = ?", (picture.id,))
        return
    texts = (None if text is None else _free(text) for text in (picture.title, picture.description))
    PICTURE_TEXT.put(connection, (picture.id, *texts, float(picture.texts_at) + 0.0))


def with_texts(connection: sqlite3.Connection, pictures: Sequence[SyncedPicture]) -> tuple[SyncedPicture, ...]:
    """The pictures with their texts."""
    ids = [picture.id for picture in pictures]
    sent = {row[0]: row for row in PICTURE_TEXT.among(connection, "id", ids)}
    marks: dict[str, list[NotHonoured]] = {}
    for id_, field, wish, before, attempts, at in IGNORED_TEXT.among(connection, "id", ids):
        marks.setdefault(id_, []).append(NotHonoured(field, _text(wish), _text(before), attempts, at))
    if not sent and not marks:
        return tuple(pictures)
    return tuple(_with(picture, sent.get(picture.id), marks.get(picture.id, [])) for picture in pictures)


def _with(picture: SyncedPicture, row: tuple[object, ...] | None, marks: list[NotHonoured]) -> SyncedPicture:
    ordered = tuple(sorted(marks, key=lambda mark: mark.field))
    if row is None:
        return replace(picture, ignored_texts=ordered) if ordered else picture
    _, title, description, at = row
    assert isinstance(at, float)
    texts = [text if text is None else _text(text) for text in (title, description)]
    return replace(picture, title=texts[0], description=texts[1], texts_at=at, ignored_texts=ordered)


def _free(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: object) -> str:
    assert isinstance(data, bytes)
    return data.decode("utf-8", "surrogatepass")
