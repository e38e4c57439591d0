"""protect: remembered in the state, so that no single step unprotects and removes."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path):
    with SyncStage(tmp_path) as made:
        made.album("cats", protect=True)
        for number in range(10):
            made.put("cats", f"{number}.png", number)
        made.apply()
        yield made


def test_taking_protect_away_together_with_pictures_removes_none(stage) -> None:
    """The first apply tells so and ends with 3; only the next one removes."""
    stage.change("cats", protect=False)
    (stage.albums["cats"].root / "3.png").unlink()
    plan = stage.plan()
    assert any("not protected in the manifest any more" in note for note in plan.notes)
    assert [entry.protected for entry in plan.albums[0].blocked] == [True]
    assert stage.apply().codes == (ExitCode.GATE,)
    assert len(stage.shown("cats")) == 10
    assert stage.apply().codes == (ExitCode.DONE,)
    assert len(stage.shown("cats")) == 9


def test_dropping_the_table_and_putting_it_back_does_not_unprotect(stage) -> None:
    """While nothing names the album its protection stays as it was."""
    spec = stage.albums.pop("cats")
    stage.apply()
    stage.album("cats", protect=False)
    (spec.root / "3.png").unlink()
    assert stage.apply().codes == (ExitCode.GATE,)
    assert len(stage.shown("cats")) == 10


def test_a_plan_remembers_nothing(stage) -> None:
    """Only an apply makes a protection, or ends one."""
    stage.change("cats", protect=False)
    before = stage.copy_state()
    stage.plan()
    assert stage.copy_state() == before
