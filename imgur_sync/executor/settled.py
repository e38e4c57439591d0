"""Whether something was recorded long enough ago, by a clock that may have been set since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from imgur_sync.model.synced import IntentStatus
from imgur_sync.planner.believed import believed

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.change import Change
    from imgur_sync.model.synced import Intent


class Times(TypedDict):
    """What the view of an album is told of the clock."""

    now: float
    settle_seconds: float
    clock_set_at: float


def times(session: Session) -> Times:
    """The fields of an `AlbumView` that tell the time."""
    return Times(now=session.clock.now(), settle_seconds=session.settle_seconds, clock_set_at=clock_set_at(session))


def clock_set_at(session: Session) -> float:
    """When this machine's clock was last seen to have been set; 0.0 if never."""
    return session.ports.ledger.clock_set_at() if session.ports.ledger is not None else 0.0


def recorded(session: Session, at: float) -> float:
    """The latest moment at which what was recorded at that time (our clock) may have happened; never in the future."""
    now = session.clock.now()
    return min(now, believed(at, now, clock_set_at(session)))


def settled(session: Session, at: float) -> bool:
    """Whether what was recorded at that time (our clock) is at least `settle_seconds` old."""
    now = session.clock.now()
    return now - believed(at, now, clock_set_at(session)) >= session.settle_seconds


def doubted_anew(session: Session, intents: Iterable[Intent]) -> tuple[Intent, ...]:
    """The intents, open and suspect ones. The time to settle begins, and is recorded to begin, now for an open one that
    a kill left, and for those that failed in times to come, by a clock that was set back since; it begins anew for
    those that failed before the clock was seen to have been set.

    Only a reply of Imgur's tells that it was set: it is asked again after each reading from which something follows.
    """
    now, set_at = session.clock.now(), clock_set_at(session)
    found: list[Intent] = []
    doubts: list[Change] = []
    for intent in intents:
        failed = intent.failed_at
        since = now if failed is None or failed > now else believed(failed, now, set_at)
        if since != failed and (failed is not None or intent.status is IntentStatus.OPEN):
            from imgur_sync.model.change import IntentDoubted

            doubts.append(IntentDoubted(intent.number, since))
            intent = replace(intent, failed_at=since)
        found.append(intent)
    if doubts:
        session.store.record(*doubts)
    return tuple(found)


def due(session: Session, intent: Intent) -> bool:
    """Whether the intent's time to settle is over, by all that is known of the clock by now."""
    (intent,) = doubted_anew(session, (intent,))
    return intent.failed_at is not None and settled(session, intent.failed_at)
