"""A folder of 3,000 pictures under Imgur's own limits: 30,000 credits, three days, and a date that is kept.

Time is virtual; the program, the ledger and the Imgur that counts are real.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import BudgetReached
from imgur_sync.model.plan import Plan
from imgur_sync.model.spec import BudgetSpec
from imgur_sync.simulator import Limits, Windows
from tests.support.sync_stage import SyncStage

HOUR = 3600.0
PICTURES = 3000
IMGUR = Limits()


def stage_of(base: Path, windows: Windows, latency: float) -> SyncStage:
    """Ten albums of 300 pictures, our own limits as they are by default."""
    stage = SyncStage(base, limits=IMGUR, windows=windows, latency=latency)
    stage.budget = BudgetSpec()
    for number in range(10):
        stage.album(f"album{number}")
        for seed in range(PICTURES // 10):
            stage.put(f"album{number}", f"{seed:03}.png", 1000 * number + seed)
    return stage


def foreseen(plan: Plan) -> float:
    """The date that a plan gives."""
    assert plan.forecast is not None
    assert plan.forecast.finished_at is not None
    return plan.forecast.finished_at


def last_upload(stage: SyncStage) -> float:
    """When Imgur took the last picture, by its own clock."""
    return max(float(image["datetime"]) for image in stage.look("world")["images"])


def is_kept(stage: SyncStage, date: float) -> None:
    """Within one window of the date first given, each picture once, without a refusal, no limit ever passed."""
    assert abs(last_upload(stage) - date) <= HOUR
    told = stage.look("ledger")
    assert told["uploads"] == stage.uploads() == PICTURES
    assert set(told["refusals"].values()) == {0}
    assert told["credits"] <= PICTURES * 10 * 1.02
    for number in range(10):
        assert stage.shown(f"album{number}") == stage.wanted(f"album{number}")


@pytest.mark.parametrize(
    ("windows", "latency"),
    [("calendar", 0.0), ("sliding", 2.0)],
)
def test_the_date_first_given_is_kept_by_runs_at_the_times_printed(
    tmp_path: Path, windows: Windows, latency: float
) -> None:
    """Somebody types apply again whenever the last run said so; once with requests that take two seconds each."""
    with stage_of(tmp_path, windows, latency) as stage:
        date = foreseen(stage.plan())
        runs = 0
        while (run := stage.apply()).codes != (ExitCode.DONE,):
            runs += 1
            assert run.codes == (ExitCode.BUDGET,)
            assert run.resume_at is not None
            stage.clock.advance(max(1.0, run.resume_at - stage.clock.now()))
            assert runs <= 70
        is_kept(stage, date)


def test_the_date_first_given_is_kept_by_one_run_that_waits(tmp_path: Path) -> None:
    """`apply --wait`, in windows that open with their first request, as Imgur's seem to do."""
    with stage_of(tmp_path, "fixed", 0.0) as stage:
        date = foreseen(stage.plan())
        run = stage.apply(wait=True)
        assert run.codes == (ExitCode.DONE,)
        is_kept(stage, date)
        assert sum(isinstance(event, BudgetReached) for event in stage.events) <= 70


@pytest.mark.parametrize("windows", ["fixed", "sliding", "calendar"])
def test_more_than_a_week_of_waiting_keeps_its_date(tmp_path: Path, windows: Windows) -> None:
    """One picture an hour for eight days, in one run: the date first given, no refusal, little spent on looking."""
    with SyncStage(tmp_path, limits=Limits(24, 300, 0, 2), windows=windows) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=1, reserve_credits=0)
        stage.album("slow")
        for seed in range(8 * 24):
            stage.put("slow", f"{seed:03}.png", seed)
        started, date = stage.clock.now(), foreseen(stage.plan())
        assert date - started > 7 * 86_400
        assert stage.apply(wait=True).codes == (ExitCode.DONE,)
        assert abs(last_upload(stage) - date) <= 86_400
        assert set(stage.look("ledger")["refusals"].values()) == {0}
        assert stage.shown("slow") == stage.wanted("slow")
