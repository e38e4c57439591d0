"""What a daemon remembers, on disk: over processes and kills, in files that are damaged, older, or out of reach."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.model.ports import WatchMemory
from imgur_sync.model.remembered import Spent
from imgur_sync.state.activity import SqliteActivity
from imgur_sync.state.watch_memory import FORGET_LOOKS, FORGET_SPENT, SqliteWatchMemory
from tests.contract.activity_contract import MINE
from tests.contract.watch_memory_contract import FEUD, LOOK, NOW, ODD, WatchMemoryContract


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where activity.db is to be."""
    return tmp_path / "state" / "activity.db"


@pytest.fixture
def memory(path: Path) -> WatchMemory:
    """An empty one."""
    return SqliteWatchMemory(path)


class TestSqliteWatchMemory(WatchMemoryContract):
    """A memory in activity.db; each process opens it for each call."""

    @pytest.fixture
    def same(self, path: Path) -> WatchMemory:
        """That of the next process."""
        return SqliteWatchMemory(path)


def test_nothing_is_remembered_where_nothing_was_kept(memory: WatchMemory, path: Path) -> None:
    """And who only asks makes no file."""
    assert (memory.looks(), memory.spent(), memory.feuds()) == ((), (), ())
    assert not path.exists()


def test_what_is_too_old_for_anybody_goes(memory: WatchMemory) -> None:
    """The file does not grow for years."""
    old = memory.begin_look(replace(LOOK, at=NOW - FORGET_LOOKS - 1), Spent(NOW - FORGET_SPENT - 1, 5))
    memory.end_look(replace(LOOK, at=NOW - FORGET_LOOKS - 1), old)
    memory.begin_look(ODD, Spent(NOW, 1))
    assert memory.looks() == (ODD,)
    assert [spent.at for spent in memory.spent()] == [NOW]


def test_the_board_lies_in_the_same_file(memory: WatchMemory, path: Path) -> None:
    """Neither is in the other's way."""
    board = SqliteActivity(path)
    memory.begin_look(LOOK, Spent(NOW, 5))
    board.show(MINE)
    memory.keep_feud(FEUD)
    assert board.all() == (MINE,)
    assert memory.looks() == (LOOK,)


def test_damage_is_nothing_remembered(memory: WatchMemory, path: Path) -> None:
    """A changed row is none; a file that is none is made anew by the next that is kept."""
    memory.begin_look(LOOK, Spent(NOW, 5))
    memory.keep_feud(FEUD)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE look SET credits = 0")
        connection.execute("UPDATE spent SET credits = 0")
        connection.execute("UPDATE feud SET body = x'7b7d'")
    assert (memory.looks(), memory.spent(), memory.feuds()) == ((), (), ())
    path.write_bytes(b"no database" * 1000)
    assert (memory.looks(), memory.spent(), memory.feuds()) == ((), (), ())
    memory.keep_feud(FEUD)
    assert memory.feuds() == (FEUD,)


def test_the_file_of_an_older_version_is_made_anew(path: Path) -> None:
    """It held nothing that lasts."""
    board = SqliteActivity(path)
    board.show(MINE)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE look")
        connection.execute("PRAGMA user_version = 1")
    memory = SqliteWatchMemory(path)
    assert memory.looks() == ()
    assert board.all() == ()
    memory.begin_look(LOOK, Spent(NOW, 5))
    assert memory.looks() == (LOOK,)


def test_what_cannot_be_written_is_dropped(tmp_path: Path) -> None:
    """A folder in the file's place, or a file in its folder's: nothing is raised, and nothing is remembered."""
    (tmp_path / "activity.db").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "activity.db", tmp_path / "file" / "activity.db"):
        memory = SqliteWatchMemory(path)
        begun = memory.begin_look(LOOK, Spent(NOW, 5))
        assert begun == Spent(NOW, 5)
        memory.end_look(LOOK, begun)
        memory.keep_feud(FEUD)
        assert (memory.looks(), memory.spent(), memory.feuds()) == ((), (), ())
    assert os.path.isdir(tmp_path / "activity.db")
