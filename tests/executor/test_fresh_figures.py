"""What other programs spent shows before anything is sent: Imgur is asked, once, when its last word is old."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from imgur_sync.errors import ExitCode
from imgur_sync.model.budget import LimitName
from imgur_sync.simulator import Limits
from tests.support.sync_stage import SyncStage

CREDITS = "/3/credits"


def asked(stage: SyncStage) -> int:
    """How often Imgur was asked what is left."""
    return sum(request["path"] == CREDITS for request in stage.look("history")["requests"])


def silent(base: Path, **knobs: Any) -> SyncStage:
    """One picture, and an Imgur whose answers say nothing of limits but when it is asked."""
    stage = SyncStage(base, limits=Limits(500, 12_500, 0, 0), headers="none", **knobs)
    stage.album("cats")
    stage.put("cats", "a.png", 1)
    return stage


def others(stage: SyncStage, credits: int) -> None:
    """Another program spends so much of the account's hour."""
    for _ in range(credits):
        stage.web.get("/3/account/me/settings", headers={"Authorization": f"Bearer {stage.demo.access_token}"})


def test_what_others_spent_shows_in_the_first_plan(tmp_path: Path) -> None:
    """490 of 500 credits are gone: the plan knows it, the upload is deferred, and nothing is refused."""
    with silent(tmp_path) as stage:
        others(stage, 490)
        before = len(stage.look("history")["requests"])
        plan = stage.plan()
        assert asked(stage) == 1
        assert plan.observation_reads == len(stage.look("history")["requests"]) - before
        assert plan.budget is not None
        left = plan.budget.remaining(LimitName.HOUR)
        assert left is not None
        assert left <= 10
        assert plan.albums[0].deferred
        assert stage.apply().codes == (ExitCode.BUDGET,)
        assert asked(stage) == 1, "what was told a moment ago is not asked again"
        assert stage.uploads() == 0
        assert not [
            r for r in stage.look("history")["requests"] if r["status"] >= 400 and r["path"].startswith("/3/up")
        ]


def test_an_apply_asks_once_an_hour_and_only_where_something_is_wanted(tmp_path: Path) -> None:
    """Each run with work asks when the last word is older than an hour; one without never does."""
    with silent(tmp_path) as stage:
        assert stage.apply().codes == (ExitCode.DONE,)
        assert asked(stage) == 1
        stage.clock.advance(7200)
        stage.plan()
        assert stage.apply().codes == (ExitCode.DONE,)
        assert asked(stage) == 1, "nothing is wanted"
        stage.put("cats", "b.png", 2)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert asked(stage) == 2
        stage.put("cats", "c.png", 3)
        stage.clock.advance(600)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert asked(stage) == 2, "ten minutes are no hour"


def test_where_answers_say_what_is_left_nothing_is_asked(tmp_path: Path) -> None:
    """The readings of the look itself have the figures."""
    with SyncStage(tmp_path, limits=Limits(500, 12_500, 0, 0)) as stage:
        stage.album("cats")
        stage.put("cats", "a.png", 1)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert asked(stage) == 0


def test_an_answer_that_does_not_come_is_no_error(tmp_path: Path) -> None:
    """A refusal, and something that is not understood: asked once, then the local picture holds."""
    for name, reply in (
        ("busy", {"fault": "reply", "status": 500, "body": ""}),
        ("odd", {"fault": "reply", "status": 200, "body": {"data": {"UserLimit": "many"}, "success": True}}),
    ):
        with silent(tmp_path / name) as stage:
            stage.steer("faults", [{"match": {"method": "GET", "path": CREDITS}, **reply}])
            assert stage.apply().codes == (ExitCode.DONE,)
            assert asked(stage) == 1
            assert stage.shown("cats") == stage.wanted("cats")


def test_an_offline_plan_asks_nothing(tmp_path: Path) -> None:
    """It sends nothing at all, however old the figures are."""
    with silent(tmp_path) as stage:
        stage.apply()
        stage.clock.advance(86_400)
        stage.put("cats", "b.png", 2)
        before = len(stage.look("history")["requests"])
        assert not stage.plan(offline=True).empty
        assert len(stage.look("history")["requests"]) == before
