"""The ledger's arithmetic: windows, readings, caps, clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import StateError
from imgur_sync.model.budget import (
    CALL_COST,
    POST_COST,
    UPLOAD_COST,
    Budget,
    Charge,
    Cost,
    Denied,
    LimitName,
    Reading,
    Reservation,
)
from imgur_sync.state.ledger import Caps, SqliteLedger

HOUR = 3600.0
DAY = 24 * HOUR
BARE = Caps(reserve_credits=0, uploads_per_hour=0)
Open = Callable[..., SqliteLedger]


@pytest.fixture
def ledger_of(tmp_path: Path, clock: Any) -> Iterator[Open]:
    """Opens ledgers on one file; closes them all."""
    with ExitStack() as stack:

        def opened(caps: Caps = BARE, *, client: str = "c", account: str = "a", origin: str = "o") -> SqliteLedger:
            ledger = SqliteLedger(
                tmp_path / "ledger.db", origin=origin, client_id=client, account=account, caps=caps, clock=clock
            )
            return stack.enter_context(ledger)

        yield opened


def spend(ledger: SqliteLedger, cost: Cost) -> None:
    """Reserve and settle; fails when it is denied."""
    answer = ledger.reserve(cost)
    assert isinstance(answer, Reservation), answer
    ledger.settle(answer, Charge.SPENT)


def left(ledger: SqliteLedger) -> dict[str, int | None]:
    """What is left, limit by limit."""
    return {limit.name.value: limit.remaining for limit in ledger.budget().limits}


def hour(now: float, remaining: int, reset: float, limit: int = 500) -> Reading:
    """A reading of the account's hour."""
    return Reading(date=now, user_limit=limit, user_remaining=remaining, user_reset=reset)


def test_a_new_ledger_knows_imgurs_limits_and_our_caps(ledger_of: Open) -> None:
    """Day less the reserve, hour, POSTs, uploads; the run only where it is capped."""
    assert ledger_of(Caps()).budget() == Budget(
        ledger_of(Caps()).budget().limits, reserved=500, used_today=0, reading_age=None, own_cap=45
    )
    assert left(ledger_of(Caps())) == {"day": 12_000, "hour": 500, "posts": 1_250, "uploads": 45}
    assert left(ledger_of(Caps(0, 0, 30))) == {"day": 12_500, "hour": 500, "posts": 1_250, "uploads": None, "run": 30}
    assert all(limit.resumes_at is None for limit in ledger_of(Caps()).budget().limits)


def test_every_limit_can_be_the_one_in_the_way(ledger_of: Open, clock: Any) -> None:
    """It is named, with the time at which it gives way."""
    ledger = ledger_of(Caps(reserve_credits=0, uploads_per_hour=2))
    ledger.observe(hour(clock.now(), 10**6, clock.now() + HOUR, 10**6))
    spend(ledger, UPLOAD_COST)
    spend(ledger, UPLOAD_COST)
    denied = ledger.reserve(UPLOAD_COST)
    assert isinstance(denied, Denied)
    assert denied.limit is LimitName.UPLOADS
    spend(ledger, POST_COST.times(1_248))
    assert getattr(ledger.reserve(POST_COST), "limit", None) is LimitName.POSTS
    spend(ledger, Cost(12_500 - 1_268))
    assert getattr(ledger.reserve(CALL_COST), "limit", None) is LimitName.DAY


def test_work_that_costs_one_goes_on_without_uploads(ledger_of: Open) -> None:
    """The caps are apart."""
    ledger = ledger_of(Caps(uploads_per_hour=1))
    spend(ledger, UPLOAD_COST)
    assert isinstance(ledger.reserve(UPLOAD_COST), Denied)
    spend(ledger, CALL_COST)


def test_charges_leave_their_window_one_by_one(ledger_of: Open, clock: Any) -> None:
    """Windows slide; a denial comes back exactly when it gives way, not a moment before."""
    ledger = ledger_of()
    for cost in (100, 150, 250):
        spend(ledger, Cost(cost))
        clock.advance(600)
    denied = ledger.reserve(Cost(200))
    assert isinstance(denied, Denied)
    assert denied.resumes_at == pytest.approx(clock.now() - 1200 + HOUR, abs=0.01)
    first = next(limit for limit in ledger.budget().limits if limit.name is LimitName.HOUR)
    assert first.resumes_at == pytest.approx(clock.now() - 1800 + HOUR, abs=0.01)
    clock.advance(denied.resumes_at - clock.now() - 1)
    assert isinstance(ledger.reserve(Cost(200)), Denied)
    clock.advance(1)
    assert isinstance(ledger.reserve(Cost(200)), Reservation)


