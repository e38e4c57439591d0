"""What no time lets through is neither waited for nor promised: the limit has no room even when nothing is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import BudgetError, ExitCode
from imgur_sync.model.event import Waiting
from imgur_sync.model.spec import BudgetSpec
from imgur_sync.simulator import Limits
from tests.support.waiting_stage import WaitingStage


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize("reserve", [12_500, 20_000])
def test_a_reserve_as_large_as_the_day_is_named_as_the_reason(reserve: int, wait: bool, tmp_path: Path) -> None:
    """Exit 6 at once, no request, no time to come back; the remedy is the manifest's."""
    with WaitingStage(tmp_path, limits=Limits(0, 12_500, 0, 0)) as stage:
        stage.album("cats")
        stage.put("cats", "a.png", 1)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.put("cats", "b.png", 2)
        stage.budget = BudgetSpec(reserve_credits=reserve, uploads_per_hour=0)
        before, started = len(stage.requests()), stage.clock.now()
        with pytest.raises(BudgetError) as ended:
            stage.apply(wait=wait)
        assert "even when none are used" in str(ended.value)
        assert "reserve_credits" in ended.value.hint
        assert ended.value.resume_at is None
        assert len(stage.requests()) == before
        assert stage.clock.now() == started


@pytest.mark.parametrize("limits", [Limits(9, 0, 0, 0), Limits(14, 0, 0, 0)], ids=["no upload", "no album"])
def test_an_hour_that_is_too_small_for_a_picture_ends_a_run_that_waits(limits: Limits, tmp_path: Path) -> None:
    """Two days of looks would change nothing."""
    with WaitingStage(tmp_path, limits=limits) as stage:
        stage.budget = BudgetSpec(reserve_credits=0, uploads_per_hour=0)
        stage.album("cats")
        stage.put("cats", "a.png", 1)
        started = stage.clock.now()
        finished = stage.apply(wait=True)
        assert finished.codes == (ExitCode.BUDGET,)
        assert finished.resume_at is None
        assert stage.clock.now() - started < 60
        assert not [event for event in stage.events if isinstance(event, Waiting)]


def test_what_can_be_done_is_waited_for_beside_what_cannot(tmp_path: Path) -> None:
    """The reserve leaves 30 credits a day: one picture goes, and the rest a day later each."""
    with WaitingStage(tmp_path, limits=Limits(0, 1000, 0, 0)) as stage:
        stage.budget = BudgetSpec(reserve_credits=970, uploads_per_hour=0)
        stage.album("cats")
        for seed in range(3):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply(wait=True).codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        assert not stage.refused()
