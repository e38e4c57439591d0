"""A file that goes to the folder of another album takes its picture along, in whatever order that is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from imgur_sync.local.folders import Folders
from imgur_sync.model.local import LocalAlbum, UnchangedFolder
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.watch.site import PassBench
from tests.support.watched_days import WatchedDays

HOUR = 3600.0
SECOND = ("there", "here", "")


class Days(WatchedDays):
    """`passes` is whether a pass is under way, and not a look without Imgur."""

    passes = False

    @contextmanager
    def _passing(self, *given: Any) -> Iterator[PassBench]:
        self.passes = True
        try:
            with super()._passing(*given) as bench:
                yield bench
        finally:
            self.passes = False


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    """Two albums with three pictures each."""
    with Days(tmp_path) as stage:
        for number, key in enumerate(("here", "there")):
            stage.album(key)
            for name in range(3):
                stage.put(key, f"{name}.png", 10 * number + name)
        stage.watch(600.0)
        yield stage


@pytest.mark.parametrize("apart", [0.0, 0.005, 1.9, 45.0])
@pytest.mark.parametrize("first", ["here", "there"])
def test_a_move_uploads_nothing(days: WatchedDays, first: str, apart: float) -> None:
    """The two folders are told of one after the other; the second may not be told of for long."""
    old, new = days.base / "here" / "1.png", days.base / "there" / "9.png"
    events = [old, new] if first == "here" else [new, old]

    def move() -> None:
        old.rename(new)
        days.watcher.happen(events[0])

    days.at(700.0, move)
    days.at(700.0 + apart, lambda: days.watcher.happen(events[1]))
    days.watch(HOUR)
    assert days.uploads() == 6
    assert [days.shown(key) for key in ("here", "there")] == [days.wanted(key) for key in ("here", "there")]


def test_a_move_of_which_only_half_is_told_uploads_nothing(days: WatchedDays) -> None:
    """The event of the folder that the file left is lost."""
    old, new = days.base / "here" / "1.png", days.base / "there" / "9.png"

    def move() -> None:
        old.rename(new)
        days.watcher.happen(new)

    days.at(700.0, move)
    days.watch(4 * HOUR)
    assert days.uploads() == 6
    assert [days.shown(key) for key in ("here", "there")] == [days.wanted(key) for key in ("here", "there")]


def test_a_file_waits_for_its_picture_while_the_folder_that_it_left_is_unplugged(days: WatchedDays) -> None:
    """What a gate holds back for both albums is not sent by a pass over one of them."""
    old, new = days.base / "here" / "1.png", days.base / "there" / "9.png"

    def move() -> None:
        old.rename(new)
        (days.base / "here").rename(days.base / "away")
        days.watcher.happen(new)

    days.at(700.0, move)
    days.at(2 * HOUR, lambda: days.add("there", "a.png", 99))
    days.at(4 * HOUR, lambda: (days.base / "away").rename(days.base / "here"))
    days.watch(3 * HOUR)
    assert days.uploads() == 7
    days.watch(7 * HOUR)
    assert days.uploads() == 7
    assert [days.shown(key) for key in ("here", "there")] == [days.wanted(key) for key in ("here", "there")]


def test_a_file_that_is_moved_while_a_pass_begins_is_not_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pass was planned before; it leaves the file alone, and the next one takes its picture along."""
    with WatchedDays(tmp_path, latency=1.0) as days:
        for key in ("cats", "dogs", "birds"):
            days.album(key)
            days.pictures(key, [f"{key}1.png", f"{key}2.png"] if key != "birds" else [])
        for number, name in enumerate(("dogs1.png", "dogs2.png")):
            days.put("dogs", name, 300 + number)
        days.watch(300.0)
        before, answer, moved = days.uploads(), days.wire.handle_request, []

        def moving(request: httpx.Request) -> httpx.Response:
            if not moved:
                source, target = days.base / "dogs" / "dogs1.png", days.base / "cats" / "rex.png"
                source.rename(target)
                days.watcher.happen(source)
                days.watcher.happen(target)
                moved.append(target)
            return answer(request)

        days.at(600.0, lambda: days.add("cats", "new.png", 77))
        days.at(600.0, lambda: monkeypatch.setattr(days.wire, "handle_request", moving))
        days.watch(900.0)
        assert moved
        assert days.uploads() == before + 1
        assert days.shown("cats") == days.wanted("cats")
        assert days.shown("dogs") == days.wanted("dogs")


@pytest.mark.parametrize("in_pass", [False, True])
def test_a_file_that_is_moved_between_the_looks_at_two_folders_is_not_sent_again(
    days: Days, monkeypatch: pytest.MonkeyPatch, in_pass: bool
) -> None:
    """The first folder still had it and the second one has it already: together that looks like a copy."""
    scan, source, target = Folders.scan, days.base / "here" / "0.png", days.base / "there" / "rex.png"
    before, moved = days.uploads(), list[float]()

    def moving(folders: Folders, spec: AlbumSpec, **how: Any) -> LocalAlbum | UnchangedFolder:
        found = scan(folders, spec, **how)
        if spec.key == "here" and days.elapsed >= 700.0 and not moved and days.passes == in_pass:
            source.rename(target)
            moved.append(days.elapsed)
            days.watcher.happen(source)
            days.watcher.happen(target)
        return found

    monkeypatch.setattr(Folders, "scan", moving)
    for key in ("here", "there"):
        days.at(700.0, lambda key=key: days.add(key, f"new-{key}.png", 70 if key == "here" else 71))
    days.watch(HOUR)
    assert moved
    assert days.uploads() == before + 2
    assert days.shown("here") == days.wanted("here")
    assert days.shown("there") == days.wanted("there")
