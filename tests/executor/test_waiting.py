"""`apply --wait`: one run over many windows of the budget, whatever the clocks, the folders and Imgur do meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from imgur_sync.errors import BudgetError, ExitCode, InterruptedRun, TryAgainLaterError
from imgur_sync.model.event import Countdown, Event, RunFinished, UploadDone, Waiting, Warned
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import BudgetSpec, Prune
from imgur_sync.model.synced import IntentStatus
from imgur_sync.simulator import Limits
from imgur_sync.state.store import open_store
from tests.support.sync_stage import LINEAGE
from tests.support.waiting_stage import WaitingStage

HOUR = Limits(100, 0, 0, 0)
"""100 credits an hour: nine pictures at most."""


DOWN = {"match": {"path": "/3/*"}, "fault": "reply", "status": 503, "body": ""}
"""Nothing can be had from Imgur."""


def fill(stage: WaitingStage, count: int, key: str = "cats") -> None:
    """An album of `count` pictures."""
    stage.album(key)
    for seed in range(count):
        stage.put(key, f"{seed:03}.png", seed)


def waits(events: Sequence[Event]) -> list[float]:
    """Until when the run waited for the budget each time: those waits are counted down."""
    found: list[float] = []
    for event, after in pairwise(events):
        if isinstance(event, Waiting) and isinstance(after, Countdown):
            found.append(event.until)
    return found


def check_whole(stage: WaitingStage, finished: RunFinished, count: int) -> None:
    """All is up, once, in order, and Imgur had nothing to refuse."""
    assert finished.codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.uploads() == count
    assert not stage.refused()


@pytest.mark.parametrize("limits", [HOUR, Limits(0, 100, 0, 0), Limits(0, 0, 9, 0)], ids=["hour", "day", "posts"])
def test_one_run_does_what_takes_many_windows(limits: Limits, tmp_path: Path) -> None:
    """30 pictures at about nine a window: exit 0, nothing twice, nothing refused, nothing to come back for."""
    with WaitingStage(tmp_path, limits=limits) as stage:
        stage.budget = BudgetSpec(reserve_credits=0, uploads_per_hour=0)
        fill(stage, 30)
        finished = stage.apply(wait=True)
        check_whole(stage, finished, 30)
        assert finished.resume_at is None
        assert finished.uploaded == sum(isinstance(event, UploadDone) for event in stage.events) == 30
        assert waits(stage.events)
        before = len(stage.requests())
        assert stage.apply(wait=True).codes == (ExitCode.DONE,)
        assert {request["method"] for request in stage.requests()[before:]} == {"GET"}


def test_our_own_cap_of_uploads_is_waited_for(tmp_path: Path) -> None:
    """Five uploads an hour, twelve pictures in two albums: never more than five in any hour."""
    with WaitingStage(tmp_path) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=5)
        fill(stage, 7)
        stage.album("dogs")
        for seed in range(5):
            stage.put("dogs", f"{seed}.png", 100 + seed)
        check_whole(stage, stage.apply(wait=True), 12)
        assert stage.shown("dogs") == stage.wanted("dogs")
        times = sorted(request["time"] for request in stage.requests() if request["path"] == "/3/upload")
        assert all(later - first >= 3600 - 1 for first, later in zip(times, times[5:], strict=False))


def test_without_wait_nothing_is_waited_for(tmp_path: Path) -> None:
    """Exit 6 with a time, as ever."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 20)
        started = stage.clock.now()
        finished = stage.apply()
        assert finished.codes == (ExitCode.BUDGET,)
        assert finished.resume_at is not None
        assert stage.clock.now() - started < 300
        assert waits(stage.events) == []


def test_the_cap_of_the_run_ends_a_run_that_waits(tmp_path: Path) -> None:
    """--max-credits 60 of 200: exit 6 without a wait, and never more than 60 spent."""
    with WaitingStage(tmp_path) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=0, max_credits_per_run=60)
        fill(stage, 20)
        before = stage.look("ledger")["credits"]
        finished = stage.apply(wait=True)
        assert finished.codes == (ExitCode.BUDGET,)
        assert finished.resume_at is None
        assert stage.look("ledger")["credits"] - before <= 60
        assert waits(stage.events) == []


def test_a_cap_larger_than_the_window_is_reached_over_windows(tmp_path: Path) -> None:
    """Five uploads an hour and 120 credits for the run: it waits, then ends at its cap."""
    with WaitingStage(tmp_path) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=5, max_credits_per_run=120)
        fill(stage, 20)
        before = stage.look("ledger")["credits"]
        finished = stage.apply(wait=True)
        assert finished.codes == (ExitCode.BUDGET,)
        assert 5 < stage.uploads() <= 11
        assert stage.look("ledger")["credits"] - before <= 120
        assert waits(stage.events)


