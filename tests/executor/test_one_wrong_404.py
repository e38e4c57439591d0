"""One page of 404 for what is there, at the moment when a request in doubt is settled: nothing loses its record."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.gate import GateName
from imgur_sync.model.spec import Prune
from imgur_sync.model.synced import IntentKind
from tests.executor.test_reversals_in_trouble import refused
from tests.executor.test_settling_in_trouble import ALBUM, DELETE_ALBUM, DELETE_IMAGE, IMAGE, open_ones, troubled
from tests.support.lifecycle_stage import LifecycleStage
from tests.support.sync_stage import Killed


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[LifecycleStage]:
    """An album of three pictures, in order on Imgur, written long ago."""
    with LifecycleStage(tmp_path) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def leave_in_doubt(stage: LifecycleStage, match: dict[str, str], approvals: dict[GateName, int] | None = None) -> None:
    """A run whose request never arrives, and which is killed before it finds that out."""
    stage.steer("faults", [{"match": match, "fault": "drop_before"}])
    for job in range(1, 40):
        before = stage.copy_state()
        stage.kill_at, stage.kill_after = job, True
        with contextlib.suppress(Killed):
            stage.apply(approvals)
        stage.kill_at = 0
        if open_ones(stage):
            return
        (stage.base / ".imgur-sync" / "state.db").write_bytes(before)
    raise AssertionError("no kill left it in doubt")


def not_found_once(stage: LifecycleStage, path: str) -> None:
    """The next reading of it is answered by a page of 404."""
    stage.web.delete("/_simulator/faults")
    stage.steer("faults", [{"match": {"method": "GET", "path": path, "nth": 1}, "fault": "html-404"}])


def test_an_album_whose_deletion_never_arrived_is_still_removed(stage: LifecycleStage) -> None:
    """Its record would end, and the album stay for ever, with nothing told."""
    stage.remove("cats")
    album = stage.look("world")["albums"][0]["id"]
    leave_in_doubt(stage, DELETE_ALBUM, {GateName.PRUNE: 3})
    stage.web.delete("/_simulator/faults")
    troubled(stage, refused(ALBUM, 400))
    assert open_ones(stage) == [IntentKind.DELETE_ALBUM]
    stage.clock.advance(400)
    not_found_once(stage, f"/3/album/{album}")
    stage.apply({})
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(4000)
    stage.apply({GateName.PRUNE: 3})
    assert stage.look("world")["albums"] == []


def test_a_picture_whose_deletion_never_arrived_is_still_deleted(stage: LifecycleStage) -> None:
    """It would live on in no record."""
    stage.change("cats", prune=Prune.DELETE)
    (stage.albums["cats"].root / "c1.png").unlink()
    leave_in_doubt(stage, DELETE_IMAGE)
    stage.clock.advance(400)
    not_found_once(stage, IMAGE["path"])
    stage.apply()
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(4000)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert open_ones(stage) == []
    assert len(stage.look("world")["images"]) == 2
    assert stage.shown("cats") == stage.wanted("cats")


def test_an_album_to_adopt_that_no_list_shows_is_asked_for_again(stage: LifecycleStage) -> None:
    """The manifest is not refused for an `id` that is right."""
    stage.steer("knobs", {"hide_empty_albums": True})
    bearer = {"Authorization": f"Bearer {stage.demo.access_token}"}
    made = stage.web.post("/3/album", data={"title": "dogs"}, headers=bearer).json()["data"]["id"]
    stage.clock.advance(4000)
    stage.album("dogs", id=made)
    stage.put("dogs", "rex.png", 9)
    not_found_once(stage, f"/3/album/{made}")
    stage.apply()
    assert stage.shown("dogs") == stage.wanted("dogs")
    assert stage.remote("dogs")["id"] == made
