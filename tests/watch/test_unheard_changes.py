"""Where looks find what no event told of, events are not relied on any more; nothing is written to find that out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.model.hint import Cause, Deaf
from imgur_sync.model.local import LocalAlbum, RootIdentity, UnchangedFolder, Unsendable, Why
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.watch.events import Noticed
from imgur_sync.watch.unheard import ENOUGH, LATE, Unheard
from tests.support.hand_clock import HandClock
from tests.support.watched_days import WatchedDays

HOUR = 3600.0
SPEC = AlbumSpec(key="cats", folder="cats", root=Path("/cats"), position=0, title="cats")


class Watched:
    """An album that is looked at, and told of, by hand."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.unheard = Unheard(self.clock)

    def look(self, *names: str, spec: AlbumSpec = SPEC, errors: tuple[str, ...] = (), after: float = HOUR) -> None:
        """After so many seconds the folder holds these files, none of which is still."""
        self.clock.advance(after)
        found = tuple(Unsendable(name, Why.UNSTILL) for name in names)
        local = LocalAlbum("cats", RootIdentity(1, 2), (), found, errors=errors, fingerprint=f"{self.clock.now()}")
        self.unheard.looked(spec, self.clock.monotonic(), local)

    def as_before(self, fingerprint: str, count: int) -> None:
        """An hour later the folder is as the cache knew it."""
        self.clock.advance(HOUR)
        self.unheard.looked(
            SPEC, self.clock.monotonic(), UnchangedFolder("cats", RootIdentity(1, 2), fingerprint, count)
        )

    def tell(self, after: float = 0.0) -> None:
        """After so many seconds an event tells of the folder."""
        self.clock.advance(after)
        self.unheard.told(("cats",))

    def convicted(self, after: float = LATE + 1.0) -> bool:
        """Whether after so many seconds it is certain that events do not tell all."""
        self.clock.advance(after)
        return self.unheard.convicted() == ("cats",)


@pytest.fixture
def watched() -> Watched:
    """One that was looked at once."""
    made = Watched()
    made.look("a")
    return made


def test_two_finds_that_nothing_tells_of_are_enough(watched: Watched) -> None:
    """Each is certain only when no event can come any more."""
    for number in range(ENOUGH):
        watched.look("a", f"{number}")
        assert not watched.convicted(LATE - 1.0)
        assert set(watched.unheard.suspects()) == {"cats"}
        assert watched.convicted(2.0) == (number == ENOUGH - 1)
    assert not watched.unheard.suspects()
    watched.look("a", "x")
    assert not watched.convicted()
    watched.look("a")
    assert watched.convicted()


def test_what_was_told_is_no_find(watched: Watched) -> None:
    """Between the looks, or a little later: an overflow is told after a while."""
    for number in range(4):
        watched.tell(after=10.0)
        watched.look("a", f"{number}")
        assert not watched.convicted()
        watched.look("a", f"{number}", "late")
        watched.tell(after=LATE - 1.0)
        assert not watched.convicted()


def test_what_was_told_before_the_look_before_is_not_about_it(watched: Watched) -> None:
    """That look would have seen it."""
    for number in range(ENOUGH):
        watched.tell(after=10.0)
        watched.look("a", f"{number}", after=1.0)
        watched.look("a", f"{number}", "more")
        assert watched.convicted() == (number == ENOUGH - 1)


def test_other_content_and_other_rules_are_no_find(watched: Watched) -> None:
    """A file that grows while it is open tells of it when it is closed; another pattern finds other files."""
    for _ in range(4):
        watched.look("a")
        assert not watched.convicted()
    for number in range(4):
        watched.look("a", f"{number}", spec=replace(SPEC, include=(f"{number}",)))
        assert not watched.convicted()


def test_a_look_that_was_not_whole_says_nothing(watched: Watched) -> None:
    """Neither what it misses nor what is there again afterwards."""
    for _ in range(4):
        watched.look(errors=("b cannot be read",))
        assert not watched.convicted()
        watched.look("a", "b")
        assert not watched.convicted()


def test_looks_that_made_no_list_are_compared_by_number(watched: Watched) -> None:
    """Where the cache knew the folder."""
    watched.as_before("one", 1)
    assert not watched.convicted()
    watched.as_before("one", 1)
    watched.look("a", "b")
    assert not watched.convicted()
    watched.as_before("one", 1)
    assert watched.convicted()


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """Two albums that are in order, on a file system of which only one tells of changes."""
    with WatchedDays(tmp_path) as stage:
        for album in ("cats", "dogs"):
            stage.album(album)
            stage.pictures(album, ["a.png", "b.png"])
        yield stage


def test_a_folder_that_others_fill_unheard_is_polled_and_said_to_be(days: WatchedDays) -> None:
    """After the second find; once; and no other album is."""
    for hour in range(1, 7):
        days.at((hour + 0.5) * HOUR, lambda hour=hour: days.put("cats", f"{hour}.png", hour))
        days.at((hour + 0.5) * HOUR, lambda hour=hour: days.add("dogs", f"{hour}.png", 20 + hour))
    for minute in range(5 * 60, 6 * 60):
        days.at(minute * 60.0, lambda: days.watcher.tell(Cause.POLL, "cats"))
    days.watch(7.9 * HOUR)
    assert [(one.root.name, one.why) for one in days.watcher.unwatched()] == [("cats", Deaf.SILENT)]
    assert [noticed.albums for noticed in days.of(Noticed)] == [("cats",)]
    (at,) = [at for at, event in days.told if isinstance(event, Noticed)]
    assert 2.9 * HOUR < at < 3.1 * HOUR
    assert [wait.album for wait in days.activity.waits] == ["cats"]
    for album in ("cats", "dogs"):
        assert days.shown(album) == days.wanted(album)
