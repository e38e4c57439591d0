"""What to do after a request that did not go well: a pure decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from imgur_sync.model.outcome import NotSent, Problem, ProblemKind, Refused, Unknown

MAX_TRIES = 3
LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Send the same read again after that many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Park:
    """A limit is used up for that many seconds (None: not known); nothing is sent before."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class Fail:
    """This request is given up; the rest of the work may go on."""


@dataclass(frozen=True, slots=True)
class EndRun:
    """Nothing more can be had from Imgur in this run (credentials, region, over capacity)."""


Decision = RetryAfter | Park | Fail | EndRun


def after_read(failure: NotSent | Refused | Unknown, attempt: int, chance: float) -> Decision:
    """What follows a failed read. `attempt` counts from 1; `chance` in [0, 1) spreads the pauses.

    At most three tries, at least a second apart, doubling. Refusals are not tried again.
    """
    problem = failure.problem
    ruling = _ruling(problem)
    if ruling is not None:
        return ruling
    if isinstance(failure, Refused) or attempt >= MAX_TRIES:
        return _given_up(problem)
    pause = max(1.0, problem.resume_after or 0.0, 2.0 ** (attempt - 1)) + chance
    return RetryAfter(min(LONGEST_PAUSE, pause))


def after_write(failure: NotSent | Refused, chance: float) -> Decision:
    """What follows a write that certainly did not happen. It is never sent again at once: it is planned anew."""
    ruling = _ruling(failure.problem)
    return ruling if ruling is not None else _given_up(failure.problem)


def _given_up(problem: Problem) -> Decision:
    """What follows a request that is not tried again: an Imgur over capacity refuses this address the next one too."""
    return EndRun() if problem.kind is ProblemKind.OVER_CAPACITY else Fail()


def _ruling(problem: Problem) -> Decision | None:
    """What the kind of problem decides whatever the request was."""
    match problem.kind:
        case ProblemKind.BUDGET | ProblemKind.RATE:
            return Park(problem.resume_after)
        case ProblemKind.CREDENTIALS | ProblemKind.COUNTRY | ProblemKind.TLS | ProblemKind.REDIRECT:
            return EndRun()
        case (
            ProblemKind.OVER_CAPACITY
            | ProblemKind.FORBIDDEN
            | ProblemKind.NOT_FOUND
            | ProblemKind.TOO_LARGE
            | ProblemKind.BAD_TYPE
            | ProblemKind.BAD_REQUEST
            | ProblemKind.SERVER
            | ProblemKind.UNEXPECTED
            | ProblemKind.TIMEOUT
            | ProblemKind.NETWORK
        ):
            return None
    assert_never(problem.kind)
