"""Events are hints: whatever becomes of them, what a folder holds is found by looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.model.hint import Deaf
from imgur_sync.watch.turns import SPREAD
from tests.support.watched_days import WatchedDays

HOUR = 3600.0
LATEST = 1.0 + SPREAD


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """See `deaf_stage`."""
    with deaf_stage(tmp_path) as stage:
        yield stage


@contextmanager
def deaf_stage(base: Path) -> Iterator[WatchedDays]:
    """An album with three pictures; nothing is looked for on Imgur, so that only looks at the folders are left."""
    with WatchedDays(base) as stage:
        stage.budget = replace(stage.budget, refresh_credits_per_day=0)
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png"])
        yield stage


def deaf_days(days: WatchedDays, change: Callable[[], object], patience: float) -> None:
    """All events are lost; the change is in the album after a full look and so many seconds."""

    def shut() -> None:
        days.watcher.deaf = True

    days.at(500.0, shut)
    days.at(600.0, change)
    days.watch(600.0 + LATEST * days.pace.rescan + patience)
    assert days.shown("cats") == days.wanted("cats")


def test_without_events_a_new_file_is_found(days: WatchedDays) -> None:
    """Within `rescan` and what it takes to be still."""
    deaf_days(days, lambda: days.put("cats", "d.png", 4), 60.0)


def test_without_events_a_replaced_file_is_found(days: WatchedDays) -> None:
    """By its times, though its size is the same."""

    def replaced() -> None:
        (days.base / "cats" / "b.png").unlink()
        days.put("cats", "b.png", 5)

    deaf_days(days, replaced, 60.0)


def test_without_events_a_removed_file_is_found(days: WatchedDays) -> None:
    """By two looks that are far enough apart."""
    deaf_days(days, (days.base / "cats" / "b.png").unlink, 60.0 + days.pace.removal_hold)
    assert days.uploads() == 3


def test_a_watcher_that_died_is_no_reason_to_miss_anything(days: WatchedDays) -> None:
    """The folder is told to be unwatched, and never comes back."""
    days.at(500.0, lambda: days.watcher.unwatch(days.base / "cats", Deaf.WATCHES))
    days.at(600.0, lambda: days.put("cats", "d.png", 4))
    days.watch(600.0 + LATEST * days.pace.rescan + 60.0)
    assert days.shown("cats") == days.wanted("cats")


def test_events_that_come_twice_and_in_a_wrong_order_cost_nothing(days: WatchedDays) -> None:
    """A hundred for one change: one pass."""
    days.watch(300.0)
    passes = len(days.runs())

    def flood() -> None:
        path = days.base / "cats" / "d.png"
        for _ in range(50):
            days.watcher.happen(path)
            days.watcher.happen(path.with_name("a.png"))
        days.put("cats", "d.png", 4)
        days.watcher.happen(path)

    days.at(600.0, flood)
    days.watch(1200.0)
    assert len(days.runs()) - passes <= 2
    assert days.uploads() == 4
    assert days.shown("cats") == days.wanted("cats")
