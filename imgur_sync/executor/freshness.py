"""Asks Imgur what is left, for 1 credit, before anything is sent on a picture of the budget that is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgur_sync.executor.tasks import Do, Task
from imgur_sync.model.outcome import Done, NotSent

if TYPE_CHECKING:
    from imgur_sync.executor.planning import World
    from imgur_sync.executor.session import Session
    from imgur_sync.model.outcome import Outcome
    from imgur_sync.model.remote import CreditReport

OLD = 3600.0
"""What other programs spend in an hour can be the whole hour's credits."""


def ask_what_is_left(session: Session, world: World) -> Task[None]:
    """Ask once where something is to be written and Imgur has said nothing of its limits for an hour, so that what
    others spent is in the plan. Not to be told is no error: then the local picture holds."""
    ledger, reader = session.ports.ledger, session.ports.reader
    if ledger is None or reader is None or session.options.offline or session.asked_credits:
        return
    if not world.removals and not any(plan.wanted for plan in world.plans.values()):
        return
    age = ledger.budget().reading_age
    if age is not None and age <= OLD:
        return
    session.asked_credits = True
    outcome: Outcome[CreditReport] = yield Do(reader.credits)
    if not isinstance(outcome, NotSent):
        session.reads += 1
    if isinstance(outcome, Done):
        ledger.observe(outcome.value.reading())
