"""Pictures in an album of ours that say by their names that they are ours, and that the state does not know."""

from __future__ import annotations

from imgur_sync.executor.session import Session
from imgur_sync.model.change import Change, PictureAdopted, PicturePlaced
from imgur_sync.model.event import Warned
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.synced import IntentStatus, Standing
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


def place_unseen(session: Session, key: str, listing: RemoteAlbum) -> None:
    """Record as placed what the album shows and a rebuilt state has outside of it: what Imgur did not show yet when the
    state was rebuilt. This state took none of it out, so that it leaves as any picture without a file does, through the
    gate."""
    synced, shown = session.store.album(key), set(listing.ids)
    if synced is None or synced.made_at:  # it was made by this state
        return
    lost = [p for p in session.store.pictures(key) if p.standing is Standing.DETACHED and not p.path and p.id in shown]
    if not lost:
        return
    taken_out = {one.picture.id for one in session.store.departures() if one.at is not None}
    placed = (PicturePlaced(p.id, key, "", p.digest, p.placed_at) for p in lost if p.id not in taken_out)
    session.store.record(*placed)
