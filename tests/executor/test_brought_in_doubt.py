"""A move between two albums whose edit is in doubt, and the album that gave the picture leaves the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from tests.executor.test_settling_in_trouble import EDIT, leave_in_doubt
from tests.support.lifecycle_stage import LifecycleStage


@pytest.mark.parametrize("how", ["drop_after", "drop_before"])
def test_a_picture_that_came_by_an_edit_in_doubt_is_not_uploaded_beside_itself(tmp_path: Path, how: str) -> None:
    """Where the edit happened the picture is the album's now; where it did not, the file has none and is sent."""
    with LifecycleStage(tmp_path) as stage:
        for key, seed in (("cats", 1), ("dogs", 2)):
            stage.album(key)
            stage.put(key, "anchor.png", 10 + seed)
        stage.put("cats", "tom.png", 1)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        (stage.albums["cats"].root / "tom.png").unlink()
        stage.put("dogs", "tom.png", 1)
        leave_in_doubt(stage, EDIT, how)
        del stage.albums["cats"]
        stage.clock.advance(5000)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("dogs") == stage.wanted("dogs")
        assert stage.uploads() == (3 if how == "drop_after" else 4)
