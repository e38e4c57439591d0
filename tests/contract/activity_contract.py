"""What every `ActivityBoard` promises. A test class inherits this and gives the fixtures `board` and `same`: two
objects for one empty board, whose time is that of the fixture `time`."""

from __future__ import annotations

import os
import socket
from dataclasses import replace

import pytest

from imgur_sync.model.activity import WISH_LASTS, Activity, LastRun, Queued, Wait, WaitKind, Wish
from imgur_sync.model.ports import ActivityBoard
from tests.support.hand_clock import HandClock

MINE = Activity(os.getpid(), socket.gethostname(), "watch", 1000.5, 1001.0, "starting")
FULL = replace(
    MINE,
    at=1002.25,
    doing="uploading \\xff \udcff.jpg",
    album="cats",
    done=3,
    total=7,
    until=2000.5,
    queue=(Queued("cats", 4, 1, 41), Queued("dogs/rex", 0, 2)),
    waits=(
        Wait(WaitKind.GATE, "cats", "37 pictures would leave it", None, "imgur-sync apply --approve prune=37"),
        Wait(WaitKind.BUDGET, "", "the hour's uploads", 3000.0),
    ),
    last=LastRun(990.0, (7, 6), 12, 125),
    next_look=4000.0,
)
OTHER = replace(MINE, pid=1, host="elsewhere", command="apply", since=900.0, at=1_799_999_990.0)


class ActivityContract:
    """Inherited by the tests of every implementation."""

    def test_an_empty_board_tells_nothing(self, board: ActivityBoard) -> None:
        """And nothing is there to clear."""
        board.clear()
        assert board.all() == ()
        assert board.wishes() == ()

    def test_what_is_shown_is_told_to_all(self, board: ActivityBoard, same: ActivityBoard) -> None:
        """Every field of it, also names that are no text."""
        board.show(FULL)
        assert same.all() == board.all() == (FULL,)

    @pytest.mark.parametrize("kind", WaitKind)
    def test_every_kind_of_wait_comes_back(self, board: ActivityBoard, kind: WaitKind) -> None:
        """As what it is."""
        shown = replace(MINE, waits=(Wait(kind, "cats", "something", 5.0, "something else"),))
        board.show(shown)
        assert board.all() == (shown,)

    def test_a_process_shows_one_thing_at_a_time(self, board: ActivityBoard, same: ActivityBoard) -> None:
        """The last one; another process's stays, and the older process is first."""
        for shown in (FULL, OTHER, replace(FULL, waits=(), queue=()), MINE):
            board.show(shown)
        assert same.all() == (OTHER, MINE)

    def test_a_process_clears_what_is_its_own(self, board: ActivityBoard, same: ActivityBoard) -> None:
        """And can show something again."""
        board.show(OTHER)
        board.show(MINE)
        board.clear()
        board.clear()
        assert same.all() == (OTHER,)
        board.show(FULL)
        assert same.all() == (OTHER, FULL)

    def test_nobody_ends_by_saying_so(self, board: ActivityBoard) -> None:
        """`ended` is found out, not written."""
        board.show(replace(MINE, ended=True))
        assert board.all() == (MINE,)

    def test_a_wish_lasts_as_long_as_its_block(
        self, board: ActivityBoard, same: ActivityBoard, time: HandClock
    ) -> None:
        """Also when an error ends it."""
        with board.wish("apply"):
            assert same.wishes() == (Wish(MINE.pid, MINE.host, "apply", time.now()),)
        assert same.wishes() == ()
        with pytest.raises(ZeroDivisionError), board.wish("apply"):
            raise ZeroDivisionError
        assert same.wishes() == ()
        assert same.all() == ()

    def test_the_oldest_wish_comes_first(self, board: ActivityBoard, same: ActivityBoard, time: HandClock) -> None:
        """And ends alone."""
        with board.wish("purge"):
            time.jump(5)
            with same.wish("apply --wait"):
                assert [wish.command for wish in board.wishes()] == ["purge", "apply --wait"]
            assert [wish.command for wish in same.wishes()] == ["purge"]

    @pytest.mark.parametrize("away", [WISH_LASTS, -WISH_LASTS, 1e9])
    def test_an_old_wish_does_not_count(self, board: ActivityBoard, time: HandClock, away: float) -> None:
        """Whichever way the clock went; one made anew does."""
        with board.wish("apply"):
            time.jump(away)
            assert board.wishes() == ()
            with board.wish("apply"):
                assert [wish.at for wish in board.wishes()] == [time.now()]
