"""A picture of which no answer tells anything may live: its file is not sent once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.spec import GateLimit, GateLimits
from tests.support.lifecycle_stage import LifecycleStage

IMAGE = {"method": "GET", "path": "/3/image/*"}


@pytest.mark.parametrize("fault", [{"fault": "reply", "status": 503, "body": "no"}, {"fault": "drop_before"}])
def test_a_file_that_comes_back_takes_its_picture(fault: dict[str, object], tmp_path: Path) -> None:
    """It left its album with the file, and nobody can be asked for it: it is put in again, and seen there."""
    with LifecycleStage(tmp_path) as stage:
        stage.gates = GateLimits(prune=GateLimit(99, 100))
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        before = stage.shown("cats")
        stage.clock.advance(5000)
        (stage.albums["cats"].root / "c1.png").unlink()
        assert stage.apply().codes == (ExitCode.DONE,)
        assert len(stage.shown("cats")) == 2
        stage.clock.advance(5000)
        stage.put("cats", "c1.png", 1)
        stage.steer("faults", [{"match": IMAGE, **fault}])
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == before
        assert stage.uploads() == 3
        assert len(stage.look("world")["images"]) == 3
