"""`SqliteStore`: the synced tree, the journal of intents and what else must survive, in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from imgur_sync.model.synced import (
    FailedFile,
    Intent,
    IntentStatus,
    RetiredUrl,
    Standing,
    SyncedAlbum,
    SyncedPicture,
)
from imgur_sync.planner.marker import SHORT
from imgur_sync.state import rows
from imgur_sync.state.database import transaction, translated
from imgur_sync.state.migrations import upgrade
from imgur_sync.state.schema import STATE, STEPS
from imgur_sync.state.sealed import DamagedRow

if TYPE_CHECKING:
    from imgur_sync.model.change import Change
    from imgur_sync.state.recording import Recording

T = TypeVar("T")
MEMORY = Path("(state in memory)")
# Small tables that every command reads: checked when the file is opened. The others are checked at the first look.
_HEAD = ("meta", "album", "ignored_wish", "intent", "deletehash")


class SqliteStore:
    """The `StateStore` in a SQLite file (or in memory). Made by `open_store`, `find_store` or `in_memory`.

    Each value is checked against the checksum of its row when it is read, and the structure of the file before its
    pictures are looked at: damage raises `StateError`, it never reads as absence. Not to be used across a fork.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, *, read_only: bool = False) -> None:
        self._connection = connection
        self._path = path
        self._read_only = read_only
        self._process = os.getpid()
        self._whole_checked = False
        with translated(path, STATE):
            for table in _HEAD:
                self._check_structure(f"PRAGMA integrity_check({table})")
            row = rows.META.one(connection, "WHERE name = 'lineage'")
            if row is None:
                raise DamagedRow("no lineage in it")
            self._lineage = str(row[1])

    @classmethod
    def in_memory(cls, lineage: str) -> SqliteStore:
        """A new, empty state that ends with the process."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            upgrade(connection, STEPS, file=None)
            rows.META.put(connection, ("lineage", lineage))
            return cls(connection, MEMORY)
        except BaseException:
            connection.close()
            raise

    def copy_to_memory(self) -> SqliteStore:
        """A private copy of the state as it is now: what is recorded there stays there."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            with self._using() as source:
                source.backup(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            return SqliteStore(connection, MEMORY)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Give the file back. Closing twice is harmless."""
        if os.getpid() == self._process:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def lineage(self) -> str:
        """Which line of states this is; part of every marker."""
        return self._lineage

    @property
    def path(self) -> Path:
        """The file, or a name in brackets for a state in memory."""
        return self._path

    def album(self, key: str) -> SyncedAlbum | None:
        """The album of that key, if it was ever made."""
        with self._using() as connection:
            row = rows.ALBUM.one(connection, "WHERE key = ?", key)
            return None if row is None else rows.load_album(connection, row)

    def albums(self) -> tuple[SyncedAlbum, ...]:
        """All albums ever made, by key."""
        with self._using() as connection:
            found = list(rows.ALBUM.get(connection, "ORDER BY key"))
            return tuple(rows.load_album(connection, row) for row in found)

    def pictures(self, album: str) -> tuple[SyncedPicture, ...]:
        """All pictures recorded in that album, also detached and gone ones (deleted ones not), by id."""
        with self._using(whole=True) as connection:
            where = "WHERE album = ? AND standing <> 'deleted' ORDER BY id"
            return self._loaded(connection, rows.PICTURE.get(connection, where, album))

    def picture(self, image_id: str) -> SyncedPicture | None:
        """One picture by id, whatever its standing."""
        with self._using(whole=True) as connection:
            found = self._loaded(connection, rows.PICTURE.get(connection, "WHERE id = ?", image_id))
            return found[0] if found else None

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of `ids` that the state holds or ever held."""
        with self._using(whole=True) as connection:
            return frozenset(row[0] for row in rows.PICTURE.among(connection, "id", tuple(ids)))

    def detached(self, digests: Iterable[str]) -> tuple[SyncedPicture, ...]:
        """Detached pictures of any album whose digest is one of these, by id.

        A short digest (16 hex digits), asked for or recorded, stands for every full one that begins with it.
        """
        wanted = frozenset(digests)
        shorts = {digest[:SHORT] for digest in wanted}
        open_ended = {digest for digest in wanted if len(digest) <= SHORT}
        with self._using(whole=True) as connection:
            also = f"AND standing = '{Standing.DETACHED}'"
            found = rows.PICTURE.among(connection, "substr(digest, 1, 16)", sorted(shorts), also)
            pictures = self._loaded(connection, found)
        matching = (
            picture
            for picture in pictures
            if picture.digest in wanted or len(picture.digest) <= SHORT or picture.digest[:SHORT] in open_ended
        )
        return tuple(sorted(matching, key=lambda picture: picture.id))

    def intents(self, *statuses: IntentStatus) -> tuple[Intent, ...]:
        """Intents with one of these statuses, by number."""
        with self._using(whole=IntentStatus.CLOSED in statuses) as connection:
            # One query a status: "status IN (...)" would not use the index of the few unsure ones.
            unsure = {status for status in statuses if status is not IntentStatus.CLOSED}
            found = [
                row
                for status in sorted(unsure)
                for row in rows.INTENT.get(connection, "WHERE status = ? AND status <> 'closed'", status.value)
            ]
            if IntentStatus.CLOSED in statuses:
                found += rows.INTENT.get(connection, "WHERE status = 'closed'")
            return tuple(rows.load_intent(row) for row in sorted(found, key=lambda row: int(row[0])))

    def highest_copy(self, album: str, digest: str) -> int:
        """The highest copy number ever recorded for this album key and digest (its first 16 hex digits), -1 if none."""
        with self._using(whole=True) as connection:
            row = rows.COPY.one(connection, "WHERE album = ? AND short = ?", album, digest[:SHORT])
            return -1 if row is None else int(row[2])

    def failed(self, album: str) -> tuple[FailedFile, ...]:
        """Files not tried again until they change, by path."""
        with self._using(whole=True) as connection:
            found = rows.FAILED.get(connection, "WHERE album = ? ORDER BY path", album)
            return tuple(rows.load_failed(row) for row in found)

    def retired(self, album: str) -> tuple[RetiredUrl, ...]:
        """Old and new addresses of replaced pictures, oldest first."""
        with self._using(whole=True) as connection:
            found = rows.RETIRED.get(connection, "WHERE album = ? ORDER BY at, number", album)
            return tuple(rows.load_retired(row) for row in found)

    def protected(self) -> frozenset[str]:
        """The keys of the albums from which nothing is removed."""
        with self._using() as connection:
            return frozenset(rows.load_marks(connection, rows.PROTECTED))

    def accepted_root(self, album: str) -> str:
        """The scan of the album's folder that somebody accepted, "" if none."""
        with self._using() as connection:
            return rows.load_marks(connection, rows.ACCEPTED_ROOT).get(album, "")

    def open_intent(self, draft: Intent) -> Intent:
        """Record a write before it is sent; returns it with its number."""
        return self._recorded(lambda recording: recording.open_intent(draft))

    def record(self, *changes: Change) -> None:
        """Record all changes in one transaction; grows the serial of each album touched."""

        def apply_all(recording: Recording) -> None:
            for change in changes:
                recording.apply(change)

        self._recorded(apply_all)

    def _recorded(self, work: Callable[[Recording], T]) -> T:
        if self._read_only:
            raise RuntimeError("this state was opened for reading only")
        from imgur_sync.state.recording import Recording

        with self._using(whole=True) as connection, transaction(connection):
            recording = Recording(connection, self._lineage)
            result = work(recording)
            recording.finish()
        return result

    def _loaded(self, connection: sqlite3.Connection, found: Iterable[tuple[object, ...]]) -> tuple[SyncedPicture, ...]:
        taken = list(found)
        hashes = rows.picture_deletehashes(connection, [str(row[0]) for row in taken])
        return tuple(rows.load_picture(row, hashes.get(str(row[0]))) for row in taken)

    @contextmanager
    def _using(self, *, whole: bool = False) -> Iterator[sqlite3.Connection]:
        if os.getpid() != self._process:
            raise RuntimeError("a state is not carried across a fork")
        with translated(self._path, STATE):
            if whole and not self._whole_checked:
                self._check_structure("PRAGMA integrity_check(1)")
                self._whole_checked = True
            yield self._connection

    def _check_structure(self, pragma: str) -> None:
        answer = self._connection.execute(pragma).fetchone()
        if answer is None or answer[0] != "ok":
            raise DamagedRow("its tables do not hold together")
