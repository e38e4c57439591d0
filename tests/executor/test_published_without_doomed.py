"""An album is published without the pictures that are about to be deleted, however long their deletion takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.spec import Privacy, Prune
from tests.support.sync_stage import SyncStage


@pytest.mark.parametrize("new", [False, True])
def test_what_is_to_be_deleted_is_never_public(new: bool, tmp_path: Path) -> None:
    """The file leaves, the album becomes public, and the deletion does not get through: the picture is not shown. With
    another new picture and without; a run on a good line deletes it."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats", prune=Prune.DELETE)
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        (stage.albums["cats"].root / "1.png").unlink()
        if new:
            stage.put("cats", "7.png", 7)
        stage.change("cats", privacy=Privacy.PUBLIC, allow_public=True)
        stage.steer("faults", [{"match": {"method": "DELETE"}, "fault": "drop_before"}])
        stage.apply()
        assert stage.remote("cats")["privacy"] == "public"
        assert stage.shown("cats") == stage.wanted("cats")
        stage.web.delete("/_simulator/faults")
        stage.clock.advance(5000)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 3 + new, "the picture is deleted"
