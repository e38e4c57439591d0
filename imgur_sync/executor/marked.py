"""Pictures in an album of ours that say by their names that they are ours, and that the state does not know."""

from __future__ import annotations

from imgur_sync.executor.session import Session
from imgur_sync.model.change import Change, PictureAdopted, PicturePlaced
from imgur_sync.model.event import Warned
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.synced import IntentStatus, Standing, SyncedPicture
from imgur_sync.planner.marker import owner, parse_name
from imgur_sync.planner.recognised import marked_picture


def adopt_marked(session: Session, key: str, listing: RemoteAlbum) -> None:
    """Record the pictures of an album that carry a marker of this lineage and that the state does not know: it was
    lost, or an older copy stands in its place. None is uploaded again. Those of no account stay for ever: with the
    state went what can delete them."""
    strange = {picture.id: picture for picture in listing.pictures if parse_name(picture.name) is not None}
    doubts = {i.marker for i in session.store.intents(IntentStatus.OPEN, IntentStatus.SUSPECT)}
    keys = (key, *(move.source for move in session.manifest.moved if move.target == key))
    changes: list[Change] = []
    for image_id in sorted(strange.keys() - session.store.known(strange)):
        picture, marker = strange[image_id], parse_name(strange[image_id].name)
        if marker is None or picture.name in doubts or owner(marker, session.store.lineage, keys) is None:
            continue
        changes.append(PictureAdopted(marked_picture(key, picture, Standing.PLACED)))
    if changes:
        session.store.record(*changes)
        what = "1 picture" if len(changes) == 1 else f"{len(changes)} pictures"
        stay = ", never to be changed or deleted" if session.anonymous else ""
        session.emit(Warned(f"{key}: {what} that the state does not know, recognised by name as ours{stay}"))


def recorded_pictures(session: Session, key: str, listing: RemoteAlbum | None) -> tuple[SyncedPicture, ...]:
    """The pictures that the state has of the album. What the album shows, and a rebuilt state took for outside of it as
    the list that it read was old, is recorded as standing there first: nobody took it out, and no gate would count it.
    """
    pictures = session.store.pictures(key)
    ids = frozenset(listing.ids if listing is not None else ())
    outside = {p.id: p for p in pictures if p.standing is Standing.DETACHED and not p.path and p.id in ids}
    if not outside:
        return pictures
    for departure in session.store.departures():
        if departure.at is not None:
            outside.pop(departure.picture.id, None)
    now = session.clock.now()
    session.store.record(*(PicturePlaced(p.id, key, "", p.digest, now) for p in outside.values()))
    return session.store.pictures(key)
