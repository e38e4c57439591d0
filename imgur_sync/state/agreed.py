"""The rows of how albums were arranged when that was last agreed on."""

from __future__ import annotations

import sqlite3

from imgur_sync.model.synced import Agreed
from imgur_sync.state.sealed import Sealed

AGREED = Sealed("agreed", "album id ids cover")


def save_agreed(connection: sqlite3.Connection, key: str, album_id: str, agreed: Agreed) -> None:
    """Write what was agreed on for an album, in place of what was there."""
    ids = None if agreed.ids is None else " ".join(agreed.ids)
    AGREED.put(connection, (key, album_id, ids, agreed.cover))


def load_agreed(connection: sqlite3.Connection, key: str) -> Agreed:
    """What was agreed on for the album that has this key now: what belongs to an earlier one of its key is not told."""
    row = AGREED.one(connection, "WHERE album = ? AND id = (SELECT id FROM album WHERE key = ?)", key, key)
    if row is None:
        return Agreed()
    _, _, ids, cover = row
    return Agreed(None if ids is None else tuple(ids.split()), cover)


def drop_agreed(connection: sqlite3.Connection, key: str) -> None:
    """There is no such album any more."""
    connection.execute("DELETE FROM agreed WHERE album = ?", (key,))


def without_place(connection: sqlite3.Connection, key: str, image_id: str) -> None:
    """Where that picture stands was not agreed on: we have just put it in ourselves, and Imgur chose the place."""
    row = AGREED.one(connection, "WHERE album = ?", key)
    if row is None or row[2] is None:
        return
    ids = tuple(row[2].split())
    if image_id in ids:
        kept = tuple(other for other in ids if other != image_id)
        save_agreed(connection, key, row[1], Agreed(kept, row[3]))
