"""A gate that held is not dissolved by what the tool itself adds to the album, in whatever run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """An album of twelve pictures of which four files left and to which thirty came; the gate held once."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        for seed in range(12):
            stage.put("cats", f"{seed:02}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        for number in range(4):
            (stage.albums["cats"].root / f"{number:02}.png").unlink()
        for seed in range(30):
            stage.put("cats", f"n{seed:02}.png", 100 + seed)
        assert stage.apply().codes == (ExitCode.GATE,)
        stage.clock.advance(5000)
        yield stage


def test_the_gate_holds_in_the_next_run_too(stage: SyncStage) -> None:
    """Four of twelve are as many when thirty more are shown; a plan says so, and the number passes it."""
    for _ in range(2):
        assert [gate.count for album in stage.plan().albums for gate in album.gates] == [4]
        assert stage.apply().codes == (ExitCode.GATE,)
        assert len(stage.shown("cats")) == 42
        stage.clock.advance(5000)
    assert stage.apply({GateName.PRUNE: 4}).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_once_in_order_an_album_counts_by_all_of_its_pictures(stage: SyncStage) -> None:
    """Passed, the gate is forgotten: seven of thirty-eight are less than a fifth."""
    assert stage.apply({GateName.PRUNE: 4}).codes == (ExitCode.DONE,)
    stage.clock.advance(5000)
    for seed in range(7):
        (stage.albums["cats"].root / f"n{seed:02}.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_files_that_come_back_let_the_rest_pass(stage: SyncStage) -> None:
    """Three of twelve were never too many."""
    stage.put("cats", "00.png", 0)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
