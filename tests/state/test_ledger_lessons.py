"""What the ledger learns from refusals: kept in the file, shared by all processes, judged by Imgur's clock."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.model.budget import CALL_COST, UPLOAD_COST, Charge, Cost, Denied, Limit, LimitName, Reading, Refusal
from imgur_sync.model.budget import Reservation as Granted
from imgur_sync.state.ledger import Caps, SqliteLedger

HOUR = 3600.0
DAY = 24 * HOUR
BARE = Caps(reserve_credits=0, uploads_per_hour=0)
DAILY = Refusal(limit=LimitName.DAY, daily=True)
Open = Callable[..., SqliteLedger]


@pytest.fixture
def ledger_of(tmp_path: Path, clock: Any) -> Iterator[Open]:
    """Opens ledgers on one file, as processes would; closes them all."""
    with ExitStack() as stack:

        def opened(caps: Caps = BARE, *, client: str = "c", account: str = "a", origin: str = "o") -> SqliteLedger:
            ledger = SqliteLedger(
                tmp_path / "ledger.db", origin=origin, client_id=client, account=account, caps=caps, clock=clock
            )
            return stack.enter_context(ledger)

        yield opened


def spend(ledger: SqliteLedger, cost: Cost) -> int:
    """Reserve and settle; fails when it is denied."""
    answer = ledger.reserve(cost)
    assert isinstance(answer, Granted), answer
    ledger.settle(answer, Charge.SPENT)
    return answer.number


def refused_upload(ledger: SqliteLedger, **said: Any) -> None:
    """One upload that Imgur refuses."""
    ledger.refused(Refusal(upload=True, number=spend(ledger, UPLOAD_COST), **said))


def limit(ledger: SqliteLedger, name: LimitName) -> Limit:
    """One limit as it stands."""
    return next(entry for entry in ledger.budget().limits if entry.name is name)


def denied(ledger: SqliteLedger, cost: Cost) -> Denied:
    """The answer to a cost that is not granted."""
    answer = ledger.reserve(cost)
    assert isinstance(answer, Denied), answer
    return answer


def midday(text: str) -> float:
    """Noon of a day, UTC."""
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC).timestamp()


def test_a_learned_figure_rules_beside_our_own_cap_in_every_process(ledger_of: Open, clock: Any) -> None:
    """By machine: for each account and application, at this origin only."""
    for _ in range(20):
        spend(ledger_of(), UPLOAD_COST)
    refused_upload(ledger_of(), wait=60.0)
    clock.advance(61)
    assert limit(ledger_of(), LimitName.UPLOADS).capacity == 16
    assert limit(ledger_of(Caps(0, 45), account="b", client="d"), LimitName.UPLOADS).capacity == 16
    assert limit(ledger_of(Caps(0, 9)), LimitName.UPLOADS).capacity == 9
    assert limit(ledger_of(origin="p"), LimitName.UPLOADS).capacity is None
    assert ledger_of().budget().learned == 16
    assert denied(ledger_of(), UPLOAD_COST).limit is LimitName.UPLOADS, "twenty went up in this hour"


def test_a_learned_figure_grows_while_it_is_used_without_refusal(ledger_of: Open, clock: Any) -> None:
    """From 16 back to our cap of 18 in some hours of uploads, and not without them."""
    ledger = ledger_of(Caps(0, 18))
    for _ in range(18):
        spend(ledger, UPLOAD_COST)
        clock.advance(60)
    ledger.refused(Refusal(upload=True, wait=5.0))
    clock.advance(10 * HOUR)
    before = ledger.budget().learned
    assert before == 14
    seen = []
    for _ in range(12):
        for _ in range(10):
            spend(ledger, UPLOAD_COST)
        clock.advance(HOUR + 1)
        seen.append(ledger.budget().learned)
    assert seen[-1] == 18
    assert all(later - earlier in (0, 1) for earlier, later in itertools.pairwise(seen))
    assert limit(ledger, LimitName.UPLOADS).capacity == 18


def test_over_capacity_and_417_lower_and_close_nothing(ledger_of: Open) -> None:
    """The run ends by itself; the next one may send at once."""
    ledger = ledger_of(Caps(0, 45))
    for _ in range(10):
        spend(ledger, UPLOAD_COST)
    refused_upload(ledger, closes=False)
    found = limit(ledger, LimitName.UPLOADS)
    assert (found.capacity, found.remaining) == (8, 0)
    assert found.resumes_at is not None
    refused = limit(ledger, LimitName.HOUR)
    assert refused.remaining == 500 - 110


def test_a_closed_limit_is_told_everywhere(ledger_of: Open, clock: Any) -> None:
    """Nothing is left of it until then, another process is denied, and all of it is back at once."""
    spend(ledger_of(), Cost(100))
    ledger_of().refused(Refusal(wait=1800.0))
    found = limit(ledger_of(), LimitName.HOUR)
    assert found.remaining == 0
    assert found.resumes_at == pytest.approx(clock.now() + 1800, abs=0.01)
    assert [(step.amount, round(step.at - clock.now())) for step in found.returns] == [(400, 1800), (100, 3600)]
    answer = denied(ledger_of(), CALL_COST)
    assert (answer.limit, answer.resumes_at) == (LimitName.HOUR, pytest.approx(clock.now() + 1800, abs=0.01))
    assert "refused the last request" in answer.detail
    assert limit(ledger_of(account="b"), LimitName.HOUR).remaining == 500
    clock.advance(1801)
    spend(ledger_of(), Cost(400))


def test_refusals_in_a_row_close_for_longer_each_time(ledger_of: Open, clock: Any) -> None:
    """A success of that kind ends the row; another kind does not."""
    waits = []
    for works in (None, None, CALL_COST, None, UPLOAD_COST):
        ledger = ledger_of()
        if works is not None:
            spend(ledger, works)
            clock.advance(HOUR)
        refused_upload(ledger)
        (opens,) = {limit(ledger, LimitName.UPLOADS).resumes_at, denied(ledger, UPLOAD_COST).resumes_at}
        assert opens is not None
        waits.append(round((opens - clock.now()) / HOUR))
        clock.advance(opens - clock.now() + 1)
    assert waits == [1, 2, 4, 6, 1]


def test_a_clock_that_is_put_right_neither_opens_nor_shuts_for_long(ledger_of: Open, clock: Any) -> None:
    """A closing lasts as long as it was told, from when Imgur's time is known."""
    truth = clock.now()
    for wrong in (-DAY, DAY, -400 * DAY, 400 * DAY):
        ledger = ledger_of(account=str(wrong))
        ledger.observe(Reading(date=truth))
        ledger.refused(Refusal(wait=1800.0))
        clock.wall += wrong
        again = ledger_of(account=str(wrong))
        again.observe(Reading(date=truth))
        answer = denied(again, CALL_COST)
        assert answer.resumes_at is not None
        assert 0 < answer.resumes_at - clock.now() <= 1801
        clock.wall -= wrong
        ledger_of().observe(Reading(date=truth))


