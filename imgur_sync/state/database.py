"""How this room opens SQLite files, refuses what is not a database of ours, and names what went wrong."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from imgur_sync.errors import ImgurSyncError, NewerStateError, StateError, TryAgainLaterError
from imgur_sync.state.disk import create_private, private_folder, publish, sync_folder

# Seconds that a statement waits for another process's transaction, all of which are short.
BUSY_SECONDS = 20.0
_MAGIC = b"SQLite format 3\x00"
_FULL = {sqlite3.SQLITE_FULL}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file of ours: its name for people, the id in its header, its newest version, and what helps."""

    name: str
    application_id: int
    version: int
    hint: str


def refused(path: Path, kind: Kind, why: str) -> StateError:
    """The error for a file that cannot be used, before or while a run uses it."""
    return StateError(f"{path}: {why}", hint=f"It is left as it is; nothing is sent or deleted without it. {kind.hint}")


def _has_log(path: Path) -> bool:
    """Whether a log lies beside the file from which SQLite restores what was not written to it in whole."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except OSError:
        return False


def check_header(path: Path, kind: Kind) -> int:
    """The version of the file by its first 100 bytes, read without SQLite, which could change it.

    Raises `StateError` for a folder, a link, an empty, foreign, truncated or newer file. FileNotFoundError passes.
    """
    try:
        if path.is_symlink() or not path.is_file():
            path.lstat()
            raise refused(path, kind, f"is not a file, so it cannot be the {kind.name}")
        with path.open("rb") as file:
            header = file.read(100)
        size = path.stat().st_size
    except FileNotFoundError:
        raise
    except NotADirectoryError as error:
        hint = "Name a folder: IMGUR_SYNC_STATE_DIR for the ledger, [state] path in sync.toml for the state."
        raise StateError(f"{path} lies below what is no folder", hint=hint) from error
    except OSError as error:
        raise refused(path, kind, f"cannot be read: {error.strerror}") from error
    if not header:
        raise refused(path, kind, f"is empty (0 bytes), so it is no {kind.name}")
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise refused(path, kind, f"is no {kind.name}, or is damaged")
    if int.from_bytes(header[68:72], "big") != kind.application_id:
        raise refused(path, kind, f"is a database of another program, no {kind.name}")
    version = int.from_bytes(header[60:64], "big")
    check_version(path, kind, version)
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    # A power cut can tear the page that a checkpoint was writing at the end: SQLite mends it from the log beside it.
    if page < 512 or size < page or (size % page and not _has_log(path)):
        raise refused(path, kind, f"is truncated: {size} bytes are not whole pages")
    return version


def check_version(path: Path, kind: Kind, version: int) -> None:
    """Raise `StateError` unless this program understands that version."""
    if version > kind.version:
        raise NewerStateError(
            f"{path}: is version {version}, newer than this program understands ({kind.version})",
            hint="It is left as it is. Use the imgur-sync that wrote it, or a newer one.",
        )
    if version < 1:
        raise refused(path, kind, f"is no finished {kind.name}, or is damaged")


def check_sqlite() -> None:
    """STRICT tables came with SQLite 3.37 (sqlite.org/stricttables.html)."""
    if sqlite3.sqlite_version_info < (3, 37):
        raise ImgurSyncError(
            f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed",
            hint="Use a Python that was built with a newer SQLite.",
        )


def connect(
    path: Path, *, mode: str = "rw", synchronous: str = "FULL", busy: float = BUSY_SECONDS
) -> sqlite3.Connection:
    """A connection in autocommit mode to a file that exists. `mode` is "rw", "ro" or "immutable"."""
    query = "immutable=1" if mode == "immutable" else f"mode={mode}"
    address = f"{path.absolute().as_uri()}?{query}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=busy, check_same_thread=False)
    with closed_on_error(connection):
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
    return connection


@contextmanager
def closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """A connection that is made ready: open afterwards, but closed when anything here raises."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def create_file(path: Path, kind: Kind) -> None:
    """Make the 0600 file (and its 0700 folder) that SQLite will fill, unless it is there."""
    private_folder(path.parent)
    try:
        create_private(path)
    except OSError as error:
        raise refused(path, kind, f"cannot be made: {error.strerror}") from error


def make_database(path: Path, kind: Kind, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Write a new WAL database under another name, then give it its own: a kill leaves no half of one.

    Does nothing when another process was faster.
    """
    private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        temporary.unlink(missing_ok=True)
        create_private(temporary)
        with translated(path, kind), closing(connect(temporary)) as connection:
            connection.execute(f"PRAGMA application_id = {kind.application_id}")
            fill(connection)
            connection.execute("PRAGMA journal_mode = WAL")
        _set_strays_aside(path)
        publish(temporary, path)
    except OSError as error:
        raise refused(path, kind, f"cannot be made: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # a read-only disk lets nothing be removed, not even what is not there
            temporary.unlink(missing_ok=True)


def _set_strays_aside(path: Path) -> None:
    """Rename the log of a file that somebody removed: SQLite would pour it into the new one."""
    for suffix in ("-wal", "-shm", "-journal"):
        stray = path.with_name(path.name + suffix)
        if stray.exists() and not path.exists():
            stray.replace(stray.with_name(stray.name + ".stray"))
            sync_folder(path.parent)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction; everything in it is undone when anything in it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def translated(path: Path, kind: Kind) -> Iterator[None]:
    """Turn SQLite's errors into ours, with what to do about them."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except UnicodeDecodeError as error:
        # Damaged names end up in SQLite's own messages.
        raise refused(path, kind, "is damaged") from error
    except sqlite3.Error as error:
        raise _ours(path, kind, error) from error


def _ours(path: Path, kind: Kind, error: sqlite3.Error) -> ImgurSyncError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _FULL:
        return TryAgainLaterError(
            f"{path} cannot be written: the disk is full",
            hint="Free some space and run again; what was recorded is safe.",
        )
    if code in _BUSY:
        return TryAgainLaterError(
            f"{path} is in use by another process", hint="Run again in a moment; what was recorded is safe."
        )
    if code in _UNWRITABLE:
        return StateError(
            f"{path} cannot be read or written: {error}",
            hint="Check the disk and the permissions of the file and its folder; what was recorded is safe.",
        )
    return refused(path, kind, f"is damaged ({error})")
