"""The windows of a run: the first look and plan, and with `--wait` one more of each when the budget is there again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from imgur_sync.errors import BudgetError, TryAgainLaterError, UnreachableError
from imgur_sync.executor.ends import error_of
from imgur_sync.executor.freshness import ask_what_is_left
from imgur_sync.executor.headers import read_headers
from imgur_sync.executor.planning import World, look, plan_world, prepare
from imgur_sync.executor.removing import look_at_removals
from imgur_sync.executor.waiting import Windows, await_window, renew
from imgur_sync.executor.writing import note_limit
from imgur_sync.model.budget import LimitName
from imgur_sync.model.event import Planned, Warned
from imgur_sync.model.outcome import Done
from imgur_sync.planner.retry import TROUBLES

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.executor.tasks import Task
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.spec import AlbumSpec


def first_plan(session: Session, world: World, specs: Sequence[AlbumSpec]) -> Task[Plan]:
    """The plan that is shown. Raises `BudgetError` where not even looking can be paid for; a run that waits waits."""
    windows = Windows(session)
    while True:
        try:
            return (yield from _looked(session, world, specs, first=True))
        except BudgetError as limit:
            until = _following(session, windows, limit)
            if until is None:
                raise
        yield from await_window(session, until, None)
        renew(session)


def go_on(
    session: Session, world: World, specs: Sequence[AlbumSpec], plan: Plan, rounds: Callable[[Plan], Task[Plan]]
) -> Task[Plan]:
    """Wait for the budget, look at folders and Imgur again, and do (`rounds`) what fits, until nothing is left that
    only time lets through. Returns the last plan; at once where the run is not to wait.

    An Imgur that cannot be had after a wait is looked for again later: hours have passed, and after a night of sleep
    the network may need a moment, or be another one. Raises what was in the way when that goes on for days.
    """
    windows, trouble = Windows(session), None
    while (until := windows.following(plan)) is not None:
        yield from await_window(session, until, plan)
        renew(session)
        trouble = None
        try:
            yield from _reach(session)
            plan = yield from _looked(session, world, specs, first=False)
        except BudgetError as limit:
            note_limit(session, LimitName.HOUR, limit.resume_at)
            session.unseen = True
        except TryAgainLaterError as error:
            session.emit(Warned(f"{error.message}; it is looked for again"))
            session.unseen, trouble = True, error
        else:
            session.emit(Planned(plan, 2))
            plan = yield from rounds(plan)
    if trouble is not None:
        raise trouble
    return plan


def _following(session: Session, windows: Windows, limit: BudgetError) -> float | None:
    """When to look again after a look that there was no budget for; None when nothing is waited for."""
    if not session.options.wait or limit.never:
        return None
    note_limit(session, LimitName.HOUR, limit.resume_at)
    return windows.following(None)


def _reach(session: Session) -> Task[None]:
    """See whether Imgur is there at all, by a reading that is needed anyway. Raises `TryAgainLaterError` where it is
    not: many readings that fail at the same time would end the run."""
    if not session.anonymous:
        yield from read_headers(session)
        if session.headers is None:
            raise UnreachableError("Imgur does not answer")
        return
    outcome = yield from session.read(session.reader().credits)
    if isinstance(outcome, Done) and session.ports.ledger is not None:
        session.ports.ledger.observe(outcome.value.reading())
    elif not isinstance(outcome, Done) and outcome.problem.kind in TROUBLES:
        raise error_of(outcome.problem)


def _looked(session: Session, world: World, specs: Sequence[AlbumSpec], *, first: bool) -> Task[Plan]:
    """Look at all folders and at Imgur, and plan."""
    yield from prepare(session)
    yield from look(session, world, specs)
    yield from look_at_removals(session, world)
    yield from ask_what_is_left(session, world)
    return (yield from plan_world(session, world, first=first))
