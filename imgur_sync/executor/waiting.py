"""`apply --wait`: sleeps until the budget lets more through, however the clocks behave, and says for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgur_sync.executor.tasks import Pause, Task
from imgur_sync.model.budget import LimitName
from imgur_sync.model.event import Countdown, Waiting

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.plan import Plan

SHORTEST = 1.0
UNKNOWN = 3600.0
"""How long it is waited where nobody says for how long."""
BARREN = 60.0
"""The least wait after a window in which nothing could be done; doubled by each one more."""
LONGEST_BARREN = 6 * 3600.0
MOST_BARREN = 16
"""After so many windows in a row without anything done (more than two days) the run ends after all."""
SLICE = 30.0
"""The clocks are looked at again at least so often."""
CLOSE = 100.0
"""From here on every second is counted down."""


class Windows:
    """Which windows of the budget a run has behind it, and when the next one begins."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._done = 0
        self._barren = 0

    def following(self, plan: Plan | None) -> float | None:
        """When to look again (Unix seconds, our clock) after what is now left of this plan (None: nothing could be
        looked at). None when there is nothing that time alone lets through."""
        session = self._session
        if not session.options.wait or not awaits_budget(session, plan):
            return None
        done = achieved(session)
        self._barren = 0 if done != self._done else self._barren + 1
        self._done = done
        if self._barren > MOST_BARREN:
            return None
        least = min(LONGEST_BARREN, BARREN * 2.0 ** (self._barren - 1)) if self._barren else SHORTEST
        now = session.clock.now()
        known = come_back(session, plan)
        return max(now + least, now + UNKNOWN if known is None else known)


def achieved(session: Session) -> int:
    """How many things a run has done so far."""
    uploads = sum(tally.uploaded + tally.failed for tally in session.tallies.values())
    return uploads + session.edited + session.deleted + session.deleted_albums


def awaits_budget(session: Session, plan: Plan | None) -> bool:
    """Whether something is left for which nothing but the budget is missing, and a limit other than this run's. What
    has no room even when nothing is used is not waited for."""
    if _cap_reached(session):
        return False
    if plan is None or session.unseen:
        return True
    limits = {deferred.limit for album in plan.albums for deferred in album.deferred}
    hit = session.limit_hit
    if LimitName.RUN in limits or (hit is not None and hit[0] is LimitName.RUN):
        return False
    never = {album.album for album in plan.forecast.albums if album.finished_at is None} if plan.forecast else set()
    coming = any(album.deferred and album.album not in never for album in plan.albums)
    return coming or (hit is not None and any(album.steps for album in plan.albums))


def come_back(session: Session, plan: Plan | None) -> float | None:
    """When work can go on, as far as it is known: not before the limit opens that was hit on the way."""
    hit = session.limit_hit[1] if session.limit_hit is not None else None
    said = plan.resume_at if plan is not None else None
    return max((at for at in (hit, said) if at is not None), default=None)


def await_window(session: Session, until: float, plan: Plan | None) -> Task[None]:
    """Wait until that moment (Unix seconds, our clock).

    It is measured by the monotonic clock, so that a wall clock that is set makes it neither longer nor shorter. Where
    that clock stands still while the machine sleeps, the wait also ends when the wall clock says so: a look too early
    spends a few reads, and the ledger lets nothing through that it would not have.
    """
    clock = session.clock
    reason = _reason(session, plan)
    end = clock.monotonic() + max(SHORTEST, until - clock.now())
    session.emit(Waiting(reason, until))
    while True:
        left = end - clock.monotonic()
        if left <= 0 or (clock.now() >= until and not clock.counts_sleep):
            break
        session.waiting_until = clock.now() + left
        session.emit(Countdown(reason, left))
        yield Pause(clock.monotonic() + min(left, SLICE, 1.0 if left <= CLOSE else max(1.0, left - CLOSE)))
    session.waiting_until = None


def renew(session: Session) -> None:
    """Forget what held only in the window before: limits that were hit, what Imgur showed, its bad moments."""
    session.limit_hit = None
    session.unseen = False
    session.asked_credits = False
    session.listings.clear()
    session.headers = None
    session.patience = session.patience.rested()


def _reason(session: Session, plan: Plan | None) -> str:
    """What is waited for, in words."""
    albums = plan.albums if plan is not None else ()
    left = sum(len(album.deferred) for album in albums) or sum(len(album.steps) for album in albums)
    limits = {deferred.limit for album in albums for deferred in album.deferred}
    if session.limit_hit is not None:
        limits.add(session.limit_hit[0])
    names = {
        LimitName.DAY: "the day's credits",
        LimitName.HOUR: "the hour's credits",
        LimitName.POSTS: "the hour's POSTs",
        LimitName.UPLOADS: "the hour's uploads",
    }
    limit = next((words for name, words in names.items() if name in limits), "the budget")
    return f"{limit} to come back" + (f" ({left} {'step' if left == 1 else 'steps'} to go)" if left else "")


def _cap_reached(session: Session) -> bool:
    """Whether the credits of this run are used up: no time brings them back."""
    ledger = session.ports.ledger
    left = ledger.budget().remaining(LimitName.RUN) if ledger is not None else None
    return left is not None and left < 1
