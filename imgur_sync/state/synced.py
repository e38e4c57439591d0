"""`SqliteStore`: the synced tree, the journal of intents and what else must survive, in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from imgur_sync.model.secret import Secret
from imgur_sync.model.synced import (
    Intent,
)
from imgur_sync.state import rows
from imgur_sync.state.database import closed_on_error, transaction, translated
from imgur_sync.state.disk import private_folder
from imgur_sync.state.migrations import back_up, upgrade
from imgur_sync.state.reads import StoreReads
from imgur_sync.state.schema import STATE, STEPS
from imgur_sync.state.sealed import DamagedRow

if TYPE_CHECKING:
    from imgur_sync.model.change import Change
    from imgur_sync.model.history import Run
    from imgur_sync.model.reviewed import ReviewedPlan
    from imgur_sync.state.recording import Recording

T = TypeVar("T")
MEMORY = Path("(state in memory)")
# Small tables that every command reads: checked when the file is opened. The others are checked at the first look.
_HEAD = ("meta", "album", "ignored_wish", "intent", "deletehash")


class SqliteStore(StoreReads):
    """The `StateStore` in a SQLite file (or in memory). Made by `open_store`, `find_store` or `in_memory`.

    Each value is checked against the checksum of its row when it is read, and the structure of the file before its
    pictures are looked at: damage raises `StateError`, it never reads as absence. Not to be used across a fork.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, *, read_only: bool = False) -> None:
        self._connection = connection
        self._path = path
        self._read_only = read_only
        self._aside = False
        self._process = os.getpid()
        self._whole_checked = False
        self._run: Run | None = None
        with translated(path, STATE):
            for table in _HEAD:
                self._check_structure(f"PRAGMA integrity_check({table})")
            row = rows.META.one(connection, "WHERE name = 'lineage'")
            if row is None:
                raise DamagedRow("no lineage in it")
            self._lineage = str(row[1])
            mode = rows.META.one(connection, "WHERE name = 'mode'")
            self._mode = "account" if mode is None else str(mode[1])

    @classmethod
    def in_memory(cls, lineage: str) -> SqliteStore:
        """A new, empty state that ends with the process."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        with closed_on_error(connection):
            connection.execute("PRAGMA foreign_keys = ON")
            upgrade(connection, STEPS, file=None)
            rows.META.put(connection, ("lineage", lineage))
            return cls(connection, MEMORY)

    def copy_to_memory(self) -> SqliteStore:
        """A private copy of the state as it is now: what is recorded there stays there."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        with closed_on_error(connection):
            with self._using() as source:
                source.backup(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            return SqliteStore(connection, MEMORY)

    def record_aside(self) -> SqliteStore:
        """From now on what is recorded stays in this object: before the first record the state is copied into memory.
        Returns itself, for a state opened for reading only."""
        self._aside = True
        return self

    def _leave_file(self) -> None:
        copy, file = self.copy_to_memory(), self._connection
        self._connection, self._path, self._read_only = copy._connection, MEMORY, False
        file.close()

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
    def mode(self) -> str:
        """The mode of the manifest that it was made for: "account" or "anonymous"."""
        return self._mode

    def deletehashes(self) -> dict[str, Secret]:
        """Every deletehash kept, by the id of its album or picture."""
        with self._using(whole=True) as connection:
            found = {row[1]: Secret(row[2]) for row in rows.DELETEHASH.get(connection, "WHERE kind = 'image'")}
        albums = {album.id: album.deletehash for album in self.albums() if album.deletehash is not None}
        return {**found, **albums}

    def set_mode(self, mode: str) -> None:
        """Make a state in which there is nothing yet one of that mode."""
        if self._read_only:
            raise RuntimeError("this state was opened for reading only")
        with self._using(whole=True) as connection, transaction(connection):
            rows.META.put(connection, ("mode", mode))
        self._mode = mode

    def save_copy(self, target: Path) -> None:
        """Copy the state as it is now into that file, readable by the user alone, durably and all at once. What is
        damaged is not copied: raises `StateError`, and the file stays as it was."""
        with self._using(whole=True) as connection:
            self._check_structure("PRAGMA integrity_check(1)")
            private_folder(target.parent)
            back_up(connection, target)

    @property
    def path(self) -> Path:
        """The file, or a name in brackets for a state in memory."""
        return self._path

    def open_intent(self, draft: Intent) -> Intent:
        """Record a write before it is sent; returns it with its number."""
        return self._recorded(lambda recording: recording.open_intent(draft))

    def foretell(self, drafts: Sequence[Intent]) -> None:
        """Nothing to do: what is recorded here is still here after a kill."""

    def record(self, *changes: Change) -> None:
        """Record all changes in one transaction; grows the serial of each album touched."""

        def apply_all(recording: Recording) -> None:
            for change in changes:
                recording.apply(change)

        self._recorded(apply_all)

    def begin_run(self, draft: Run) -> Run:
        """Write a run into the history; what is recorded from now on belongs to it. Returns it with its number."""
        number = self._recorded(lambda recording: recording.begin_run(draft))
        self._run = replace(draft, number=number)
        return self._run

    def keep_review(self, plan: ReviewedPlan, checksum: str, at: float) -> None:
        """Write that this plan is applied now; with a `checksum` its file is used up."""
        self._recorded(lambda recording: recording.keep_review(plan, checksum, at))

    def end_run(self, ended: Run) -> None:
        """Write how a run ended; what is recorded afterwards belongs to none."""
        self._recorded(lambda recording: recording.end_run(ended))
        self._run = None

    def _recorded(self, work: Callable[[Recording], T]) -> T:
        if self._read_only and self._aside:
            self._leave_file()
        if self._read_only:
            raise RuntimeError("this state was opened for reading only")
        from imgur_sync.state.recording import Recording

        with self._using(whole=True) as connection, transaction(connection):
            recording = Recording(connection, self._lineage, self._run)
            result = work(recording)
            recording.finish()
        return result
