"""What follows a request that did not go well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.model.outcome import NotSent, Problem, ProblemKind, Refused, Unknown
from imgur_sync.planner.retry import Decision, EndRun, Fail, Park, RetryAfter, after_read, after_write

LIMITS = {ProblemKind.BUDGET, ProblemKind.RATE}
FINAL = {ProblemKind.CREDENTIALS, ProblemKind.COUNTRY, ProblemKind.TLS, ProblemKind.REDIRECT}

problems = st.builds(
    Problem,
    kind=st.sampled_from(ProblemKind),
    detail=st.just(""),
    resume_after=st.none() | st.floats(-1e9, 1e12, allow_nan=False),
)
failures = st.builds(NotSent, problems) | st.builds(Refused, problems) | st.builds(Unknown, problems)
attempts = st.integers(1, 10)
chances = st.floats(0, 1, exclude_max=True)


@given(failures, attempts, chances)
def test_every_failed_read_has_a_decision_and_pauses_are_bounded(
    failure: NotSent | Refused | Unknown, attempt: int, chance: float
) -> None:
    """At least a second, at most thirty, three tries; refusals are never tried again; a limit parks, what concerns the
    whole run ends it."""
    decision: Decision = after_read(failure, attempt, chance)
    kind = failure.problem.kind
    if kind in LIMITS:
        assert decision == Park(failure.problem.resume_after)
    elif kind in FINAL:
        assert decision == EndRun()
    elif isinstance(failure, Refused) or attempt >= 3:
        assert decision == (EndRun() if kind is ProblemKind.OVER_CAPACITY else Fail())
    else:
        assert isinstance(decision, RetryAfter)
        assert 1.0 <= decision.seconds <= 30.0


@given(st.builds(NotSent, problems) | st.builds(Refused, problems), chances)
def test_a_write_is_never_sent_again_at_once(failure: NotSent | Refused, chance: float) -> None:
    """It is planned anew."""
    assert not isinstance(after_write(failure, chance), RetryAfter)


@pytest.mark.parametrize(
    ("attempt", "asked", "pause"), [(1, None, 1), (2, None, 2), (1, 7.0, 7), (1, 0.0, 1), (2, 99, 30)]
)
def test_pauses_double_and_keep_to_what_imgur_asks(attempt: int, asked: float | None, pause: float) -> None:
    """`Retry-After: 0` is a second; what is asked is waited for up to thirty."""
    problem = Problem(ProblemKind.SERVER, "", resume_after=asked)
    assert after_read(Unknown(problem), attempt, 0.0) == RetryAfter(pause)


@pytest.mark.parametrize("kind", ProblemKind)
def test_the_table_of_refused_reads(kind: ProblemKind) -> None:
    """Kind by kind."""
    decision = after_read(Refused(Problem(kind, "")), 1, 0.5)
    ends = {*FINAL, ProblemKind.OVER_CAPACITY}
    assert decision == (Park(None) if kind in LIMITS else EndRun() if kind in ends else Fail())


def test_a_write_that_an_imgur_over_capacity_refuses_ends_the_run() -> None:
    """The first one: this address is throttled, and what is sent next is refused too."""
    assert after_write(Refused(Problem(ProblemKind.OVER_CAPACITY, "")), 0.5) == EndRun()
    assert after_write(Refused(Problem(ProblemKind.BAD_REQUEST, "")), 0.5) == Fail()
