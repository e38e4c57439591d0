"""`SqliteCache`: digests of files and listings of albums, which can be lost at no cost but time and credits."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from imgur_sync.model.local import CachedFile, FolderMark
from imgur_sync.state import cache_rows, disposable
from imgur_sync.state.database import Kind, transaction

if TYPE_CHECKING:
    from imgur_sync.model.ports import QuietMark
    from imgur_sync.model.remote import RemoteAlbum

CACHE = Kind("cache", 0x69734361, 2, "It can be removed at any time.")
# Folders kept in memory before they are written in one transaction.
_PENDING = 200
_TABLES = (
    "CREATE TABLE folder (album TEXT NOT NULL, path BLOB NOT NULL, stats BLOB NOT NULL, rules BLOB NOT NULL, "
    "content BLOB NOT NULL, files INTEGER NOT NULL, problems INTEGER NOT NULL, marked INTEGER NOT NULL, "
    "seal BLOB NOT NULL, PRIMARY KEY (album, path)) STRICT",
    # Apart, so that reading the marks of an album does not read past the rows of its files.
    "CREATE TABLE body (album TEXT NOT NULL, path BLOB NOT NULL, files BLOB NOT NULL, seal BLOB NOT NULL, "
    "PRIMARY KEY (album, path)) STRICT",
    "CREATE TABLE listing (album_id TEXT PRIMARY KEY, body BLOB NOT NULL, seal BLOB NOT NULL) STRICT",
    "CREATE TABLE quiet (album TEXT PRIMARY KEY, body BLOB NOT NULL, seal BLOB NOT NULL) STRICT",
)


class SqliteCache:
    """The `Cache` in cache.db. It never raises: what cannot be read is not there, what cannot be written is dropped.

    A damaged, foreign or newer file is replaced. Safe from several threads and processes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._pending: list[tuple[str, tuple[Any, ...]]] = []
        self._connection = disposable.opened(path, CACHE, _fill)

    def close(self) -> None:
        """Commit and give the file back. Closing twice is harmless; afterwards the cache is empty."""
        self.flush()
        with self._lock:
            if self._connection is not None and os.getpid() == self._process:
                self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def folders(self, album: str) -> Mapping[str, FolderMark]:
        """The marks of an album's folders, by relative path ("" is the root)."""
        marks: dict[str, FolderMark] = {}
        with self._reading() as connection:
            for row in connection.execute(
                "SELECT album, path, stats, rules, content, files, problems, seal FROM folder "
                "WHERE album = ? AND marked = 1",
                (album,),
            ):
                if cache_rows.intact("folder", row):
                    marks[os.fsdecode(row[1])] = FolderMark(*row[2:7])
        return marks

    def files(self, album: str, folder: str) -> tuple[CachedFile, ...]:
        """The rows of one folder, in the order of their names' bytes."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT album, path, files, seal FROM body WHERE album = ? AND path = ?", (album, os.fsencode(folder))
            ).fetchone()
            if row is not None and cache_rows.intact("body", row):
                return cache_rows.load_files(row[2])
        return ()

    def keep_folder(self, album: str, folder: str, mark: FolderMark | None, files: Sequence[CachedFile]) -> None:
        """Replace what is known of one folder. Without a mark the folder is looked at again next time."""
        path = os.fsencode(folder)
        facts = (b"", b"", b"", 0, 0) if mark is None else _facts(mark)
        row = cache_rows.sealed("folder", (album, path, *facts))
        body = cache_rows.sealed("body", (album, path, cache_rows.dump_files(files)))
        self._keep(
            (
                "INSERT OR REPLACE INTO folder (album, path, stats, rules, content, files, problems, seal, marked) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, int(mark is not None)),
            ),
            ("INSERT OR REPLACE INTO body (album, path, files, seal) VALUES (?, ?, ?, ?)", body),
        )

    def forget_folders(self, album: str, folders: Iterable[str]) -> None:
        """These folders are no longer there."""
        for folder in folders:
            key = (album, os.fsencode(folder))
            self._keep(
                ("DELETE FROM folder WHERE album = ? AND path = ?", key),
                ("DELETE FROM body WHERE album = ? AND path = ?", key),
            )

    def listing(self, album_id: str) -> RemoteAlbum | None:
        """The last listing kept."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT album_id, body, seal FROM listing WHERE album_id = ?", (album_id,)
            ).fetchone()
            if row is not None and cache_rows.intact("listing", row):
                return cache_rows.load_listing(row[1])
        return None

    def keep_listing(self, listing: RemoteAlbum) -> None:
        """Keep a listing (without deletehashes)."""
        row = cache_rows.sealed("listing", (listing.header.id, cache_rows.dump_listing(listing)))
        self._keep(("INSERT OR REPLACE INTO listing (album_id, body, seal) VALUES (?, ?, ?)", row))

    def quiet(self, album: str) -> QuietMark | None:
        """The last quiet mark of an album."""
        with self._reading() as connection:
            row = connection.execute("SELECT album, body, seal FROM quiet WHERE album = ?", (album,)).fetchone()
            if row is not None and cache_rows.intact("quiet", row):
                return cache_rows.load_quiet(row[1])
        return None

    def keep_quiet(self, album: str, mark: QuietMark | None) -> None:
        """Set or clear the quiet mark."""
        if mark is None:
            self._keep(("DELETE FROM quiet WHERE album = ?", (album,)))
            return
        row = cache_rows.sealed("quiet", (album, cache_rows.dump_quiet(mark)))
        self._keep(("INSERT OR REPLACE INTO quiet (album, body, seal) VALUES (?, ?, ?)", row))

    def flush(self) -> None:
        """Commit what was kept so far."""
        with self._lock:
            pending, self._pending = self._pending, []
            if not pending or self._connection is None or os.getpid() != self._process:
                return
            with self._forgiving(), transaction(self._connection):
                for statement, values in pending:
                    self._connection.execute(statement, values)

    def _keep(self, *statements: tuple[str, tuple[Any, ...]]) -> None:
        with self._lock:
            if self._connection is None:
                return
            self._pending += statements
            if len(self._pending) >= _PENDING:
                self.flush()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, with all that was kept in it; an empty database when there is none."""
        with self._lock:
            self.flush()
            if self._connection is None:
                with closing(sqlite3.connect(":memory:")) as empty:
                    _fill(empty)
                    yield empty
                return
            with self._forgiving():
                yield self._connection

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        """Go on after any error of SQLite or of what was read; a damaged file is replaced."""
        try:
            yield
        except sqlite3.OperationalError:
            return  # busy, full, not writable
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            self._replace()
        except (ValueError, TypeError, KeyError, OverflowError):
            return  # an intact row, but not of this version

    def _replace(self) -> None:
        assert self._connection is not None, "what was damaged was open"
        self._connection.close()
        disposable.remove(self._path)
        self._connection = disposable.opened(self._path, CACHE, _fill)


def _facts(mark: FolderMark) -> tuple[bytes, bytes, bytes, int, int]:
    return (mark.stats, mark.rules, mark.content, mark.files, mark.problems)


def _fill(connection: sqlite3.Connection) -> None:
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {CACHE.version}")
