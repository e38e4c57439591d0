"""The budget is never overdrawn: Imgur never has to refuse anything, and what does not fit goes on later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.errors import BudgetError, ExitCode
from imgur_sync.model.budget import Reading
from imgur_sync.model.event import BudgetReached
from imgur_sync.model.spec import BudgetSpec
from imgur_sync.simulator import Limits
from tests.support.sync_stage import SyncStage


def refusals(stage: SyncStage) -> list[int]:
    """The statuses of all requests that Imgur refused."""
    return [entry["status"] for entry in stage.look("history")["requests"] if entry["status"] >= 400]


def fill(stage: SyncStage, count: int) -> None:
    """One album of `count` pictures."""
    stage.album("cats")
    for seed in range(count):
        stage.put("cats", f"{seed:03}.png", seed)


def test_an_import_larger_than_the_hour_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """100 credits an hour: exit 6 with a time; run again at that time until all is up; Imgur never refuses."""
    with SyncStage(tmp_path, limits=Limits(100, 0, 0, 0)) as stage:
        fill(stage, 20)
        runs = 0
        while (finished := stage.apply()).codes != (ExitCode.DONE,):
            assert finished.codes == (ExitCode.BUDGET,)
            assert finished.resume_at is not None
            assert finished.resume_at > stage.clock.now()
            stage.clock.advance(finished.resume_at - stage.clock.now() + 1)
            runs += 1
            assert runs < 12
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 20
        assert not refusals(stage)


class OvertakingStage(SyncStage):
    """Imgur takes both of two uploads under way before it answers the first of them: the answer counts them both."""

    def _ports(self, *arguments: Any) -> Any:
        ports = super()._ports(*arguments)
        ports.workers.after_job = lambda _count: self.counts_both() if self.uploads() == 1 else None
        return ports

    def counts_both(self) -> None:
        """What the first answer says is left is less by the second upload too."""
        left, now = 38 - self.look("ledger")["credits"] - 10, self.clock.now()
        with self._ledger() as ledger:
            ledger.observe(Reading(date=now, user_limit=38, user_remaining=left, user_reset=now + 1800))


@pytest.mark.parametrize("seed", range(6))
def test_an_upload_under_way_that_another_ones_answer_counted_ends_no_run(seed: int, tmp_path: Path) -> None:
    """Until it is answered too it counts twice, and a third one seems not to fit. 38 credits are what it takes to bring
    three pictures: one run spends them all."""
    with OvertakingStage(tmp_path, limits=Limits(38, 0, 0, 0)) as stage:
        fill(stage, 3)
        stage.in_flight, stage.seed = 2, seed
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        assert not refusals(stage)


def test_our_own_cap_of_uploads_an_hour_holds(tmp_path: Path) -> None:
    """With uploads_per_hour = 5 the sixth upload waits for the next hour; 1-credit work goes on."""
    with SyncStage(tmp_path) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=5)
        fill(stage, 8)
        assert stage.apply().codes == (ExitCode.BUDGET,)
        assert stage.uploads() == 5
        assert any(isinstance(event, BudgetReached) for event in stage.events) or stage.uploads() == 5
        stage.clock.advance(3700)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")


def test_a_cap_of_one_run_is_kept(tmp_path: Path) -> None:
    """max_credits_per_run = 50 spends at most 50, reads and all; the next run goes on."""
    with SyncStage(tmp_path) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=0, max_credits_per_run=50)
        fill(stage, 8)
        before = stage.look("ledger")["credits"]
        finished = stage.apply()
        assert finished.codes == (ExitCode.BUDGET,)
        assert stage.look("ledger")["credits"] - before <= 50
        for _ in range(4):
            if stage.apply().codes == (ExitCode.DONE,):
                break
        assert stage.shown("cats") == stage.wanted("cats")


def test_the_reserve_of_the_day_is_left_for_others(tmp_path: Path) -> None:
    """A day of 200 credits with 120 reserved: at most 80 are spent."""
    with SyncStage(tmp_path, limits=Limits(0, 200, 0, 0)) as stage:
        stage.budget = BudgetSpec(reserve_credits=120, uploads_per_hour=0)
        fill(stage, 20)
        stage.web.get("/3/credits", headers={"Authorization": f"Bearer {stage.demo.access_token}"})
        finished = stage.apply()
        assert finished.codes == (ExitCode.BUDGET,)
        assert stage.look("ledger")["credits"] <= 200 - 120 + 1


def test_with_nothing_left_not_even_a_plan_is_asked_for(tmp_path: Path) -> None:
    """Where the hour is used up by others, the run ends with exit 6 and a time, without a refusal."""
    with SyncStage(tmp_path, limits=Limits(30, 0, 0, 0)) as stage:
        fill(stage, 3)
        stage.apply()
        used = 0
        while used < 40 and not _exhausted(stage):
            used += 1
        with pytest.raises(BudgetError) as ended:
            stage.plan()
        assert ended.value.exit_code == ExitCode.BUDGET
        assert not refusals(stage)


def _exhausted(stage: SyncStage) -> bool:
    """One more plan; whether the limit was in its way."""
    try:
        stage.plan()
    except BudgetError:
        return True
    return False


def test_a_limit_that_opens_soon_is_waited_for(tmp_path: Path) -> None:
    """A refusal whose headers announce a minute is waited for within max_wait."""
    with SyncStage(tmp_path) as stage:
        fill(stage, 4)
        body = {"errors": [{"code": "429", "status": "Too Many Requests", "detail": "Too Many Requests"}]}
        headers = {"X-RateLimit-UserRemaining": "0", "X-RateLimit-UserReset": "60"}
        match = {"method": "GET", "path": "/3/album/*", "nth": 1}
        stage.steer("faults", [{"match": match, "fault": "reply", "status": 429, "headers": headers, "body": body}])
        started = stage.clock.now()
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.clock.now() - started >= 60
        assert stage.shown("cats") == stage.wanted("cats")


def test_uploading_too_fast_is_waited_for_or_deferred_and_slower_afterwards(tmp_path: Path) -> None:
    """A wait that Imgur names is waited for when it is short, else it is exit 6 with a time no earlier; then fewer go
    up an hour, until all are."""
    for minutes, code in ((1, ExitCode.DONE), (37, ExitCode.BUDGET)):
        with SyncStage(tmp_path / str(minutes)) as stage:
            fill(stage, 4)
            text = f"You are uploading too fast. Please wait {minutes} more minutes."
            body = {"data": {"error": {"code": 429, "message": text}}, "success": False, "status": 400}
            match = {"method": "POST", "path": "/3/upload", "nth": 3}
            stage.steer("faults", [{"match": match, "fault": "reply", "status": 429, "body": body}])
            started = stage.clock.now()
            finished = stage.apply()
            assert finished.codes == (code,)
            over = stage.clock.now() if code is ExitCode.DONE else finished.resume_at
            assert over is not None
            assert over - started >= minutes * 60
            learned = stage.plan().budget
            assert learned is not None
            assert learned.learned == 5
            assert stage.apply_in_time().codes == (ExitCode.DONE,)
            assert stage.shown("cats") == stage.wanted("cats")
            assert stage.uploads() == 4


@settings(max_examples=15)
@given(
    hour=st.integers(60, 200),
    posts=st.integers(4, 12),
    uploads=st.integers(2, 9),
    files=st.integers(1, 12),
    seed=st.integers(0, 5),
)
def test_no_limit_is_ever_hit(
    tmp_path_factory: pytest.TempPathFactory, hour: int, posts: int, uploads: int, files: int, seed: int
) -> None:
    """Under any mix of limits that headers announce, runs an hour apart finish the import without a refusal."""
    base = tmp_path_factory.mktemp("budget")
    with SyncStage(base, limits=Limits(hour, 0, posts, 0), seed=seed) as stage:
        stage.budget = replace(stage.budget, uploads_per_hour=uploads)
        fill(stage, files)
        for _ in range(40):
            if stage.apply().codes == (ExitCode.DONE,):
                break
            stage.clock.advance(3601)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == files
        assert not refusals(stage)


DRAINED = {"x-ratelimit-userlimit": "500", "x-ratelimit-userremaining": "0", "x-ratelimit-userreset": "3600"}


def test_what_was_read_back_needs_no_further_look(tmp_path: Path) -> None:
    """Others drain the hour right after the last write, as its reading back tells: that reading showed that all is in
    order."""
    with SyncStage(tmp_path) as stage:
        fill(stage, 3)
        match = {"method": "GET", "path": "/3/album/*", "nth": 3}
        stage.steer("faults", [{"match": match, "fault": "headers", "set": DRAINED}])
        finished = stage.apply()
        assert [request["method"] for request in stage.look("history")["requests"][-2:]] == ["PUT", "GET"]
        assert (finished.uploaded, finished.codes) == (3, (ExitCode.DONE,))
        assert stage.shown("cats") == stage.wanted("cats")


def test_a_reading_that_was_kept_back_is_not_sent_into_a_limit_that_closed(tmp_path: Path) -> None:
    """The edit's own answer tells that others drained the hour: the edit is in doubt, and Imgur is asked nothing that
    it would refuse."""
    with SyncStage(tmp_path) as stage:
        fill(stage, 3)
        match = {"method": "PUT", "path": "/3/album/*"}
        stage.steer("faults", [{"match": match, "fault": "headers", "set": DRAINED}])
        finished = stage.apply()
        assert stage.look("history")["requests"][-1]["method"] == "PUT"
        assert finished.codes == (ExitCode.PARTIAL, ExitCode.BUDGET)
        assert [album.problems for album in finished.albums] == [("an edit of the album may or may not have happened",)]
        assert finished.in_doubt == 1
        assert not refusals(stage)
        stage.clock.advance(3700)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")


def test_an_edit_told_to_wait_is_not_sent_again_in_the_run(tmp_path: Path) -> None:
    """ "Wait 37 more minutes" for a PUT: one request, exit 6 with that time; the next run after it is complete."""
    with SyncStage(tmp_path) as stage:
        fill(stage, 3)
        text = "You are uploading too fast. Please wait 37 more minutes."
        body = {"data": {"error": text}, "success": False, "status": 400}
        match = {"method": "PUT", "path": "/3/album/*"}
        stage.steer("faults", [{"match": match, "fault": "reply", "status": 400, "body": body}])
        finished = stage.apply()
        assert finished.codes == (ExitCode.BUDGET,)
        assert len([e for e in stage.look("history")["requests"] if e["method"] == "PUT"]) == 1
        stage.web.delete("/_simulator/faults")
        stage.clock.advance(38 * 60)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
