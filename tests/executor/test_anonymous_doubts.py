"""Without an account: whatever happens to a request, albums equal their folders, and no copy stays in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import UploadFound, Warned
from tests.executor.test_anonymous_apply import SHAPES, check_equal, edit_folders, fill
from tests.executor.test_exactly_once import CREATE, EDIT, LISTING, UPLOAD
from tests.support.sync_stage import SyncStage

LAST = {"method": "POST", "path": "/3/upload", "nth": 4}
ALL = {"method": "POST", "path": "/3/upload"}


@pytest.fixture(params=SHAPES)
def stage(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SyncStage]:
    """Two folders, of four and three pictures, none of them on Imgur yet."""
    with SyncStage(tmp_path, anonymous=True, shape=request.param) as stage:
        fill(stage)
        yield stage


def received(stage: SyncStage) -> dict[str, int]:
    """How many pictures Imgur holds of each content."""
    counts: dict[str, int] = {}
    for image in stage.look("world")["images"]:
        counts[image["sha256"]] = counts.get(image["sha256"], 0) + 1
    return counts


def finish(stage: SyncStage, most: int = 3) -> int:
    """Apply until all is done; how many applies it took."""
    for number in range(1, most + 1):
        if stage.apply().codes == (ExitCode.DONE,):
            return number
    raise AssertionError(stage.events[-1])


@pytest.mark.parametrize(
    ("faults", "copies"),
    [
        pytest.param([{"match": UPLOAD, "fault": "drop_after"}], 1, id="an upload happened and its answer was lost"),
        pytest.param([{"match": UPLOAD, "fault": "drop_before"}], 0, id="an upload was lost on the way"),
        pytest.param([{"match": UPLOAD, "fault": "late", "seconds": 30}], 1, id="an upload happens half a minute late"),
        pytest.param([{"match": LAST, "fault": "drop_after"}], 1, id="a later upload's answer was lost"),
        pytest.param(
            [{"match": UPLOAD, "fault": "reply", "status": 503, "body": "", "after": True}],
            1,
            id="an upload happened and 503 came back",
        ),
        pytest.param([{"match": CREATE, "fault": "drop_after"}], 0, id="an album was made and its answer was lost"),
        pytest.param([{"match": CREATE, "fault": "drop_before"}], 0, id="a creation was lost on the way"),
        pytest.param([{"match": EDIT, "fault": "drop_after"}], 0, id="an edit happened and its answer was lost"),
        pytest.param([{"match": EDIT, "fault": "drop_before"}], 0, id="an edit was lost on the way"),
        pytest.param([{"match": EDIT, "fault": "late", "seconds": 40}], 0, id="an edit happens late"),
        pytest.param([{"match": LISTING, "fault": "drop_before"}], 0, id="a listing was lost"),
        pytest.param(
            [{"match": UPLOAD, "fault": "drop_after"}, {"match": LISTING, "fault": "drop_before"}],
            1,
            id="an upload is in doubt and a listing is lost",
        ),
    ],
)
def test_one_apply_ends_with_every_file_up(stage: SyncStage, faults: list[dict[str, Any]], copies: int) -> None:
    """One apply under that fault ends with exit 0 and equal albums. Only a picture whose answer was lost can exist
    twice, and then because the album had to be rearranged."""
    stage.steer("faults", faults)
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage)
    assert stage.uploads() <= 7 + copies
    stage.clock.advance(100)
    edit_folders(stage)
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage)
    assert stage.uploads() <= 9 + copies


def lose(stage: SyncStage) -> str:
    """Sync with the answer to cats/1.png lost; its content."""
    stage.in_flight = 1
    before = stage.wanted("cats")[1]
    stage.albums.pop("dogs")
    stage.steer("faults", [{"match": UPLOAD, "fault": "drop_after"}])
    finish(stage)
    assert received(stage) == dict.fromkeys(stage.wanted("cats"), 1)
    stage.clock.advance(100)
    return before


def test_a_lost_answer_costs_no_second_upload_while_the_order_holds(stage: SyncStage) -> None:
    """The picture is found in its album, recorded without a deletehash, and said so; the next plan is empty."""
    lose(stage)
    assert any(isinstance(event, UploadFound) for event in stage.events)
    assert any(isinstance(event, Warned) and "deletehash was lost" in event.text for event in stage.events)
    check_equal(stage)
    stage.clock.advance(100)
    stage.put("cats", "9.png", 99)
    (plan,) = stage.plan().albums
    assert any("never changed or deleted" in warning for warning in plan.warnings)


def test_a_keyless_picture_is_uploaded_once_more_only_to_be_moved(stage: SyncStage) -> None:
    """A file added before it: the picture leaves the album, its old link is told as retired; behind it: nothing."""
    lost = lose(stage)
    stage.put("cats", "9.png", 99)
    assert finish(stage) == 1
    check_equal(stage)
    assert received(stage)[lost] == 1
    stage.clock.advance(100)
    stage.put("cats", "00.png", 98)
    plan = stage.plan()
    assert plan.total.uploads == 2
    assert any("once more" in warning for album in plan.albums for warning in album.warnings)
    finished = stage.apply()
    assert finished.codes == (ExitCode.DONE,)
    assert [url.path for url in finished.retired] == ["1.png"]
    check_equal(stage)
    assert received(stage)[lost] == 2
    stage.clock.advance(100)
    stage.put("cats", "000.png", 97)
    finish(stage)
    check_equal(stage)
    assert received(stage)[lost] == 2


def test_a_keyless_picture_that_cannot_be_sent_again_holds_no_order_up(stage: SyncStage) -> None:
    """Its file is no picture any more, so that it stays where it is; the others come into their order around it."""
    lost = lose(stage)
    (stage.albums["cats"].root / "1.png").write_text("no picture")
    stage.put("cats", "00.png", 98)
    for _ in range(2):
        assert stage.apply().codes == (ExitCode.PARTIAL,)
        stage.clock.advance(100)
    assert lost in stage.shown("cats")
    files = [sha for sha in stage.wanted("cats") if sha != content(stage, "1.png")]
    assert [sha for sha in stage.shown("cats") if sha != lost] == files
    assert stage.uploads() == 5


def content(stage: SyncStage, name: str) -> str:
    """The SHA-256 of a file of cats."""
    return hashlib.sha256((stage.albums["cats"].root / name).read_bytes()).hexdigest()


def test_a_keyless_picture_whose_file_leaves_is_taken_out(stage: SyncStage) -> None:
    """It leaves the album; where the manifest says to delete it, that cannot be done, and it is not tried."""
    from imgur_sync.model.spec import Prune

    lost = lose(stage)
    stage.change("cats", prune=Prune.DELETE)
    (stage.albums["cats"].root / "1.png").unlink()
    finish(stage)
    check_equal(stage)
    assert received(stage)[lost] == 1
    assert not [request for request in stage.look("history")["requests"] if request["method"] == "DELETE"]


def test_a_keyless_picture_that_is_renamed_in_place_stays(stage: SyncStage) -> None:
    """Nothing is sent for a name alone."""
    lose(stage)
    root = stage.albums["cats"].root
    (root / "1.png").rename(root / "1a.png")
    finish(stage)
    check_equal(stage)
    assert stage.uploads() == 4


def test_an_order_that_a_put_does_not_change_is_made_in_pieces(tmp_path: Path) -> None:
    """A PUT whose deletehashes are not heeded: out and in again."""
    with SyncStage(tmp_path, anonymous=True, put_ids="ignored") as stage:
        fill(stage)
        finish(stage)
        stage.clock.advance(100)
        edit_folders(stage)
        finish(stage)
        check_equal(stage)


def test_where_no_deletehashes_are_heeded_the_order_is_given_up_and_told(tmp_path: Path) -> None:
    """Old albums took nothing but uploads: exit 7 after two attempts; one picture was risked to find out, not more."""
    with SyncStage(tmp_path, anonymous=True, hashes="ignored", upload_position="first") as stage:
        fill(stage)
        for _ in range(4):
            codes = stage.apply().codes
            stage.clock.advance(100)
        assert codes == (ExitCode.PARTIAL,)
        for key in stage.albums:
            assert len(set(stage.wanted(key)) - set(stage.shown(key))) <= 1
        assert stage.uploads() == 7


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "after it was answered"])
@pytest.mark.parametrize("edited", [False, True], ids=["first sync", "edits"])
@pytest.mark.parametrize("shape", ["mixed", "v1"])
def test_a_kill_at_any_request_leaves_equal_albums(tmp_path: Path, edited: bool, after: bool, shape: str) -> None:
    """For every request of a run: killed there, one more apply ends with exit 0, albums equal, and at most the one
    picture twice whose answer was lost."""
    at = 0
    while True:
        at += 1
        with SyncStage(tmp_path / str(at), anonymous=True, shape=shape) as stage:
            stage.album("cats")
            stage.album("dogs")
            for seed in range(3):
                stage.put("cats", f"{seed}.png", seed)
            stage.put("dogs", "d.png", 20)
            stage.put("cats", "3.png", 3)
            if edited:
                stage.apply()
                stage.clock.advance(100)
                edit_folders(stage)
            if not stage.killed_apply(at, after=after):
                break
            finished = stage.apply()
            assert finished.codes == (ExitCode.DONE,), f"kill {at}: {finished.albums}"
            check_equal(stage)
            assert stage.uploads() <= (7 if edited else 5) + after
            assert max(received(stage).values()) <= 1 + after
    assert at > 10


def test_two_lost_answers_that_cannot_be_told_apart_are_sent_again(tmp_path: Path) -> None:
    """Pictures of one size without readable names: nobody knows which is which, so neither is taken for the other."""
    with SyncStage(tmp_path, anonymous=True, shape="v1") as stage:
        fill(stage)
        stage.apply()
        stage.clock.advance(100)
        for number in range(5, 8):
            stage.put("cats", f"{number}.png", 50 + number)
        stage.steer("faults", [{"match": ALL, "fault": "drop_after"}])
        stage.killed_apply(9, after=True)
        stage.web.delete("/_simulator/faults")
        stage.steer("knobs", {"shape": "legacy"})
        finish(stage)
        check_equal(stage)


def test_an_album_without_a_deletehash_is_not_made_again_and_again(tmp_path: Path) -> None:
    """Imgur says that it made an album, and no more: exit 7, at most two are left behind in a run."""
    body = {"data": {"id": "AbCdEf7", "deletehash": None}, "success": True, "status": 200}
    for fault in (
        {"fault": "reply", "status": 200, "body": body, "after": True},
        {"fault": "reply", "status": 200, "body": {"data": {}, "success": True, "status": 200}, "after": True},
    ):
        with SyncStage(tmp_path / str(len(str(fault))), anonymous=True) as stage:
            stage.album("cats")
            stage.put("cats", "1.png", 1)
            stage.steer("faults", [{"match": {"method": "POST", "path": "/3/album"}, **fault}])
            assert stage.apply().codes == (ExitCode.PARTIAL,)
            assert len(stage.look("world")["albums"]) <= 2
            stage.web.delete("/_simulator/faults")
            stage.clock.advance(100)
            assert stage.apply().codes == (ExitCode.DONE,)
            assert stage.uploads() == 1
