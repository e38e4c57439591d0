"""A file that moves out of an album whose list cannot be read is not uploaded again: it waits until it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.gate import GateName
from imgur_sync.model.spec import Prune
from tests.support.sync_stage import SyncStage


@pytest.mark.parametrize("fault", ["html-200", "empty-200"])
def test_it_waits_and_moves_when_the_list_is_there(fault: str, tmp_path: Path) -> None:
    """Exit 7 with the reason, no upload; afterwards the picture that is there is moved."""
    with SyncStage(tmp_path) as stage:
        for key, seed in (("cats", 0), ("dogs", 10)):
            stage.album(key)
            for number in range(3):
                stage.put(key, f"{number}.png", seed + number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        (stage.albums["cats"].root / "1.png").rename(stage.albums["dogs"].root / "9.png")
        cats = stage.remote("cats")["id"]
        match = {"method": "GET", "path": f"/3/album/{cats}*", "count": 0}
        stage.steer("faults", [{"match": match, "fault": fault}])
        plan = stage.plan()
        (dogs,) = (album for album in plan.albums if album.album == "dogs")
        assert [(gate.name, gate.count) for gate in dogs.gates] == [(GateName.LISTING, 1)]
        assert (
            "1 file has the same content as pictures of cats, whose list on Imgur cannot be read"
            in dogs.gates[0].detail
        )
        assert stage.apply().codes == (ExitCode.PARTIAL,)
        assert stage.uploads() == 6
        stage.web.delete("/_simulator/faults")
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 6
        for key in ("cats", "dogs"):
            assert stage.shown(key) == stage.wanted(key)


def test_an_album_that_keeps_its_pictures_is_not_waited_for(tmp_path: Path) -> None:
    """With prune = "never" nothing leaves it: the file is a copy, and is sent."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats", prune=Prune.NEVER)
        stage.put("cats", "0.png", 0)
        stage.put("cats", "1.png", 1)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        stage.album("dogs")
        (stage.albums["cats"].root / "1.png").rename(stage.albums["dogs"].root / "9.png")
        cats = stage.remote("cats")["id"]
        match = {"method": "GET", "path": f"/3/album/{cats}*", "count": 0}
        stage.steer("faults", [{"match": match, "fault": "html-200"}])
        stage.apply()
        assert stage.shown("dogs") == stage.wanted("dogs")
        assert stage.uploads() == 3
