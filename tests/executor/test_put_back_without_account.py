"""Without an account: pictures without a file that an edit in pieces took out, and that a lost answer kept out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.spec import Prune
from tests.support.sync_stage import SyncStage


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"prune": Prune.NEVER}, ExitCode.DONE), ({"protect": True}, ExitCode.GATE)],
    ids=["prune = never", "protect"],
)
def test_what_stays_without_a_file_is_put_back(tmp_path: Path, fields: dict[str, Any], code: ExitCode) -> None:
    """A picture without a deletehash makes the edit one of pieces; between taking out and adding the answer is lost."""
    with SyncStage(tmp_path, anonymous=True) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"k{number}.png", number)
        assert stage.apply_in_time().codes == (ExitCode.DONE,)
        kept = stage.shown("cats")
        stage.change("cats", **fields)
        for number in range(3):
            (tmp_path / "cats" / f"k{number}.png").unlink()
        for number in (7, 8):
            stage.put("cats", f"a{number}.png", number)
        upload = {"method": "POST", "path": "/3/upload", "nth": 1}
        out = {"method": "POST", "path": "/3/album/*/remove_images", "nth": 1}
        stage.steer("faults", [{"match": match, "fault": "drop_after"} for match in (upload, out)])
        for _ in range(4):
            finished = stage.apply_in_time()
            stage.clock.advance(4000)
        paths = [request["path"] for request in stage.look("history")["requests"]]
        assert any(path.endswith("/remove_images") for path in paths)
        assert finished.codes == (code,)
        assert stage.shown("cats") == [*stage.wanted("cats"), *kept]
        assert stage.uploads() == 5
