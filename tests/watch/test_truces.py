"""A truce, and what led to it, outlive the daemon; people end it; a quarrel has its rounds within two days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.executor import Options
from imgur_sync.executor.history import recorded_run
from imgur_sync.model.activity import Wait, WaitKind
from imgur_sync.model.history import Run
from imgur_sync.model.plan import AlbumPlan, Drift
from imgur_sync.model.ports import WatchMemory
from imgur_sync.model.step import DeleteAlbum
from imgur_sync.watch.events import Quarrel
from imgur_sync.watch.quarrels import ROUNDS, TRUCE, WITHIN, Quarrels
from tests.support.hand_clock import HandClock
from tests.support.memory_remembered import MemoryRemembered
from tests.support.watched_days import WatchedDays

HOUR, DAY = 3600.0, 86400.0


class Insisting(WatchedDays):
    """A stage with somebody on the site who wants the album's last picture first, and looks every so often."""

    insists = True

    def insist(self, until: float, every: float = 2 * HOUR) -> None:
        """From now on, until so many seconds after the stage was set up."""
        moment = self.elapsed
        while moment < until:
            moment += every
            self.at(moment, self._put_first)

    def _put_first(self) -> None:
        album = self.remote("cats")
        last = next(one["id"] for one in self.look("world")["images"] if one["sha256"] == self.wanted("cats")[-1])
        if self.insists and album["images"][0] != last:
            self.steer("edit", {"op": "order", "id": album["id"], "images": [last]})

    def edits(self) -> int:
        """How many edits Imgur received from us."""
        return sum(method == "PUT" for method, _ in self.wire.sent)

    def pauses(self) -> list[Wait]:
        """What `status` tells of truces."""
        return [wait for wait in self.activity.waits if wait.kind is WaitKind.PAUSED]


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Insisting]:
    """An album of four pictures in order."""
    with Insisting(tmp_path) as stage:
        stage.album("cats")
        for number in range(4):
            stage.put("cats", f"{number}.png", number)
        assert stage.apply().codes == (0,)
        yield stage


@pytest.fixture
def truce(days: Insisting) -> Insisting:
    """The same in a truce, which began at most an hour or two ago."""
    days.insist(4 * DAY)
    days.watch(8 * HOUR)
    assert len(days.of(Quarrel)) == 1
    return days


def test_a_truce_outlives_the_daemon(truce: Insisting) -> None:
    """Twenty starts within it: none of them touches the album, and each says until when it is left alone."""
    before, until = truce.edits(), truce.of(Quarrel)[0].until
    for number in range(20):
        truce.watch(8 * HOUR + 0.5 * HOUR * (number + 1))
        (pause,) = truce.pauses()
        assert pause.until == pytest.approx(until, abs=1.0)
        assert pause.remedy.endswith("sync.toml apply cats")
    assert truce.edits() == before
    assert len(truce.of(Quarrel)) == 1
    truce.insists = False
    truce.watch(3 * DAY)
    assert truce.shown("cats") == truce.wanted("cats")
    assert not truce.pauses()


def test_rounds_outlive_the_daemon(days: Insisting) -> None:
    """A daemon that is started anew after every round notices it, too."""
    days.insist(DAY / 2)
    before = days.edits()
    for number in range(12):
        days.watch(HOUR * (number + 1))
    assert len(days.of(Quarrel)) == 1
    assert days.edits() - before == ROUNDS


def test_rounds_that_are_long_ago_count_no_more(days: Insisting) -> None:
    """Somebody who changes the order now and then does not insist on it."""
    days.pace = replace(days.pace, rescan=6 * HOUR)
    before = days.edits()
    days.insist(8 * DAY, every=1.4 * DAY)
    for number in range(4):
        days.watch(2 * DAY * (number + 1))
    assert not days.of(Quarrel)
    assert days.edits() - before == 5


