"""A folder that is emptied, replaced or mounted over while the daemon watches never counts as nothing to show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.model.gate import GateName
from imgur_sync.model.hint import Cause, Deaf
from imgur_sync.watch.events import GateTripped
from tests.support.pictures import png
from tests.support.watched_days import WatchedDays

HOUR = 3600.0


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """An album with four pictures."""
    with WatchedDays(tmp_path) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png", "d.png"])
        yield stage


def lose(root: Path, away: Path, how: str) -> None:
    """The folder's files are not in its place any more."""
    if how == "emptied":
        away.mkdir()
        for path in sorted(root.iterdir()):
            path.rename(away / path.name)
        return
    root.rename(away)
    if how != "gone":
        root.mkdir()
    if how == "other pictures":
        (root / "a.png").write_bytes(png(seed=77))
        (root / "x.png").write_bytes(png(seed=78))


def restore(root: Path, away: Path, how: str) -> None:
    """They are back."""
    if how == "emptied":
        for path in sorted(away.iterdir()):
            path.rename(root / path.name)
        return
    if root.exists():
        root.rename(root.with_name("never"))
    away.rename(root)


@pytest.mark.parametrize("how", ["emptied", "replaced", "other pictures", "gone"])
@pytest.mark.parametrize("told", [True, False])
def test_what_takes_the_place_of_a_folder_removes_nothing(days: WatchedDays, how: str, told: bool) -> None:
    """Told of or not: the gate `root` holds, nothing leaves; when the folder is back, all goes on."""
    root, away = days.base / "cats", days.base / "away"

    def swap() -> None:
        lose(root, away, how)
        if told:
            days.watcher.unwatch(root, Deaf.GONE)

    def back() -> None:
        restore(root, away, how)
        if told:
            days.watcher.tell(Cause.BACK, "cats")
        days.put("cats", "e.png", 5)

    days.at(600.0, swap)
    days.at(5 * HOUR, back)
    days.watch(5 * HOUR - 60.0)
    assert len(days.shown("cats")) == 4
    assert days.uploads() == 4
    assert GateName.ROOT in {gate.gate.name for gate in days.of(GateTripped)}
    days.watch(7 * HOUR)
    assert days.shown("cats") == days.wanted("cats")
    assert days.uploads() == 5


def test_an_overflow_has_everything_looked_at_at_once(days: WatchedDays) -> None:
    """What its events would have told is found without waiting for the next full look."""

    def flood() -> None:
        days.put("cats", "e.png", 5)
        days.watcher.tell(Cause.OVERFLOW)

    days.at(600.0, flood)
    days.watch(660.0)
    assert days.shown("cats") == days.wanted("cats")