def test_five_days_at_the_limit_are_the_months_block(ledger_of: Open, clock: Any) -> None:
    """Counted by day and application; the fifth closes the day until the first of the month."""
    clock.wall = midday("2027-03-10")
    for day in range(5):
        ledger = ledger_of()
        ledger.observe(Reading(date=clock.now(), client_limit=12_500, client_remaining=0))
        for _ in range(3):
            ledger.refused(DAILY)
        budget = ledger.budget()
        assert (budget.strikes, budget.blocked_until is not None) == (day + 1, day == 4)
        assert budget.strikes_end == pytest.approx(midday("2027-04-01") - 12 * HOUR, abs=0.01)
        assert limit(ledger, LimitName.DAY).remaining == 0
        clock.advance(DAY + 1)
    first = pytest.approx(midday("2027-04-01") - 12 * HOUR, abs=0.01)
    assert ledger_of().budget().blocked_until == first
    answer = denied(ledger_of(), CALL_COST)
    assert (answer.limit, answer.resumes_at) == (LimitName.DAY, first)
    assert "Imgur blocks this application until 2027-04-01 00:00 UTC" in answer.detail
    assert limit(ledger_of(), LimitName.DAY).resumes_at == first
    spend(ledger_of(client="d"), CALL_COST)
    spend(ledger_of(origin="p"), CALL_COST)
    clock.advance(17 * DAY)
    spend(ledger_of(), CALL_COST)
    budget = ledger_of().budget()
    assert (budget.strikes, budget.strikes_end, budget.blocked_until) == (0, None, None)


