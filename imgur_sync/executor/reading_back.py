"""Reading an album back after a write, until it shows what was written."""

from __future__ import annotations

from collections.abc import Callable

from imgur_sync.errors import BudgetError
from imgur_sync.executor.observe import list_album
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Pause, Task
from imgur_sync.executor.writing import giving_back, note_limit
from imgur_sync.model.budget import LimitName, Reservation
from imgur_sync.model.remote import RemoteAlbum

POLLS = (0.0, 1.0, 2.0, 4.0)
"""When a write is read back, in seconds after it (imgur-api §8.2: reads lag behind writes)."""


def poll(
    session: Session, key: str, shows: Callable[[RemoteAlbum], bool], kept: Reservation | None = None
) -> Task[RemoteAlbum | None]:
    """Read an album back until it shows what was written: at 0, 1, 2 and 4 seconds. None when it does not. `kept` was
    reserved for one reading: the first for which there is still room by what Imgur said since."""
    synced = session.store.album(key)
    assert synced is not None
    start = session.clock.monotonic()
    for offset in POLLS:
        if offset:
            yield Pause(start + offset)
        session.listings.pop(synced.id, None)
        try:
            seen = yield from list_album(session, synced, kept)
        except BudgetError:
            if kept is None or offset == POLLS[-1]:
                raise
            continue
        kept = None
        if seen.listing is not None and seen.listing.complete and shows(seen.listing):
            return seen.listing
    return None


def poll_between(
    session: Session, key: str, shows: Callable[[RemoteAlbum], bool], kept: Reservation
) -> Task[RemoteAlbum | None]:
    """The album between two requests, once it shows what the next one needs; None also when the budget ends first."""
    try:
        return (yield from giving_back(session, (kept,), poll(session, key, shows, kept)))
    except BudgetError as limit:
        note_limit(session, LimitName.HOUR, limit.resume_at)
        return None
