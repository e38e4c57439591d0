"""An edit is sent only if its reading back is affordable; what a cut run has finished, it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import BudgetError, ExitCode
from imgur_sync.model.budget import Charge, Cost, LimitName, Reading, Reservation
from imgur_sync.model.synced import IntentStatus
from imgur_sync.simulator import Limits
from imgur_sync.state.store import find_store
from tests.support.sync_stage import LINEAGE, SyncStage

HOUR = 300


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of eight pictures, in order on Imgur, written long ago; 300 credits an hour."""
    with SyncStage(tmp_path, limits=Limits(HOUR, 0, 0, 0)) as stage:
        stage.album("cats")
        for seed in range(8):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def at_request(stage: SyncStage, number: int, happens: Callable[[], object]) -> None:
    """Let something happen right before the `number`-th request or file read of the next run."""
    made = stage._ports

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)
        before = ports.workers.before_job

        def strike(count: int) -> None:
            if count == number:
                happens()
            before(count)

        ports.workers.before_job = strike
        return ports

    stage._ports = ports


def before_requests(stage: SyncStage, happens: Callable[[], object]) -> None:
    """Let something happen right before every request or file read of the next run."""
    made = stage._ports

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)
        before = ports.workers.before_job

        def strike(count: int) -> None:
            happens()
            before(count)

        ports.workers.before_job = strike
        return ports

    stage._ports = ports


def drain(stage: SyncStage, left: int) -> None:
    """Another process reserves what the hour holds, but for so many credits."""
    with stage._ledger() as ledger:
        rest = ledger.budget().remaining(LimitName.HOUR)
        if rest is not None and rest > left:
            assert isinstance(ledger.reserve(Cost(rest - left)), Reservation)


@pytest.mark.parametrize("left", [0, 1, 2])
@pytest.mark.parametrize("number", range(1, 8))
def test_an_edit_that_could_not_be_read_back_waits(stage: SyncStage, number: int, left: int) -> None:
    """Others drain the hour at any moment: the run ends with 6 and leaves nothing in doubt; the next hour it is
    done."""
    root = stage.albums["cats"].root
    (root / "0.png").rename(root / "9.png")
    plain = stage._ports
    at_request(stage, number, lambda: drain(stage, left))
    try:
        codes = stage.apply().codes
    except BudgetError as error:
        codes = (error.exit_code,)
    stage._ports = plain
    assert codes in ((ExitCode.DONE,), (ExitCode.BUDGET,))
    store = find_store(stage.manifest().state_path, lineage=LINEAGE)
    assert store is not None
    with store:
        assert store.intents(IntentStatus.OPEN) == ()
    stage.clock.advance(3700)
    assert stage.apply_in_time().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_an_edit_is_read_back_when_the_request_of_another_process_is_over(stage: SyncStage) -> None:
    """Imgur counted it before our edit, so what its answer says is left is without it; until its own answer is there
    it is charged once more, and for that moment there is no room for the reading that was kept back."""
    root = stage.albums["cats"].root
    (root / "0.png").rename(root / "9.png")
    others: list[Reservation] = []

    def happens() -> None:
        with stage._ledger() as ledger:
            sent = stage.look("history")["requests"][-1]["method"]
            if others:
                ledger.settle(others.pop(), Charge.SPENT)
            elif sent == "PUT":
                rest = ledger.budget().remaining(LimitName.HOUR)
                assert rest is not None
                granted = ledger.reserve(Cost(rest))
                assert isinstance(granted, Reservation)
                others.append(granted)
            else:
                return
            now = stage.clock.now()
            ledger.observe(Reading(date=now, user_limit=HOUR, user_remaining=1, user_reset=now + 1800))

    before_requests(stage, happens)
    finished = stage.apply()
    assert (finished.codes, finished.in_doubt) == ((ExitCode.DONE,), 0)
    assert stage.shown("cats") == stage.wanted("cats")


def test_a_file_renamed_over_another_is_shown_although_uploads_are_cut_off(stage: SyncStage) -> None:
    """Imgur takes no upload any more: the picture that left its place leaves the album in this run all the same."""
    root = stage.albums["cats"].root
    old = stage.shown("cats")[2]
    (root / "1.png").replace(root / "2.png")
    for seed in range(90, 93):
        stage.put("cats", f"{seed}.png", seed)
    text = "You are uploading too fast. Please wait 37 more minutes."
    body = {"data": {"error": text}, "success": False, "status": 429}
    match = {"method": "POST", "path": "/3/upload", "nth": 2}
    stage.steer("faults", [{"match": match, "fault": "reply", "status": 429, "body": body}])
    stage.in_flight = 1
    finished = stage.apply()
    assert finished.codes == (ExitCode.BUDGET,)
    assert old not in stage.shown("cats")
    assert [url.path for url in finished.retired] == ["2.png"]
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(3700)
    assert stage.apply_in_time().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