def test_a_cost_beyond_the_limit_never_fits(ledger_of: Open) -> None:
    """There is no time to come back at."""
    denied = ledger_of().reserve(Cost(501))
    assert isinstance(denied, Denied)
    assert denied.resumes_at is None


def test_the_run_is_capped_for_this_object_only(ledger_of: Open) -> None:
    """What comes back may be spent again; no waiting helps otherwise."""
    ledger = ledger_of(Caps(0, 0, 25))
    spend(ledger, UPLOAD_COST)
    answer = ledger.reserve(UPLOAD_COST)
    assert isinstance(answer, Reservation)
    assert ledger.reserve(UPLOAD_COST) == Denied(
        LimitName.RUN, None, "of the 25 credits allowed for this run, 20 are spent"
    )
    ledger.settle(answer, Charge.RETURNED)
    ledger.settle(answer, Charge.RETURNED)
    spend(ledger, UPLOAD_COST)
    assert ledger.spent() == 20
    spend(ledger_of(Caps(0, 0, 25)), UPLOAD_COST)


def test_meters_count_for_whom_imgur_counts(ledger_of: Open) -> None:
    """The day by application, the hour by account, POSTs and uploads by machine, all by origin."""
    caps = Caps(0, 100)
    spend(ledger_of(caps), UPLOAD_COST)
    assert left(ledger_of(caps, account="b")) == {"day": 12_490, "hour": 500, "posts": 1_249, "uploads": 99}
    assert left(ledger_of(caps, client="d")) == {"day": 12_500, "hour": 500, "posts": 1_249, "uploads": 99}
    assert left(ledger_of(caps, origin="p")) == {"day": 12_500, "hour": 500, "posts": 1_250, "uploads": 100}


def test_a_reading_rules_until_its_reset(ledger_of: Open, clock: Any) -> None:
    """Then our own charges do."""
    ledger = ledger_of()
    ledger.observe(hour(clock.now(), 20, clock.now() + 900))
    spend(ledger, Cost(15))
    denied = ledger.reserve(UPLOAD_COST)
    assert isinstance(denied, Denied)
    assert denied.resumes_at == pytest.approx(clock.now() + 900, abs=0.01)
    clock.advance(901)
    assert left(ledger)["hour"] == 485


def test_requests_in_flight_count_against_a_reading(ledger_of: Open, clock: Any) -> None:
    """Imgur may not have counted them yet; those that ended before it are in it."""
    ledger = ledger_of()
    spend(ledger, Cost(50))
    flying = ledger.reserve(Cost(30))
    assert isinstance(flying, Reservation)
    ledger.observe(hour(clock.now(), 100, clock.now() + 900))
    assert left(ledger)["hour"] == 70
    ledger.settle(flying, Charge.SPENT)
    assert left(ledger)["hour"] == 70
    ledger.observe(hour(clock.now(), 70, clock.now() + 900))
    assert left(ledger)["hour"] == 70


def test_an_older_reading_of_the_same_window_frees_nothing(ledger_of: Open, clock: Any) -> None:
    """Replies overtake one another; within a window what is left only shrinks."""
    ledger = ledger_of()
    reset = clock.now() + 900
    ledger.observe(hour(clock.now(), 50, reset))
    ledger.observe(hour(clock.now(), 60, reset + 1))
    assert left(ledger)["hour"] == 50
    clock.advance(901)
    ledger.observe(hour(clock.now(), 400, clock.now() + HOUR))
    assert left(ledger)["hour"] == 400


def test_an_announced_limit_replaces_the_known_one(ledger_of: Open, clock: Any) -> None:
    """Also after the reading's reset; 1000000 stands for none."""
    ledger = ledger_of()
    for limit in (2_000, 1_000_000):
        ledger.observe(hour(clock.now(), limit, clock.now() + 10, limit))
        assert left(ledger)["hour"] == limit
        clock.advance(20)
        assert left(ledger)["hour"] == limit


