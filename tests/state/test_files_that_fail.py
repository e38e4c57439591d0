"""What the room says when its files cannot be used: full, half made, in the way, or held by somebody without a name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from imgur_sync.errors import ImgurSyncError, LockHeldError, StateError, TryAgainLaterError
from imgur_sync.model.change import PictureAdopted
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.disk import private_folder
from imgur_sync.state.lock import FileLock
from imgur_sync.state.store import SqliteStore, find_store, open_store
from tests.contract.cache_contract import MARK, cached
from tests.contract.intent_contract import CATS, LINEAGE, picture


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A state with an album and nothing in it."""
    with open_store(tmp_path / "state.db", lineage=LINEAGE, create=True) as store:
        store.record(CATS)
        yield store


def test_a_full_disk_is_try_again_later_and_loses_nothing(store: SqliteStore) -> None:
    """75; the record is not there in part, and there is room for it when there is room on the disk."""
    most = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {most}")
    many = [PictureAdopted(picture(f"p{n}", path=f"{n}.jpg", content=str(n))) for n in range(400)]
    with pytest.raises(TryAgainLaterError, match="disk is full"):
        store.record(*many)
    assert store.pictures("cats") == ()
    store._connection.execute("PRAGMA max_page_count = 1073741823")
    store.record(*many)
    assert len(store.pictures("cats")) == 400


def test_a_state_that_was_never_finished_is_refused(tmp_path: Path, store: SqliteStore) -> None:
    """It has the mark of a state, but no version."""
    store.close()
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
        other.execute("PRAGMA user_version = 0")
    with pytest.raises(StateError, match="no finished"):
        find_store(tmp_path / "state.db", lineage=LINEAGE)


def test_an_sqlite_that_is_too_old_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a file is made."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(ImgurSyncError, match=r"3\.37 or newer"):
        open_store(tmp_path / "state.db", lineage=LINEAGE, create=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    """It stays."""
    (tmp_path / "state").write_text("mine")
    with pytest.raises(StateError, match="cannot be made"):
        private_folder(tmp_path / "state")
    assert (tmp_path / "state").read_text() == "mine"


def test_a_lock_that_is_held_but_not_signed_yet_is_a_run_that_has_just_begun(tmp_path: Path) -> None:
    """In its first moment a run has taken the file, and not written who it is."""
    lock = FileLock(tmp_path / "run.lock")
    with lock.hold("one"):
        pass
    for emptied in ("DELETE FROM holder", "DROP TABLE holder"):
        with closing(sqlite3.connect(tmp_path / "run.lock", isolation_level=None)) as other:
            other.execute(emptied)
            other.execute("BEGIN IMMEDIATE")
            assert lock.holder() == "a run that has just begun"
            other.execute("ROLLBACK")


def test_a_lock_signed_with_nonsense_is_somebodys_all_the_same(tmp_path: Path) -> None:
    """Who holds it is told as far as it can be read."""
    lock = FileLock(tmp_path / "run.lock")
    with lock.hold("one"):
        pass
    with closing(sqlite3.connect(tmp_path / "run.lock", isolation_level=None)) as other:
        other.execute("UPDATE holder SET since = 1e300")
        other.execute("BEGIN IMMEDIATE")
        assert "a time that cannot be read" in (lock.holder() or "")
        other.execute("ROLLBACK")


def test_a_lock_that_others_always_take_first_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a few tries it is theirs; nothing is held in vain."""
    lock = FileLock(tmp_path / "run.lock")
    monkeypatch.setattr(FileLock, "_try", lambda self, connection, command: False)
    with pytest.raises(LockHeldError, match="come and go"), lock.hold("one"):
        pass
    monkeypatch.undo()
    with lock.hold("two"):
        assert "two" in (FileLock(tmp_path / "run.lock").holder() or "")


def test_a_lock_file_that_cannot_be_used_is_not_told_as_held(tmp_path: Path) -> None:
    """Its table is another one: nobody holds it, and nobody can."""
    lock = FileLock(tmp_path / "run.lock")
    with lock.hold("one"):
        pass
    with closing(sqlite3.connect(tmp_path / "run.lock", isolation_level=None)) as other:
        other.execute("DROP TABLE holder")
        other.execute("CREATE TABLE holder (another)")
    assert lock.holder() is None
    with pytest.raises(StateError) as caught, lock.hold("two"):
        pass
    assert not isinstance(caught.value, LockHeldError)


def test_a_cache_writes_down_what_it_was_given_without_being_asked(tmp_path: Path) -> None:
    """Every few hundred changes: a long scan that is stopped keeps what it found out."""
    with SqliteCache(tmp_path / "cache.db") as cache, SqliteCache(tmp_path / "cache.db") as other:
        for number in range(400):
            cache.keep_folder("cats", f"f{number}", MARK, [cached("a.jpg")])
        assert len(other.folders("cats")) >= 100
