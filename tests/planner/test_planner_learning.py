"""What refusals teach, as arithmetic: paces, closings, strikes, months."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.model.budget import LimitName, Refusal
from imgur_sync.planner.learning import (
    DAY,
    GROWTH,
    HIGHEST_PACE,
    HOUR,
    LONGEST_CLOSING,
    Closing,
    Pace,
    Strike,
    blocks,
    caution,
    closed,
    closes,
    counted,
    in_force,
    lowered,
    month_end,
    raised,
    refusal_words,
    returns_after,
    strike,
    uploads_allowed,
)

NOW = 1_800_000_000.0
SILENT = Refusal()
DAILY = Refusal(limit=LimitName.DAY, daily=True)


def at(text: str) -> float:
    """A date in UTC as Unix seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("before", "uploaded", "cap", "after"),
    [
        (None, 50, None, 40),
        (None, 50, 45, 40),
        (None, 500, 45, 45),
        (None, 0, 45, 5),
        (None, 3, None, 5),
        (6, 0, None, 5),
        (5, 3, None, 2),
        (5, 0, None, 1),
        (20, 50, 45, 20),
        (1, 0, None, 1),
    ],
)
def test_a_refusal_leaves_four_fifths(before: int | None, uploaded: int, cap: int | None, after: int) -> None:
    """Of what went up, never more than before and never nothing; one refusal after a few uploads leaves five."""
    pace = None if before is None else Pace(before, NOW - 9)
    assert lowered(pace, uploaded, cap, NOW) == Pace(after, NOW)


def test_a_pace_goes_up_slowly_while_it_is_used() -> None:
    """A tenth, at least one, every two hours, up to our own cap."""
    assert raised(Pace(40, NOW - GROWTH), 40, None, NOW) == Pace(44, NOW)
    assert raised(Pace(2, NOW - GROWTH), 2, None, NOW) == Pace(3, NOW)
    assert raised(Pace(44, NOW - GROWTH), 80, 45, NOW) == Pace(45, NOW)
    for still in (Pace(40, NOW - GROWTH + 1), Pace(40, NOW + 5)):
        assert raised(still, 99, None, NOW) == still
    assert raised(Pace(40, NOW - 99 * DAY), 39, None, NOW).per_hour == 40, "nobody used it: nothing is known"
    assert raised(Pace(45, NOW - GROWTH), 90, 45, NOW).per_hour == 45
    assert raised(Pace(HIGHEST_PACE, NOW - GROWTH), 9_999, None, NOW).per_hour == HIGHEST_PACE


def test_the_smaller_limit_on_uploads_holds() -> None:
    """Where there is one."""
    assert uploads_allowed(None, None) is None
    assert uploads_allowed(45, None) == 45
    assert uploads_allowed(None, Pace(7, NOW)) == 7
    assert uploads_allowed(45, Pace(7, NOW)) == 7
    assert uploads_allowed(5, Pace(7, NOW)) == 5


@pytest.mark.parametrize(
    ("refusal", "name"),
    [
        (Refusal(), LimitName.HOUR),
        (Refusal(upload=True), LimitName.UPLOADS),
        (Refusal(limit=LimitName.POSTS, upload=True), LimitName.POSTS),
        (Refusal(limit=LimitName.RUN), LimitName.HOUR),
        (Refusal(limit=LimitName.HOUR, daily=True), LimitName.DAY),
        (Refusal(upload=True, closes=False), None),
        (Refusal(upload=True, closes=False, wait=60.0), LimitName.UPLOADS),
        (Refusal(closes=False, wait=60.0), LimitName.HOUR),
    ],
)
def test_what_a_refusal_closes(refusal: Refusal, name: LimitName | None) -> None:
    """What it names, else what it was sent for; over capacity nothing but for a wait that was named."""
    assert closes(refusal) is name


def test_waits_that_nobody_names_double() -> None:
    """From one hour to six, while every request is refused; one that works begins anew."""
    closing, waits, now = None, [], NOW
    for _ in range(5):
        closing = closed(closing, SILENT, now, worked=False)
        waits.append(closing.seconds)
        now = closing.until
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, LONGEST_CLOSING, LONGEST_CLOSING]
    assert closed(closing, SILENT, now, worked=True).seconds == HOUR


