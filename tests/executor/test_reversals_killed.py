"""Putting back and deleting for good, killed before and after every request: nothing is lost, nothing done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.executor.purging import purge
from imgur_sync.executor.restoring import Outing, restore
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.model.synced import SyncedPicture
from tests.support.sync_stage import SyncStage


def departed(run: Session) -> list[SyncedPicture]:
    """The pictures that left, as a command picks them."""
    return [departure.picture for departure in run.store.departures()]


def purging(run: Session) -> Task[None]:
    """`purge` of everything that left."""
    yield from purge(run, departed(run), Outing())


def restoring(run: Session) -> Task[None]:
    """`restore cats --all`."""
    yield from restore(run, "cats", departed(run), Outing())


def with_two_gone(base: Path) -> tuple[SyncStage, list[str]]:
    """An album of five, of which two files left the folder; the ids that left."""
    stage = SyncStage(base, settle=10.0)
    folder = stage.album("cats")
    for number in range(5):
        stage.put("cats", f"c{number}.png", number)
    assert stage.apply().codes[0].value == 0
    before = stage.remote("cats")["images"]
    (folder / "c1.png").unlink()
    (folder / "c3.png").unlink()
    assert stage.apply().codes[0].value == 0
    return stage, [image_id for image_id in before if image_id not in stage.remote("cats")["images"]]


@pytest.mark.parametrize("after", [False, True])
def test_a_purge_killed_at_any_request_is_finished_by_the_next(after: bool, tmp_path: Path) -> None:
    """After one apply, what was deleted is known as deleted; a second purge takes the rest and nothing else."""
    kill_at = 1
    while True:
        with with_two_gone(tmp_path / str(kill_at))[0] as stage:
            whole = stage.act(purging, kill_at=kill_at, after=after)
            assert stage.apply().codes[0].value == 0
            assert stage.act(purging)
            assert len(stage.look("world")["images"]) == 3
            assert stage.shown("cats") == stage.wanted("cats")
            deletions = [r for r in stage.look("history")["requests"] if r["method"] == "DELETE"]
            assert len({r["path"] for r in deletions}) == 2
        if whole:
            break
        kill_at += 1
    assert kill_at > 2


@pytest.mark.parametrize("after", [False, True])
def test_a_restore_killed_at_any_request_ends_back_or_still_offered(after: bool, tmp_path: Path) -> None:
    """After one apply each picture is either in the album or still among those that can be put back, never both."""
    kill_at = 1
    while True:
        stage, left = with_two_gone(tmp_path / str(kill_at))
        with stage:
            whole = stage.act(restoring, kill_at=kill_at, after=after)
            assert stage.apply().codes[0].value == 0
            shown = stage.remote("cats")["images"]
            offered: list[str] = []

            def look(run: Session, found: list[str] = offered) -> Task[None]:
                found += [picture.id for picture in departed(run)]
                yield from ()

            assert stage.act(look)
            assert sorted([image_id for image_id in left if image_id in shown] + offered) == sorted(left)
            assert stage.act(restoring)
            assert set(left) <= set(stage.remote("cats")["images"])
            assert stage.apply().codes[0].value == 0
            assert set(left) <= set(stage.remote("cats")["images"])
            assert len(stage.look("world")["images"]) == 5
        if whole:
            break
        kill_at += 1
    assert kill_at > 3
