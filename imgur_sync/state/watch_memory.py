"""`SqliteWatchMemory`: when a daemon looked at Imgur and who quarrels, kept for the next one in activity.db."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from imgur_sync.model.remembered import Feud, Look, Spent
from imgur_sync.state.activity_file import WRONG, ActivityFile
from imgur_sync.state.sealed import seal

_INSERTIONS = {
    "look": "INSERT OR REPLACE INTO look VALUES (?, ?, ?, ?, ?)",
    "spent": "INSERT OR REPLACE INTO spent VALUES (?, ?, ?, ?)",
    "feud": "INSERT OR REPLACE INTO feud VALUES (?, ?, ?)",
}
FORGET_SPENT = 2 * 86400.0
"""Older spendings count for nobody (in seconds)."""
FORGET_LOOKS = 400 * 86400.0
"""An album that was not looked at for so long is taken for one that never was."""


class SqliteWatchMemory:
    """The `WatchMemory` in activity.db (see `ActivityFile`)."""

    def __init__(self, path: Path) -> None:
        self._file = ActivityFile(path)

    def looks(self) -> tuple[Look, ...]:
        """The last look at every album, by key."""
        rows = self._file.rows("look", "SELECT album, at, credits, made_of, seal FROM look")
        found = (Look(_text(album), at, credits, of) for album, at, credits, of, _ in rows)
        return tuple(sorted(found, key=lambda look: look.album))

    def spent(self) -> tuple[Spent, ...]:
        """What looking took, the oldest first."""
        rows = self._file.rows("spent", "SELECT number, at, credits, seal FROM spent ORDER BY at, number")
        return tuple(Spent(at, credits, number) for number, at, credits, _ in rows)

    def begin_look(self, look: Look, spent: Spent) -> Spent:
        """Before a look: it is remembered as made, at the most that it may cost."""
        try:
            with self._file.writing() as connection:
                connection.execute("DELETE FROM spent WHERE at < ?", (spent.at - FORGET_SPENT,))
                connection.execute("DELETE FROM look WHERE at < ?", (look.at - FORGET_LOOKS,))
                begun = _numbered(connection, spent)
                _put(connection, "spent", (begun.number, float(begun.at), begun.credits))
                _put(connection, "look", _look(look))
        except WRONG:
            return spent
        return begun

    def end_look(self, look: Look, spent: Spent) -> None:
        """After it: what is to be remembered of it, and what it cost."""
        try:
            with self._file.writing() as connection:
                _put(connection, "look", _look(look))
                if spent.credits:
                    kept = spent if spent.number else _numbered(connection, spent)
                    _put(connection, "spent", (kept.number, float(kept.at), kept.credits))
                else:
                    connection.execute("DELETE FROM spent WHERE number = ?", (spent.number,))
        except WRONG:
            return

    def feuds(self) -> tuple[Feud, ...]:
        """All of them, by album."""
        found = []
        for _, body, _ in self._file.rows("feud", "SELECT album, body, seal FROM feud"):
            try:
                found.append(_load(body))
            except WRONG:
                continue  # of another version
        return tuple(sorted(found, key=lambda feud: feud.album))

    def keep_feud(self, feud: Feud) -> None:
        """Replace what is known of the album; one with neither rounds nor a truce is forgotten."""
        try:
            with self._file.writing() as connection:
                if feud.rounds or feud.until:
                    _put(connection, "feud", (_bytes(feud.album), json.dumps(asdict(feud)).encode("ascii")))
                else:
                    connection.execute("DELETE FROM feud WHERE album = ?", (_bytes(feud.album),))
        except WRONG:
            return


def _bytes(album: str) -> bytes:
    """A key as it is stored: the name of a sub-folder may be no text."""
    return album.encode("utf-8", "surrogatepass")


def _text(album: bytes) -> str:
    return album.decode("utf-8", "surrogatepass")


def _look(look: Look) -> tuple[Any, ...]:
    return (_bytes(look.album), float(look.at), look.credits, look.of)


def _numbered(connection: sqlite3.Connection, spent: Spent) -> Spent:
    (number,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM spent").fetchone()
    return replace(spent, number=int(number))


def _put(connection: sqlite3.Connection, table: str, values: tuple[Any, ...]) -> None:
    """Put a row with its seal in the place of the one with the same key."""
    connection.execute(_INSERTIONS[table], (*values, seal(table, values)))


def _load(body: bytes) -> Feud:
    fields: dict[str, Any] = json.loads(body)
    rounds = tuple((str(what), tuple(float(at) for at in times)) for what, times in fields.pop("rounds"))
    return Feud(**fields, rounds=rounds)