def test_answers_that_were_under_way_do_not_double() -> None:
    """Four uploads refused at once are one refusal; one that names a longer wait is believed."""
    first = closed(None, SILENT, NOW, worked=False)
    assert closed(first, SILENT, NOW + 3, worked=True) == first
    assert closed(first, Refusal(wait=60.0), NOW + 3, worked=False) == first
    assert closed(first, Refusal(wait=9_000.0), NOW + 3, worked=False).until == NOW + 9_003


@pytest.mark.parametrize(("wait", "seconds"), [(0.0, 1.0), (-5.0, 1.0), (1e12, DAY), (90.0, 90.0)])
def test_a_named_wait_is_bounded(wait: float, seconds: float) -> None:
    """Whatever was read out of an answer."""
    assert closed(None, Refusal(wait=wait), NOW, worked=False) == Closing(NOW + seconds, seconds, 0)


def test_the_day_is_closed_for_a_day_when_nobody_says_how_long() -> None:
    """The daily limit's window is a day."""
    assert closed(None, DAILY, NOW, worked=False).seconds == DAY


def test_a_window_has_one_strike() -> None:
    """Until its end; one from the future, by a clock that was wrong, covers nothing."""
    first = strike((), Refusal(daily=True, wait=5_000.0), NOW)
    assert first == Strike(NOW, NOW + 5_000)
    assert strike((first,), DAILY, NOW + 4_999) is None
    assert strike((first,), DAILY, NOW + 5_000) == Strike(NOW + 5_000, NOW + 5_000 + DAY)
    assert strike((first,), DAILY, NOW - 10 * DAY) is not None


def test_strikes_count_by_calendar_month_in_utc() -> None:
    """The last second of a month and the first of the next are two months."""
    moments = [at("2027-01-31T23:59:59"), at("2027-02-01T00:00:00"), at("2026-02-03"), at("2027-02-28T23:59:59")]
    strikes = [Strike(moment, moment + DAY) for moment in moments]
    assert counted(strikes, at("2027-02-10")) == 2
    assert counted(strikes, at("2027-01-01")) == 1
    assert counted(strikes, at("2027-03-01")) == 0


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2027-01-31T23:59:59", "2027-02-01"),
        ("2028-02-29T12:00:00", "2028-03-01"),
        ("2026-12-01T00:00:00", "2027-01-01"),
        ("1970-01-01T00:00:00", "1970-02-01"),
        ("2106-02-07T06:28:16", "2106-03-01"),
    ],
)
def test_a_month_ends_on_the_first(now: str, end: str) -> None:
    """At midnight UTC, whatever the time zone here."""
    assert month_end(at(now)) == at(end)


@given(st.floats(-1e18, 1e18))
def test_no_clock_is_too_wrong(now: float) -> None:
    """Dates are counted for any number."""
    month_end(now)
    counted([Strike(now, now + DAY)], NOW)
    assert "UTC" in refusal_words(LimitName.DAY, now)


def test_the_months_block_is_known_by_five_strikes_or_by_a_full_day() -> None:
    """Half of the day left, by a reading; without one nothing is known."""
    assert blocks(5, None, 12_500)
    assert blocks(0, 6_250, 12_500)
    assert not blocks(4, 6_249, 12_500)
    assert not blocks(4, None, 12_500)
    assert not blocks(0, 0, 0)


def test_a_block_holds_until_it_ends_and_never_for_two_months() -> None:
    """One that ends later was written, or is read, by a wrong clock."""
    assert in_force(NOW + 1, NOW)
    assert not in_force(NOW, NOW)
    assert not in_force(None, NOW)
    assert not in_force(NOW, NOW - 40 * DAY)


def test_a_fifth_is_left_alone_from_the_fourth_strike_on() -> None:
    """The fifth would block the application."""
    assert [caution(count, 12_500) for count in range(7)] == [0, 0, 0, 0, 2_500, 2_500, 2_500]


def test_what_is_closed_comes_back_at_once() -> None:
    """With all that would have come before."""
    assert returns_after(NOW, 7, [(NOW - 5, 3), (NOW, 1), (NOW + 9, 2)]) == [(NOW, 11), (NOW + 9, 2)]
    assert returns_after(NOW, -3, []) == []
