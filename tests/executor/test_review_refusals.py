"""What Imgur refused is not sent again in that run, also after an upload in doubt; nothing is doubled by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import TwinRemoved
from imgur_sync.model.spec import Prune
from tests.support.sync_stage import SyncStage

UPLOAD = {"method": "POST", "path": "/3/upload"}
TOO_FAST = "You are uploading too fast. Please wait 37 more minutes."


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of four pictures, in order on Imgur, written long ago."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(1000)
        yield stage


def refusal(method: str, path: str, status: int, text: str, **more: Any) -> dict[str, Any]:
    """A fault: a complete answer that says no."""
    body = {"data": {"error": text}, "success": False, "status": status}
    return {"match": {"method": method, "path": path, **more}, "fault": "reply", "status": status, "body": body}


def sent(stage: SyncStage, method: str, path: str) -> list[int]:
    """The statuses of all answers to such requests."""
    requests = stage.look("history")["requests"]
    return [entry["status"] for entry in requests if entry["method"] == method and entry["path"].startswith(path)]


@pytest.mark.parametrize(("status", "text"), [(400, "Bad thing"), (403, "no"), (404, "no album"), (415, "type")])
def test_a_refused_upload_is_sent_once_a_run_and_the_rest_is_done(stage: SyncStage, status: int, text: str) -> None:
    """Ten credits, not a hundred and twenty; exit 7; a run that tries failed files again sends it."""
    stage.put("cats", "x.png", 50)
    root = stage.albums["cats"].root
    (root / "0.png").rename(root / "9.png")
    stage.steer("faults", [refusal("POST", "/3/upload", status, text)])
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert sent(stage, "POST", "/3/upload")[4:] == [status]
    stage.web.delete("/_simulator/faults")
    again = stage.apply(retry_failed=True)
    assert again.codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_a_file_tried_again_is_tried_once(stage: SyncStage) -> None:
    """--retry-failed sends a file that Imgur goes on refusing once, not in every round."""
    stage.put("cats", "x.png", 50)
    stage.steer("faults", [refusal("POST", "/3/upload", 400, "File type invalid (1)")])
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert stage.apply(retry_failed=True).codes == (ExitCode.PARTIAL,)
    assert sent(stage, "POST", "/3/upload")[4:] == [400, 400]


@pytest.mark.parametrize("kind", ["edit", "delete", "create"])
def test_another_refused_write_is_not_sent_in_every_round(stage: SyncStage, kind: str) -> None:
    """An edit that "must own all" is sent twice at the most, a deletion and a creation once; exit 7."""
    root = stage.albums["cats"].root
    match kind:
        case "edit":
            (root / "0.png").rename(root / "9.png")
            where, most = ("PUT", "/3/album/*"), 2
        case "delete":
            stage.change("cats", prune=Prune.DELETE)
            (root / "0.png").unlink()
            where, most = ("DELETE", "/3/image/*"), 1
        case _:
            stage.album("dogs")
            stage.put("dogs", "d.png", 60)
            where, most = ("POST", "/3/album"), 1
    stage.steer("faults", [refusal(*where, 403, "You must own all the image ids")])
    finished = stage.apply()
    assert finished.codes == (ExitCode.PARTIAL,)
    assert [len(album.problems) for album in finished.albums if not album.done] == [1]
    assert len([s for s in sent(stage, where[0], where[1].rstrip("*")) if s == 403]) <= most
    stage.web.delete("/_simulator/faults")
    assert stage.apply().codes == (ExitCode.DONE,)


def test_an_upload_refused_after_one_in_doubt_keeps_its_marker(stage: SyncStage) -> None:
    """Sent (arrives an hour late), sent again (refused), sent by a later run: the late one is a twin and is removed."""
    stage.put("cats", "x.png", 50)
    late = {"match": {**UPLOAD, "nth": 1}, "fault": "late", "seconds": 4000}
    stage.steer("faults", [late, refusal("POST", "/3/upload", 429, TOO_FAST, nth=2)])
    assert stage.apply().codes == (ExitCode.BUDGET,)
    stage.clock.advance(3620)  # what was uploaded before has left the hour of which fewer are taken now
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(3000)
    assert stage.uploads() == 6
    assert stage.apply().codes == (ExitCode.DONE,)
    assert any(isinstance(event, TwinRemoved) for event in stage.events)
    assert stage.uploads() == 5
    assert stage.shown("cats") == stage.wanted("cats")


def test_a_twin_whose_removal_is_in_doubt_stops_nothing(stage: SyncStage) -> None:
    """The answer to the removal of a twin is lost: that is settled like every other write."""
    stage.put("cats", "x.png", 50)
    stage.steer("faults", [{"match": {**UPLOAD, "nth": 1}, "fault": "late", "seconds": 400}])
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(1000)
    removal = {"method": "DELETE", "path": "/3/image/*", "nth": 1}
    stage.steer("faults", [{"match": removal, "fault": "drop_after"}])
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.uploads() == 5
    assert stage.shown("cats") == stage.wanted("cats")
