"""Each form in which Imgur refuses too many uploads, as its limit is really broken: learned from, and kept to."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from imgur_sync.errors import ExitCode, TryAgainLaterError
from imgur_sync.model.spec import BudgetSpec
from imgur_sync.simulator import Limits
from imgur_sync.simulator.options import Form
from tests.support.sync_stage import SyncStage

OVERLOADED = ("417", "over-capacity")
"""Forms that do not say that a limit is behind them: the run ends with 75."""
FORMS = tuple(form for form in get_args(Form) if form != "cdn")  # that one tells of a place, not of a pace


@pytest.mark.parametrize("form", FORMS)
def test_a_limit_that_nobody_announces_is_learned(form: str, tmp_path: Path) -> None:
    """Ten uploads an hour go through; one refusal teaches eight, which the hours after it keep to."""
    with SyncStage(tmp_path, limits=Limits(0, 0, 0, 10), windows="sliding", refuse_uploads=form) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=0)
        stage.in_flight = 1
        stage.album("cats")
        for seed in range(20):
            stage.put("cats", f"{seed:02}.png", seed)
        if form in OVERLOADED:
            with pytest.raises(TryAgainLaterError):
                stage.apply()
        else:
            assert stage.apply().codes == (ExitCode.BUDGET,)
        assert stage.uploads() == 10
        budget = stage.plan().budget
        assert budget is not None
        assert budget.learned == 8
        stage.clock.advance(3600)
        assert stage.apply_in_time().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        told = stage.look("ledger")
        assert (stage.uploads(), told["refusals"]["uploads"]) == (20, 1)