def test_folders_that_change_while_it_waits_are_taken_up(tmp_path: Path) -> None:
    """A picture comes, one goes, and an album that was in order gets one."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 20)
        stage.album("dogs", priority=5)
        stage.put("dogs", "a.png", 200)

        def change() -> None:
            stage.put("cats", "zz.png", 300)
            (stage.albums["cats"].root / "019.png").unlink()
            stage.put("dogs", "b.png", 301)

        stage.later(1000, change)
        check_whole(stage, stage.apply(wait=True), 22)
        assert stage.shown("dogs") == stage.wanted("dogs")


def test_gates_stay_as_they_were_approved(tmp_path: Path) -> None:
    """prune=4 is used up by what was done under it: what leaves while the run waits is held back, exit 3."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 8)
        stage.album("cats", prune=Prune.DETACH)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(4000)
        for number in range(4):
            (stage.albums["cats"].root / f"{number:03}.png").unlink()
        stage.album("dogs")
        for seed in range(20):
            stage.put("dogs", f"{seed:02}.png", 100 + seed)

        def remove() -> None:
            for number in range(4, 8):
                (stage.albums["cats"].root / f"{number:03}.png").unlink()
            stage.put("cats", "new.png", 500)

        stage.later(1000, remove)
        finished = stage.apply({GateName.PRUNE: 4}, wait=True)
        assert ExitCode.GATE in finished.codes
        assert len(stage.shown("cats")) == 5, "four stay behind the gate, one is new"
        assert stage.shown("dogs") == stage.wanted("dogs")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_waits_ends_at_once_with_the_summary(number: signal.Signals, tmp_path: Path) -> None:
    """What was done, what is left, when to come back; no intent open; the next run goes on."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 20)
        stage.later(600, lambda: stage.stop(number))
        with pytest.raises(InterruptedRun) as ended:
            stage.apply(wait=True)
        stopped = stage.clock.now()
        assert ended.value.exit_code == 128 + number
        finished = stage.events[-1]
        assert isinstance(finished, RunFinished)
        assert (finished.stopped, finished.codes, finished.in_doubt) == (True, (128 + number,), 0)
        assert finished.uploaded == stage.uploads() > 0
        assert sum(len(album.wanted) for album in finished.left.albums) >= 20 - finished.uploaded
        assert finished.resume_at is not None
        assert finished.resume_at == pytest.approx(waits(stage.events)[0], abs=1)
        assert finished.resume_at > stopped
        with open_store(stage.manifest().state_path, lineage=LINEAGE, create=False) as store:
            assert not store.intents(IntentStatus.OPEN)
        check_whole(stage, stage.apply(wait=True), 20)


@pytest.mark.parametrize("counts_sleep", [True, False])
@pytest.mark.parametrize("asleep", [600.0, 8 * 3600.0])
def test_a_machine_that_sleeps_goes_on_when_the_time_has_come(
    counts_sleep: bool, asleep: float, tmp_path: Path
) -> None:
    """Also where the monotonic clock stood still meanwhile: a night of sleep ends the wait, and overspends nothing.

    The ledger stood still too: where it has not one credit to ask Imgur for the time, an hour more passes."""
    with WaitingStage(tmp_path, limits=HOUR, counts_sleep=counts_sleep) as stage:
        fill(stage, 15)
        started = stage.clock.now()
        stage.later(300, lambda: stage.clock.sleep(asleep))
        check_whole(stage, stage.apply(wait=True), 15)
        assert stage.clock.now() - started < max(asleep, 3600) + (3600 if counts_sleep else 7200)


@pytest.mark.parametrize("counts_sleep", [True, False])
@pytest.mark.parametrize("seconds", [86_400.0, -86_400.0, 90.0, -5000.0])
def test_a_wall_clock_that_is_set_overspends_nothing_and_waits_no_longer(
    seconds: float, counts_sleep: bool, tmp_path: Path
) -> None:
    """A day on or back in the middle of a wait: nothing is refused, and by Imgur's clock it ends as it would have."""
    spans = []
    for jump in (0.0, seconds):
        with WaitingStage(tmp_path / str(jump), limits=HOUR, counts_sleep=counts_sleep) as stage:
            fill(stage, 15)
            started = stage.world.clock.now()
            stage.later(300, lambda jump=jump, stage=stage: stage.jump(jump))
            check_whole(stage, stage.apply(wait=True), 15)
            spans.append(stage.world.clock.now() - started)
            asked = len(stage.requests())
    assert abs(spans[1] - spans[0]) < 900
    assert asked < 40, "an early look costs a few reads"


