"""One write: reserved, recorded, sent, and recorded again. Nothing is sent that a kill could make forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from imgur_sync.errors import BudgetError
from imgur_sync.executor.ends import error_of
from imgur_sync.executor.session import Failure, Session
from imgur_sync.executor.tasks import Do, Lull, Pause, RunStopped, Task
from imgur_sync.model.budget import Cost, Denied, LimitName, Reservation
from imgur_sync.model.change import IntentDoubted, IntentEnded
from imgur_sync.model.event import BudgetReached, InDoubt, Waiting
from imgur_sync.model.outcome import Done, NotSent, Outcome, Problem, ProblemKind, Refused, T, Unknown
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus
from imgur_sync.planner.retry import EndRun, Fail, Park, Request, Resolve, RetryAfter

OVERLOADED = 3600.0
"""How long a run that waits leaves an Imgur alone that is over capacity (imgur-api §3: from minutes to hours)."""

LULLS = 3
"""How often it is asked again, when the requests under way have ended, before a denial is believed."""


class AlbumStop(Exception):
    """Work on one album ends for this round: something is in doubt, was refused, or a limit is used up."""


def reserve(session: Session, cost: Cost) -> Task[Reservation]:
    """Reserve a cost, waiting for a limit if it opens within `max_wait`. Raises `AlbumStop` when it does not."""
    assert session.ports.ledger is not None, "a run that writes has a ledger"
    lulls = LULLS
    while True:
        if session.scheduler.stopping:
            # Between here and the request nothing waits: a stopped run records no intent that it does not send.
            raise RunStopped
        if session.limit_hit is not None and _closed(session, cost):
            raise AlbumStop
        granted = session.ports.ledger.reserve(cost)
        if isinstance(granted, Reservation):
            return granted
        lulls -= 1
        if lulls >= 0 and (yield Lull()):
            # A reply may have counted a request that was still under way beside it: until that ends it counts twice.
            continue
        wait = _short_wait(session, granted)
        if wait is None:
            note_limit(session, granted.limit, granted.resumes_at)
            raise AlbumStop
        session.emit(Waiting(f"the limit of {granted.limit.value}", session.clock.now() + wait))
        yield Pause(session.clock.monotonic() + wait)


def reserve_all(session: Session, costs: Iterable[Cost]) -> Task[list[Reservation]]:
    """Reserve the cost of each of several requests, or of none: what cannot be finished is not begun."""
    granted: list[Reservation] = []
    try:
        for cost in costs:
            granted.append((yield from reserve(session, cost)))
    except (AlbumStop, RunStopped):
        for reservation in granted:
            session.give_back(reservation)
        raise
    return granted


def giving_back(session: Session, kept: Sequence[Reservation], work: Task[T]) -> Task[T]:
    """Do the work, and give back what is left in `kept`, however it ends; what was used of it stays spent."""
    try:
        result = yield from work
    except (Exception, RunStopped):  # no `finally`: a task that is dropped half-way has no ledger any more
        for reservation in kept:
            session.give_back(reservation)
        raise
    for reservation in kept:
        session.give_back(reservation)
    return result


def _closed(session: Session, cost: Cost) -> bool:
    """Whether the limit that was hit stands in the way of this cost: when uploads are used up, edits go on."""
    assert session.limit_hit is not None
    limit = session.limit_hit[0]
    if limit is LimitName.UPLOADS:
        return cost.uploads > 0
    return cost.posts > 0 if limit is LimitName.POSTS else True


def _short_wait(session: Session, denied: Denied) -> float | None:
    if denied.resumes_at is None:
        return None
    wait = max(1.0, denied.resumes_at - session.clock.now())
    return wait if wait <= session.manifest.upload.max_wait else None


def note_limit(session: Session, limit: LimitName, resume_at: float | None) -> None:
    """Remember that a limit ends this kind of work for this run; say so once."""
    if session.limit_hit is None:
        session.emit(BudgetReached(limit, resume_at))
    before = session.limit_hit[1] if session.limit_hit is not None else None
    later = max((at for at in (before, resume_at) if at is not None), default=None)
    session.limit_hit = (limit, later)


def write(
    session: Session,
    draft: Intent,
    cost: Cost,
    send: Callable[[RemoteWriter, Reservation], Outcome[T]],
    what: str,
    kept: Reservation | None = None,
) -> Task[tuple[Intent, Outcome[T]]]:
    """Reserve (unless `kept` was, for this request), record the intent, send. An unknown outcome is recorded and told
    before it is returned; a definite failure closes the intent. On `Done` the caller records the result together with
    the intent's end."""
    if kept is not None and session.scheduler.stopping:
        session.give_back(kept)
        raise RunStopped
    reservation = kept if kept is not None else (yield from reserve(session, cost))
    intent = session.store.open_intent(replace(draft, reservation=reservation.number, made_at=session.clock.now()))
    outcome = yield from send_recorded(session, intent, lambda writer: send(writer, reservation), what)
    return intent, outcome


