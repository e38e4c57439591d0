"""The board of activities with anything in it or on it: what comes back is what was shown, or nothing; no error."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.model.activity import Activity, LastRun, Queued, Wait, WaitKind
from imgur_sync.model.remembered import Feud, Look, Spent
from imgur_sync.report.activities import Running
from imgur_sync.report.jsons import status_json
from imgur_sync.report.status import Status, status_text
from imgur_sync.report.text import Moment
from imgur_sync.state.activity import SqliteActivity
from imgur_sync.state.watch_memory import SqliteWatchMemory
from tests.contract.activity_contract import FULL, MINE
from tests.fuzz.amounts import examples
from tests.fuzz.damage import damaged
from tests.fuzz.test_fuzz_databases import SMALL, cache_bytes

LOOK = Look("cats", 5.0, 2)
FEUD = Feud("cats", (("the order was changed", (1.0, 2.5)),), 9.0, 3.0, "folder", "entry")
TEXTS = st.text(st.characters(), max_size=20)
TIMES = st.floats(allow_nan=False)
SOME = st.none() | TIMES
COUNTS = st.integers(0, 2**70)
ACTIVITIES = st.builds(
    Activity,
    st.integers(-(2**70), 2**70), TEXTS, TEXTS, TIMES, TIMES, TEXTS, TEXTS, COUNTS, COUNTS, SOME,
    st.lists(st.builds(Queued, TEXTS, COUNTS, COUNTS, COUNTS), max_size=3).map(tuple),
    st.lists(st.builds(Wait, st.sampled_from(WaitKind), TEXTS, TEXTS, SOME, TEXTS), max_size=3).map(tuple),
    st.none() | st.builds(LastRun, TIMES, st.lists(st.integers(), max_size=3).map(tuple), COUNTS, COUNTS),
    SOME,
)  # fmt: skip


@cache
def board_bytes() -> bytes:
    """A board with something on it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "activity.db"
        SqliteActivity(path).show(FULL)
        SqliteWatchMemory(path).begin_look(LOOK, Spent(1.0, 5))
        SqliteWatchMemory(path).keep_feud(FEUD)
        return path.read_bytes()


@examples(80)
@given(st.deferred(lambda: damaged([board_bytes(), board_bytes(), cache_bytes(), SMALL, b""])))
def test_any_board_tells_the_truth_or_nothing(data: bytes) -> None:
    """And takes what is new, at the second time at the latest."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "activity.db"
        path.write_bytes(data)
        board, memory = SqliteActivity(path), SqliteWatchMemory(path)
        assert {replace(row, ended=False) for row in board.all()} <= {FULL}
        assert set(memory.looks()) <= {LOOK}
        assert set(memory.feuds()) <= {FEUD}
        assert {spent.credits for spent in memory.spent()} <= {5}
        with board.wish("apply"):
            assert len(board.wishes()) <= 1
        board.show(MINE)
        board.show(MINE)
        assert MINE in board.all()
        begun = memory.begin_look(LOOK, Spent(1.0, 5))
        memory.end_look(LOOK, begun)
        assert memory.looks() == (LOOK,)
        board.clear()
        assert MINE not in board.all()


@examples(60)
@given(ACTIVITIES)
def test_any_activity_is_shown_or_dropped(shown: Activity) -> None:
    """And what is shown can be told of."""
    with TemporaryDirectory() as folder:
        board = SqliteActivity(Path(folder) / "activity.db")
        board.show(shown)
        found = board.all()
        assert {replace(row, ended=False) for row in found} <= {replace(shown, ended=False)}
        status = Status("state.db", "lin", (), running=Running(None, found))
        status_text(status, Moment(1.8e9)).encode("utf-8")
        status_json(status).encode("ascii")
