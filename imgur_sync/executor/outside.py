"""One look at one album on Imgur: does it still show what it showed last? For a credit, or two for a long album."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from imgur_sync.executor.ends import error_of
from imgur_sync.executor.missing import is_missing
from imgur_sync.executor.observe import facts
from imgur_sync.executor.session import Options, Ports, Session
from imgur_sync.executor.tasks import Task
from imgur_sync.model.event import Event, Listing
from imgur_sync.model.outcome import Done, NotSent

if TYPE_CHECKING:
    from imgur_sync.model.remote import RemoteAlbum
    from imgur_sync.model.spec import Manifest


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look found. `changed`: the album is not as it was listed last, or cannot be listed: a run finds out what
    that means. `listed_at` is how old the newest listing is now, by our clock; None where there is none."""

    changed: bool
    listed_at: float | None = None


def look_at(ports: Ports, manifest: Manifest, key: str, since: float) -> Generator[Event, None, Sight]:
    """Read the listing of this album, unless a run read it after `since` (Unix seconds, our clock).

    The listing is kept, so that plans without Imgur rest on it. Changes nothing else; of an album that was never made
    nothing is asked. Raises what keeps all requests from Imgur, and `BudgetError`.
    """
    session = Session(ports, manifest, Options(albums=(key,)))
    found: list[Sight] = []

    def task() -> Task[None]:
        found.append((yield from _sight(session, key, since)))
        ports.cache.flush()

    yield from session.scheduler.drive(task())
    return found[0]


def _sight(session: Session, key: str, since: float) -> Task[Sight]:
    synced, cache = session.store.album(key), session.ports.cache
    if synced is None:
        return Sight(changed=False)
    mark = cache.quiet(key)
    known = mark.listed_at if mark is not None else _listed_at(cache.listing(synced.id))
    if known is not None and since < known <= session.clock.now():
        return Sight(changed=False, listed_at=known)
    session.emit(Listing(key))
    outcome = yield from session.read(partial(session.reader().album, synced.id))
    match outcome:
        case Done(listing):
            return Sight(synced.gone or _news(session, key, listing), listing.taken_at)
        case NotSent(problem):
            raise error_of(problem)
        case _:
            return Sight(not (synced.gone and is_missing(outcome)))


def _listed_at(listing: RemoteAlbum | None) -> float | None:
    return listing.taken_at if listing is not None else None


def _news(session: Session, key: str, listing: RemoteAlbum) -> bool:
    """Whether this listing differs from the last one; it takes its place."""
    cache, header = session.ports.cache, listing.header.fingerprint
    last, mark = cache.listing(listing.header.id), cache.quiet(key)
    if last is not None and listing.taken_at < last.taken_at <= session.clock.now():
        return False  # a run that went on meanwhile has read it later
    same = last is not None and last.complete and last.header.fingerprint == header and facts(last) == facts(listing)
    same = same and listing.complete and (mark is None or mark.header == header)
    if mark is not None:
        # The mark goes with the listing that it was made for: the next look must not find this one in order.
        cache.keep_quiet(key, replace(mark, listed_at=listing.taken_at) if same else None)
    if listing.complete:
        cache.keep_listing(listing)
    return not same