def test_a_block_is_asked_about_and_lifted_on_purpose_only(ledger_of: Open, clock: Any) -> None:
    """The strikes stay; the next refusal is the block again."""
    clock.wall = midday("2027-03-10")
    asking = Caps(0, 0, asks_anyway=True)
    for _ in range(5):
        ledger_of().refused(DAILY)
        clock.advance(DAY + 1)
    assert isinstance(ledger_of().reserve(CALL_COST), Denied)
    spend(ledger_of(asking), CALL_COST)
    ledger_of(asking).lift()
    spend(ledger_of(), CALL_COST)
    assert (ledger_of().budget().strikes, ledger_of().budget().blocked_until) == (5, None)
    ledger_of().refused(DAILY)
    assert ledger_of().budget().blocked_until is not None


def test_a_full_day_that_is_refused_is_the_block(ledger_of: Open, clock: Any) -> None:
    """By a reading of this hour and by the ledger; an old reading proves nothing, and it is no strike."""
    reading = Reading(date=clock.now(), client_limit=12_500, client_remaining=11_000)
    ledger_of().observe(reading)
    ledger_of().refused(DAILY)
    assert ledger_of().budget().blocked_until is not None
    assert ledger_of().budget().strikes == 0
    other = ledger_of(client="d")
    other.observe(reading)
    clock.advance(2 * HOUR)
    other.refused(DAILY)
    assert (other.budget().blocked_until, other.budget().strikes) == (None, 1)


def test_the_fifth_strike_is_not_risked(ledger_of: Open, clock: Any) -> None:
    """A fifth of the day is left alone from the fourth on, beyond the reserve, unless that was approved."""
    clock.wall = midday("2027-03-10")
    for _ in range(4):
        ledger_of().refused(DAILY)
        clock.advance(DAY + 1)
    careful, bold = ledger_of(Caps(500, 0)), ledger_of(Caps(500, 0, strike_approved=True))
    assert (careful.budget().caution, careful.budget().remaining(LimitName.DAY)) == (2_500, 9_500)
    assert (bold.budget().caution, bold.budget().remaining(LimitName.DAY)) == (0, 12_000)
    for _ in range(19):
        spend(careful, Cost(500))
        clock.advance(HOUR + 1)
    assert denied(careful, CALL_COST).limit is LimitName.DAY
    spend(bold, Cost(500))
    budget = careful.budget()
    assert (budget.caution, budget.remaining(LimitName.DAY)) == (2_000, 0), "what is left alone, not what was"


def test_strikes_are_kept_for_two_months(tmp_path: Path, ledger_of: Open, clock: Any) -> None:
    """The file does not grow for ever, and a month's strikes outlive the process."""
    clock.wall = midday("2027-01-10")
    for _ in range(20):
        ledger = ledger_of()
        ledger.observe(Reading(date=clock.now()))
        ledger.refused(DAILY)
        clock.advance(12 * DAY)
        ledger.budget()
    connection = sqlite3.connect(tmp_path / "ledger.db")
    try:
        (count,) = connection.execute("SELECT count(*) FROM strike").fetchone()
    finally:
        connection.close()
    assert count <= 6


@pytest.mark.parametrize("year", [0.0, 4_291_747_200.0], ids=["1970", "2106"])
def test_a_clock_of_another_age_keeps_strikes_and_blocks(ledger_of: Open, clock: Any, year: float) -> None:
    """Until Imgur's time is known they may not count; then they do."""
    truth = clock.now()
    ledger_of().observe(Reading(date=truth, client_limit=12_500, client_remaining=12_400))
    ledger_of().refused(DAILY)
    clock.wall = year
    ledger = ledger_of()
    ledger.budget()
    ledger.observe(Reading(date=truth))
    assert ledger.budget().blocked_until is not None
    answer = denied(ledger, CALL_COST)
    assert answer.resumes_at is not None
    assert 0 < answer.resumes_at - clock.now() < 31 * DAY


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Australia/Lord_Howe"])
def test_months_are_those_of_utc_in_any_time_zone(
    ledger_of: Open, clock: Any, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour before the month ends there, and an hour after: where the computer stands does not count."""
    end = midday("2027-04-01") - 12 * HOUR
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        clock.wall = end - HOUR
        ledger = ledger_of()
        ledger.refused(Refusal(limit=LimitName.DAY, wait=HOUR / 2, daily=True))
        budget = ledger.budget()
        assert (budget.strikes, budget.strikes_end) == (1, pytest.approx(end, abs=0.01))
        clock.advance(2 * HOUR)
        assert ledger_of().budget().strikes == 0
    finally:
        monkeypatch.undo()
        time.tzset()
