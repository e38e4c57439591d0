"""What a run does is shown on the board: at once where it lasts, never too often, and not after its end."""

from __future__ import annotations

import os
import socket
from dataclasses import replace

import pytest

from imgur_sync.model.event import Event, Hashing, InDoubt, Scanning, UploadStarted, Waiting
from imgur_sync.model.outcome import Problem, ProblemKind
from imgur_sync.report.live import BURST, Both, LiveActivity, beginning, living
from tests.support.hand_clock import HandClock
from tests.support.memory_activity import MemoryActivity


@pytest.fixture
def clock() -> HandClock:
    """Moved by hand."""
    return HandClock()


@pytest.fixture
def board(clock: HandClock) -> MemoryActivity:
    """An empty one."""
    return MemoryActivity(clock.now)


def test_a_run_is_on_the_board_while_it_lasts(board: MemoryActivity, clock: HandClock) -> None:
    """Who, since when, and what."""
    with living(board, clock, "apply --wait") as live:
        (shown,) = board.all()
        assert (shown.pid, shown.host, shown.command) == (os.getpid(), socket.gethostname(), "apply --wait")
        assert (shown.since, shown.at, shown.doing) == (clock.now(), clock.now(), "starting")
        clock.advance(5)
        live.show(UploadStarted("cats", "tom.jpg", 9))
        (shown,) = board.all()
        assert (shown.since, shown.at, shown.doing) == (clock.now() - 5, clock.now(), "uploading tom.jpg")
    assert board.all() == ()
    with pytest.raises(ZeroDivisionError), living(board, clock, "apply"):
        raise ZeroDivisionError
    assert board.all() == ()


def test_a_busy_run_shows_about_one_thing_a_second(board: MemoryActivity, clock: HandClock) -> None:
    """A few at once, then one a second; nothing that is shown is older than that."""
    live = LiveActivity(board, clock, beginning("apply", clock))
    for number in range(1000):
        live.show(Hashing("cats", f"{number}.jpg", 9))
        clock.advance(0.01)
    assert 10 <= len(board.shown) <= 10 + BURST
    assert live.activity.doing == "reading 999.jpg (1,000 files and 9.0 kB so far)"
    assert board.shown[-1].at >= clock.now() - 1.1


def test_how_far_a_look_is_counts_files_once_and_from_its_first_album(board: MemoryActivity, clock: HandClock) -> None:
    """A large file comes in pieces; the next look begins at nothing."""
    live = LiveActivity(board, clock, beginning("watch", clock))
    said = []
    for event in (
        Scanning("cats", 1, 2),
        Hashing("cats", "a.jpg", 1_000_000),
        Hashing("cats", "a.jpg", 500_000),
        Scanning("dogs", 2, 2),
        Hashing("dogs", "a.jpg", 1),
        Scanning("cats", 1, 1),
        Hashing("cats", "b.jpg", 7),
    ):
        live.show(event)
        said.append(live.activity.doing)
    assert said == [
        "reading the folder (1 of 2)",
        "reading a.jpg (album 1 of 2, 1 file and 1.0 MB so far)",
        "reading a.jpg (album 1 of 2, 1 file and 1.5 MB so far)",
        "reading the folder (2 of 2)",
        "reading a.jpg (album 2 of 2, 2 files and 1.5 MB so far)",
        "reading the folder",
        "reading b.jpg (1 file and 7 bytes so far)",
    ]


def test_what_comes_in_a_bunch_before_a_silence_is_shown(board: MemoryActivity, clock: HandClock) -> None:
    """The folder, the plan, the uploads that begin together."""
    live = LiveActivity(board, clock, beginning("apply", clock))
    live.begin()
    live.show(Scanning("cats", 1, 1))
    for number in range(BURST - 1):
        live.show(UploadStarted("cats", f"{number}.jpg", 9))
    assert board.shown[-1].doing == f"uploading {BURST - 2}.jpg"


@pytest.mark.parametrize(
    "event", [Waiting("the day", 5.0), InDoubt("cats", "it", Problem(ProblemKind.SERVER, "no"), 5.0)]
)
def test_a_wait_is_always_shown(board: MemoryActivity, clock: HandClock, event: Event) -> None:
    """However much was shown just now: it lasts. So is what no event tells."""
    live = LiveActivity(board, clock, beginning("apply", clock))
    for _ in range(BURST + 3):
        live.show(Scanning("cats", 1, 1))
    live.show(event)
    assert board.shown[-1].until == 5.0
    live.say("waiting for the answer to its question")
    assert (board.shown[-1].doing, board.shown[-1].until) == ("waiting for the answer to its question", None)
    live.put(replace(live.activity, next_look=77.0, at=0.0))
    assert (board.shown[-1].next_look, board.shown[-1].at) == (77.0, clock.now())


def test_clocks_that_are_set_back_harm_nothing(board: MemoryActivity, clock: HandClock) -> None:
    """It is counted by the clock that only grows."""
    live = LiveActivity(board, clock, beginning("apply", clock))
    for _ in range(10):
        clock.jump(-3600)
        clock.advance(1)
        live.show(Scanning("cats", 1, 1))
    assert len(board.shown) == 10


def test_two_displays_show_the_same(board: MemoryActivity, clock: HandClock) -> None:
    """Every call goes to both, in order."""
    told: list[str] = []

    class Named:
        def __init__(self, name: str) -> None:
            self._name = name

        def begin(self) -> None:
            told.append(f"{self._name} begins")

        def show(self, event: Event) -> None:
            told.append(f"{self._name} shows {type(event).__name__}")

        def pause(self) -> None:
            told.append(f"{self._name} pauses")

        def close(self) -> None:
            told.append(f"{self._name} closes")

    both = Both(Named("one"), Both(Named("two"), LiveActivity(board, clock, beginning("apply", clock))))
    both.begin()
    both.show(Scanning("cats", 1, 1))
    both.pause()
    both.close()
    words = ("begins", "shows Scanning", "pauses", "closes")
    assert told == [f"{name} {word}" for word in words for name in ("one", "two")]
    assert [shown.doing for shown in board.all()] == ["reading the folder"]
