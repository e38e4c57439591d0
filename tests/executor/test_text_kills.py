"""Kills between two records of the state while texts of pictures are on their way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from tests.executor.test_store_kills import MortalStage

FAULTS: dict[str, list[dict[str, Any]]] = {
    "no fault": [],
    "an edit's answer is lost": [
        {"match": {"method": "PUT", "path": "/3/image/*", "nth": 1}, "fault": "drop_after"},
    ],
    "an edit comes late": [
        {"match": {"method": "PUT", "path": "/3/image/*", "nth": 1}, "fault": "late", "seconds": 60},
    ],
}


@pytest.mark.parametrize("after", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_kill_at_any_durable_write_ends_with_the_last_wish(tmp_path: Path, fault: str, after: bool) -> None:
    """Killed there, with yet other texts wished by the next run: that wish is what Imgur holds in the end, also when an
    earlier edit arrives late; nothing is uploaded twice."""
    at = 0
    while True:
        at += 1
        with MortalStage(tmp_path / str(at)) as stage:
            stage.album("cats", image_title="{stem}")
            for seed in range(2):
                stage.put("cats", f"{seed}.png", seed)
            assert stage.apply().codes == (ExitCode.DONE,)
            stage.clock.advance(100)
            stage.change("cats", image_title="old {stem}")
            stage.put("cats", "5.png", 5)
            stage.steer("faults", FAULTS[fault])
            if not stage.dying_apply(at, after=after):
                break
            stage.change("cats", image_title="new {stem}")
            finished = stage.apply()
            assert finished.codes == (ExitCode.DONE,), f"write {at}: {finished.albums}"
            stage.clock.advance(1000)
            titles = {image["id"]: image["title"] for image in stage.look("world")["images"]}
            shown = [titles[image_id] for image_id in stage.remote("cats")["images"]]
            assert shown == ["new 0", "new 1", "new 5"], f"write {at}"
            assert stage.look("ledger")["uploads"] == 3
            assert stage.plan().settled
    assert at > 5
