"""Locks that a kill releases and that others can read: SQLite write transactions held open on files of their own.

Nothing else opens these files: POSIX drops a process's locks when any descriptor of the file is closed.
"""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from imgur_sync.errors import LockHeldError, StateError
from imgur_sync.mounts import read_mounts
from imgur_sync.state.database import Kind, connect, create_file, transaction, translated
from imgur_sync.state.disk import refuse_network

_LOCK = Kind("lock file", 0x69734C6B, 1, "Remove the lock file when no imgur-sync runs; it holds nothing.")
# Another process may be looking who holds the lock, for a moment only.
_PATIENCE = 0.3
_ATTEMPTS = 20
_TABLE = "CREATE TABLE IF NOT EXISTS holder (pid INTEGER, host TEXT, command TEXT, since REAL, token TEXT) STRICT"


class _Holder(NamedTuple):
    """Who holds a lock: what it said to be, and that in words with pid, host and since when."""

    command: str
    text: str


class FileLock:
    """The `Lock` in one small SQLite file with a rollback journal, made when it is first held.

    Held between processes and threads, not by a child after a fork. Not to be held twice by one thread.
    """

    def __init__(
        self, path: Path, *, now: Callable[[], float] = time.time, mounts: Callable[[], str] = read_mounts
    ) -> None:
        self._path = path
        self._now = now
        self._mounts = mounts
        self._held: tuple[int, int, int] | None = None

    @contextmanager
    def hold(self, command: str) -> Iterator[None]:
        """Take it or raise `LockHeldError` naming the holder (pid, host, command, since).

        Raises `StateError` at the end when the lock file was removed meanwhile, since another run may have come in.
        """
        refuse_network(self._path, self._mounts)
        process = os.getpid()
        connection, identity = self._taken(command)
        self._held = (process, *identity)
        try:
            yield
            if self.lost():
                raise StateError(
                    f"the lock file {self._path} was removed or replaced while this run held it",
                    hint="Another run may have worked at the same time: run `imgur-sync plan` and look at it.",
                )
        finally:
            if os.getpid() == process:
                self._held = None
                connection.close()

    def lost(self) -> bool:
        """Whether the lock that this object holds guards nothing any more: its file is gone, or this is a fork."""
        return self._held is not None and self._held != (os.getpid(), *self._identity())

    def holder(self) -> str | None:
        """Who holds it, or None when it is free."""
        if not self._path.exists():
            return None
        with translated(self._path, _LOCK), closing(self._connection()) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                return self._described(connection).text if _busy(error) else None
            return None

    def _taken(self, command: str) -> tuple[sqlite3.Connection, tuple[int, int]]:
        for _ in range(_ATTEMPTS):
            create_file(self._path, _LOCK)
            identity = self._identity()
            with translated(self._path, _LOCK):
                connection = self._connection()
                try:
                    if self._try(connection, command) and self._identity() == identity:
                        return connection, identity
                except BaseException:
                    connection.close()
                    raise
                connection.close()
        raise self._refusal(_Holder("", "others that come and go"))

    def _try(self, connection: sqlite3.Connection, command: str) -> bool:
        """Write who we are, then hold; False when another process wrote in between and has to be let through."""
        token = secrets.token_hex(8)
        row = (os.getpid(), socket.gethostname(), command, self._now(), token)
        try:
            with transaction(connection):
                connection.execute(_TABLE)
                connection.execute("DELETE FROM holder")
                connection.execute("INSERT INTO holder VALUES (?, ?, ?, ?, ?)", row)
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _busy(error):
                raise self._refusal(self._described(connection)) from error
            raise
        found = connection.execute("SELECT token FROM holder").fetchone()
        return found is not None and found[0] == token

    def _refusal(self, holder: _Holder) -> LockHeldError:
        return LockHeldError(
            f"another run works here: {holder.text}",
            holder=holder.text,
            hint=f"Wait for it to end. A killed run holds nothing; never remove {self._path.name} by hand.",
            command=holder.command,
        )

    def _connection(self) -> sqlite3.Connection:
        return connect(self._path, busy=_PATIENCE)

    def _identity(self) -> tuple[int, int]:
        try:
            status = self._path.lstat()
        except OSError:
            return (-1, -1)
        return (status.st_dev, status.st_ino)

    def _described(self, connection: sqlite3.Connection) -> _Holder:
        try:
            row = connection.execute("SELECT command, pid, host, since FROM holder").fetchone()
        except sqlite3.OperationalError:
            row = None  # its first moment: the table is being made
        if row is None:
            return _Holder("", "a run that has just begun")
        command, pid, host, since = row
        try:
            moment = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        except (ValueError, TypeError, OverflowError, OSError):  # a damaged file, which still is somebody's lock
            moment = "a time that cannot be read"
        return _Holder(str(command), f"{command} (pid {pid} on {host}, since {moment})")


def _busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
