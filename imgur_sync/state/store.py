"""Opening, finding and making state.db. A file that is no readable state is refused, never taken for an empty one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from imgur_sync.errors import StateError
from imgur_sync.mounts import read_mounts
from imgur_sync.state import rows
from imgur_sync.state.database import (
    BUSY_SECONDS,
    Kind,
    check_header,
    check_sqlite,
    check_version,
    closed_on_error,
    connect,
    make_database,
    refused,
    transaction,
    translated,
)
from imgur_sync.state.disk import refuse_network
from imgur_sync.state.migrations import Step, schema_after, schema_of, upgrade, version_of
from imgur_sync.state.schema import STATE, STEPS
from imgur_sync.state.synced import SqliteStore

__all__ = ["SqliteStore", "find_store", "new_lineage", "open_store"]

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_lineage() -> str:
    """A random name for a line of states: 8 letters and digits that cannot be mixed up."""
    import secrets

    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def open_store(
    path: Path,
    *,
    lineage: str | None,
    create: bool,
    read_only: bool = False,
    mode: str = "account",
    steps: Sequence[Step] = STEPS,
    mounts: Callable[[], str] = read_mounts,
    busy: float = BUSY_SECONDS,
) -> SqliteStore:
    """Open the state, upgrading an older one after a copy was put beside it.

    `lineage` is what the manifest says (None: whatever the file says; for a new file a random one). A missing file is
    made for `mode` when `create`, else `StateError`. A `read_only` store refuses to record; an older version is then
    upgraded in memory only. `busy` is how many seconds a record waits for another process's. Raises `StateError` (65),
    and changes nothing, for a file that is empty, truncated, damaged, foreign, newer, of another lineage, no file at
    all, or on a network file system.
    """
    found = find_store(path, lineage=lineage, read_only=read_only, steps=steps, mounts=mounts, busy=busy)
    if found is not None:
        return found
    if not create or read_only:
        raise StateError(
            f"{path}: there is no state here",
            hint="`imgur-sync apply` makes one; `imgur-sync state rebuild` makes one from what is on Imgur.",
        )
    _make(path, lineage or new_lineage(), steps, mode)
    made = find_store(path, lineage=lineage, steps=steps, mounts=mounts, busy=busy)
    if made is None:
        raise StateError(f"{path} was removed while it was being made", hint="Run again.")
    return made


def find_store(
    path: Path,
    *,
    lineage: str | None,
    read_only: bool = False,
    steps: Sequence[Step] = STEPS,
    mounts: Callable[[], str] = read_mounts,
    busy: float = BUSY_SECONDS,
) -> SqliteStore | None:
    """As `open_store`, but None when there is nothing at `path`."""
    check_sqlite()
    refuse_network(path, mounts)
    kind = replace(STATE, version=len(steps))
    try:
        check_header(path, kind)
    except FileNotFoundError:
        return None
    with translated(path, kind):
        connection = _connection(path, busy, read_only=read_only)
        try:
            connection = _current(connection, path, kind, steps, read_only=read_only)
            _check_lineage(connection, path, kind, lineage, steps)
            return SqliteStore(connection, path, read_only=read_only)
        except BaseException:
            connection.close()
            raise


def _connection(path: Path, busy: float, *, read_only: bool) -> sqlite3.Connection:
    """A reader opens for writing too where it may: only so does SQLite recover and tidy up the log beside the file."""
    if not read_only:
        return _opened(path, "rw", busy)
    modes = ["rw", "ro"]
    if not path.with_name(f"{path.name}-wal").exists():
        modes.append("immutable")  # a folder that cannot be written: nobody else is writing either
    for mode in modes[:-1]:
        try:
            connection = _opened(path, mode, busy)
        except sqlite3.OperationalError:
            continue
        connection.execute("PRAGMA query_only = ON")
        return connection
    return _opened(path, modes[-1], busy)


def _opened(path: Path, mode: str, busy: float) -> sqlite3.Connection:
    connection = connect(path, mode=mode, busy=busy)
    with closed_on_error(connection):
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection


def _current(
    connection: sqlite3.Connection, path: Path, kind: Kind, steps: Sequence[Step], *, read_only: bool
) -> sqlite3.Connection:
    """The connection, or one to an upgraded copy in memory, at the newest version."""
    version = version_of(connection)
    check_version(path, kind, version)
    _check_schema(connection, path, kind, steps[:version])
    if version == len(steps):
        return connection
    if not read_only:
        upgrade(connection, steps, file=path)
        return connection
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with closed_on_error(copy):
        connection.backup(copy)
        upgrade(copy, steps, file=None)
    connection.close()
    return copy


def _check_schema(connection: sqlite3.Connection, path: Path, kind: Kind, steps: Sequence[Step]) -> None:
    if schema_of(connection) != schema_after(tuple(steps)):
        raise refused(path, kind, f"is damaged: its tables are not those of version {len(steps)}")


def _check_lineage(
    connection: sqlite3.Connection, path: Path, kind: Kind, lineage: str | None, steps: Sequence[Step]
) -> None:
    _check_schema(connection, path, kind, steps)
    row = rows.META.one(connection, "WHERE name = 'lineage'")
    if row is None:
        raise refused(path, kind, "is damaged: it names no lineage")
    if lineage is not None and row[1] != lineage:
        # Not the remedy of a damaged state: rebuilt under another lineage it would know none of the pictures.
        raise StateError(
            f'{path}: was made for lineage = "{row[1]}", but the manifest has "{lineage}": not the same pictures',
            hint=f'Nothing was changed. Put lineage = "{row[1]}" back into the manifest, or name another [state] path.',
        )


def _make(path: Path, lineage: str, steps: Sequence[Step], mode: str) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        upgrade(connection, steps, file=None)
        with transaction(connection):
            rows.META.put(connection, ("lineage", lineage))
            if mode != "account":  # what is not said is an account's
                rows.META.put(connection, ("mode", mode))

    make_database(path, replace(STATE, version=len(steps)), fill)
