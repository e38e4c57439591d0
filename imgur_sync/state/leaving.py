"""What became of pictures that left: when they were taken out, and which ones the user let go of."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from imgur_sync.model.synced import IntentStatus, Standing
from imgur_sync.state import marks, rows
from imgur_sync.state.agreed import drop_agreed
from imgur_sync.state.sealed import Sealed

DEPARTURE = Sealed("departure", "id at")


def left(connection: sqlite3.Connection, image_id: str, at: float) -> None:
    """Note when the picture was taken out of its album."""
    DEPARTURE.put(connection, (image_id, rows.seconds(at)))


def back(connection: sqlite3.Connection, image_id: str) -> None:
    """It is in an album again, or not on Imgur any more: when it left does not matter."""
    connection.execute("DELETE FROM departure WHERE id = ?", (image_id,))


def departed_at(connection: sqlite3.Connection, image_id: str) -> float | None:
    """When the picture was taken out; None for one that an older version took out."""
    row = DEPARTURE.one(connection, "WHERE id = ?", image_id)
    return None if row is None else float(row[1])


def forget_picture(connection: sqlite3.Connection, image_id: str) -> None:
    """Let go of one picture: its row stays, so that its id is never taken for a new one; its deletehash goes."""
    for row in list(rows.PICTURE.get(connection, "WHERE id = ?", image_id)):
        rows.save_picture(connection, replace(rows.load_picture(row, None), standing=Standing.FORGOTTEN))
    back(connection, image_id)


def forget_album(connection: sqlite3.Connection, key: str) -> None:
    """Let go of an album with all its pictures, failures and suspicions: a late twin of its uploads is a stranger's."""
    for (image_id,) in connection.execute("SELECT id FROM picture WHERE album = ?", (key,)).fetchall():
        forget_picture(connection, image_id)
    for row in list(rows.INTENT.get(connection, "WHERE album = ? AND status = 'suspect'", key)):
        rows.save_intent(connection, replace(rows.load_intent(row), status=IntentStatus.CLOSED))
    end_album(connection, key)


def end_album(connection: sqlite3.Connection, key: str) -> None:
    """An album is no more, and nothing marks its key: a later album of that name begins anew."""
    connection.execute("DELETE FROM failed WHERE album = ?", (key,))
    for kind in (marks.PROTECTED, marks.ACCEPTED_ROOT):
        marks.save_mark(connection, kind, key, "")
    for held, gate in marks.load_held(connection):
        if held == key:
            marks.save_held(connection, key, gate, None)
    drop_agreed(connection, key)
    connection.execute("DELETE FROM ignored_wish WHERE album = ?", (key,))
    connection.execute("DELETE FROM deletehash WHERE kind = 'album' AND id = ?", (key,))
    connection.execute("DELETE FROM album WHERE key = ?", (key,))
