"""A move between two albums whose edit is in doubt, and the album that gave the picture leaves the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.gate import GateName
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


def test_a_file_whose_picture_an_edit_in_doubt_brings_waits_for_it(tmp_path: Path) -> None:
    """The album that it came from was gone and is being made anew: while that is not shown yet it offers no picture,
    and the one on its way is not shown yet either."""
    with LifecycleStage(tmp_path, lag=12) as stage:
        for key, seeds in (("cats", (0, 1)), ("dogs", (5,))):
            stage.album(key)
            for seed in seeds:
                stage.put(key, f"{seed}.png", seed)
        stage.apply()
        stage.clock.advance(5000)
        stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
        stage.clock.advance(5000)
        (stage.albums["cats"].root / "0.png").rename(stage.albums["dogs"].root / "0.png")
        assert stage.apply({GateName.RESTORE: 2}).codes == (ExitCode.DONE,)
        assert stage.uploads() == 3
        assert [stage.shown(key) for key in ("cats", "dogs")] == [stage.wanted(key) for key in ("cats", "dogs")]
