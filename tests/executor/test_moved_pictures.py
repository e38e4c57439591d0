"""A picture that moves between albums is in one of them at every instant, whatever stops the run between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.spec import BudgetSpec
from tests.support.sync_stage import SyncStage

PUT = {"method": "PUT", "path": "/3/album/*"}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """Two albums, in order on Imgur; then a file moved from the first to the second. Whether its picture is in one of
    them is looked at before every request."""
    with SyncStage(tmp_path) as stage:
        for key, seeds in (("cats", range(6)), ("dogs", range(20, 22))):
            stage.album(key)
            for seed in seeds:
                stage.put(key, f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        moved = stage.remote("cats")["images"][1]
        (stage.albums["cats"].root / "1.png").rename(stage.albums["dogs"].root / "1.png")
        watch(stage, moved)
        yield stage


def watch(stage: SyncStage, moved: str) -> None:
    """Assert before every request that the picture is shown somewhere."""
    made = stage._ports

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)
        before = ports.workers.before_job

        def strike(count: int) -> None:
            albums = stage.look("world")["albums"]
            assert any(moved in album["images"] for album in albums), f"in no album before job {count}"
            before(count)

        ports.workers.before_job = strike
        return ports

    stage._ports = ports


def finish(stage: SyncStage) -> None:
    """Later, all is in order, and nothing was uploaded twice."""
    stage.web.delete("/_simulator/faults")
    stage.budget = BudgetSpec(uploads_per_hour=0)
    stage.clock.advance(5000)
    assert stage.apply_in_time().codes == (ExitCode.DONE,)
    for key in stage.albums:
        assert sorted(stage.shown(key)) == sorted(stage.wanted(key))
    sums = [image["sha256"] for image in stage.look("world")["images"]]
    assert len(sums) == len(set(sums))


@pytest.mark.parametrize("seed", range(3))
def test_the_album_that_takes_is_edited_first(stage: SyncStage, seed: int) -> None:
    """In whatever order requests are answered."""
    stage.seed = seed
    assert stage.apply().codes == (ExitCode.DONE,)
    finish(stage)


def test_the_budget_cuts_no_gap(stage: SyncStage) -> None:
    """The album that takes has more uploads than the hour allows."""
    for seed in range(100, 108):
        stage.put("dogs", f"{seed}.png", seed)
    stage.budget = BudgetSpec(uploads_per_hour=3)
    assert stage.apply().codes == (ExitCode.BUDGET,)
    stage.clock.advance(3700)
    assert stage.apply().codes == (ExitCode.BUDGET,)
    finish(stage)


def test_a_refused_edit_makes_no_gap(stage: SyncStage) -> None:
    """The album that takes cannot be edited: the other one keeps the picture, and the run says 7 soon."""
    body = {"data": {"error": "no"}, "success": False, "status": 400}
    album = stage.remote("dogs")["id"]
    match = {"method": "PUT", "path": f"/3/album/{album}"}
    stage.steer("faults", [{"match": match, "fault": "reply", "status": 400, "body": body}])
    before = len(stage.look("history")["requests"])
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert len(stage.look("history")["requests"]) - before < 15
    finish(stage)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_an_edit_in_doubt_makes_no_gap(stage: SyncStage, fault: str) -> None:
    """Settled first, then the picture leaves where it was."""
    album = stage.remote("dogs")["id"]
    stage.steer("faults", [{"match": {"method": "PUT", "path": f"/3/album/{album}", "nth": 1}, "fault": fault}])
    assert stage.apply().codes == (ExitCode.DONE,)
    finish(stage)


def test_a_limit_in_the_middle_makes_no_gap(stage: SyncStage) -> None:
    """Imgur takes no upload any more, so that the album that takes is not edited."""
    for seed in range(100, 104):
        stage.put("dogs", f"{seed}.png", seed)
    body = {"data": {"error": "You are uploading too fast. Please wait 37 more minutes."}, "success": False}
    match = {"method": "POST", "path": "/3/upload", "nth": 2}
    stage.steer("faults", [{"match": match, "fault": "reply", "status": 429, "body": body}])
    assert stage.apply().codes == (ExitCode.BUDGET,)
    finish(stage)


def test_a_folder_emptied_into_another_uploads_nothing(tmp_path: Path) -> None:
    """Its album is held by `root`; the other waits for what becomes of it, also in later runs; a file put back lets
    all the others move."""
    with SyncStage(tmp_path) as stage:
        for key, seeds in (("cats", range(6)), ("dogs", range(20, 22))):
            stage.album(key)
            for seed in seeds:
                stage.put(key, f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        cats, dogs = stage.albums["cats"].root, stage.albums["dogs"].root
        for path in sorted(cats.iterdir()):
            path.rename(dogs / f"c{path.name}")
        stage.put("dogs", "30.png", 30)
        for _ in range(2):
            assert stage.apply().codes == (ExitCode.GATE,)
            assert stage.uploads() == 9
            stage.clock.advance(5000)
        (dogs / "c0.png").rename(cats / "0.png")
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 9
        for key in stage.albums:
            assert sorted(stage.shown(key)) == sorted(stage.wanted(key))
