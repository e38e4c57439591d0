"""The board of activities on disk: between processes, killed ones too, in files that are damaged or out of reach."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.model.activity import WISH_LASTS, Activity
from imgur_sync.model.ports import ActivityBoard
from imgur_sync.state import alive
from imgur_sync.state.activity import SILENT, SqliteActivity
from tests.contract.activity_contract import FULL, MINE, OTHER, ActivityContract
from tests.support.hand_clock import HandClock

BEGIN = """
import os, socket, sys, time
from pathlib import Path
from imgur_sync.model.activity import Activity
from imgur_sync.state.activity import SqliteActivity
board = SqliteActivity(Path(sys.argv[1]))
def mine(doing, at=5.0):
    return Activity(os.getpid(), socket.gethostname(), sys.argv[2], 1.0, at, doing)
"""
SHOWS = (
    BEGIN
    + """
board.show(mine("sleeping"))
print("shown", flush=True)
sys.stdin.readline()
board.clear()
print("cleared", flush=True)
"""
)
WISHES = (
    BEGIN
    + """
with board.wish(sys.argv[2]):
    print("wished", flush=True)
    sys.stdin.readline()
print("content", flush=True)
"""
)
NEVER_STOPS = (
    BEGIN
    + """
print("begins", flush=True)
number = 0
while True:
    number += 1
    board.show(mine(f"step {number}", float(number)))
    with board.wish("apply"):
        pass
"""
)
READ_ONLY = """
import os, sys
from pathlib import Path
os.chmod(sys.argv[1], 0o755)
for name in os.listdir(sys.argv[1]):
    os.chmod(os.path.join(sys.argv[1], name), 0o444)
os.chmod(sys.argv[1], 0o555)
from imgur_sync.state.activity import SqliteActivity
from tests.contract.activity_contract import FULL, MINE
if os.geteuid() == 0:
    os.chroot(sys.argv[1])
    os.seteuid(65534)
    folder = Path("/")
else:
    folder = Path(sys.argv[1])
