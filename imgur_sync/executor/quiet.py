"""Albums found in order: remembered, so that the next look at them costs a scan of their folder's stats only."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from imgur_sync.executor.agreeing import found_agreed, is_agreed
from imgur_sync.model.ports import QuietMark

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.plan import AlbumPlan
    from imgur_sync.model.remote import RemoteAlbum
    from imgur_sync.model.spec import AlbumSpec
    from imgur_sync.planner.view import AlbumView


def spec_print(spec: AlbumSpec) -> str:
    """A fingerprint of an album's entry in the manifest."""
    # The position is not the album's own: a new sub-folder moves those behind it.
    return hashlib.sha256(repr(replace(spec, position=0)).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def keep_quiet_mark(
    session: Session, key: str, fingerprint: str, count: int, listing: RemoteAlbum, foreign: int = 0
) -> None:
    """Remember that the album is in order with this content and this listing, which shows so many foreign pictures."""
    spec, synced = session.manifest.album(key), session.store.album(key)
    if spec is None or synced is None:
        return
    session.ports.cache.keep_listing(listing)
    header, known = listing.header.fingerprint, session.writer is not None or is_agreed(session, key, listing)
    mark = QuietMark(fingerprint, spec_print(spec), header, synced.serial, count, listing.taken_at, foreign, known)
    session.ports.cache.keep_quiet(key, mark)


def remember_quiet(session: Session, view: AlbumView, plan: AlbumPlan) -> None:
    """Keep the listing, and the quiet mark if the album is in order, every file could be read and every text can be
    changed. What was found deleted is recorded by a run that may write: until then the album is looked at again."""
    if view.listing is None or session.options.offline:
        return
    unrecorded = plan.drift and session.writer is None
    if plan.quiet and not (plan.unsendable or plan.lost_texts or unrecorded) and view.listing.complete:
        keep_quiet_mark(session, plan.album, plan.fingerprint, plan.files, view.listing, plan.foreign)
        found_agreed(session, plan.album, view.listing)
    else:
        session.agreed.pop(plan.album, None)
        # The mark goes with the listing that it was made for: the next look must not find its own drift in order.
        session.ports.cache.keep_quiet(plan.album, None)
        session.ports.cache.keep_listing(view.listing)