def _by_hand(stage: Insisting) -> None:
    with (
        stage._passing(stage.manifest(), Options(), lambda: None, frozenset()) as bench,
        recorded_run(bench.ports, "apply", ("cats",)),
    ):
        pass


def _another_title(stage: Insisting) -> None:
    stage.change("cats", description="mine")


def _another_picture(stage: Insisting) -> None:
    stage.put("cats", "7.png", 77)


@pytest.mark.parametrize("what", [_by_hand, _another_title, _another_picture])
def test_what_people_do_while_no_daemon_runs_ends_a_truce(truce: Insisting, what: Callable[[Insisting], None]) -> None:
    """An apply by hand, another entry in the manifest, another picture in the folder."""
    truce.insists = False
    truce.clock.advance(60.0)
    what(truce)
    truce.watch(truce.elapsed + 600.0)
    assert not truce.pauses()
    truce.watch(truce.elapsed + 2 * HOUR)
    assert truce.shown("cats") == truce.wanted("cats")


def test_an_apply_by_hand_is_heeded_by_the_daemon_that_runs(truce: Insisting) -> None:
    """At its next look at the folders."""
    truce.insists = False
    truce.at(9 * HOUR, lambda: _by_hand(truce))
    truce.watch(11 * HOUR)
    assert not truce.pauses()
    truce.watch(13 * HOUR)
    assert truce.shown("cats") == truce.wanted("cats")


def _plan(*drift: Drift) -> AlbumPlan:
    return AlbumPlan("a", "a", 0, 0, 1, 1, drift=drift, steps=(DeleteAlbum("a"),), fingerprint="f")


def _moved(what: str = "the order was changed on Imgur") -> Drift:
    return Drift("a", what, "it is set back")


@pytest.fixture
def memory() -> WatchMemory:
    """An empty one."""
    return MemoryRemembered()


def _quarrel(memory: WatchMemory, clock: HandClock) -> Quarrels:
    quarrels = Quarrels(memory, clock)
    for _ in range(ROUNDS):
        told = quarrels.found(_plan(_moved()), clock.monotonic(), "entry")
        clock.advance(60.0)
    assert told
    return quarrels


def test_a_clock_that_was_put_back_makes_no_truce_longer(memory: WatchMemory) -> None:
    """Nor is one kept that is over by a clock that was put forward."""
    clock = HandClock()
    _quarrel(memory, clock)
    clock.jump(-30 * DAY)
    assert Quarrels(memory, clock).until("a") <= clock.monotonic() + TRUCE
    clock.jump(60 * DAY)
    assert Quarrels(memory, clock).until("a") <= clock.monotonic()
    assert not [feud for feud in memory.feuds() if feud.until]


def test_what_is_over_is_forgotten(memory: WatchMemory) -> None:
    """Neither rounds of a year nor truces that are over are kept."""
    clock = HandClock()
    quarrels = Quarrels(memory, clock)
    quarrels.found(_plan(_moved(), _moved("the title was changed on Imgur")), clock.monotonic())
    assert len(memory.feuds()[0].rounds) == 2
    clock.advance(WITHIN + 1)
    Quarrels(memory, clock)
    assert memory.feuds() == ()
    _quarrel(memory, clock)
    clock.advance(TRUCE + 1)
    Quarrels(memory, clock)
    assert memory.feuds() == ()


def test_a_truce_of_one_album_is_none_of_another(memory: WatchMemory) -> None:
    """And an apply of another album does not end it; nor does one from before it, nor a pass of a daemon."""
    clock = HandClock()
    quarrels = _quarrel(memory, clock)
    assert quarrels.until("b") < clock.monotonic()
    now = clock.now()
    quarrels.heed([Run(1, "apply", now, ("b",)), Run(2, "apply", now - DAY), Run(3, "watch", now)])
    assert quarrels.until("a") > clock.monotonic()
    quarrels.heed([Run(4, "apply", now, ("b", "a"))])
    assert quarrels.until("a") < clock.monotonic()
    assert Quarrels(memory, clock).until("a") < clock.monotonic()
