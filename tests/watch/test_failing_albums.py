"""An album whose passes fail is tried ever more seldom, whatever happens in its folder, until the cause is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ManifestError, ManifestProblem
from imgur_sync.model.activity import WaitKind
from imgur_sync.model.event import RunFinished
from imgur_sync.watch.events import PassBegan
from tests.support.watched_days import WatchedDays

HOUR = 3600.0
REFUSED = {"fault": "reply", "status": 400, "match": {"method": "PUT", "path": "/3/album/*"}}


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """An album in order, of which Imgur takes no edit any more; every six minutes a picture comes before the others."""
    with WatchedDays(tmp_path) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png"])
        stage.watch(600.0)
        stage.steer("faults", [REFUSED])
        for number in range(36):
            stage.at(
                660.0 + 360.0 * number, lambda number=number: stage.add("cats", f"{500 - number}.png", 100 + number)
            )
        yield stage


def passes(days: WatchedDays, since: float) -> list[float]:
    """When each pass began, those that look for changes on Imgur among them."""
    return [at for at, event in days.told if isinstance(event, PassBegan) and at >= since]


def test_pictures_that_go_on_coming_do_not_end_the_backoff(days: WatchedDays) -> None:
    """A few passes in four hours, further and further apart; when Imgur takes edits again all is put in order."""
    days.watch(4 * HOUR)
    began = passes(days, 660.0)
    assert 5 <= len(began) <= 12
    assert began[-1] - began[-2] >= 0.9 * HOUR
    (wait,) = days.activity.waits
    assert (wait.kind, wait.album) == (WaitKind.TROUBLE, "cats")
    assert wait.until is not None
    assert wait.until > days.clock.now()
    days.web.delete("/_simulator/faults")
    days.watch(6 * HOUR)
    assert days.shown("cats") == days.wanted("cats")


def test_another_entry_in_the_manifest_is_tried_at_once(days: WatchedDays) -> None:
    """What failed is another thing then."""

    def mend() -> None:
        days.web.delete("/_simulator/faults")
        days.change("cats", description="other")
        days.daemon.request_reload()

    at = 3 * HOUR + 30.0
    days.at(at, mend)
    days.watch(3 * HOUR + 90.0)
    assert at <= passes(days, at)[0] <= at + 5.0
    days.watch(6 * HOUR)
    assert days.shown("cats") == days.wanted("cats")


def test_a_pass_that_comes_to_its_end_begins_anew(days: WatchedDays) -> None:
    """After it new pictures are sent as they come."""
    days.at(2 * HOUR, lambda: days.web.delete("/_simulator/faults"))
    days.watch(5 * HOUR)
    (fine, *_) = [at for at, event in days.told if isinstance(event, RunFinished) and event.left.settled and at > 700.0]
    assert fine <= 3.1 * HOUR
    assert len(passes(days, fine)) >= 36 - int((fine - 660.0) // 360.0) - 1


def test_a_folder_that_comes_at_last_is_taken_in_at_once(tmp_path: Path) -> None:
    """The entry of an album that could not be carried out can be now: nobody has to wait for the next try."""
    with WatchedDays(tmp_path) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png"])
        root = stage.album("birds")
        root.rmdir()
        stage.watch(1.0)

        def come() -> None:
            stage.put("birds", "b.png", 50)
            stage.watcher.happen(root, is_folder=True)
            stage.watcher.happen(root / "b.png")

        at = 20 * HOUR + 100.0
        stage.at(at, come)
        stage.watch(at + 60.0)
        assert stage.shown("birds") == stage.wanted("birds")


def test_what_to_type_about_a_broken_manifest_names_it(tmp_path: Path) -> None:
    """As all other remedies of a daemon do, which runs in a folder of its own: for the manifest as a whole, and for an
    album of which it says what cannot be carried out."""
    with WatchedDays(tmp_path / "two words") as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png"])
        root = stage.album("birds")
        root.rmdir()
        problem = ManifestProblem(3, 1, "unknown key", "remove it")

        def spoil() -> None:
            stage.load_error = ManifestError("sync.toml", (problem,))
            stage.daemon.request_reload()

        stage.at(600.0, spoil)
        stage.watch(1200.0)
        waits = [wait for wait in stage.activity.waits if wait.kind is WaitKind.MANIFEST]
        assert [wait.album for wait in waits] == ["", "birds"]
        assert {wait.remedy for wait in waits} == {f"imgur-sync -f '{tmp_path}/two words/sync.toml' validate"}