def send_recorded(
    session: Session, intent: Intent, send: Callable[[RemoteWriter], Outcome[T]], what: str
) -> Task[Outcome[T]]:
    """Send a request whose intent is on disk."""
    writer = session.writer
    assert writer is not None, "a run without a writer sends nothing"
    if intent.target:
        session.listings.pop(intent.target, None)
    session.seen_alive.pop(intent.album, None)
    outcome: Outcome[T] = yield Do(lambda: send(writer))
    now = session.clock.now()
    match outcome:
        case Done():
            session.patience = session.patience.succeeded()
        case Unknown():
            session.store.record(IntentDoubted(intent.number, now))
            session.emit(InDoubt(intent.album, what, outcome.problem, now + session.settle_seconds))
            session.decide(outcome, Request.WRITE)
        case NotSent() | Refused():
            # What was sent before this refusal may still turn up.
            again = intent.kind is IntentKind.UPLOAD and intent.sends > 1
            status = IntentStatus.SUSPECT if again else IntentStatus.CLOSED
            session.store.record(IntentEnded(intent.number, status, now))
        case _:
            assert_never(outcome)
    return outcome


def give_up(session: Session, failure: Failure, *, uploading: bool = False) -> Task[bool]:
    """After a write that did not happen: wait for a short limit (then True: it may be planned again at once), note a
    long one (with `--wait` also an Imgur over capacity), or end the run. A limit of uploads that refuses something else
    is taken for one of everything."""
    if isinstance(failure, Unknown):
        return False
    decision = session.decide(failure, Request.WRITE)
    match decision:
        case Park():
            try:
                yield from session.park(failure.problem, decision)
            except BudgetError as limit:
                name = limit_of(failure.problem)
                name = name if uploading or name is not LimitName.UPLOADS else LimitName.HOUR
                note_limit(session, name, limit.resume_at)
                return False
            return True
        case EndRun() if waits_for(session, failure.problem) and not session.patience.exhausted:
            name = LimitName.UPLOADS if uploading else LimitName.HOUR
            note_limit(session, name, session.clock.now() + OVERLOADED)
        case EndRun():
            session.scheduler.halt(error_of(failure.problem))
        case RetryAfter() | Resolve() | Fail():
            pass
        case _:
            assert_never(decision)
    return False


def refused_for_good(outcome: object) -> bool:
    """Whether a request was refused for a reason that does not pass: the same one is not sent again in this run."""
    passing = (ProblemKind.BUDGET, ProblemKind.RATE, ProblemKind.OVER_CAPACITY, ProblemKind.CLIENT)
    return isinstance(outcome, Refused) and outcome.problem.kind not in passing


def waits_for(session: Session, problem: Problem) -> bool:
    """Whether a run is one of days, which an Imgur that is over capacity for an hour does not end."""
    return session.options.wait and problem.kind is ProblemKind.OVER_CAPACITY


def limit_of(problem: Problem) -> LimitName:
    """The limit that a refusal names; an unnamed "slow down" is the hour's."""
    try:
        return LimitName(problem.limit)
    except ValueError:
        return LimitName.HOUR


def is_missing_ownership(failure: Failure) -> bool:
    """Imgur's "You must own all the image ids": the membership named a picture that is not there any more."""
    return isinstance(failure, Refused) and failure.problem.kind is ProblemKind.FORBIDDEN
