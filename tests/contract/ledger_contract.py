"""What every `Ledger` promises. A test class inherits this and gives a fixture `ledger` with nothing charged, and a
fixture `clock_now`: the current time of its clock."""

from __future__ import annotations

from imgur_sync.model.budget import (
    CALL_COST,
    UPLOAD_COST,
    Charge,
    Cost,
    Denied,
    LimitName,
    Reading,
    Refusal,
    Reservation,
)
from imgur_sync.model.ports import Ledger


def left(ledger: Ledger, name: LimitName = LimitName.HOUR) -> int:
    """What is left of one limit that holds."""
    remaining = ledger.budget().remaining(name)
    assert remaining is not None
    return remaining


def granted(answer: Reservation | Denied) -> Reservation:
    """The grant; fails when it was denied."""
    assert isinstance(answer, Reservation)
    return answer


class LedgerContract:
    """Inherited by the tests of every implementation."""

    def test_a_grant_is_charged_at_once(self, ledger: Ledger) -> None:
        """Before it is settled, on every limit that it counts for."""
        names = (LimitName.HOUR, LimitName.DAY, LimitName.POSTS)
        before = [left(ledger, name) for name in names]
        reservation = granted(ledger.reserve(UPLOAD_COST))
        assert reservation.cost == UPLOAD_COST
        assert [left(ledger, name) for name in names] == [before[0] - 10, before[1] - 10, before[2] - 1]
        assert ledger.spent() == 10

    def test_a_spent_reservation_stays_charged(self, ledger: Ledger) -> None:
        """Settling changes nothing then."""
        before = left(ledger)
        ledger.settle(granted(ledger.reserve(UPLOAD_COST)), Charge.SPENT)
        assert left(ledger) == before - 10
        assert ledger.spent() == 10

    def test_a_returned_reservation_is_free_at_once(self, ledger: Ledger) -> None:
        """It was proven not sent."""
        before = left(ledger)
        ledger.settle(granted(ledger.reserve(UPLOAD_COST)), Charge.RETURNED)
        assert left(ledger) == before
        assert ledger.spent() == 0

    def test_a_reservation_is_changed_for_a_new_one(self, ledger: Ledger) -> None:
        """It makes room for the new one, which alone is charged then; ending the old one afterwards does nothing."""
        granted(ledger.reserve(Cost(left(ledger) - 1)))
        kept, before = granted(ledger.reserve(Cost(1))), ledger.spent()
        new = granted(ledger.reserve(Cost(1), kept))
        assert (left(ledger), ledger.spent(), new.number != kept.number) == (0, before, True)
        ledger.settle(kept, Charge.RETURNED)
        assert (left(ledger), ledger.spent()) == (0, before)
        ledger.settle(new, Charge.RETURNED)
        assert (left(ledger), ledger.spent()) == (1, before - 1)

    def test_what_was_kept_back_is_denied_when_imgur_says_that_nothing_is_left(
        self, ledger: Ledger, clock_now: float
    ) -> None:
        """It is kept back all the same, until it is given back."""
        kept = granted(ledger.reserve(Cost(1)))
        ledger.observe(_reading(clock_now, 0))
        assert isinstance(ledger.reserve(Cost(1), kept), Denied)
        assert ledger.spent() == 1
        ledger.settle(kept, Charge.RETURNED)
        assert ledger.spent() == 0

    def test_what_was_kept_back_is_nobody_elses_while_it_is_denied(self, ledger: Ledger) -> None:
        """There is room for it again as soon as another's request is over."""
        granted(ledger.reserve(Cost(left(ledger) - 2)))
        other, kept = granted(ledger.reserve(Cost(1))), granted(ledger.reserve(Cost(1)))
        assert isinstance(ledger.reserve(Cost(2), kept), Denied)
        assert isinstance(ledger.reserve(Cost(1)), Denied)
        ledger.settle(other, Charge.RETURNED)
        granted(ledger.reserve(Cost(2), kept))
        assert left(ledger) == 0

    def test_what_is_left_is_granted_and_no_credit_more(self, ledger: Ledger, clock_now: float) -> None:
        """The denial names the limit and a time to come back that lies ahead."""
        granted(ledger.reserve(Cost(left(ledger) - 3)))
        denied = ledger.reserve(Cost(4))
        assert isinstance(denied, Denied)
        assert denied.limit is LimitName.HOUR
        assert denied.resumes_at is not None
        assert denied.resumes_at > clock_now
        granted(ledger.reserve(Cost(3)))
        assert left(ledger) == 0

    def test_a_reading_that_shows_less_rules(self, ledger: Ledger, clock_now: float) -> None:
        """Other programs spend the same credits."""
        ledger.observe(_reading(clock_now, 7))
        assert left(ledger) == 7
        assert isinstance(ledger.reserve(UPLOAD_COST), Denied)
        granted(ledger.reserve(Cost(7)))
        assert left(ledger) == 0

    def test_a_reading_that_shows_more_frees_nothing(self, ledger: Ledger, clock_now: float) -> None:
        """It may be older than our last charges."""
        granted(ledger.reserve(Cost(100)))
        before = left(ledger)
        ledger.observe(_reading(clock_now, 500))
        assert left(ledger) <= before

    def test_a_request_that_was_overtaken_is_not_charged_beside_what_the_later_answer_said(
        self, ledger: Ledger, clock_now: float
    ) -> None:
        """Two requests are under way, Imgur takes both, and the answer to the second one comes first."""
        first, second, third = (granted(ledger.reserve(UPLOAD_COST)) for _ in range(3))
        ledger.settle(second, Charge.SPENT)
        ledger.observe(_reading(clock_now, 180), second)
        assert left(ledger) == 160, "both others may have come later"
        ledger.settle(first, Charge.SPENT)
        ledger.observe(_reading(clock_now, 190), first)
        assert left(ledger) == 170
        ledger.settle(third, Charge.SPENT)
        ledger.observe(_reading(clock_now, 170), third)
        assert left(ledger) == 170

    def test_a_cost_of_nothing_is_granted_when_nothing_is_left(self, ledger: Ledger) -> None:
        """A token refresh costs no credits."""
        granted(ledger.reserve(Cost(left(ledger))))
        granted(ledger.reserve(Cost()))
        assert left(ledger) == 0

    def test_a_refused_upload_lowers_and_closes_uploads(self, ledger: Ledger, clock_now: float) -> None:
        """To four fifths of what went up in the hour; without a named wait for an hour. Other work goes on."""
        for _ in range(10):
            ledger.settle(granted(ledger.reserve(UPLOAD_COST)), Charge.SPENT)
        refused = granted(ledger.reserve(UPLOAD_COST))
        ledger.settle(refused, Charge.SPENT)
        ledger.refused(Refusal(upload=True, number=refused.number))
        budget = ledger.budget()
        (uploads,) = (limit for limit in budget.limits if limit.name is LimitName.UPLOADS)
        assert (budget.learned, uploads.capacity, uploads.remaining) == (8, 8, 0)
        denied = ledger.reserve(UPLOAD_COST)
        assert isinstance(denied, Denied)
        assert denied.limit is LimitName.UPLOADS
        assert denied.resumes_at is not None
        assert denied.resumes_at >= clock_now + 3600
        granted(ledger.reserve(CALL_COST))

    def test_a_refusal_closes_what_it_names_for_as_long_as_it_says(self, ledger: Ledger, clock_now: float) -> None:
        """All that was left is back at that moment."""
        before = left(ledger)
        ledger.refused(Refusal(limit=LimitName.HOUR, wait=600.0))
        (hour,) = (limit for limit in ledger.budget().limits if limit.name is LimitName.HOUR)
        assert hour.remaining == 0
        assert hour.resumes_at is not None
        assert abs(hour.resumes_at - clock_now - 600) < 0.01
        assert [step.amount for step in hour.returns] == [before]
        assert isinstance(ledger.reserve(CALL_COST), Denied)

    def test_over_capacity_closes_nothing_by_itself(self, ledger: Ledger) -> None:
        """It ends a run; the next one may try, with fewer uploads."""
        ledger.refused(Refusal(upload=True, closes=False))
        assert ledger.budget().learned == 5
        granted(ledger.reserve(UPLOAD_COST))

    def test_the_daily_limit_is_one_strike_a_window(self, ledger: Ledger, clock_now: float) -> None:
        """However many requests it refused; the day is closed until the announced reset."""
        for _ in range(4):
            ledger.refused(Refusal(limit=LimitName.DAY, wait=5_000.0, daily=True))
        budget = ledger.budget()
        assert (budget.strikes, budget.blocked_until) == (1, None)
        assert budget.strikes_end is not None
        assert budget.strikes_end > clock_now
        assert left(ledger, LimitName.DAY) == 0

    def test_a_daily_refusal_with_most_of_the_day_left_is_the_months_block(
        self, ledger: Ledger, clock_now: float
    ) -> None:
        """Until the first of the next month."""
        ledger.observe(
            Reading(date=clock_now, client_limit=12_500, client_remaining=12_000, client_reset=clock_now + 9)
        )
        ledger.refused(Refusal(limit=LimitName.DAY, daily=True))
        budget = ledger.budget()
        assert budget.blocked_until is not None
        assert clock_now < budget.blocked_until <= clock_now + 31 * 86_400
        denied = ledger.reserve(CALL_COST)
        assert isinstance(denied, Denied)
        assert denied.limit is LimitName.DAY


def _reading(now: float, remaining: int) -> Reading:
    return Reading(date=now, user_limit=500, user_remaining=remaining, user_reset=now + 1800)
