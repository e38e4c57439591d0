"""An album of higher priority does not wait behind the backlog of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.model.event import UploadDone
from imgur_sync.watch.events import PassBegan, PassFailed
from tests.support.watched_days import WatchedDays

HOUR = 3600.0


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """A backlog of ninety pictures, and an album of higher priority beside it; a request takes two seconds."""
    with WatchedDays(tmp_path, latency=2.0) as stage:
        stage.album("backlog")
        stage.album("shots", priority=10)
        stage.put("shots", "old.png", 500)
        stage.watch(60.0)
        stage.pictures("backlog", [f"{number:02}.png" for number in range(90)])
        yield stage


def sent(days: WatchedDays) -> list[tuple[float, str]]:
    """When each upload was done, and of which file."""
    return [(at, event.path) for at, event in days.told if isinstance(event, UploadDone)]


def test_a_new_picture_is_sent_in_the_middle_of_anothers_backlog(days: WatchedDays) -> None:
    """The pass makes room: the picture is up long before the backlog is, and the backlog goes on at once."""
    at = days.elapsed + 30.0
    days.at(at, lambda: days.add("shots", "new.png", 501))
    days.watch(days.elapsed + HOUR)
    names = [name for _, name in sent(days)]
    assert 3 < names.index("new.png") < 40
    (up,) = [moment for moment, name in sent(days) if name == "new.png"]
    assert up - at < 30.0
    assert days.shown("shots") == days.wanted("shots")
    assert days.shown("backlog") == days.wanted("backlog")
    assert days.uploads() == 92
    assert days.of(PassFailed) == []


def test_a_pass_makes_no_room_for_an_album_that_comes_after_it(days: WatchedDays) -> None:
    """What changed in an album of the same or a lower priority waits for the end of the pass."""
    days.change("shots", priority=0)
    at = days.elapsed + 30.0
    days.at(at, lambda: days.add("shots", "new.png", 501))
    days.watch(days.elapsed + HOUR)
    assert sent(days)[-1][1] == "new.png"
    assert len(days.of(PassBegan)) <= 8


def test_the_next_window_begins_with_the_album_of_higher_priority(days: WatchedDays) -> None:
    """With the hour used up, a picture that comes meanwhile is the first of the next hour."""
    days.budget = replace(days.budget, uploads_per_hour=20)
    days.at(days.elapsed + 900.0, lambda: days.add("shots", "new.png", 501))
    days.watch(days.elapsed + 8 * HOUR)
    ups = sent(days)
    before = [at for at, name in ups if name != "new.png"]
    (up,) = [at for at, name in ups if name == "new.png"]
    gap = max(range(1, len(before)), key=lambda place: before[place] - before[place - 1] if place < 25 else 0.0)
    assert up < before[gap] + 60.0
    assert days.shown("backlog") == days.wanted("backlog")


def test_a_folder_that_is_never_still_does_not_break_up_the_backlog_of_another(days: WatchedDays) -> None:
    """A recorder that writes into the album of higher priority for a while: room is made in vain a few times."""
    began, asked = days.elapsed, len(days.wire.sent)
    for second in range(30, 1000, 5):
        days.at(began + second, lambda: days.watcher.happen(days.base / "shots" / "old.png"))
    days.watch(began + HOUR)
    reads = [path for method, path in days.wire.sent[asked:] if method == "GET"]
    assert len(reads) <= 30
    assert days.shown("backlog") == days.wanted("backlog")
