"""Pictures in an anonymous album that say by their names that they are ours."""

from __future__ import annotations

from imgur_sync.executor.session import Session
from imgur_sync.model.change import Change, PictureAdopted
from imgur_sync.model.event import Warned
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.synced import IntentStatus, Standing
from imgur_sync.planner.marker import owner, parse_name
from imgur_sync.planner.recognised import marked_picture


def adopt_marked(session: Session, key: str, listing: RemoteAlbum) -> None:
    """Record the pictures of an album that carry a marker of this lineage and that the state does not know, as after a
    loss of the state: nobody can delete them, but they need not be uploaded again."""
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
        session.emit(
            Warned(f"{key}: recognised by their names, never to be changed or deleted: {len(changes)} pictures")
        )
