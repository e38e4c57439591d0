"""An album that is held back is looked at when something happened, and not every few minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from imgur_sync.model.event import Scanning
from imgur_sync.model.gate import GateName
from imgur_sync.model.hint import Cause, Deaf
from imgur_sync.model.spec import Removal
from imgur_sync.watch.events import GateOpened, GateTripped
from tests.support.watched_days import WatchedDays

HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """An album with twelve pictures, and one with two."""
    with WatchedDays(tmp_path) as stage:
        stage.album("cats")
        stage.album("dogs")
        stage.pictures("cats", [f"{number:02}.png" for number in range(12)])
        stage.pictures("dogs", ["rex.png", "spot.png"])
        yield stage


def run_elsewhere(days: WatchedDays, approvals: Mapping[GateName, int]) -> None:
    """Somebody types an `apply`, which ends with writing to the lock of runs."""
    days.apply(approvals)
    lock = days.base / ".imgur-sync" / "run.lock"
    lock.write_text(str(days.elapsed))
    days.watcher.happen(lock)


def opened(days: WatchedDays, album: str) -> list[float]:
    """When it was told that a gate of the album holds no more."""
    return [at for at, event in days.told if isinstance(event, GateOpened) and event.album == album]


def looks(days: WatchedDays, album: str, since: float) -> int:
    """How often the album's folder was read."""
    return sum(isinstance(event, Scanning) and event.album == album and at > since for at, event in days.told)


def lose(days: WatchedDays, count: int = 8) -> None:
    """Files leave the folder."""
    for number in range(count):
        days.remove("cats", f"{number:02}.png")


def test_what_another_run_let_through_is_noticed_at_once(days: WatchedDays) -> None:
    """By the lock of runs: no hour passes, and Imgur is not asked."""
    days.at(700.0, lambda: lose(days))
    days.at(DAY / 2, lambda: run_elsewhere(days, {GateName.PRUNE: 8}))
    days.watch(DAY / 2 + 10.0)
    assert len(days.of(GateTripped)) == 1
    (at,) = opened(days, "cats")
    assert at < DAY / 2 + 5.0


def test_what_another_run_let_through_of_imgurs_losses_is_noticed_at_once(days: WatchedDays) -> None:
    """A gate about what Imgur lost: a pass finds out, though the folder is as it was."""
    days.watch(600.0)
    for image in days.remote("cats")["images"][:8]:
        days.steer("edit", {"op": "delete_image", "id": image})
    days.at(40 * HOUR, lambda: run_elsewhere(days, {GateName.RESTORE: 8}))
    days.watch(40 * HOUR + 10.0)
    assert [gate.gate.name for gate in days.of(GateTripped)] == [GateName.RESTORE]
    (at,) = opened(days, "cats")
    assert 40 * HOUR <= at < 40 * HOUR + 5.0
    assert days.shown("cats") == days.wanted("cats")


def test_another_run_that_let_nothing_through_opens_nothing(days: WatchedDays) -> None:
    """The gate is told once, however many runs there were of others."""
    days.watch(600.0)
    for image in days.remote("cats")["images"][:8]:
        days.steer("edit", {"op": "delete_image", "id": image})
    for hour in range(30, 36):
        days.at(hour * HOUR, lambda: run_elsewhere(days, {}))
    days.watch(37 * HOUR)
    assert len(days.of(GateTripped)) == 1
    assert not days.of(GateOpened)


def test_our_own_passes_are_no_news(days: WatchedDays) -> None:
    """What happens to the lock while a pass of our own is under way, and by it."""
    days.at(700.0, lambda: lose(days))
    days.watch(2 * HOUR)
    before = looks(days, "cats", 0.0)
    days.at(2 * HOUR + 10.0, lambda: days.watcher.happen(days.base / ".imgur-sync" / "run.lock"))
    days.at(2 * HOUR + 20.0, lambda: days.watcher.tell(Cause.POLL, "(state)"))
    days.watch(2 * HOUR + 60.0)
    assert looks(days, "cats", 2 * HOUR + 5.0) == 0, before


def wakes_of_a_day(days: WatchedDays, before: Callable[[], object]) -> int:
    """How often the daemon wakes in the day that begins an hour after that."""
    counts: list[int] = []
    days.at(700.0, before)
    for at in (2 * HOUR, 2 * HOUR + DAY):
        days.at(at, lambda: counts.append(days.wakes))
    days.watch(2 * HOUR + DAY + 1.0)
    return counts[1] - counts[0]


def test_a_held_album_is_looked_at_with_all_others_only(days: WatchedDays, tmp_path: Path) -> None:
    """Once an hour, as every folder is. With it the daemon wakes a few times more in each hour of a day, as the albums
    are then listed on Imgur one by one."""
    held = wakes_of_a_day(days, lambda: lose(days))
    assert looks(days, "cats", 2 * HOUR) <= 2 * 26
    with WatchedDays(tmp_path / "free") as free:
        for album in ("cats", "dogs"):
            free.album(album)
            free.pictures(album, ["a.png", "b.png"])
        assert held <= wakes_of_a_day(free, lambda: None) + 5 * 26


def test_a_folder_that_is_missing_for_a_day_is_not_looked_for(days: WatchedDays) -> None:
    """Its return is told, and then all goes on at once."""
    root, away = days.base / "cats", days.base / "away"

    def gone() -> None:
        root.rename(away)
        days.watcher.unwatch(root, Deaf.GONE)

    def back() -> None:
        away.rename(root)
        days.watcher.rewatch(root)

    days.at(2 * HOUR + DAY - 60.0, back)
    assert wakes_of_a_day(days, gone) < 160 + 5 * 26
    assert looks(days, "cats", 2 * HOUR) <= 2 * 26
    (at,) = opened(days, "cats")
    assert 2 * HOUR + DAY - 60.0 <= at < 2 * HOUR + DAY - 50.0


def test_an_album_to_be_removed_that_another_run_removed_is_told(days: WatchedDays) -> None:
    """What the manifest does not name any more is looked at with everything."""
    days.watch(600.0)
    days.removals = (Removal("dogs"),)
    del days.albums["dogs"]
    days.at(5 * HOUR, lambda: run_elsewhere(days, {GateName.PRUNE: 2}))
    days.watch(5 * HOUR + 30.0)
    assert [gate.gate.album for gate in days.of(GateTripped)] == ["dogs"]
    (at,) = opened(days, "dogs")
    assert at < 5 * HOUR + 10.0
    assert days.activity.waits == ()


def test_a_file_that_is_not_downloaded_is_looked_for_more_and_more_seldom(days: WatchedDays) -> None:
    """Git keeps the bytes where no event tells of them: first after a minute, then up to once an hour."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 1234\n"
    days.at(1000.0, lambda: (days.base / "cats" / "lfs.png").write_text(pointer))
    days.at(1000.0, lambda: days.watcher.happen(days.base / "cats" / "lfs.png"))
    days.watch(DAY)
    (wait,) = days.activity.waits
    assert "not downloaded" in wait.what
    at = [when for when, event in days.told if isinstance(event, Scanning) and event.album == "cats" and when > 1100.0]
    assert at[0] < 1200.0
    assert len(at) <= 2 * 24 + 10
