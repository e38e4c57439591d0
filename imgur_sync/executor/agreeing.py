"""Remembering how albums were arranged when that was agreed on: after an edit, and where one is found in order.

What somebody changes on Imgur later is told from it. No request is made for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgur_sync.model.synced import Agreed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgur_sync.executor.session import Session
    from imgur_sync.model.change import AlbumAgreed
    from imgur_sync.model.ports import QuietMark
    from imgur_sync.model.remote import RemoteAlbum
    from imgur_sync.model.synced import SyncedAlbum
    from imgur_sync.planner.confirm import EditWish


def agreed_by(session: Session, key: str, wish: EditWish | None, listing: RemoteAlbum) -> Iterator[AlbumAgreed]:
    """What to record of an edit that is over, by a reading made after it. Nobody knows what one without a wish did."""
    from imgur_sync.model.change import AlbumAgreed

    session.agreed.pop(key, None)  # what was found before the edit
    before = session.store.agreed(key)
    after = Agreed() if wish is None else wish.agreed(before, listing)
    if after != before:
        yield AlbumAgreed(key, after)


def shown_by(listing: RemoteAlbum) -> Agreed:
    """How a reading shows the album arranged."""
    return Agreed(listing.ids, listing.header.cover or "")


def is_agreed(session: Session, key: str, listing: RemoteAlbum) -> bool:
    """Whether the state remembers what this reading shows."""
    return session.store.agreed(key) == shown_by(listing)


def found_agreed(session: Session, key: str, listing: RemoteAlbum) -> None:
    """The album is in order as this reading shows it; recorded when the run ends, if it may write."""
    if session.writer is not None:
        session.agreed[key] = shown_by(listing)


def found_agreed_before(session: Session, key: str, synced: SyncedAlbum, mark: QuietMark) -> None:
    """The album is in order as an earlier reading showed it, which a run that could not write may have made."""
    if session.writer is None or (mark.agreed and session.store.agreed(key).ids is not None):
        return
    cached = session.ports.cache.listing(synced.id)
    if cached is not None and cached.complete:
        found_agreed(session, key, cached)


def agreements(session: Session) -> Iterator[AlbumAgreed]:
    """What is to be recorded of the albums that this run found in order."""
    from imgur_sync.model.change import AlbumAgreed

    for key, agreed in session.agreed.items():
        album = session.store.album(key)
        if album is not None and not album.gone and session.store.agreed(key) != agreed:
            yield AlbumAgreed(key, agreed)
