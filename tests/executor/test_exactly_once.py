"""Whatever happens to a request, every file ends up on Imgur exactly once, and every album equals its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode, TryAgainLaterError
from imgur_sync.model.event import InDoubt, TwinRemoved, UploadFound
from tests.support.sync_stage import SyncStage

UPLOAD = {"method": "POST", "path": "/3/upload", "nth": 2}
CREATE = {"method": "POST", "path": "/3/album", "nth": 1}
EDIT = {"method": "PUT", "path": "/3/album/*", "nth": 1}
LISTING = {"method": "GET", "path": "/3/album/*", "nth": 2}
PICTURES = {"method": "GET", "path": "/3/account/me/images/0", "nth": 2}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """Two folders, of four and three pictures, none of them on Imgur yet."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        stage.album("dogs")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        for seed in range(3):
            stage.put("dogs", f"d{seed}.png", 20 + seed)
        yield stage


def edit_folders(stage: SyncStage) -> None:
    """One of everything: a rename, a replacement, a removal, an addition, a move to the other album."""
    cats, dogs = stage.albums["cats"].root, stage.albums["dogs"].root
    (cats / "0.png").rename(cats / "9.png")
    stage.put("cats", "2.png", 77)
    (cats / "3.png").unlink()
    stage.put("cats", "6.png", 78)
    (cats / "1.png").rename(dogs / "1.png")


def check_equal(stage: SyncStage, uploads: int) -> None:
    """Albums equal folders, nothing was uploaded twice, and there is nothing left to do."""
    for key in stage.albums:
        assert stage.shown(key) == stage.wanted(key)
    assert stage.uploads() == uploads
    assert stage.plan().settled
    descriptions = [album["description"] for album in stage.look("world")["albums"]]
    assert not any("is1-" in (text or "") for text in descriptions), "a creation's marker was left behind"


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([{"match": UPLOAD, "fault": "drop_after"}], id="an upload happened and its answer was lost"),
        pytest.param([{"match": UPLOAD, "fault": "drop_before"}], id="an upload was lost on the way"),
        pytest.param([{"match": UPLOAD, "fault": "late", "seconds": 30}], id="an upload happens half a minute late"),
        pytest.param(
            [{"match": {"method": "POST", "path": "/3/upload"}, "fault": "drop_after"}], id="no upload is answered"
        ),
        pytest.param(
            [{"match": UPLOAD, "fault": "reply", "status": 200, "body": "<html>", "after": True}],
            id="an upload happened and HTML came back",
        ),
        pytest.param(
            [{"match": UPLOAD, "fault": "reply", "status": 503, "body": "", "after": True}],
            id="an upload happened and 503 came back",
        ),
        pytest.param([{"match": CREATE, "fault": "drop_after"}], id="an album was made and its answer was lost"),
        pytest.param([{"match": CREATE, "fault": "drop_before"}], id="a creation was lost on the way"),
        pytest.param([{"match": EDIT, "fault": "drop_after"}], id="an edit happened and its answer was lost"),
        pytest.param([{"match": EDIT, "fault": "drop_before"}], id="an edit was lost on the way"),
        pytest.param([{"match": EDIT, "fault": "late", "seconds": 40}], id="an edit happens late"),
        pytest.param([{"match": LISTING, "fault": "drop_before"}], id="a listing was lost"),
        pytest.param(
            [{"match": UPLOAD, "fault": "drop_after"}, {"match": PICTURES, "fault": "drop_before"}],
            id="an upload is in doubt and the reading that settles it is lost",
        ),
    ],
)
def test_one_apply_ends_with_every_file_up_once(stage: SyncStage, faults: list[dict[str, Any]]) -> None:
    """One apply under that fault ends with exit 0, albums equal and no twin; so does the next one after edits."""
    stage.steer("faults", faults)
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage, uploads=7)
    stage.clock.advance(100)
    edit_folders(stage)
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage, uploads=9)


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "after it was answered"])
@pytest.mark.parametrize("edited", [False, True], ids=["first sync", "edits"])
def test_a_kill_at_any_request_loses_and_doubles_nothing(tmp_path: Path, edited: bool, after: bool) -> None:
    """For every request of a run: killed there, one more apply ends with exit 0, albums equal, no twin."""
    at = 0
    while True:
        at += 1
        with SyncStage(tmp_path / str(at)) as stage:
            stage.album("cats")
            stage.album("dogs")
            for seed in range(3):
                stage.put("cats", f"{seed}.png", seed)
            stage.put("dogs", "d.png", 20)
            stage.put("cats", "3.png", 3)
            if edited:
                stage.apply()
                edit_folders(stage)
            if not stage.killed_apply(at, after=after):
                break
            finished = stage.apply()
            assert finished.codes == (ExitCode.DONE,), f"kill {at}: {finished.albums}"
            check_equal(stage, uploads=7 if edited else 5)
    assert at > 10


