"""The ledger notices that this machine's clock was set: the Date of Imgur's replies tells, in whatever process."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.model.budget import CALL_COST, Denied, Reading, Reservation
from imgur_sync.state.ledger import Caps, SqliteLedger
from tests.support.hand_clock import HandClock

NO_CAPS = Caps(reserve_credits=0, uploads_per_hour=0)


def opened(path: Path, clock: HandClock) -> SqliteLedger:
    """The ledger, as another process opens it."""
    return SqliteLedger(path, origin="o", client_id="c", account="a", caps=NO_CAPS, clock=clock)


def reply(clock: HandClock, wrong: float, took: float = 0.0, age: float = 0.0) -> Reading:
    """A reply from an Imgur behind whose clock ours is ahead by `wrong` seconds; it was dated `age` seconds ago."""
    return Reading(date=float(int(clock.now() - wrong - age)), took=took)


@pytest.mark.parametrize("seconds", [-86_400.0, 86_400.0, -30.0, 7200.0])
@pytest.mark.parametrize("restart", [False, True])
def test_a_clock_that_was_set_is_noticed_by_the_next_reply(tmp_path: Path, seconds: float, restart: bool) -> None:
    """Once, whether it was set while the process ran or before it began; a later process knows."""
    clock, path = HandClock(), tmp_path / "ledger.db"
    with opened(path, clock) as ledger:
        ledger.observe(reply(clock, 0.0))
        assert ledger.clock_set_at() == 0.0
        clock.jump(seconds)
        if not restart:
            ledger.observe(reply(clock, seconds))
            assert ledger.clock_set_at() == clock.now()
    with opened(path, clock) as ledger:
        assert ledger.clock_set_at() == (0.0 if restart else clock.now())
        ledger.observe(reply(clock, seconds))
        set_at = clock.now()
        clock.advance(1000.0)
        ledger.observe(reply(clock, seconds))
        assert ledger.clock_set_at() == set_at
    with opened(path, clock) as ledger:
        assert ledger.clock_set_at() == set_at


def test_what_another_process_noticed_is_known_after_a_reply(tmp_path: Path) -> None:
    """Two at a time: the first one that hears of it writes it down for both."""
    clock, path = HandClock(), tmp_path / "ledger.db"
    with opened(path, clock) as one, opened(path, clock) as other:
        other.observe(reply(clock, 0.0))
        clock.jump(86_400.0)
        one.observe(reply(clock, 86_400.0))
        set_at = clock.now()
        clock.advance(10.0)
        other.observe(reply(clock, 86_400.0))
        assert one.clock_set_at() == other.clock_set_at() == set_at


def test_a_reply_that_took_its_time_is_no_set_clock(tmp_path: Path) -> None:
    """It was dated when Imgur began it, and read much later; nor does Imgur's clock seem to have gone back by it."""
    clock = HandClock()
    with opened(tmp_path / "ledger.db", clock) as ledger:
        for _ in range(3):
            ledger.observe(reply(clock, 0.0, took=70.0, age=65.0))
            ledger.observe(reply(clock, 0.0, took=0.2))
            clock.advance(100.0)
        assert ledger.clock_set_at() == 0.0


def test_a_sleep_that_the_monotonic_clock_does_not_count_is_no_set_clock(tmp_path: Path) -> None:
    """The wall clock went on all the same, as Imgur's did."""
    clock = HandClock(counts_sleep=False)
    with opened(tmp_path / "ledger.db", clock) as ledger:
        ledger.observe(reply(clock, 0.0))
        clock.sleep(30_000.0)
        ledger.observe(reply(clock, 0.0))
        assert ledger.clock_set_at() == 0.0


def test_a_clock_that_was_always_wrong_was_not_set_again(tmp_path: Path) -> None:
    """The first reply tells how far it is off: from then on that is how it is."""
    clock, path = HandClock(), tmp_path / "ledger.db"
    for _ in range(3):
        with opened(path, clock) as ledger:
            ledger.observe(reply(clock, 5000.0))
            first = ledger.clock_set_at()
        clock.advance(4000.0)
    assert first == 1_800_000_000.0


def test_what_a_reply_said_is_left_does_not_hold_for_a_year(tmp_path: Path) -> None:
    """The clock was set back after others had used up the hour: nothing can be asked, so no Date puts it right. It is
    as if the reply had come now; an hour later something is tried."""
    clock, path = HandClock(), tmp_path / "ledger.db"
    with opened(path, clock) as ledger:
        now = clock.now()
        ledger.observe(Reading(date=now, user_limit=60, user_remaining=0, user_reset=now + 3600.0))
    clock.jump(-365 * 86_400.0)
    with opened(path, clock) as ledger:
        denied = ledger.reserve(CALL_COST)
        assert isinstance(denied, Denied)
        assert denied.resumes_at == pytest.approx(clock.now() + 3600.0, abs=1.0)
    clock.advance(3601.0)
    with opened(path, clock) as ledger:
        assert isinstance(ledger.reserve(CALL_COST), Reservation)
