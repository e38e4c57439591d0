"""Databases that can be lost at no great cost: what is no such file of this version is removed, and made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from imgur_sync.errors import ImgurSyncError
from imgur_sync.state.database import Kind, check_header, connect, make_database
from imgur_sync.state.migrations import schema_after, schema_of

Fill = Callable[[sqlite3.Connection], None]
BUSY = 1.0
"""Another process writes for milliseconds; what can be lost is not worth a longer wait (in seconds)."""


def opened(path: Path, kind: Kind, fill: Fill, *, busy: float = BUSY) -> sqlite3.Connection | None:
    """A connection to a file of this version, made anew by `fill` where there is none; None when that cannot be had.

    `busy` is how many seconds a statement waits for another process's transaction.
    """
    for _ in range(2):
        try:
            if check_header(path, kind) == kind.version:
                return connected(path, kind, fill, busy=busy)
            remove(path)  # an older one: what it holds is found again
        except FileNotFoundError:
            with suppress(ImgurSyncError, OSError, sqlite3.Error):
                make_database(path, kind, fill)
                return connected(path, kind, fill, busy=busy)
            return None
        except sqlite3.OperationalError:
            return None
        except (ImgurSyncError, OSError, sqlite3.DatabaseError, UnicodeDecodeError):
            remove(path)
    return None


def connected(path: Path, kind: Kind, fill: Fill, *, busy: float = BUSY) -> sqlite3.Connection:
    """A connection for writing, else for reading only. Raises `sqlite3.DatabaseError` where the tables are others."""
    for mode in ("rw", "ro", "immutable"):
        try:
            connection = connect(path, mode=mode, synchronous="OFF", busy=busy)
        except sqlite3.OperationalError:
            continue
        try:
            if schema_of(connection) != schema_after((fill,)):
                raise sqlite3.DatabaseError(f"not the tables of a {kind.name}")
            return connection
        except sqlite3.OperationalError:
            connection.close()
        except BaseException:
            connection.close()
            raise
    raise sqlite3.OperationalError(f"the {kind.name} cannot be opened")


def remove(path: Path) -> None:
    """Remove the file and its logs, as far as that can be done."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink()