def test_the_reserve_is_kept_of_the_day_by_both_figures(ledger_of: Open, clock: Any) -> None:
    """Of ours and of Imgur's."""
    ledger = ledger_of(Caps(500, 0))
    reset = clock.now() + 50_000
    ledger.observe(Reading(date=clock.now(), client_limit=12_500, client_remaining=700, client_reset=reset))
    assert left(ledger)["day"] == 200
    ledger.observe(Reading(date=clock.now(), client_limit=12_500, client_remaining=300, client_reset=reset))
    assert left(ledger)["day"] == 0
    assert isinstance(ledger.reserve(CALL_COST), Denied)


def test_posts_are_read_too(ledger_of: Open, clock: Any) -> None:
    """Without a reset the window's length is assumed; the age of the reading is told."""
    ledger = ledger_of()
    ledger.observe(Reading(date=clock.now(), post_limit=1_250, post_remaining=1))
    spend(ledger, POST_COST)
    denied = ledger.reserve(POST_COST)
    assert isinstance(denied, Denied)
    assert denied.limit is LimitName.POSTS
    clock.advance(60)
    assert ledger.budget().reading_age == pytest.approx(60)
    clock.advance(HOUR)
    spend(ledger, POST_COST)


def test_used_today_counts_every_process(ledger_of: Open, clock: Any) -> None:
    """Of this application, in the last 24 hours."""
    spend(ledger_of(), Cost(7))
    clock.advance(DAY - 1)
    spend(ledger_of(account="b"), Cost(5))
    spend(ledger_of(client="d"), Cost(3))
    assert ledger_of().budget().used_today == 12
    clock.advance(2)
    assert ledger_of().budget().used_today == 5


@pytest.mark.parametrize("jump", [-DAY, DAY, -10 * 365 * DAY, 10 * 365 * DAY], ids=str)
def test_a_wall_clock_that_jumps_in_a_run_changes_nothing(ledger_of: Open, clock: Any, jump: float) -> None:
    """Windows go on by the monotonic clock, and no wait is negative."""
    ledger = ledger_of()
    ledger.observe(Reading(date=clock.now()))
    spend(ledger, Cost(500))
    clock.wall += jump
    denied = ledger.reserve(CALL_COST)
    assert isinstance(denied, Denied)
    assert denied.resumes_at == pytest.approx(clock.now() + HOUR, abs=0.01)
    assert ledger.budget().used_today == 500


@pytest.mark.parametrize("jump", [-DAY, DAY, -10 * 365 * DAY, 10 * 365 * DAY], ids=str)
def test_after_the_first_date_a_wrong_clock_overspends_nothing(ledger_of: Open, clock: Any, jump: float) -> None:
    """A new run after the jump learns Imgur's time from its first reply; all charges of the hour count again."""
    truth = clock.now()
    ledger_of().observe(Reading(date=truth))
    spend(ledger_of(), Cost(490))
    clock.wall += jump
    ledger = ledger_of()
    spend(ledger, CALL_COST)
    ledger.observe(Reading(date=truth))
    assert left(ledger)["hour"] == 9
    denied = ledger.reserve(UPLOAD_COST)
    assert isinstance(denied, Denied)
    assert denied.resumes_at is not None
    assert 0 < denied.resumes_at - clock.now() <= HOUR + 0.01


def test_an_offset_once_learned_holds_for_the_next_run(ledger_of: Open, clock: Any) -> None:
    """A clock that is always wrong by hours judges windows rightly from the start."""
    ledger_of().observe(hour(clock.now() + 5 * HOUR, 3, clock.now() + 5 * HOUR + 900))
    assert left(ledger_of())["hour"] == 3
    clock.advance(901)
    assert left(ledger_of())["hour"] == 500


def test_rows_are_removed_after_two_days(tmp_path: Path, ledger_of: Open, clock: Any) -> None:
    """The file does not grow for ever."""
    ledger = ledger_of()
    for _ in range(400):
        ledger.observe(Reading(date=clock.now()))
        spend(ledger, Cost(200, 20, 0))
        clock.advance(HOUR)
    assert (tmp_path / "ledger.db").stat().st_size < 60_000


@pytest.mark.parametrize("content", [b"", b"text" * 100, None], ids=["empty", "text", "folder"])
def test_a_file_that_is_no_ledger_is_refused_untouched(tmp_path: Path, ledger_of: Open, content: bytes | None) -> None:
    """Exit 65, with the file's name."""
    path = tmp_path / "ledger.db"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(StateError) as caught:
        ledger_of()
    assert str(path) in caught.value.message
    assert content is None or path.read_bytes() == content
