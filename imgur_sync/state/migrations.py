"""Numbered steps from one version of a state file to the next, each in one transaction, after a copy was made."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from imgur_sync.state.database import transaction
from imgur_sync.state.disk import create_private, sync_folder

# Takes the tables from the version that is its index to the next one. Runs inside a transaction: no executescript.
Step = Callable[[sqlite3.Connection], None]


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version recorded in the file; 0 for a file without tables."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def upgrade(connection: sqlite3.Connection, steps: Sequence[Step], *, file: Path | None) -> None:
    """Run the steps that are missing. A kill leaves the version before or after a step, never between.

    Before each step the whole database is copied to `<file>.backup-vN`, N being the version that the step starts from;
    a database without tables and one in memory (`file` None) have no copy.
    """
    missing = range(version_of(connection), len(steps))
    for number in missing:
        if file is not None and number > 0:
            back_up(connection, file.with_name(f"{file.name}.backup-v{number}"))
        with transaction(connection):
            if version_of(connection) != number:
                continue  # another process did this step meanwhile
            steps[number](connection)
            connection.execute(f"PRAGMA user_version = {number + 1}")
    if file is not None and missing:
        # The header of the file itself shall tell its version, not only the log beside it.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database into a 0600 file of that name, durably and all at once, replacing an earlier copy."""
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        create_private(temporary)
        with closing(sqlite3.connect(temporary)) as copy:
            connection.backup(copy)
        descriptor = os.open(temporary, os.O_RDWR | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(target)
        sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def schema_of(connection: sqlite3.Connection) -> str:
    """A digest of every table and index as the file declares them."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").fetchall()
    return hashlib.sha256(repr(rows).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def schema_after(steps: tuple[Step, ...]) -> str:
    """The digest that a file made by exactly these steps has."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for step in steps:
            step(connection)
        return schema_of(connection)
