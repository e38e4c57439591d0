"""When to come back, and what a run that waits for the budget will do by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imgur_sync.errors import ExitCode
from imgur_sync.model.budget import LimitName
from imgur_sync.report.figures import plural

if TYPE_CHECKING:
    from imgur_sync.model.event import RunFinished
    from imgur_sync.model.plan import Plan
    from imgur_sync.report.text import Moment

WAIT = "imgur-sync apply --wait"
SOON = 60.0
"""What comes so many seconds from now comes now, for somebody who reads and types."""


def come_back_lines(run: RunFinished, read: Moment) -> Iterator[str]:
    """When to run again and what to type; nothing where no limit is in the way."""
    if run.resume_at is not None:
        yield f"Run again at {read.text(run.resume_at)}: imgur-sync apply (or let it wait by itself: {WAIT})."
    elif ExitCode.BUDGET in run.codes and _capped(run.left):
        yield f"This run may spend no more; another one goes on{_from(run.left, read)}: imgur-sync apply"
    elif ExitCode.BUDGET in run.codes:
        yield f"Run again in an hour or so: imgur-sync apply (or let it wait by itself: {WAIT})."


def waits_line(plan: Plan, read: Moment) -> str:
    """What `--wait` will do about what does not fit now; "" where all of it fits."""
    deferred = sum(len(album.deferred) for album in plan.albums)
    if not deferred:
        return ""
    steps = f"{plural(deferred, 'step')} {'does' if deferred == 1 else 'do'} not fit now"
    if _capped(plan):
        return f"{steps} within what this run may spend; the run does not wait for that."
    at = "in about an hour" if plan.resume_at is None else f"at about {read.text(plan.resume_at)}"
    return f"{steps}: the run waits and goes on by itself until all is done, next {at}."


def _from(left: Plan, read: Moment) -> str:
    """When the limits let another run do something; "" where that is now, or not known."""
    coming = left.forecast
    if coming is None or not coming.windows or coming.now.credits or coming.windows[0].start <= read.now + SOON:
        return ""
    return f" at {read.text(coming.windows[0].start)}"


def _capped(plan: Plan) -> bool:
    return any(deferred.limit is LimitName.RUN for album in plan.albums for deferred in album.deferred)