for name in ("activity.db", "none.db"):
    board = SqliteActivity(folder / name)
    before = board.all()
    board.show(MINE)
    board.clear()
    with board.wish("apply"):
        assert board.wishes() == ()
    assert board.all() == before
    print(len(before), flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the board is."""
    return tmp_path / "activity.db"


class TestSqliteActivity(ActivityContract):
    """A board in a file."""

    @pytest.fixture
    def time(self) -> HandClock:
        """Its clock."""
        return HandClock()

    @pytest.fixture
    def board(self, path: Path, time: HandClock) -> ActivityBoard:
        """One object for it; OTHER, of another machine, was heard of a moment ago."""
        return SqliteActivity(path, now=time.now)

    @pytest.fixture
    def same(self, path: Path, time: HandClock) -> ActivityBoard:
        """Another object for it."""
        return SqliteActivity(path, now=time.now)


def test_the_file_is_private_and_stands_alone(tmp_path: Path, umask: int) -> None:
    """Made with its folder when something is written first; nothing else stays, and reading makes nothing."""
    folder = tmp_path / ".imgur-sync"
    board = SqliteActivity(folder / "activity.db")
    board.clear()
    assert (board.all(), board.wishes()) == ((), ())
    assert not folder.exists()
    board.show(MINE)
    with board.wish("apply"):
        assert board.all() == (MINE,)
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        ".gitignore": 0o600,
        "activity.db": 0o600,
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_processes_are_told_apart(path: Path, child: Callable[..., Any]) -> None:
    """Each shows and clears its own."""
    one, two = child(SHOWS, path, "watch"), child(SHOWS, path, "apply")
    assert (one.line(), two.line()) == ("shown", "shown")
    board = SqliteActivity(path)
    board.show(MINE)
    assert {(row.pid, row.command, row.ended) for row in board.all()} == {
        (one.process.pid, "watch", False),
        (two.process.pid, "apply", False),
        (os.getpid(), "watch", False),
    }
    two.tell("enough")
    assert two.line() == "cleared"
    assert {row.pid for row in board.all()} == {one.process.pid, os.getpid()}


def test_a_killed_process_is_told_as_ended(path: Path, child: Callable[..., Any]) -> None:
    """Until another one of its command shows something."""
    process = child(SHOWS, path, "watch")
    assert process.line() == "shown"
    process.kill()
    board = SqliteActivity(path)
    board.show(replace(MINE, command="apply --wait"))
    dead = Activity(process.process.pid, socket.gethostname(), "watch", 1.0, 5.0, "sleeping", ended=True)
    assert [row for row in board.all() if row.ended] == [dead]
    SqliteActivity(path).show(MINE)
    assert board.all() == (MINE,)


def test_a_process_that_nobody_was_told_the_end_of_has_ended(path: Path, child: Callable[..., Any]) -> None:
    """Its number is still taken: nobody has asked how it ended."""
    process = child(SHOWS, path, "watch")
    assert process.line() == "shown"
    os.kill(process.process.pid, 9)
    os.waitid(os.P_PID, process.process.pid, os.WEXITED | os.WNOWAIT)
    assert [row.ended for row in SqliteActivity(path).all()] == [True]


def test_the_wish_of_a_killed_process_does_not_count(path: Path, child: Callable[..., Any]) -> None:
    """The one of a living process does, until it is content."""
    one, two = child(WISHES, path, "apply"), child(WISHES, path, "purge")
    assert (one.line(), two.line()) == ("wished", "wished")
    board = SqliteActivity(path)
    assert {wish.pid for wish in board.wishes()} == {one.process.pid, two.process.pid}
    one.kill()
    assert [(wish.pid, wish.command) for wish in board.wishes()] == [(two.process.pid, "purge")]
    two.tell("enough")
    assert two.line() == "content"
    assert board.wishes() == ()


def test_a_kill_in_the_middle_of_writing_harms_nothing(path: Path, child: Callable[..., Any]) -> None:
    """Ten writers killed: what the others show is whole, and can be changed."""
    board = SqliteActivity(path)
    board.show(MINE)
    for number in range(10):
        process = child(NEVER_STOPS, path, f"racer {number}")
        assert process.line() == "begins"
        while not any(row.command == f"racer {number}" for row in board.all()):
            pass
        process.kill()
    assert [row for row in board.all() if not row.ended] == [MINE]
    assert board.wishes() == ()
    SqliteActivity(path).show(replace(FULL, command="racer"))
    assert board.all() == (replace(FULL, command="racer"),)


@pytest.mark.parametrize("wrong", [{"start": "1"}, {"boot": "another"}])
def test_a_number_that_another_process_has_now_is_not_believed(
    path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    """Of the same number, but started at another moment; or before the machine was started anew."""
    board = SqliteActivity(path)
    true = alive.mark(os.getpid())
    monkeypatch.setattr("imgur_sync.state.activity.mark", lambda pid: true._replace(**wrong))
    board.show(MINE)
    with board.wish("apply"):
        assert board.wishes() == ()
    assert [row.ended for row in board.all()] == [True]


@pytest.mark.parametrize("pid", [0, -1, 2**31, 2**62])
def test_a_number_that_no_process_has_is_that_of_a_dead_one(pid: int) -> None:
    """No signal goes anywhere."""
    assert alive.died(alive.mark(os.getpid())._replace(pid=pid)) is True


def test_a_process_of_another_user_lives() -> None:
    """It cannot be signalled, but it is there."""
    assert alive.died(alive.mark(1)) is False


def test_without_proc_the_number_alone_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As on other systems."""
    monkeypatch.setattr(alive, "_PROC", tmp_path)
    alive._here.cache_clear()
    try:
        here = alive.mark(os.getpid())
        assert here == (os.getpid(), socket.gethostname(), "", "", "")
        assert alive.died(here) is False
        assert alive.died(here._replace(pid=2**31 - 1)) is True
        assert alive.died(here._replace(host="elsewhere")) is None
    finally:
        alive._here.cache_clear()


def test_a_silent_process_elsewhere_is_given_up_after_a_day(path: Path) -> None:
    """Another machine's or container's numbers say nothing here."""
    time = HandClock(OTHER.at + SILENT)
    board = SqliteActivity(path, now=time.now)
    board.show(OTHER)
    assert [row.ended for row in board.all()] == [False]
    time.jump(1)
    assert [row.ended for row in board.all()] == [True]


def test_old_wishes_are_swept(path: Path) -> None:
    """By the next one."""
    time = HandClock()
    board = SqliteActivity(path, now=time.now)
    with board.wish("apply"):
        time.jump(WISH_LASTS)
        with board.wish("apply"), closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT count(*) FROM wish").fetchone() == (1,)


def _spoil_text(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)


def _spoil_empty(path: Path) -> None:
    path.write_bytes(b"")


def _spoil_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()


def _spoil_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE wish RENAME TO dream")
        connection.commit()


def _spoil_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192])


@pytest.mark.parametrize("spoil", [_spoil_text, _spoil_empty, _spoil_newer, _spoil_tables, _spoil_half])
def test_a_file_that_is_no_board_is_replaced_by_who_writes(path: Path, spoil: Callable[[Path], None]) -> None:
    """Who reads finds it empty and leaves it as it is."""
    board = SqliteActivity(path)
    board.show(FULL)
    spoil(path)
    before = path.read_bytes()
    assert (board.all(), board.wishes()) == ((), ())
    assert path.read_bytes() == before
    board.show(MINE)
    board.show(FULL)
    assert board.all() == (FULL,)


