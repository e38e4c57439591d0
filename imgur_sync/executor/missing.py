"""An album that Imgur says does not exist is asked for again before that is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imgur_sync.executor.tasks import Pause, Task

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.outcome import Outcome
    from imgur_sync.model.remote import RemoteAlbum

LOOKS = (1.0, 2.0)
"""Seconds before each further look at an album that seems to be gone."""


def is_missing(outcome: Outcome[RemoteAlbum]) -> bool:
    """Whether Imgur said that there is no such album."""
    from imgur_sync.model.outcome import ProblemKind, Refused

    return isinstance(outcome, Refused) and outcome.problem.kind is ProblemKind.NOT_FOUND


def surely(session: Session, read: Callable[[], Outcome[RemoteAlbum]]) -> Task[Outcome[RemoteAlbum]]:
    """The outcome of a reading; a 404 only if three in a row say so.

    Imgur answers with such pages now and then for what is there (imgur-api §4), and one that is believed costs an album
    its address: it would be made anew.
    """
    outcome = yield from session.read(read)
    for pause in LOOKS:
        if not is_missing(outcome):
            break
        yield Pause(session.clock.monotonic() + pause)
        outcome = yield from session.read(read)
    return outcome
