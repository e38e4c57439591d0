"""An album or picture that Imgur says does not exist is asked for again before that is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from imgur_sync.executor.tasks import Pause, Task

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.outcome import Outcome

T = TypeVar("T")

LOOKS = (1.0, 2.0)
"""Seconds before each further look at an album that seems to be gone."""
ONCE_MORE = LOOKS[:1]
"""Likewise at a single picture."""


def is_missing(outcome: Outcome[T]) -> bool:
    """Whether Imgur said that there is no such album or picture."""
    from imgur_sync.model.outcome import ProblemKind, Refused

    return isinstance(outcome, Refused) and outcome.problem.kind is ProblemKind.NOT_FOUND


def surely(session: Session, read: Callable[[], Outcome[T]], looks: Iterable[float] = LOOKS) -> Task[Outcome[T]]:
    """The outcome of a reading; a 404 only if three in a row say so, or as many as `looks` says.

    Imgur answers with such pages now and then for what is there (imgur-api §4), and one that is believed costs an album
    its address, for it would be made anew, or anything its record.
    """
    outcome = yield from session.read(read)
    for pause in looks:
        if not is_missing(outcome):
            break
        yield Pause(session.clock.monotonic() + pause)
        outcome = yield from session.read(read)
    return outcome
