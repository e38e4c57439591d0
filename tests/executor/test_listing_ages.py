"""A plan tells how old the oldest listing is that it relies on: of those that were read, and of no others."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from imgur_sync.report.text import Moment, plan_text
from tests.support.sync_stage import SyncStage


def test_a_plan_names_no_listing_that_was_never_read(tmp_path: Path) -> None:
    """An album without pictures has none: neither offline nor online is one told of."""
    with SyncStage(tmp_path) as stage:
        stage.album("empty")
        for options in ({"offline": True}, {}):
            plan = stage.plan(**options)
            assert plan.unchanged == 1
            assert plan.oldest_listing is None
            assert "listing used" not in plan_text(plan, Moment(stage.clock.now(), UTC))


def test_an_offline_plan_tells_the_age_of_what_was_read_before(tmp_path: Path) -> None:
    """Beside an album that has none; days later it is as old as it is."""
    with SyncStage(tmp_path) as stage:
        stage.album("empty")
        stage.album("cats")
        stage.put("cats", "a.png", 1)
        stage.apply()
        read = stage.clock.now()
        stage.clock.advance(3 * 86400.0)
        plan = stage.plan(offline=True)
        assert plan.oldest_listing is not None
        assert read - 120.0 <= plan.oldest_listing <= read