def test_windows_without_anything_done_lengthen_the_wait_and_have_an_end(tmp_path: Path) -> None:
    """Others spend every credit of every hour: few looks, ever fewer, exit 6 after some days."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 3)
        drained = {"x-ratelimit-userlimit": "100", "x-ratelimit-userremaining": "0", "x-ratelimit-userreset": "30"}
        body = {"data": [], "success": True, "status": 200}
        reply = {"fault": "reply", "status": 200, "headers": drained, "body": body}
        stage.steer("faults", [{"match": {"method": "GET", "path": "/3/account/*"}, **reply}])
        started = stage.clock.now()
        finished = stage.apply(wait=True)
        assert ExitCode.BUDGET in finished.codes
        assert stage.uploads() == 0
        assert len(stage.requests()) < 100
        assert 86_400 < stage.clock.now() - started < 5 * 86_400


@pytest.mark.parametrize(
    ("status", "text"),
    [(403, "Imgur is temporarily over capacity. Please try again later."), (417, "Internal expectation failed")],
)
def test_an_imgur_over_capacity_for_an_hour_ends_no_run_that_waits(status: int, text: str, tmp_path: Path) -> None:
    """One refused upload: without --wait the run ends with 75; with it uploads rest for an hour, then all are up."""
    body = {"data": {"error": text}, "success": False, "status": status}
    fault = {
        "match": {"method": "POST", "path": "/3/upload", "nth": 3},
        "fault": "reply",
        "status": status,
        "body": body,
    }
    for wait in (False, True):
        with WaitingStage(tmp_path / str(wait)) as stage:
            fill(stage, 6)
            stage.steer("faults", [fault])
            started = stage.clock.now()
            if not wait:
                with pytest.raises(TryAgainLaterError):
                    stage.apply()
                continue
            finished = stage.apply(wait=True)
            assert finished.codes == (ExitCode.DONE,)
            assert stage.shown("cats") == stage.wanted("cats")
            assert (stage.uploads(), len(stage.refused())) == (6, 1)
            assert stage.clock.now() - started >= 3600


def test_a_countdown_is_given_to_whoever_shows_it(tmp_path: Path) -> None:
    """From the wait's length down to a second, never below zero, at least twice a minute."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 12)
        stage.apply(wait=True)
        left = [event.seconds for event in stage.events if isinstance(event, Countdown)]
        assert left[0] > 600
        assert min(left) > 0
        assert min(left) <= 1.5
        assert all(earlier - later <= 30.001 for earlier, later in pairwise(left))
        assert "to go" in next(event.reason for event in stage.events if isinstance(event, Countdown))


def test_where_not_even_a_look_can_be_paid_for_it_waits_before_the_plan(tmp_path: Path) -> None:
    """The hour is used up to the last credit when the run begins: nothing is sent for its rest, then all is done."""
    with WaitingStage(tmp_path, limits=Limits(45, 0, 0, 0)) as stage:
        fill(stage, 3)
        with suppress(BudgetError):
            for _ in range(40):
                stage.apply()
        stage.put("cats", "zz.png", 99)
        before, started = len(stage.requests()), stage.clock.now()
        check_whole(stage, stage.apply(wait=True), 4)
        assert waits(stage.events)
        assert stage.requests()[before]["time"] - started > 600


@pytest.mark.parametrize("anonymous", [False, True])
def test_an_imgur_that_cannot_be_had_after_a_wait_is_looked_for_again(anonymous: bool, tmp_path: Path) -> None:
    """The network is not there yet when the machine wakes: warned, waited for, done."""
    with WaitingStage(tmp_path, limits=HOUR, anonymous=anonymous) as stage:
        fill(stage, 12)
        stage.later(600, lambda: stage.steer("faults", [DOWN]))
        stage.later(5000, lambda: stage.web.delete("/_simulator/faults"))
        finished = stage.apply(wait=True)
        assert finished.codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 12
        assert any(isinstance(event, Warned) and "looked for again" in event.text for event in stage.events)


def test_an_imgur_that_stays_away_ends_the_run(tmp_path: Path) -> None:
    """75 after some days, with what was done; few requests, ever fewer."""
    with WaitingStage(tmp_path, limits=HOUR) as stage:
        fill(stage, 12)
        stage.later(600, lambda: stage.steer("faults", [DOWN]))
        started = stage.clock.now()
        with pytest.raises(TryAgainLaterError):
            stage.apply(wait=True)
        assert 86_400 < stage.clock.now() - started < 5 * 86_400
        assert len(stage.requests()) < 120
        finished = stage.events[-1]
        assert isinstance(finished, RunFinished)
        assert (finished.stopped, finished.uploaded) == (True, stage.uploads())
