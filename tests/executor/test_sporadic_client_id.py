"""Imgur says now and then that it does not know an application that it knows (imgur-api §8): a run gets over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import CredentialsError, ExitCode
from tests.support.sync_stage import SyncStage


def test_once_at_any_request_the_run_ends_equal(tmp_path: Path) -> None:
    """Reads are asked again, writes are planned again; nothing is sent twice."""
    number, struck = 0, True
    while struck:
        number += 1
        with SyncStage(tmp_path / str(number)) as stage:
            stage.album("cats", description="Words")
            for seed in range(3):
                stage.put("cats", f"{seed}.png", seed)
            stage.steer("faults", [{"match": {"n": number + 1}, "fault": "client-403"}])
            assert stage.apply().codes == (ExitCode.DONE,), f"at request {number}"
            struck = bool(stage.look("history")["struck"])
            assert stage.shown("cats") == stage.wanted("cats")
            assert stage.uploads() == 3
    assert number > 8


@pytest.mark.parametrize("path", ["*", "/3/upload"])
def test_for_good_it_ends_the_run_with_8(path: str, tmp_path: Path) -> None:
    """After three readings, or five writes; the message names the variable."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        for seed in range(9):
            stage.put("cats", f"{seed}.png", seed)
        stage.steer("faults", [{"match": {"path": path, "count": 0}, "fault": "client-403"}])
        with pytest.raises(CredentialsError) as caught:
            stage.apply()
        assert "IMGUR_SYNC_CLIENT_ID" in caught.value.hint
        assert len(stage.look("history")["struck"]) <= 8
