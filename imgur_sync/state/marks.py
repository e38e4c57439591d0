"""Marks of albums, as rows of `meta`: which are protected, which folder was confirmed, which gates hold."""

from __future__ import annotations

import sqlite3

from imgur_sync.state.rows import META

HELD = "held "
PROTECTED, ACCEPTED_ROOT = "protected/", "accepted root/"
"""How the names of `META` begin that hold a mark of an album; its key follows."""


def save_mark(connection: sqlite3.Connection, kind: str, key: str, value: str) -> None:
    """Set a mark of an album, or remove it where the value is empty."""
    if value:
        META.put(connection, (kind + key, value))
    else:
        connection.execute("DELETE FROM meta WHERE name = ?", (kind + key,))


def load_marks(connection: sqlite3.Connection, kind: str) -> dict[str, str]:
    """All marks of one kind, by album key."""
    found = META.get(connection, "WHERE substr(name, 1, ?) = ?", len(kind), kind)
    return {str(name)[len(kind) :]: str(value) for name, value in found}


def save_held(connection: sqlite3.Connection, album: str, gate: str, synced: int | None) -> None:
    """Write that a gate holds in an album, or (None) that it does no more."""
    name = f"{HELD}{gate} {album}"
    if synced is None:
        connection.execute("DELETE FROM meta WHERE name = ?", (name,))
    else:
        META.put(connection, (name, str(synced)))


def load_held(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """The gates that hold, by album and gate, with the number of pictures that each counts by."""
    found: dict[tuple[str, str], int] = {}
    for name, value in META.get(connection, "WHERE substr(name, 1, ?) = ? ORDER BY name", len(HELD), HELD):
        gate, _, album = name.removeprefix(HELD).partition(" ")
        found[album, gate] = int(value)
    return found
