"""From a reply to an outcome: what happened, what did not, and what nobody can know."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from imgur_sync.imgur.body import Misread, fields, parse
from imgur_sync.imgur.refusals import problem
from imgur_sync.imgur.wire import Reply
from imgur_sync.model.outcome import Done, Outcome, ProblemKind, Refused, Unknown

T = TypeVar("T")

IN_DOUBT = frozenset({408, 425, 499})
"""4xx that say nothing of whether the request was carried out: timeout, too early, client gone."""


def judge(reply: Reply, read: Callable[[object], T], now: float, conceal: Iterable[str] = ()) -> Outcome[T]:
    """The outcome that a reply stands for. `read` makes the value of a reply's body, or raises `Misread`.

    A complete 4xx but 408, 425 and 499 is definite, whatever its body; a 2xx that is not understood, holds an error or
    broke off is unknown, like all else.
    """
    conceal = tuple(conceal)
    if reply.trouble is not None:
        return Unknown(dataclasses.replace(reply.trouble, status=reply.status))
    if 200 <= reply.status < 300:
        return _understood(reply, read, now, conceal)
    found = problem(reply, now, conceal)
    if 400 <= reply.status < 500 and reply.status not in IN_DOUBT:
        return Refused(found)
    return Unknown(found)


def without_account(outcome: Outcome[T]) -> Outcome[T]:
    """The outcome of a call that showed a Client-ID alone: that is what was refused, if credentials were."""
    credentials = (ProblemKind.CREDENTIALS, ProblemKind.CLIENT)
    if isinstance(outcome, Refused) and outcome.problem.kind in credentials:
        detail = f"{outcome.problem.detail[:100]}: look at IMGUR_SYNC_CLIENT_ID, which is all that was shown to Imgur"
        return Refused(dataclasses.replace(outcome.problem, detail=detail))
    return outcome


def payload(body: object) -> object:
    """`data` of a reply that says success. Raises `Misread` if it says anything else (imgur-api §2, §4 G)."""
    wrapper = fields(body, "an answer")
    if wrapper.get("success") is not True or "data" not in wrapper:
        raise Misread("an answer that does not say success")
    status = wrapper.get("status")
    if isinstance(status, int | float) and not status < 400:
        raise Misread("a success with an error's status")
    data = wrapper["data"]
    if wrapper.get("errors") or (isinstance(data, Mapping) and data.get("error")):
        raise Misread("a success with an error inside")
    return data


def _understood(reply: Reply, read: Callable[[object], T], now: float, conceal: tuple[str, ...]) -> Outcome[T]:
    try:
        return Done(read(parse(reply.body)))
    except Misread as flaw:
        return Unknown(problem(reply, now, conceal, because=str(flaw)))
