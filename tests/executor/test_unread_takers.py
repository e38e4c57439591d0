"""A picture whose file went to an album that cannot be read now is not deleted: that album takes it later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.gate import GateName
from imgur_sync.model.spec import Prune, Removal
from tests.support.lifecycle_stage import LifecycleStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[LifecycleStage]:
    """Two albums that delete what has no file, in order on Imgur, written long ago."""
    with LifecycleStage(tmp_path) as stage:
        for key, first in (("cats", 0), ("dogs", 10)):
            stage.album(key, prune=Prune.DELETE)
            for number in range(3):
                stage.put(key, f"{key}{number}.png", first + number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def hide(stage: LifecycleStage, key: str) -> None:
    """Imgur answers with something else than the list of that album."""
    match = {"method": "GET", "path": f"/3/album/{stage.remote(key)['id']}"}
    stage.steer("faults", [{"match": match, "fault": "reply", "status": 200, "body": "[]"}])


def test_a_file_that_moved_into_an_album_that_cannot_be_read_keeps_its_picture(stage: LifecycleStage) -> None:
    """It leaves the first album, and comes into the second one when that can be read again, without an upload."""
    picture = stage.remote("cats")["images"][1]
    hide(stage, "dogs")
    (stage.albums["cats"].root / "cats1.png").rename(stage.albums["dogs"].root / "cats1.png")
    (stage.albums["cats"].root / "cats2.png").unlink()
    stage.apply()
    assert picture in {image["id"] for image in stage.look("world")["images"]}
    assert len(stage.look("world")["images"]) == 5, "what no file needs is deleted all the same"
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(600)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert picture in stage.remote("dogs")["images"]
    assert stage.shown("dogs") == stage.wanted("dogs")
    assert len(stage.look("history")["uploads"]) == 6


def test_neither_does_a_removed_album_take_it_along(stage: LifecycleStage) -> None:
    """Its table went, with its pictures; one of them has a file in the album that cannot be read."""
    picture = stage.remote("cats")["images"][1]
    hide(stage, "dogs")
    (stage.albums["cats"].root / "cats1.png").rename(stage.albums["dogs"].root / "cats1.png")
    del stage.albums["cats"]
    stage.removed = (Removal("cats", delete_pictures=True),)
    stage.apply(approvals=dict(stage_gates(stage)))
    assert picture in {image["id"] for image in stage.look("world")["images"]}


def stage_gates(stage: LifecycleStage) -> Iterator[tuple[GateName, int]]:
    """What the plan asks for."""
    return ((gate.name, gate.count) for album in stage.plan().albums for gate in album.gates if gate.name.approvable)
