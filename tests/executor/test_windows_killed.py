"""Imports over many windows: killed in between, repeated too early, with reads that fail: nothing twice or wasted."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import BudgetError, ExitCode
from imgur_sync.model.spec import BudgetSpec
from imgur_sync.simulator import Limits
from tests.support.sync_stage import Killed
from tests.support.waiting_stage import WaitingStage

HOUR = Limits(100, 0, 0, 0)


def fill(stage: WaitingStage, count: int) -> None:
    """One album of `count` pictures."""
    stage.album("cats")
    for seed in range(count):
        stage.put("cats", f"{seed:03}.png", seed)


def writes(requests: list[dict[str, Any]]) -> list[str]:
    """What was asked for that is not a reading."""
    return [request["path"] for request in requests if request["method"] != "GET"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at_job", [3, 9, 17, 24, 31, 40, 52])
def test_a_run_killed_in_any_window_is_taken_up_where_it_was(at_job: int, after: bool, tmp_path: Path) -> None:
    """Before or after a request: the next run goes on, uploads nothing twice and skips nothing."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 20)
        stage.kill_at, stage.kill_after = at_job, after
        with pytest.raises(Killed):
            stage.apply(wait=True)
        stage.kill_at = 0
        finished = stage.apply(wait=True)
        assert finished.codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 20
        assert not stage.refused()


def test_by_hand_each_window_goes_on_where_the_one_before_stopped(tmp_path: Path) -> None:
    """Exit 6, come back at the time printed, again: the order of the files, each once."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 25)
        stage.in_flight = 1
        for _ in range(12):
            finished = stage.apply()
            if finished.codes == (ExitCode.DONE,):
                break
            assert finished.resume_at is not None
            stage.clock.advance(finished.resume_at - stage.clock.now())
        assert [upload["sha256"] for upload in stage.look("history")["uploads"]] == stage.wanted("cats")
        assert stage.shown("cats") == stage.wanted("cats")
        assert not stage.refused()


def test_an_apply_repeated_too_early_sends_no_write_and_next_to_no_read(tmp_path: Path) -> None:
    """Five uploads an hour: at once again, one reading of the account and one of the album that is not finished; the
    albums in order cost nothing."""
    with WaitingStage(tmp_path) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=5)
        for key in ("ants", "bees"):
            stage.album(key, priority=1)
            stage.put(key, "a.png", len(key) + ord(key[0]))
        fill(stage, 9)
        assert stage.apply().codes == (ExitCode.BUDGET,)
        for _ in range(3):
            stage.clock.advance(60)
            before = len(stage.requests())
            finished = stage.apply()
            assert finished.codes == (ExitCode.BUDGET,)
            assert finished.resume_at is not None
            again = stage.requests()[before:]
            assert writes(again) == []
            assert len(again) == 2
            assert finished.credits == len(again)


def test_where_not_one_credit_is_left_nothing_at_all_is_sent(tmp_path: Path) -> None:
    """An hour used up to the last credit: exit 6 with its time, no request."""
    with WaitingStage(tmp_path, limits=Limits(40, 0, 0, 0)) as stage:
        fill(stage, 9)
        with suppress(BudgetError):
            for _ in range(40):
                stage.apply()
        before = len(stage.requests())
        with pytest.raises(BudgetError) as ended:
            stage.apply()
        assert ended.value.resume_at is not None
        assert ended.value.resume_at > stage.clock.now()
        assert len(stage.requests()) == before


@pytest.mark.parametrize("seed", range(8))
def test_reads_that_fail_cost_no_more_than_a_fifth_on_top(seed: int, tmp_path: Path) -> None:
    """A tenth of the reads fail: every write is sent once, and all requests stay within plan, probes and 20 %."""
    chance = random.Random(seed)
    counts = []
    for faulty in (False, True):
        with WaitingStage(tmp_path / str(faulty), seed=seed) as stage:
            for album in range(12):
                stage.album(f"a{album}")
                for picture in range(2):
                    stage.put(f"a{album}", f"{picture}.png", 10 * album + picture)
            if faulty:
                broken = {"fault": "reply", "status": 500, "body": ""}
                numbers = {chance.randint(1, 3), *(n for n in range(1, 400) if chance.random() < 0.1)}
                stage.steer(
                    "faults", [{"match": {"method": "GET", "path": "/3/*", "nth": n}, **broken} for n in numbers]
                )
            finished = stage.apply()
            assert finished.codes == (ExitCode.DONE,)
            for key in stage.albums:
                assert stage.shown(key) == stage.wanted(key)
            counts.append(len(stage.requests()))
            assert any(request["status"] == 500 for request in stage.requests()) == faulty
            assert writes(stage.requests()).count("/3/upload") == stage.uploads() == 24
    assert counts[1] <= counts[0] * 1.2
