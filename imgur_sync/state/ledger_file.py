"""The file of the credit ledger: its tables, its versions, and how it is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from imgur_sync.state.database import Kind, check_header, closed_on_error, connect, make_database, refused, translated
from imgur_sync.state.migrations import Step, upgrade


def _version_1(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE charge (number INTEGER PRIMARY KEY, origin TEXT NOT NULL, client TEXT NOT NULL, "
        "account TEXT NOT NULL, credits INTEGER NOT NULL, posts INTEGER NOT NULL, uploads INTEGER NOT NULL, "
        "at REAL NOT NULL, settled INTEGER) STRICT"
    )
    connection.execute("CREATE INDEX charge_at ON charge (origin, at, client, account, credits, posts, uploads)")
    connection.execute(
        "CREATE TABLE reading (meter TEXT NOT NULL, origin TEXT NOT NULL, client TEXT NOT NULL, account TEXT NOT NULL, "
        "capacity INTEGER, remaining INTEGER, reset REAL NOT NULL, at REAL NOT NULL, tick INTEGER NOT NULL, "
        "PRIMARY KEY (meter, origin, client, account)) STRICT"
    )
    # How far Imgur's clock is ahead of ours.
    connection.execute("CREATE TABLE clock (origin TEXT PRIMARY KEY, ahead REAL NOT NULL) STRICT")
    # Numbers reservations, settlements and readings alike, so that their order is known.
    connection.execute("CREATE TABLE tick (last INTEGER NOT NULL) STRICT")
    connection.execute("INSERT INTO tick VALUES (0)")


def _version_2(connection: sqlite3.Connection) -> None:
    """What refusals teach: a pace of uploads by machine, closed limits, strikes and blocks by application."""
    connection.execute("ALTER TABLE charge ADD COLUMN refused INTEGER NOT NULL DEFAULT 0")
    connection.execute(
        "CREATE TABLE pace (origin TEXT PRIMARY KEY, per_hour INTEGER NOT NULL, since REAL NOT NULL) "
        "STRICT, WITHOUT ROWID"
    )
    connection.execute(
        "CREATE TABLE closing (meter TEXT NOT NULL, origin TEXT NOT NULL, client TEXT NOT NULL, account TEXT NOT NULL, "
        "until REAL NOT NULL, seconds REAL NOT NULL, unnamed INTEGER NOT NULL, "
        "PRIMARY KEY (meter, origin, client, account)) STRICT, WITHOUT ROWID"
    )
    connection.execute(
        "CREATE TABLE strike (origin TEXT NOT NULL, client TEXT NOT NULL, at REAL NOT NULL, ends REAL NOT NULL, "
        "PRIMARY KEY (origin, client, at)) STRICT, WITHOUT ROWID"
    )
    connection.execute(
        "CREATE TABLE block (origin TEXT NOT NULL, client TEXT NOT NULL, until REAL NOT NULL, "
        "PRIMARY KEY (origin, client)) STRICT, WITHOUT ROWID"
    )


def _version_3(connection: sqlite3.Connection) -> None:
    """When it was noticed (by our clock) that our clock had been set."""
    connection.execute("ALTER TABLE clock ADD COLUMN set_at REAL NOT NULL DEFAULT 0")


STEPS: tuple[Step, ...] = (_version_1, _version_2, _version_3)
LEDGER = Kind(
    name="credit ledger",
    application_id=0x69734C67,  # "isLg"
    version=len(STEPS),
    hint="Move it aside: a new one begins with what Imgur's headers say is left.",
)


def opened(path: Path) -> sqlite3.Connection:
    """The ledger file, made where there is none, brought to this version where it is older. Raises `StateError`."""
    try:
        check_header(path, LEDGER)
    except FileNotFoundError:
        make_database(path, LEDGER, lambda connection: upgrade(connection, STEPS, file=None))
        check_header(path, LEDGER)
    with translated(path, LEDGER):
        connection = connect(path)
        with closed_on_error(connection):
            upgrade(connection, STEPS, file=path)
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise refused(path, LEDGER, "is damaged")
    return connection
