"""What a `SqliteStore` reads. Every value is checked against the checksum of its row."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from imgur_sync.model.synced import (
    Agreed,
    Departure,
    FailedFile,
    Intent,
    IntentStatus,
    RetiredUrl,
    Standing,
    SyncedAlbum,
    SyncedPicture,
)
from imgur_sync.state import marks, rows
from imgur_sync.state.database import translated
from imgur_sync.state.schema import STATE
from imgur_sync.state.sealed import DamagedRow
from imgur_sync.state.text_rows import with_texts

if TYPE_CHECKING:
    from imgur_sync.model.history import Run, RunStep
    from imgur_sync.model.reviewed import ReviewedPlan


class StoreReads:
    """The reading half of the store, over a connection that the other half opened and closes."""

    _connection: sqlite3.Connection
    _path: Path
    _process: int
    _whole_checked: bool

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
        """All pictures recorded in that album, also detached and gone ones (deleted and forgotten ones not), by id."""
        with self._using(whole=True) as connection:
            found = rows.PICTURE.get(connection, "WHERE album = ? AND standing NOT IN ('deleted', 'forgotten')", album)
            # Sorted here: for an order that no index has, SQLite would carry all rows through a tree of its own.
            return self._loaded(connection, sorted(found, key=itemgetter(0)))

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
        return self._of("'detached'", digests)

    def placed(self, digests: Iterable[str]) -> tuple[SyncedPicture, ...]:
        """Pictures that stand in any album and whose digest is likewise one of these, by id."""
        return self._of("'placed'", digests)

    def _of(self, standing: str, digests: Iterable[str]) -> tuple[SyncedPicture, ...]:
        wanted = frozenset(digests)
        from imgur_sync.planner.marker import SHORT

        shorts = {digest[:SHORT] for digest in wanted}
        open_ended = {digest for digest in wanted if len(digest) <= SHORT}
        # One statement for all: where no index helps, every one of them would go through all pictures.
        where = " ".join(("WHERE substr(digest, 1, 16) IN (SELECT value FROM json_each(?)) AND standing =", standing))
        with self._using(whole=True) as connection:
            pictures = self._loaded(connection, rows.PICTURE.get(connection, where, json.dumps(sorted(shorts))))
        matching = (
            picture
            for picture in pictures
            if picture.digest in wanted or len(picture.digest) <= SHORT or picture.digest[:SHORT] in open_ended
        )
        return tuple(sorted(matching, key=lambda picture: picture.id))

    def departures(self) -> tuple[Departure, ...]:
        """Every detached picture, by album and id, with when it was taken out."""
        from imgur_sync.state.leaving import departed_at

        with self._using(whole=True) as connection:
            where = f"WHERE standing = '{Standing.DETACHED}' ORDER BY album, id"
            found = self._loaded(connection, rows.PICTURE.get(connection, where))
            return tuple(Departure(picture, departed_at(connection, picture.id)) for picture in found)

    def forgotten(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of `ids` that the user let go of."""
        with self._using(whole=True) as connection:
            also = f"AND standing = '{Standing.FORGOTTEN}'"
            return frozenset(row[0] for row in rows.PICTURE.among(connection, "id", tuple(ids), also))

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
        from imgur_sync.planner.marker import SHORT

        with self._using(whole=True) as connection:
            row = rows.COPY.one(connection, "WHERE album = ? AND short = ?", album, digest[:SHORT])
            return -1 if row is None else int(row[2])

    def failed(self, album: str) -> tuple[FailedFile, ...]:
        """Files not tried again until they change, by path."""
        with self._using(whole=True) as connection:
            found = rows.FAILED.get(connection, "WHERE album = ? ORDER BY path", album)
            return tuple(rows.load_failed(row) for row in found)

    def held(self) -> Mapping[tuple[str, str], int]:
        """The gates that hold, by album and gate, with the number of pictures that was synced when each began to."""
        with self._using() as connection:
            return marks.load_held(connection)

    def retired(self, album: str) -> tuple[RetiredUrl, ...]:
        """Old and new addresses of replaced pictures, oldest first."""
        with self._using(whole=True) as connection:
            found = rows.RETIRED.get(connection, "WHERE album = ? ORDER BY at, number", album)
            return tuple(rows.load_retired(row) for row in found)

    def protected(self) -> frozenset[str]:
        """The keys of the albums from which nothing is removed."""
        with self._using() as connection:
            return frozenset(marks.load_marks(connection, marks.PROTECTED))

    def accepted_root(self, album: str) -> str:
        """The scan of the album's folder that somebody accepted, "" if none."""
        with self._using() as connection:
            return marks.load_marks(connection, marks.ACCEPTED_ROOT).get(album, "")

    def reviewed(self, digest: str) -> ReviewedPlan | None:
        """The plan that was applied under this digest, None if none was."""
        from imgur_sync.state.reviewed import load_reviewed

        with self._using() as connection:
            return load_reviewed(connection, digest)

    def consumed(self, checksum: str) -> float | None:
        """When the plan file with this checksum was applied, None if it was not."""
        from imgur_sync.state.reviewed import load_consumed

        with self._using() as connection:
            return load_consumed(connection, checksum)

    def agreed(self, album: str) -> Agreed:
        """The order and cover of that album that were last agreed on, as far as they are known."""
        from imgur_sync.state.agreed import load_agreed

        with self._using() as connection:
            return load_agreed(connection, album)

    def runs(self, limit: int | None = None) -> tuple[Run, ...]:
        """Up to `limit` runs, the newest first, each with the counts of what it did."""
        from imgur_sync.state import runs

        with self._using(whole=True) as connection:
            return runs.newest(connection, limit)

    def run_steps(self, number: int) -> tuple[RunStep, ...]:
        """What one run did, in the order in which it was recorded."""
        from imgur_sync.state import runs

        with self._using(whole=True) as connection:
            return runs.steps_of(connection, number)

    def _loaded(self, connection: sqlite3.Connection, found: Iterable[tuple[object, ...]]) -> tuple[SyncedPicture, ...]:
        taken = list(found)
        hashes = rows.picture_deletehashes(connection, [str(row[0]) for row in taken])
        return with_texts(connection, [rows.load_picture(row, hashes.get(str(row[0]))) for row in taken])

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
