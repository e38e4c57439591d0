"""Without an account: pictures that stay though no file is theirs, which an edit in pieces took out, and which a lost
answer kept out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import RunFinished
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import Prune
from tests.support.lifecycle_stage import LifecycleStage
from tests.support.sync_stage import SyncStage

FIELDS = {
    "prune = never": ({"prune": Prune.NEVER}, ExitCode.DONE),
    "protect": ({"protect": True}, ExitCode.GATE),
    "exclude": ({"exclude": ("k*",)}, ExitCode.DONE),
}


@pytest.mark.parametrize(("fields", "code"), FIELDS.values(), ids=FIELDS)
def test_what_stays_without_a_file_is_put_back(tmp_path: Path, fields: dict[str, Any], code: ExitCode) -> None:
    """A picture without a deletehash makes the edit one of pieces; between taking out and adding the answer is lost."""
    with SyncStage(tmp_path, anonymous=True) as stage:
        kept = filled(stage)
        stage.change("cats", **fields)
        for number in range(3):
            (tmp_path / "cats" / f"k{number}.png").unlink()
        break_off(stage)
        finished = in_the_end(stage)
        assert finished.codes == (code,)
        assert stage.shown("cats") == [*stage.wanted("cats"), *kept]
        assert stage.uploads() == 5


def test_what_restore_put_back_is_put_back_again(tmp_path: Path) -> None:
    """The pictures left with their files, and a `restore` brought them into the album again."""
    with LifecycleStage(tmp_path, anonymous=True) as stage:
        kept = filled(stage)
        stage.put("cats", "m.png", 5)
        for number in range(3):
            (tmp_path / "cats" / f"k{number}.png").unlink()
        assert stage.apply({GateName.PRUNE: 3}).codes == (ExitCode.DONE,)
        assert set(stage.shown("cats")).isdisjoint(kept)
        stage.restore("cats")
        stage.clock.advance(200)
        break_off(stage)
        assert in_the_end(stage).codes == (ExitCode.DONE,)
        assert stage.shown("cats")[:3] == stage.wanted("cats")
        assert set(stage.shown("cats")[3:]) == set(kept)
        assert stage.uploads() == 6


def filled(stage: SyncStage) -> list[str]:
    """Three pictures are in the album cats; what they show."""
    stage.album("cats")
    for number in range(3):
        stage.put("cats", f"k{number}.png", number)
    assert stage.apply_in_time().codes == (ExitCode.DONE,)
    return stage.shown("cats")


def break_off(stage: SyncStage) -> None:
    """Two files come, to stand in front; the deletehash of one is lost, and so is an answer amid the edit."""
    for number in (7, 8):
        stage.put("cats", f"a{number}.png", number)
    upload = {"method": "POST", "path": "/3/upload", "nth": 1}
    out = {"method": "POST", "path": "/3/album/*/remove_images", "nth": 1}
    stage.steer("faults", [{"match": match, "fault": "drop_after"} for match in (upload, out)])


def in_the_end(stage: SyncStage) -> RunFinished:
    """The last of four applies, of which one sent the edit in pieces."""
    for _ in range(4):
        finished = stage.apply_in_time()
        stage.clock.advance(4000)
    paths = [request["path"] for request in stage.look("history")["requests"]]
    assert any(path.endswith("/remove_images") for path in paths)
    return finished
