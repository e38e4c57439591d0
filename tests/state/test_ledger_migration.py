"""A ledger of the first version is taken over, after a copy was put beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from imgur_sync.model.budget import CALL_COST, LimitName, Reservation
from imgur_sync.state.ledger import Caps, SqliteLedger
from imgur_sync.state.ledger_file import LEDGER, STEPS

OLD = """
PRAGMA application_id = 1769163879;
CREATE TABLE charge (number INTEGER PRIMARY KEY, origin TEXT NOT NULL, client TEXT NOT NULL, account TEXT NOT NULL,
  credits INTEGER NOT NULL, posts INTEGER NOT NULL, uploads INTEGER NOT NULL, at REAL NOT NULL, settled INTEGER) STRICT;
CREATE INDEX charge_at ON charge (origin, at, client, account, credits, posts, uploads);
CREATE TABLE reading (meter TEXT NOT NULL, origin TEXT NOT NULL, client TEXT NOT NULL, account TEXT NOT NULL,
  capacity INTEGER, remaining INTEGER, reset REAL NOT NULL, at REAL NOT NULL, tick INTEGER NOT NULL,
  PRIMARY KEY (meter, origin, client, account)) STRICT;
CREATE TABLE clock (origin TEXT PRIMARY KEY, ahead REAL NOT NULL) STRICT;
CREATE TABLE tick (last INTEGER NOT NULL) STRICT;
INSERT INTO tick VALUES (2);
INSERT INTO charge VALUES (1, 'o', 'c', 'a', 40, 4, 4, 1699999000.0, 2);
INSERT INTO reading VALUES ('day', 'o', 'c', '', 12500, 9000, 1700040000.0, 1699999000.0, 2);
PRAGMA user_version = 1;
"""


def test_a_ledger_of_the_first_version_goes_on(tmp_path: Path, clock: Any) -> None:
    """With its charges and readings; the copy is the file as it was."""
    path = tmp_path / "ledger.db"
    path.touch(0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(OLD)
        connection.execute("PRAGMA journal_mode = WAL")
    caps = Caps(reserve_credits=0, uploads_per_hour=10)
    with SqliteLedger(path, origin="o", client_id="c", account="a", caps=caps, clock=clock) as ledger:
        budget = ledger.budget()
        assert (budget.used_today, budget.learned, budget.strikes) == (40, None, 0)
        assert [budget.remaining(name) for name in (LimitName.DAY, LimitName.UPLOADS)] == [9_000, 6]
        assert isinstance(ledger.reserve(CALL_COST), Reservation)
    assert int.from_bytes(path.read_bytes()[60:64], "big") == len(STEPS) == LEDGER.version == 3
    copy = path.with_name("ledger.db.backup-v1")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT sum(credits) FROM charge").fetchone() == (40,)
