"""activity.db: its tables, and how it is read and written. Disposable: it can be removed under whoever uses it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from imgur_sync.errors import ImgurSyncError
from imgur_sync.state import disposable
from imgur_sync.state.database import Kind, check_header, transaction
from imgur_sync.state.sealed import DamagedRow, seal

ACTIVITY = Kind("board of activities", 0x69734163, 2, "It can be removed at any time.")
WRONG = (sqlite3.Error, ImgurSyncError, OSError, ValueError, TypeError, KeyError, OverflowError)
"""What reading and writing it may raise: nobody is to hear of it."""
_WHO = "pid INTEGER NOT NULL, host TEXT NOT NULL, boot TEXT NOT NULL, space TEXT NOT NULL, start TEXT NOT NULL"
_TABLES = (
    f"CREATE TABLE activity ({_WHO}, at REAL NOT NULL, command TEXT NOT NULL, body BLOB NOT NULL, seal BLOB NOT NULL, "
    "PRIMARY KEY (pid, boot, space, host)) STRICT",
    f"CREATE TABLE wish ({_WHO}, at REAL NOT NULL, command TEXT NOT NULL, token TEXT NOT NULL, seal BLOB NOT NULL, "
    "PRIMARY KEY (token)) STRICT",
    "CREATE TABLE look (album BLOB PRIMARY KEY, at REAL NOT NULL, credits INTEGER NOT NULL, made_of TEXT NOT NULL, "
    "seal BLOB NOT NULL) STRICT",
    "CREATE TABLE spent (number INTEGER PRIMARY KEY, at REAL NOT NULL, credits INTEGER NOT NULL, seal BLOB NOT NULL) "
    "STRICT",
    "CREATE TABLE feud (album BLOB PRIMARY KEY, body BLOB NOT NULL, seal BLOB NOT NULL) STRICT",
)


class ActivityFile:
    """Opened for each call and held by nobody, so that it can be removed or replaced under a process that runs for a
    year. A damaged, foreign or older file is replaced by the next that writes; who only reads leaves all as it is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, table: str, query: str) -> list[tuple[Any, ...]]:
        """The intact rows; none of a file that is not there, or not ours."""
        try:
            if check_header(self.path, ACTIVITY) != ACTIVITY.version:
                return []
            with closing(disposable.connected(self.path, ACTIVITY, _fill)) as connection:
                return [row for row in connection.execute(query).fetchall() if seal(table, row[:-1]) == row[-1]]
        except WRONG:
            return []

    @contextmanager
    def writing(self, busy: float = disposable.BUSY) -> Iterator[sqlite3.Connection]:
        """A transaction in a file that is made where there is none, and made anew where it turns out to be damaged.
        Raises one of `WRONG`."""
        connection = disposable.opened(self.path, ACTIVITY, _fill, busy=busy)
        if connection is None:
            raise OSError(f"{self.path} cannot be had")
        with closing(connection):
            try:
                with transaction(connection):
                    yield connection
            except (sqlite3.OperationalError, sqlite3.IntegrityError, sqlite3.DataError):
                raise  # busy, full, not writable; or a value that does not fit
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                disposable.remove(self.path)
                raise


def sound(connection: sqlite3.Connection, table: str, query: str) -> list[tuple[Any, ...]]:
    """All rows. Raises `DamagedRow` where one is not what was written: even a type may be another one then."""
    rows = connection.execute(query).fetchall()
    if any(seal(table, row[:-1]) != row[-1] for row in rows):
        raise DamagedRow(f"a row of table {table} does not match its checksum")
    return rows


def _fill(connection: sqlite3.Connection) -> None:
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {ACTIVITY.version}")
