"""Albums in order whose listing is old: a few are listed again in each run, the oldest listing first.

The pages of headers, which are always read, show a changed title, cover, privacy or count. A listing shows what they do
not: another order, other texts, one picture exchanged for another. Listing every album each time would cost a large
account its hour, and it would never come to an end of it: a thousand albums are more than an hour allows, and those
listed first are old again before the last one's turn. So the albums take turns, and the plan tells the oldest listing
that it relies on. `--refresh`, and a `remote_max_age` of 0, list all.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgur_sync.executor.session import Session
    from imgur_sync.model.ports import QuietMark
    from imgur_sync.model.spec import AlbumSpec

LOOK = 20
"""Credits that a look at an account should cost in which nothing has changed."""
TURNS = 10
"""Old listings that are read again in any run, however many pages of headers the account has."""


def old(session: Session, mark: QuietMark) -> bool:
    """Whether the listing is older than `remote_max_age`, or of an unknown age: dated after now, by another clock."""
    age = session.clock.now() - mark.listed_at
    return not 0 <= age <= session.manifest.budget.remote_max_age


def choose_turns(session: Session, specs: Sequence[AlbumSpec]) -> None:
    """Choose, once in a run, whose old listings are read again; the headers have been read."""
    if session.turns is not None or session.options.offline:
        return
    marks = ((spec.key, session.ports.cache.quiet(spec.key)) for spec in specs)
    aged = [(mark.listed_at, key) for key, mark in marks if mark is not None and old(session, mark)]
    if session.manifest.budget.remote_max_age > 0:
        # One dated after now is of unknown age and comes first.
        now = session.clock.now()
        aged = heapq.nsmallest(max(TURNS, LOOK - session.reads), ((at if at <= now else 0.0, key) for at, key in aged))
    session.turns = frozenset(key for _, key in aged)


def has_turn(session: Session, key: str) -> bool:
    """Whether the album's old listing is to be read again in this run."""
    return session.turns is None or key in session.turns
