"""What follows a request that did not go well."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.outcome import NotSent, Problem, ProblemKind, Refused, Unknown
from imgur_sync.planner.retry import (
    Decision,
    EndRun,
    Fail,
    Park,
    Patience,
    Request,
    Resolve,
    RetryAfter,
    Standing,
    decide,
)

LIMITS = {ProblemKind.BUDGET, ProblemKind.RATE}
FINAL = {ProblemKind.CREDENTIALS, ProblemKind.COUNTRY, ProblemKind.TLS, ProblemKind.REDIRECT}
TROUBLES = {ProblemKind.OVER_CAPACITY, ProblemKind.SERVER, ProblemKind.NETWORK, ProblemKind.TIMEOUT, ProblemKind.CLIENT}
NOW = 1_800_000_000.0

problems = st.builds(
    Problem,
    kind=st.sampled_from(ProblemKind),
    detail=st.just(""),
    resume_after=st.none() | st.floats(),
    limit=st.sampled_from(["", "day", "hour", "posts", "uploads", "run"]),
)
failures = st.builds(NotSent, problems) | st.builds(Refused, problems) | st.builds(Unknown, problems)
budgets = st.builds(
    Budget,
    limits=st.lists(
        st.builds(
            Limit,
            st.sampled_from(LimitName),
            st.none() | st.integers(0, 12_500),
            st.none() | st.integers(0, 12_500),
            st.none() | st.floats(NOW - 1e6, NOW + 1e7),
        ),
        max_size=4,
    ).map(tuple),
)
patiences = st.builds(Patience, tokens=st.integers(0, 100), troubles=st.integers(0, 4))
standings = st.builds(
    Standing,
    attempt=st.integers(1, 10),
    now=st.just(NOW),
    chance=st.floats(0, 1, exclude_max=True),
    patience=patiences,
    budget=st.none() | budgets,
)


@given(failures, st.sampled_from(Request), standings)
def test_every_failure_has_a_decision_within_its_bounds(
    failure: NotSent | Refused | Unknown, request: Request, standing: Standing
) -> None:
    """Pauses of 1 to 30 seconds, three tries, tokens for each; a limit parks in the future; nobody's "no" is asked
    again, but for an application that is not known; a write never is, and one of unknown outcome is resolved."""
    decision: Decision = decide(failure, request, standing)
    kind = failure.problem.kind
    if isinstance(decision, RetryAfter):
        assert request is Request.READ
        assert not isinstance(failure, Refused) or kind is ProblemKind.CLIENT
        assert standing.attempt < 3
        assert standing.patience.tokens >= 5
        assert 1.0 <= decision.seconds <= 30.0
    if isinstance(decision, Park):
        assert kind in LIMITS
        assert decision.until is None or NOW + 1.0 <= decision.until <= NOW + 32 * 86_400
        assert not (decision.again and isinstance(failure, Refused) and standing.attempt >= 3)
    elif kind in LIMITS:
        assert (decision, request) == (Resolve(), Request.WRITE)
    if request is Request.WRITE and isinstance(failure, Unknown):
        assert decision == (EndRun() if kind in TROUBLES and standing.patience.troubles == 4 else Resolve())
    elif kind in FINAL or (kind in TROUBLES and standing.patience.troubles == 4):
        assert decision == EndRun()
    left = standing.patience.failed(failure.problem, decision)
    assert 0 <= left.tokens <= standing.patience.tokens
    assert left.tokens == standing.patience.tokens - (5 if isinstance(decision, RetryAfter) else 0)


@given(st.lists(st.none() | failures, max_size=200))
def test_a_run_is_never_out_of_bounds_whatever_comes(answers: list[NotSent | Refused | Unknown | None]) -> None:
    """Reads that fail in any order: tokens stay in 0..100, and retries cost no more than 20 and a fifth of the
    successes."""
    patience, attempt, retries, successes = Patience(), 1, 0, 0
    for answer in answers:
        if answer is None:
            patience, attempt, successes = patience.succeeded(), 1, successes + 1
            continue
        decision = decide(answer, Request.READ, Standing(attempt, NOW, 0.5, patience))
        patience = patience.failed(answer.problem, decision)
        again = isinstance(decision, RetryAfter)
        retries, attempt = retries + again, attempt + 1 if again else 1
        assert 0 <= patience.tokens <= 100
        assert retries <= 20 + successes / 5
        if patience.exhausted:
            break


def test_five_in_a_row_of_an_imgur_that_cannot_work_end_the_run() -> None:
    """Four do not, one that works makes them forgotten, and so does a limit not."""
    busy, patience = Unknown(Problem(ProblemKind.SERVER, "")), Patience()
    for _ in range(4):
        decision = decide(busy, Request.WRITE, Standing(1, NOW, 0.0, patience))
        assert decision == Resolve()
        patience = patience.failed(busy.problem, decision)
    assert not patience.exhausted
    assert patience.succeeded().troubles == patience.rested().troubles == 0
    slow = Refused(Problem(ProblemKind.RATE, "", resume_after=60.0))
    patience = patience.failed(slow.problem, decide(slow, Request.READ, Standing(1, NOW, 0.0, patience)))
    for request in Request:
        assert decide(busy, request, Standing(1, NOW, 0.0, patience)) == EndRun()


@pytest.mark.parametrize(
    ("attempt", "asked", "pause"),
    [(1, None, 1), (2, None, 2), (1, 7.0, 7), (1, 0.0, 1), (2, 99, 30), (1, -5.0, 1), (1, math.nan, 1)],
)
def test_pauses_double_and_keep_to_what_imgur_asks(attempt: int, asked: float | None, pause: float) -> None:
    """`Retry-After: 0` is a second; what is asked is waited for up to thirty."""
    problem = Problem(ProblemKind.SERVER, "", resume_after=asked)
    assert decide(Unknown(problem), Request.READ, Standing(attempt, NOW)) == RetryAfter(pause)


def test_without_tokens_nothing_is_tried_again() -> None:
    """Five are needed, four are too few."""
    failure = Unknown(Problem(ProblemKind.TIMEOUT, ""))
    assert decide(failure, Request.READ, Standing(1, NOW, 0.0, Patience(5))) == RetryAfter(1.0)
    assert decide(failure, Request.READ, Standing(1, NOW, 0.0, Patience(4))) == Fail()


@pytest.mark.parametrize("request_", Request)
@pytest.mark.parametrize("kind", ProblemKind)
def test_the_table_of_refusals(kind: ProblemKind, request_: Request) -> None:
    """Kind by kind, reads and writes alike: a complete "no" is never asked again, but for a reading whose application
    is not known: Imgur says that now and then of one that it knows (imgur-api §8)."""
    refused = Refused(Problem(kind, ""))
    if (kind, request_) == (ProblemKind.CLIENT, Request.READ):
        assert [decide(refused, request_, Standing(attempt, NOW)) for attempt in (1, 2, 3)] == [
            RetryAfter(1.0),
            RetryAfter(2.0),
            EndRun(),
        ]
        return
    decision = decide(refused, request_, Standing(1, NOW, 0.5))
    ends = {*FINAL, ProblemKind.OVER_CAPACITY}
    assert decision == (Park(None, False) if kind in LIMITS else EndRun() if kind in ends else Fail())


def test_a_limit_parks_until_the_time_that_is_known() -> None:
    """Imgur's word first; without it the ledger's, on which nothing is sent again; `Retry-After: 0` is a second."""
    budget = Budget((Limit(LimitName.DAY, 12_500, 0, NOW + 900.0), Limit(LimitName.HOUR, 500, 0, NOW - 900.0)))
    for asked, limit, wanted in (
        (60.0, "day", Park(NOW + 60.0)),
        (0.0, "day", Park(NOW + 1.0)),
        (None, "day", Park(NOW + 900.0, False)),
        (None, "hour", Park(NOW + 1.0, False)),
        (None, "", Park(None, False)),
    ):
        failure = Refused(Problem(ProblemKind.RATE, "", resume_after=asked, limit=limit))
        assert decide(failure, Request.WRITE, Standing(1, NOW, 0.5, Patience(), budget)) == wanted
    third = Refused(Problem(ProblemKind.RATE, "", resume_after=60.0))
    assert decide(third, Request.READ, Standing(3, NOW)) == Park(NOW + 60.0, False)
