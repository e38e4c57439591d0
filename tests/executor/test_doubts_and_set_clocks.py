"""A clock that is set back while something is in doubt: it is settled in its time, not when that year comes again."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from tests.support.waiting_stage import WaitingStage

YEAR = 365 * 86_400.0
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
