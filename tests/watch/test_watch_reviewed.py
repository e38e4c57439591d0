"""What a daemon must not do while something is wrong: stop, spin, or say the same again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.model.activity import WaitKind
from imgur_sync.model.gate import GateName
from imgur_sync.model.hint import Deaf
from imgur_sync.model.spec import Removal
from imgur_sync.watch.events import GateOpened, GateTripped, NotReloaded, PassBegan, PassFailed
from imgur_sync.watch.telling import Level
from tests.support.watched_days import WatchedDays

HOUR = 3600.0


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """An album with three pictures."""
    with WatchedDays(tmp_path) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png"])
        yield stage


def test_an_album_whose_folder_never_was_there_stops_no_other(days: WatchedDays) -> None:
    """It is told with its name, tried again now and then, and taken in when the folder comes."""
    root = days.album("birds")
    root.rmdir()
    days.at(2 * HOUR, lambda: days.add("cats", "d.png", 4))
    days.watch(3 * HOUR)
    assert days.shown("cats") == days.wanted("cats")
    failures = days.of(PassFailed)
    assert len(failures) == 1
    (wait,) = [wait for wait in days.activity.waits if wait.album == "birds"]
    assert wait.kind is WaitKind.MANIFEST
    root.mkdir()
    days.put("birds", "b.png", 50)
    days.watch(6 * HOUR)
    assert days.shown("birds") == days.wanted("birds")


def test_a_drive_that_is_pulled_while_a_file_is_copied_makes_no_work(days: WatchedDays) -> None:
    """The file that was not still is not looked for on and on."""
    root, away = days.base / "cats", days.base / "away"
    days.watch(600.0)

    def pull() -> None:
        days.stillness.quiet = 1e9  # whatever is looked at now is not still
        days.add("cats", "d.png", 4)

    def gone() -> None:
        root.rename(away)
        days.watcher.unwatch(root, Deaf.GONE)

    days.at(700.0, pull)
    days.at(760.0, gone)
    before = days.wakes
    days.watch(HOUR)
    assert days.wakes - before < 400
    assert len(days.shown("cats")) == 3


def test_a_gate_about_what_imgur_lost_is_told_once(days: WatchedDays) -> None:
    """Eight of twelve pictures were deleted there: one line, one plan, and no pass every few minutes."""
    days.pictures("cats", [f"{number:02}.png" for number in range(9)])
    days.watch(600.0)
    ids = days.remote("cats")["images"]
    for image in ids[:8]:
        days.steer("edit", {"op": "delete_image", "id": image})
    days.watch(13 * HOUR)
    gates = [event for event in days.of(GateTripped) if event.gate.name is GateName.RESTORE]
    assert len(gates) == 1
    assert not days.of(GateOpened)
    assert len(days.of(PassBegan)) < 30


def test_the_same_trouble_is_not_news_every_hour(days: WatchedDays) -> None:
    """A file that is not whole is one line; passes that change nothing are details."""
    (days.base / "cats" / "half.png").write_bytes((days.base / "cats" / "a.png").read_bytes()[:60])
    days.watch(24 * HOUR)
    lines = [line.text for line in days.log if line.level is not Level.DETAIL]
    assert sum("half.png" in text for text in lines) == 1
    assert sum(text.startswith("finished") for text in lines) == 1


def test_an_album_that_is_to_be_removed_is_told_with_its_gate(days: WatchedDays) -> None:
    """`[[removed]]` waits for its approval like any gate, where `status` shows it."""
    days.album("dogs")
    days.pictures("dogs", ["rex.png", "spot.png"])
    days.watch(600.0)
    days.removals = (Removal("dogs"),)
    del days.albums["dogs"]
    days.watch(2 * HOUR)
    (gate,) = days.of(GateTripped)
    assert (gate.gate.name, gate.gate.album, gate.gate.count) == (GateName.PRUNE, "dogs", 2)
    assert [wait.album for wait in days.activity.waits] == ["dogs"]


def test_a_gate_is_told_anew_for_another_number_only(days: WatchedDays) -> None:
    """That other pictures came meanwhile is no news of the gate."""
    days.pictures("cats", [f"{number:02}.png" for number in range(20)])
    days.watch(600.0)

    def lose() -> None:
        for number in range(10):
            days.remove("cats", f"{number:02}.png")

    days.at(700.0, lose)
    for number in range(3):
        days.at(1200.0 + 300 * number, lambda number=number: days.add("cats", f"n{number}.png", 60 + number))
    days.watch(HOUR)
    assert [gate.gate.count for gate in days.of(GateTripped)] == [10]


def test_another_place_of_the_state_takes_a_restart(days: WatchedDays) -> None:
    """The locks are at the old one: the manifest before rules on, and says so once."""
    days.watch(600.0)
    days.state_path = days.base / "elsewhere" / "state.db"
    days.at(700.0, lambda: days.watcher.happen(days.base / "sync.toml"))
    days.at(900.0, lambda: days.add("cats", "d.png", 4))
    days.watch(2 * HOUR, manifest=replace(days.manifest(), state_path=days.base / ".imgur-sync" / "state.db"))
    assert len(days.of(NotReloaded)) == 1
    assert days.shown("cats") == days.wanted("cats")
