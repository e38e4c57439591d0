"""A state file of the first version is taken over, after a copy was put beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from imgur_sync.errors import StateError
from imgur_sync.model.change import AlbumAgreed, PictureEdited
from imgur_sync.model.history import Run
from imgur_sync.model.synced import Agreed
from imgur_sync.state.schema import STEPS
from imgur_sync.state.store import find_store, open_store
from tests.contract.intent_contract import LINEAGE
from tests.state.test_state_files import everything, filled

SCRIPT = Path(__file__).with_name("state_version_1.sql")
"""What `filled` made when the first version was the newest one, as text."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A state.db as the first version left it."""
    path = tmp_path / "state.db"
    path.touch(0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SCRIPT.read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    return path


def version(path: Path) -> int:
    """The version in the file's header."""
    return int.from_bytes(path.read_bytes()[60:64], "big")


def test_nothing_of_the_first_version_is_lost(old: Path, tmp_path: Path) -> None:
    """The upgraded state says what a new one with the same records says; the copy is the file as it was."""
    filled(tmp_path / "new.db")
    with open_store(tmp_path / "new.db", lineage=LINEAGE, create=False) as store:
        wanted = everything(store)
    with open_store(old, lineage=LINEAGE, create=True) as store:
        assert everything(store) == wanted
        assert {found.at for found in store.departures()} == {None}, "when they left was not written down then"
        assert store.runs() == ()
        assert store.begin_run(Run(0, "apply", 100.0)).number == 1
        store.record(PictureEdited("p1", "Tom", None, 5.0))
        picture = store.picture("p1")
        assert picture is not None
        assert (picture.title, picture.description, picture.texts_at) == ("Tom", None, 5.0)
        assert store.agreed("cats") == Agreed(), "no order was remembered then"
        store.record(AlbumAgreed("cats", Agreed(("p1", "p3"), "")))
        assert store.agreed("cats") == Agreed(("p1", "p3"), "")
    assert version(old) == len(STEPS)
    copy = old.with_name("state.db.backup-v1")
    assert (version(copy), copy.stat().st_mode & 0o777) == (1, 0o600)
    with open_store(copy, lineage=LINEAGE, create=False, read_only=True) as store:
        assert everything(store) == wanted


def test_reading_only_upgrades_in_memory(old: Path) -> None:
    """A plan understands an old state without touching it."""
    before = old.read_bytes()
    with open_store(old, lineage=LINEAGE, create=False, read_only=True) as store:
        assert [picture.title for picture in store.pictures("cats")] == [None, None, None]
    assert old.read_bytes() == before
    assert not list(old.parent.glob("*.backup*"))


def test_a_damaged_old_state_is_refused_and_stays(old: Path) -> None:
    """Its tables are checked against its own version."""
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("DROP INDEX retired_album")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with pytest.raises(StateError, match="not those of version 1"):
        find_store(old, lineage=LINEAGE)
    assert version(old) == 1


def test_the_version_before_arrangements_were_remembered_is_taken_over(tmp_path: Path) -> None:
    """Version 4 beside a copy of it; nothing is known of an order or a cover, and nothing else is lost."""
    path = tmp_path / "state.db"
    filled(path)
    with open_store(path, lineage=LINEAGE, create=False) as store:
        wanted = everything(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table in ("agreed", "reviewed", "consumed"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 4")
    with open_store(path, lineage=LINEAGE, create=False, read_only=True) as store:
        assert (everything(store), store.agreed("cats")) == (wanted, Agreed())
    assert version(path) == 4, "a reader upgrades in memory"
    with open_store(path, lineage=LINEAGE, create=False) as store:
        assert (everything(store), store.agreed("cats")) == (wanted, Agreed())
        store.record(AlbumAgreed("cats", Agreed(("p1",), "p1")))
    assert version(path) == len(STEPS)
    assert version(path.with_name("state.db.backup-v4")) == 4
