"""An album's rows under another key: the album itself and everything that names it."""

from __future__ import annotations

import sqlite3

from imgur_sync.state import marks, rows, runs
from imgur_sync.state.agreed import AGREED
from imgur_sync.state.sealed import Sealed

_NAMING: tuple[Sealed, ...] = (
    rows.PICTURE,
    rows.INTENT,
    rows.IGNORED_WISH,
    rows.FAILED,
    rows.RETIRED,
    runs.STEP,
    AGREED,
)


def rename_album(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Put every row of the album `old` under the key `new`. Copy numbers stay known of the old key, too:
    a later album of that name must not give one a second time."""
    for table in _NAMING:
        place = table.columns.split().index("album")
        for row in list(table.get(connection, "WHERE album = ?", old)):
            connection.execute(" ".join(("DELETE FROM", table.name, "WHERE seal = ? AND album = ?")), _seal(table, row))
            table.put(connection, (*row[:place], new, *row[place + 1 :]))
    for _, short, highest in list(rows.COPY.get(connection, "WHERE album = ?", old)):
        known = rows.COPY.one(connection, "WHERE album = ? AND short = ?", new, short)
        rows.COPY.put(connection, (new, short, highest if known is None else max(highest, known[2])))
    for kind in (marks.PROTECTED, marks.ACCEPTED_ROOT):
        mark = marks.load_marks(connection, kind).get(old)
        if mark is not None:
            marks.save_mark(connection, kind, old, "")
            marks.save_mark(connection, kind, new, mark)
    for (held, gate), synced in marks.load_held(connection).items():
        if held == old:
            marks.save_held(connection, old, gate, None)
            marks.save_held(connection, new, gate, synced)
    album = rows.ALBUM.one(connection, "WHERE key = ?", old)
    if album is not None:
        connection.execute("DELETE FROM album WHERE key = ?", (old,))
        rows.ALBUM.put(connection, (new, *album[1:]))
    kept = rows.DELETEHASH.one(connection, "WHERE kind = 'album' AND id = ?", old)
    if kept is not None:
        connection.execute("DELETE FROM deletehash WHERE kind = 'album' AND id = ?", (old,))
        rows.DELETEHASH.put(connection, ("album", new, kept[2]))


def _seal(table: Sealed, row: tuple[object, ...]) -> tuple[object, ...]:
    from imgur_sync.state.sealed import seal

    return (seal(table.name, row), row[table.columns.split().index("album")])
