"""The budget by itself: what was learned, strikes and blocks, what comes back when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.model.budget import Budget, Limit, LimitName, Return
from imgur_sync.report.credits import MOST_RETURNS, credit_lines, gathered
from imgur_sync.report.text import Moment


def text(budget: Budget, read: Moment) -> str:
    """What is printed."""
    return "\n".join(credit_lines(budget, read.now, read.zone))


def returns(now: float, count: int, amount: int = 10) -> tuple[Return, ...]:
    """So much every ten minutes."""
    return tuple(Return(now + 600.0 * number, amount) for number in range(1, count + 1))


@pytest.fixture
def busy(read: Moment) -> Budget:
    """A day with a long history, an hour, and uploads that are closed."""
    now = read.now
    return Budget(
        (
            Limit(LimitName.DAY, 12_500, 7_000, now + 600, 86_400.0, returns(now, 100)),
            Limit(LimitName.HOUR, 500, 440, now + 600, 3_600.0, returns(now, 6)),
            Limit(LimitName.POSTS, 1_250, 1_250, None, 3_600.0),
            Limit(LimitName.UPLOADS, 36, 0, now + 1800, 3_600.0, (Return(now + 1800, 36),)),
            Limit(LimitName.RUN, 30, 30),
        ),
        used_today=1_000,
        reading_age=60.0,
        learned=36,
        own_cap=45,
    )


def test_what_was_learned_stands_beside_our_own_cap(busy: Budget, read: Moment) -> None:
    """Whether it holds, is back, or was never taught."""
    assert "a cap of our own of 45; 36 since Imgur refused more" in text(busy, read)
    assert "a cap of our own of 45; what Imgur's refusals had lowered is back" in text(replace(busy, learned=45), read)
    assert "no cap of ours; Imgur refused none" in text(replace(busy, learned=None, own_cap=None), read)
    assert "no cap of ours; 36 since" in text(replace(busy, own_cap=None), read)


def test_strikes_say_when_they_are_forgotten(busy: Budget, read: Moment) -> None:
    """And what is left alone because of them; none are not told."""
    assert "Strikes" not in text(busy, read)
    marked = text(replace(busy, strikes=1, strikes_end=read.now + 86_400), read)
    assert (
        "Strikes: the daily limit was hit on 1 day of this month; 5 block the application; forgotten 2026-03-02"
        in marked
    )
    assert "--approve" not in marked
    careful = text(replace(busy, strikes=4, strikes_end=read.now + 9, caution=2_500), read)
    assert (
        "2,500 credits of the day are left alone; when a plan needs more than the rest: apply --approve strike=1"
        in careful
    )


def test_a_block_is_said_plainly(busy: Budget, read: Moment) -> None:
    """With its end."""
    assert "! Imgur blocks this application until 2026-03-02 14:05 +01:00" in text(
        replace(busy, blocked_until=read.now + 86_400), read
    )


def test_what_comes_back_takes_few_lines(busy: Budget, read: Moment) -> None:
    """Neighbours are told as one, at the moment when all of it is there; what is unused is left out."""
    lines = credit_lines(busy, read.now, read.zone)
    start = lines.index("If nothing more is spent, this much is back by then:")
    coming = lines[start + 1 :]
    assert len(coming) <= MOST_RETURNS
    assert sum("credits of the day" in line for line in coming) == 1
    assert not [line for line in coming if "POSTs" in line or "run" in line]
    amounts = [int(line.split("+")[1].split()[0].replace(",", "")) for line in coming]
    assert sum(amounts) == 1_000 + 60 + 36
    quiet = Budget((Limit(LimitName.DAY, 12_500, 12_500),))
    assert "is back by" not in text(quiet, read)


def test_amounts_of_any_size_stand_below_each_other(busy: Budget, read: Moment) -> None:
    """A limit that is none at Imgur can have millions to come back."""
    huge = Limit(LimitName.HOUR, 1_000_000, 0, read.now + 60, 3_600.0, (Return(read.now + 60, 1_000_000),))
    day = Limit(LimitName.DAY, 12_500, 12_499, read.now + 60, 86_400.0, (Return(read.now + 60, 1),))
    lines = credit_lines(replace(busy, limits=(day, huge)), read.now, read.zone)
    first, second = lines[-2:]
    assert first.index("  2026") == second.index("  2026")
    assert "+1,000,000  2026" in second


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(1, 500)), max_size=60),
    st.integers(1, 6),
)
def test_gathering_loses_nothing_and_is_never_early(steps: list[tuple[float, int]], most: int) -> None:
    """As much as before, in at most so many steps, no step before what it stands for."""
    given_returns = [Return(at, amount) for at, amount in sorted(steps)]
    found = gathered(given_returns, most)
    assert len(found) <= most
    assert sum(step.amount for step in found) == sum(step.amount for step in given_returns)
    for step in found:
        before = sum(one.amount for one in found if one.at <= step.at)
        assert before <= sum(one.amount for one in given_returns if one.at <= step.at)
