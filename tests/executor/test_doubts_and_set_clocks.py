"""A clock that is set while something is in doubt: it is settled in its time, neither at once nor in years."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from tests.support.waiting_stage import WaitingStage

DAY = 86_400.0
YEAR = 365 * DAY
TARGETS = [("POST", "/3/upload"), ("POST", "/3/album"), ("PUT", "/3/album/*")]


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize("target", TARGETS, ids=["upload", "creation", "edit"])
def test_a_request_in_doubt_is_settled_within_its_time(
    target: tuple[str, str], fault: str, anonymous: bool, tmp_path: Path
) -> None:
    """Its answer is lost, the run is killed, the clock goes back a year: the next run takes minutes, and nothing is
    uploaded twice."""
    for at in range(3, 25):
        with WaitingStage(tmp_path / str(at), anonymous=anonymous) as stage:
            stage.album("cats")
            for seed in range(3):
                stage.put("cats", f"{seed}.png", seed)
            stage.steer("faults", [{"match": {"method": target[0], "path": target[1], "nth": 1}, "fault": fault}])
            stage.killed_apply(at, after=True)
            if all(request["status"] is not None for request in stage.requests()):
                continue
            stage.jump(-YEAR)
            started = stage.clock.monotonic()
            assert stage.apply().codes == (ExitCode.DONE,)
            assert stage.clock.monotonic() - started < 600
            assert stage.shown("cats") == stage.wanted("cats")
            names = [image["name"] for image in stage.look("world")["images"]]
            assert len(names) == len(set(names))
            return
    raise AssertionError("no answer was lost")


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("target", TARGETS, ids=["upload", "creation", "edit"])
def test_a_clock_that_is_put_ahead_ends_no_time_to_settle(
    target: tuple[str, str], anonymous: bool, tmp_path: Path
) -> None:
    """Imgur shows only what it had a minute ago: what the run before the jump made is there, nothing is sent twice."""
    for at in range(3, 25):
        with WaitingStage(tmp_path / str(at), anonymous=anonymous, lag=50.0) as stage:
            stage.album("cats")
            for seed in range(3):
                stage.put("cats", f"{seed}.png", seed)
            stage.steer(
                "faults", [{"match": {"method": target[0], "path": target[1], "nth": 1}, "fault": "drop_after"}]
            )
            stage.killed_apply(at, after=True)
            if all(request["status"] is not None for request in stage.requests()):
                continue
            stage.jump(DAY)
            before = stage.look("world")["images"]
            run = stage.apply()
            while run.codes != (ExitCode.DONE,):
                assert stage.clock.monotonic() < 10_000
                run = stage.apply()
            assert stage.shown("cats") == stage.wanted("cats")
            names = [image["name"] for image in stage.look("world")["images"]]
            assert len(names) == len(set(names))
            assert {image["id"] for image in before} <= set(stage.remote("cats")["images"])
            return
    raise AssertionError("no answer was lost")


def test_a_picture_that_is_not_shown_yet_is_waited_for_after_a_jump(tmp_path: Path) -> None:
    """It was put in a few seconds ago, however old its record looks by a clock that is a day ahead since."""
    with WaitingStage(tmp_path, lag=50.0) as stage:
        stage.album("cats")
        for seed in range(3):
            stage.put("cats", f"{seed}.png", seed)
        for at in range(3, 40):
            if not stage.killed_apply(at, after=True) or stage.uploads() == 3:
                break
        stage.jump(DAY)
        edits = [request for request in stage.requests() if request["method"] == "PUT"]
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 3
        assert stage.shown("cats") == stage.wanted("cats")
        assert len([request for request in stage.requests() if request["method"] == "PUT"]) <= len(edits) + 1


def test_a_clock_that_is_set_back_after_an_upload_leaves_nothing_unsettled(tmp_path: Path) -> None:
    """The record is from times to come; it counts as of the moment at which the clock was seen to be set."""
    with WaitingStage(tmp_path, lag=50.0) as stage:
        stage.album("cats")
        for seed in range(3):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.jump(-YEAR)
        image_id = stage.remote("cats")["images"][0]
        stage.steer("edit", {"op": "remove_from_album", "id": stage.remote("cats")["id"], "images": [image_id]})
        stage.clock.advance(60)
        started = stage.clock.monotonic()
        assert stage.apply(refresh=True).codes == (ExitCode.DONE,)
        assert stage.clock.monotonic() - started < 600
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 3
