"""What to do after a request that did not go well: one pure decision, for reads and writes alike."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from imgur_sync.model.outcome import NotSent, Problem, ProblemKind, Refused, Unknown

if TYPE_CHECKING:
    from imgur_sync.model.budget import Budget

MAX_TRIES = 3
SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
LONGEST_PARK = 32 * 86_400.0
"""No limit of Imgur's lasts longer than a month."""
TOKENS = 100
RETRY_TOKENS = 5
MAX_TROUBLES = 5
"""So many answers of an Imgur that cannot work, one after another, end the run."""

TROUBLES = frozenset(
    {ProblemKind.OVER_CAPACITY, ProblemKind.SERVER, ProblemKind.NETWORK, ProblemKind.TIMEOUT, ProblemKind.CLIENT}
)


class Request(StrEnum):
    """Whether a request can be sent twice without harm."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Send the same read again after that many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Resolve:
    """Nobody knows whether the write happened: it is settled by reading, and not sent again before that."""


@dataclass(frozen=True, slots=True)
class Park:
    """A limit is used up until that moment (Unix seconds by the clock given; None: not known); nothing is sent before.

    `again` says whether the run may wait for it and go on: not after the third refusal, nor where Imgur named no time.
    """

    until: float | None
    again: bool = True


@dataclass(frozen=True, slots=True)
class Fail:
    """This request is given up; the rest of the work may go on."""


@dataclass(frozen=True, slots=True)
class EndRun:
    """Nothing more can be had from Imgur in this run (credentials, region, over capacity)."""


Decision = RetryAfter | Resolve | Park | Fail | EndRun


@dataclass(frozen=True, slots=True)
class Patience:
    """What a run has left of it. A retry takes 5 of 100 `tokens`, a success gives one back, so that an Imgur that fails
    often is not asked much more than one that works. `troubles` counts answers in a row of one that cannot work."""

    tokens: int = TOKENS
    troubles: int = 0

    @property
    def exhausted(self) -> bool:
        """Whether Imgur could not work too often in a row."""
        return self.troubles >= MAX_TROUBLES

    def succeeded(self) -> Patience:
        """After a request that went well."""
        return Patience(min(TOKENS, self.tokens + 1))

    def failed(self, problem: Problem, decision: Decision) -> Patience:
        """After a request that did not, and what was decided then. A limit tells nothing about Imgur's health."""
        if isinstance(decision, Park):
            return self
        spent = RETRY_TOKENS if isinstance(decision, RetryAfter) else 0
        return Patience(self.tokens - spent, self.troubles + 1 if problem.kind in TROUBLES else 0)

    def rested(self) -> Patience:
        """After a long wait: what was in a row before it is so no more."""
        return replace(self, troubles=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision rests on beside the failure: the number of this try (from 1), the time (Unix seconds), a number
    in [0, 1) that spreads the pauses, the run's patience, and the ledger's view where there is one."""

    attempt: int
    now: float
    chance: float = 0.0
    patience: Patience = Patience()
    budget: Budget | None = None


def decide(failure: NotSent | Refused | Unknown, request: Request, standing: Standing) -> Decision:
    """What follows a failed request.

    A read that nobody refused is tried at most three times, at least a second apart, doubling, while there are tokens;
    so is one to which Imgur does not know the application, which it now and then says of one that it knows. A write is
    never sent again from here: with an unknown outcome it is resolved, without effect it is planned anew.
    """
    problem = failure.problem
    if problem.kind in TROUBLES and standing.patience.troubles + 1 >= MAX_TROUBLES:
        return EndRun()
    if request is Request.WRITE and isinstance(failure, Unknown):
        return Resolve()
    ruling = _ruling(failure, standing)
    if ruling is not None:
        return ruling
    tired = standing.attempt >= MAX_TRIES or standing.patience.tokens < RETRY_TOKENS
    if tired and request is Request.READ and problem.kind is ProblemKind.CLIENT:
        return EndRun()
    refused = isinstance(failure, Refused) and problem.kind is not ProblemKind.CLIENT
    if request is Request.WRITE or refused or tired:
        # An Imgur over capacity refuses this address the next request too.
        return EndRun() if problem.kind is ProblemKind.OVER_CAPACITY else Fail()
    pause = max(SHORTEST_PAUSE, _asked(problem) or 0.0, 2.0 ** (max(1, standing.attempt) - 1)) + standing.chance
    return RetryAfter(min(LONGEST_PAUSE, pause))


def _asked(problem: Problem) -> float | None:
    """The seconds that Imgur or the ledger asks to wait: never less than one, never without an end."""
    seconds = problem.resume_after
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(SHORTEST_PAUSE, seconds), LONGEST_PARK)


def _park(failure: NotSent | Refused | Unknown, standing: Standing) -> Park:
    """Until the time that was said; where none was, until the ledger sees some of the limit come back, which is a guess
    that nothing is sent again on in this run."""
    asked = _asked(failure.problem)
    if asked is not None:
        return Park(standing.now + asked, isinstance(failure, NotSent) or standing.attempt < MAX_TRIES)
    limits = standing.budget.limits if standing.budget is not None else ()
    known = next((limit.resumes_at for limit in limits if limit.name.value == failure.problem.limit), None)
    return Park(None if known is None else max(known, standing.now + SHORTEST_PAUSE), False)


def _ruling(failure: NotSent | Refused | Unknown, standing: Standing) -> Decision | None:
    """What the kind of problem decides whatever the request was."""
    match failure.problem.kind:
        case ProblemKind.BUDGET | ProblemKind.RATE:
            return _park(failure, standing)
        case ProblemKind.CREDENTIALS | ProblemKind.COUNTRY | ProblemKind.TLS | ProblemKind.REDIRECT:
            return EndRun()
        case (
            ProblemKind.OVER_CAPACITY
            | ProblemKind.CLIENT
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
    assert_never(failure.problem.kind)
