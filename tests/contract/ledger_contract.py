"""What every `Ledger` promises. A test class inherits this and gives a fixture `ledger` with nothing charged, and a
fixture `clock_now`: the current time of its clock."""

from __future__ import annotations

from imgur_sync.model.budget import UPLOAD_COST, Charge, Cost, Denied, LimitName, Reading, Reservation
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

    def test_a_cost_of_nothing_is_granted_when_nothing_is_left(self, ledger: Ledger) -> None:
        """A token refresh costs no credits."""
        granted(ledger.reserve(Cost(left(ledger))))
        granted(ledger.reserve(Cost()))
        assert left(ledger) == 0


def _reading(now: float, remaining: int) -> Reading:
    return Reading(date=now, user_limit=500, user_remaining=remaining, user_reset=now + 1800)