@pytest.mark.parametrize("value", ["NULL", "x'ff'", "3", "'wat'"])
@pytest.mark.parametrize("table", ["activity", "wish"])
def test_a_torn_row_is_no_obstacle(path: Path, table: str, value: str) -> None:
    """After a power cut a value may be of another type than its column: not told, and gone with the next writing."""
    strict, loose = "command TEXT NOT NULL", "command ANY /*-----*/"
    board = SqliteActivity(path)
    with board.wish("apply"):
        board.show(FULL)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for old, new in ((strict, loose), (loose, strict)):
                connection.execute("PRAGMA writable_schema = RESET")
                if old == loose:
                    connection.execute(f"UPDATE {table} SET command = {value}")
                connection.execute("PRAGMA writable_schema = ON")
                connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, ?)", (old, new))
                connection.execute("PRAGMA writable_schema = RESET")
        assert len(board.all()) == (table == "wish")
        assert len(board.wishes()) == (table == "activity")
        new = SqliteActivity(path)
        for _ in range(2):
            new.show(replace(MINE, command="apply"))
            with new.wish("apply"):
                assert "wat" not in [wish.command for wish in new.wishes()]
        assert new.all() == (replace(MINE, command="apply"),)


def test_a_removed_file_comes_back(path: Path) -> None:
    """A process that runs for a year tells again."""
    board = SqliteActivity(path)
    with board.wish("apply"):
        board.show(FULL)
        path.unlink()
        assert (board.all(), board.wishes()) == ((), ())
        board.show(MINE)
        assert board.all() == (MINE,)


def test_a_flipped_bit_is_never_believed(path: Path) -> None:
    """Every 97th byte of the file: what comes back is what was shown, or nothing; and no error."""
    board = SqliteActivity(path)
    board.show(FULL)
    data = path.read_bytes()
    for offset in range(0, len(data), 97):
        spoiled = bytearray(data)
        spoiled[offset] ^= 1 << offset % 8
        path.write_bytes(spoiled)
        assert board.all() in ((FULL,), (replace(FULL, ended=True),), ())
        assert board.wishes() == ()
        with board.wish("apply"):
            pass


@pytest.mark.parametrize("place", ["file/activity.db", "folder"])
def test_a_place_that_cannot_be_written_behaves_as_empty(tmp_path: Path, place: str) -> None:
    """Below a file; in the place of a folder."""
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    board = SqliteActivity(tmp_path / place)
    board.show(FULL)
    board.clear()
    with board.wish("apply"):
        assert (board.all(), board.wishes()) == ((), ())
    assert (tmp_path / "folder").is_dir()


def test_a_read_only_folder_is_read_and_survived(tmp_path: Path, child: Callable[..., Any]) -> None:
    """What was shown before is told; nothing new is."""
    folder = tmp_path / "sealed"
    SqliteActivity(folder / "activity.db").show(FULL)
    process = child(READ_ONLY, folder)
    assert [process.line(), process.line()] == ["1", "0"]
    assert process.end() == 0
    folder.chmod(0o755)


@pytest.fixture(autouse=True)
def writable(tmp_path: Path) -> Iterator[None]:
    """What a test sealed can be removed."""
    yield
    for folder in tmp_path.iterdir():
        if folder.is_dir():
            folder.chmod(0o755)


def test_what_cannot_be_written_is_dropped(path: Path) -> None:
    """A text that no database takes, a number beyond all; what others show stays."""
    board = SqliteActivity(path, now=lambda: OTHER.at)
    board.show(OTHER)
    board.show(replace(MINE, command="\udcff"))
    board.show(replace(MINE, pid=2**70))
    board.show(replace(MINE, at=float("nan")))
    with board.wish("\udcff"):
        assert board.wishes() == ()
    board.show(MINE)
    assert board.all() == (OTHER, MINE)


def test_a_writer_that_does_not_go_on_holds_nobody_up(path: Path) -> None:
    """It was stopped in the middle, as by Ctrl-Z: what others show is dropped, and what was shown can be read."""
    board = SqliteActivity(path)
    board.show(FULL)
    with closing(sqlite3.connect(path, isolation_level=None)) as stopped:
        stopped.execute("BEGIN IMMEDIATE")
        stopped.execute("DELETE FROM activity")
        board.show(MINE)
        assert board.all() == (FULL,)
    board.show(MINE)
    assert board.all() == (MINE,)


def test_a_row_of_another_shape_is_passed_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is intact, but not of this version."""
    board = SqliteActivity(path)
    board.show(OTHER)
    for body in (b"[]", b"{}", b'{"queue": [], "waits": [], "last": null, "more": 1}', b"{"):
        with monkeypatch.context() as patched:
            patched.setattr("imgur_sync.state.activity.dump_activity", lambda shown, body=body: body)
            board.show(MINE)
        assert [row.pid for row in board.all()] == [OTHER.pid]