def test_a_second_kill_during_recovery_is_survived_too(tmp_path: Path) -> None:
    """Killed after the second upload's answer, and again at each of the first requests of the run that recovers."""
    for second in range(1, 9):
        with SyncStage(tmp_path / str(second)) as stage:
            stage.album("cats")
            for seed in range(3):
                stage.put("cats", f"{seed}.png", seed)
            assert stage.killed_apply(9, after=True)
            stage.killed_apply(second, after=True)
            assert stage.apply().codes == (ExitCode.DONE,)
            check_equal(stage, uploads=3)


def test_an_upload_in_doubt_is_found_by_its_name_and_said_so(stage: SyncStage) -> None:
    """The run says that it does not know, then that it found the picture; it costs one reading, not a second upload."""
    stage.steer("faults", [{"match": UPLOAD, "fault": "drop_after"}])
    stage.apply()
    assert any(isinstance(event, InDoubt) for event in stage.events)
    assert any(isinstance(event, UploadFound) for event in stage.events)
    assert stage.look("ledger")["uploads"] == 7


def test_an_upload_that_never_arrived_is_sent_again_only_after_the_time_to_settle(stage: SyncStage) -> None:
    """The second request of the same file comes at least `settle_seconds` after the first."""
    stage.steer("faults", [{"match": UPLOAD, "fault": "drop_before"}])
    stage.apply()
    sent = [entry["time"] for entry in stage.look("history")["requests"] if entry["path"] == "/3/upload"]
    assert len(sent) == 8
    assert sent[-1] - sent[-2] >= stage.settle


def test_a_twin_that_turns_up_later_is_removed_and_said_so(stage: SyncStage) -> None:
    """An upload that commits long after it was sent again leaves a twin; the next apply removes it and reports it."""
    stage.steer("faults", [{"match": UPLOAD, "fault": "late", "seconds": 400}])
    stage.apply()
    assert stage.uploads() == 7
    stage.clock.advance(1000)
    assert stage.uploads() == 8
    finished = stage.apply()
    assert finished.codes == (ExitCode.DONE,)
    assert any(isinstance(event, TwinRemoved) for event in stage.events)
    check_equal(stage, uploads=7)


def test_a_run_ends_when_imgur_never_answers(stage: SyncStage) -> None:
    """Five requests in a row go unanswered: the run ends with 75; when Imgur is back, nothing is lost or doubled."""
    stage.steer("faults", [{"match": {"method": "POST", "path": "/3/upload"}, "fault": "drop_before"}])
    with pytest.raises(TryAgainLaterError):
        stage.apply()
    stage.web.delete("/_simulator/faults")
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage, uploads=7)


def test_a_file_is_given_up_after_three_more_sendings_until_it_changes(tmp_path: Path) -> None:
    """Sent four times and never seen: the file is failed, exit 7; with other content it is sent again."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        stage.put("cats", "good.png", 1)
        stage.put("cats", "lost.png", 2)
        stage.apply()
        stage.clock.advance(100)
        stage.put("cats", "never.png", 3)
        stage.steer("faults", [{"match": {"method": "POST", "path": "/3/upload"}, "fault": "drop_before"}])
        for _ in range(6):
            assert stage.apply().codes == (ExitCode.PARTIAL,)
        sent = [entry for entry in stage.look("history")["requests"] if entry["path"] == "/3/upload"]
        assert len(sent) == 2 + 4
        stage.web.delete("/_simulator/faults")
        assert stage.apply().codes == (ExitCode.PARTIAL,)
        stage.put("cats", "never.png", 4)
        assert stage.apply().codes == (ExitCode.DONE,)
        check_equal(stage, uploads=3)


def test_a_lost_state_is_rebuilt_without_an_upload(stage: SyncStage) -> None:
    """With the state deleted, plan recognises every picture and apply uploads nothing."""
    stage.apply()
    stage.clock.advance(100)
    for path in (stage.base / ".imgur-sync").iterdir():
        path.unlink()
    plan = stage.plan()
    assert plan.total.uploads == 0
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage, uploads=7)


def test_a_lost_state_beside_an_edited_folder_uploads_only_what_is_new(stage: SyncStage) -> None:
    """Pictures whose files are still there are recognised by their markers; only new content is sent."""
    stage.apply()
    stage.clock.advance(100)
    for path in (stage.base / ".imgur-sync").iterdir():
        path.unlink()
    edit_folders(stage)
    finished = stage.apply()
    assert finished.uploaded == 2
    assert finished.codes == (ExitCode.DONE,)
    assert stage.shown("dogs") == stage.wanted("dogs")
