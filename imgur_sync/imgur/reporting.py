"""What the ledger is told of an answer: the figures in its headers, and the refusal that it is, if it is one."""

from __future__ import annotations

import logging
from typing import TypeVar

from imgur_sync.errors import ImgurSyncError
from imgur_sync.imgur.limits import reading
from imgur_sync.imgur.refusals import problem
from imgur_sync.imgur.wire import Call, Reply
from imgur_sync.model.budget import Cost, LimitName, Refusal, Reservation
from imgur_sync.model.outcome import Done, NotSent, ProblemKind, Refused, Unknown
from imgur_sync.model.ports import Ledger

T = TypeVar("T")

# A daily limit that opens so soon was not named by a reset: `Retry-After: 0` is normal (imgur-api §3.6).
_SHORTEST_DAY = 60.0
_log = logging.getLogger(__name__)


def report(
    ledger: Ledger,
    outcome: Done[T] | NotSent | Refused | Unknown,
    reply: Reply,
    call: Call,
    granted: Reservation,
    now: float,
) -> None:
    """Tell the ledger of a refusal. One that cannot take it in must not cost the reply."""
    refusal = refusal_in(outcome, reply, call, granted, now)
    if refusal is None:
        return
    try:
        ledger.refused(refusal)
    except ImgurSyncError as error:
        _log.warning("the ledger did not take a refusal in: %s", error)


def refusal_in(
    outcome: Done[T] | NotSent | Refused | Unknown, reply: Reply, call: Call, granted: Reservation, now: float
) -> Refusal | None:
    """The refusal that an answer is, also where nobody knows whether the request was carried out: a rate body inside
    a success, a 429 that broke off. None for an answer of any other kind, and for a request that no limit counts."""
    if isinstance(outcome, Done) or call.cost == Cost():
        return None
    found = problem(reply, now)
    if found.kind not in (ProblemKind.RATE, ProblemKind.OVER_CAPACITY):
        return None
    said = reading(reply.headers, now)
    limit = LimitName(found.limit) if found.limit else None
    empty = reply.status == 429 and said.client_remaining == 0 and limit is not LimitName.UPLOADS
    daily = found.kind is ProblemKind.RATE and (limit is LimitName.DAY or empty)
    wait = found.resume_after
    if daily:
        start = now if said.date is None else said.date
        if said.client_reset is not None and said.client_reset > start:
            wait = said.client_reset - start
        elif wait is not None and wait < _SHORTEST_DAY:
            wait = None
    return Refusal(
        limit=LimitName.DAY if daily else limit,
        wait=wait,
        upload=call.cost.uploads > 0,
        closes=found.kind is ProblemKind.RATE,
        daily=daily,
        number=granted.number,
    )
