"""The tables of state.db, version by version. A version once released is never edited: a new step is added."""

from __future__ import annotations

import sqlite3

from imgur_sync.state.database import Kind
from imgur_sync.state.migrations import Step

_VERSION_1 = (
    # One row each: the lineage, and the version once more (the header has no checksum).
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL, seal BLOB NOT NULL) STRICT",
    """CREATE TABLE album (
        key TEXT PRIMARY KEY, id TEXT NOT NULL, folder BLOB NOT NULL, title BLOB, description BLOB, privacy TEXT,
        sent_at REAL NOT NULL, edited INTEGER NOT NULL, serial INTEGER NOT NULL, placed INTEGER NOT NULL,
        made_at REAL NOT NULL, root_device TEXT, root_inode TEXT, gone INTEGER NOT NULL, seal BLOB NOT NULL) STRICT""",
    """CREATE TABLE ignored_wish (
        album TEXT NOT NULL REFERENCES album (key) DEFERRABLE INITIALLY DEFERRED, field TEXT NOT NULL,
        wish BLOB NOT NULL, before BLOB NOT NULL, attempts INTEGER NOT NULL, at REAL NOT NULL, seal BLOB NOT NULL,
        PRIMARY KEY (album, field)) STRICT""",
    # An album need not exist for its pictures: a rebuilt state may find pictures whose album is gone.
    """CREATE TABLE picture (
        id TEXT PRIMARY KEY, album TEXT NOT NULL, path BLOB NOT NULL, digest TEXT NOT NULL, sent_digest TEXT NOT NULL,
        marker TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL, width INTEGER NOT NULL,
        height INTEGER NOT NULL, link TEXT NOT NULL, made_at REAL NOT NULL, placed_at REAL NOT NULL,
        standing TEXT NOT NULL, complete INTEGER NOT NULL, has_gps INTEGER NOT NULL, restored INTEGER NOT NULL,
        seal BLOB NOT NULL) STRICT""",
    "CREATE INDEX picture_album ON picture (album, standing)",
    "CREATE INDEX picture_detached ON picture (substr(digest, 1, 16)) WHERE standing = 'detached'",
    # Apart from all else, so that they can be encrypted or left out of a copy.
    """CREATE TABLE deletehash (
        kind TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (kind, id)) STRICT""",
    """CREATE TABLE intent (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, album TEXT NOT NULL, target TEXT NOT NULL, path BLOB NOT NULL,
        digest TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL, width INTEGER NOT NULL,
        height INTEGER NOT NULL, has_gps INTEGER NOT NULL, marker TEXT NOT NULL, copy INTEGER NOT NULL,
        reservation INTEGER NOT NULL, made_at REAL NOT NULL, failed_at REAL, sends INTEGER NOT NULL,
        status TEXT NOT NULL, replaces TEXT NOT NULL, restores INTEGER NOT NULL, wish BLOB NOT NULL,
        seal BLOB NOT NULL) STRICT""",
    "CREATE INDEX intent_unsure ON intent (status) WHERE status <> 'closed'",
    """CREATE TABLE copy (
        album TEXT NOT NULL, short TEXT NOT NULL, highest INTEGER NOT NULL, seal BLOB NOT NULL,
        PRIMARY KEY (album, short)) STRICT""",
    """CREATE TABLE failed (
        album TEXT NOT NULL, path BLOB NOT NULL, digest TEXT NOT NULL, reason BLOB NOT NULL, at REAL NOT NULL,
        seal BLOB NOT NULL, PRIMARY KEY (album, path)) STRICT""",
    """CREATE TABLE retired (
        number INTEGER PRIMARY KEY, album TEXT NOT NULL, path BLOB NOT NULL, old_id TEXT NOT NULL,
        new_id TEXT NOT NULL, old_link TEXT NOT NULL, new_link TEXT NOT NULL, at REAL NOT NULL,
        seal BLOB NOT NULL) STRICT""",
    "CREATE INDEX retired_album ON retired (album, at, number)",
)


def _version_1(connection: sqlite3.Connection) -> None:
    for statement in _VERSION_1:
        connection.execute(statement)


def _departures(connection: sqlite3.Connection) -> None:
    """When a picture was taken out of its album: what `purge` counts its time of grace from."""
    connection.execute("CREATE TABLE departure (id TEXT PRIMARY KEY, at REAL NOT NULL, seal BLOB NOT NULL) STRICT")


def _runs(connection: sqlite3.Connection) -> None:
    """The history of runs, and what each did."""
    connection.execute(
        """CREATE TABLE run (
        number INTEGER PRIMARY KEY, command BLOB NOT NULL, started_at REAL NOT NULL, albums BLOB NOT NULL,
        ended_at REAL, exit_codes TEXT NOT NULL, credits INTEGER, uploaded_bytes INTEGER NOT NULL,
        seal BLOB NOT NULL) STRICT"""
    )
    connection.execute(
        """CREATE TABLE run_step (
        run INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, album TEXT NOT NULL, path BLOB NOT NULL,
        at REAL NOT NULL, detail BLOB NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (run, number)) STRICT"""
    )


_PICTURE_TEXTS = (
    # Rows are there only for pictures whose texts are, or were, managed.
    """CREATE TABLE picture_text (
        id TEXT PRIMARY KEY, title BLOB, description BLOB, at REAL NOT NULL, seal BLOB NOT NULL) STRICT""",
    """CREATE TABLE ignored_text (
        id TEXT NOT NULL, field TEXT NOT NULL, wish BLOB NOT NULL, before BLOB NOT NULL, attempts INTEGER NOT NULL,
        at REAL NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (id, field)) STRICT""",
)


def _picture_texts(connection: sqlite3.Connection) -> None:
    for statement in _PICTURE_TEXTS:
        connection.execute(statement)


def _agreed(connection: sqlite3.Connection) -> None:
    """The order and cover that an album (of that id) had when they were last agreed on; null is not known."""
    connection.execute(
        """CREATE TABLE agreed (
        album TEXT PRIMARY KEY, id TEXT NOT NULL, ids TEXT, cover TEXT, seal BLOB NOT NULL) STRICT"""
    )


_REVIEWED = (
    """CREATE TABLE reviewed (
        digest TEXT PRIMARY KEY, manifest TEXT NOT NULL, elements BLOB NOT NULL, at REAL NOT NULL,
        seal BLOB NOT NULL) STRICT""",
    "CREATE TABLE consumed (checksum TEXT PRIMARY KEY, at REAL NOT NULL, seal BLOB NOT NULL) STRICT",
)


def _reviewed(connection: sqlite3.Connection) -> None:
    """Plans that were applied by their digest, and plan files that were used up."""
    for statement in _REVIEWED:
        connection.execute(statement)


STEPS: tuple[Step, ...] = (_version_1, _departures, _runs, _picture_texts, _agreed, _reviewed)

STATE = Kind(
    name="imgur-sync state",
    application_id=0x69735374,  # "isSt"
    version=len(STEPS),
    hint="Make a new one from what is on Imgur: imgur-sync state rebuild (this one is kept beside it).",
)
