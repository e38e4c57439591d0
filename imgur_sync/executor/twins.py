"""Removing late twins: a second picture of one upload, an empty second album of one creation."""

from __future__ import annotations

from collections.abc import Collection

from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.executor.writing import AlbumStop, write
from imgur_sync.model.budget import CALL_COST
from imgur_sync.model.change import IntentEnded
from imgur_sync.model.event import TwinRemoved
from imgur_sync.model.outcome import Done
from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus


def adopted_markers(session: Session, markers: Collection[str]) -> dict[str, str]:
    """Ids of pictures of ours by those of `markers` that they carry, whatever album they stand in now."""
    store = session.store
    keys = {spec.key for spec in session.manifest.albums} | {album.key for album in store.albums()}
    return {p.marker: p.id for key in sorted(keys) for p in store.pictures(key) if p.marker in markers}


def remove_twin(session: Session, intent: Intent, picture: RemotePicture) -> Task[None]:
    """Delete a picture that carries our marker and was never adopted."""
    if any(i.target == picture.id for i in session.store.intents(IntentStatus.OPEN)):
        return
    draft = Intent(0, IntentKind.DELETE_IMAGE, intent.album, target=picture.id, path=intent.path)
    try:
        deletion, outcome = yield from write(
            session,
            draft,
            CALL_COST,
            lambda writer, reservation: writer.delete_image(picture.id, reservation),
            f"the removal of a twin of {intent.path}",
        )
    except AlbumStop:
        return
    if isinstance(outcome, Done):
        session.store.record(IntentEnded(deletion.number, IntentStatus.CLOSED, session.clock.now()))
        session.listings.clear()
        session.emit(TwinRemoved(intent.album, intent.path))


def remove_album_twin(session: Session, key: str, album_id: str) -> Task[None]:
    """Delete an empty album that carries our marker and is not the one in use."""
    if any(i.target == album_id for i in session.store.intents(IntentStatus.OPEN)):
        return
    draft = Intent(0, IntentKind.DELETE_ALBUM, key, target=album_id)
    try:
        deletion, outcome = yield from write(
            session,
            draft,
            CALL_COST,
            lambda writer, reservation: writer.delete_album(album_id, reservation),
            "the removal of an empty twin of the album",
        )
    except AlbumStop:
        return
    if isinstance(outcome, Done):
        session.store.record(IntentEnded(deletion.number, IntentStatus.CLOSED, session.clock.now()))
        if session.headers is not None:
            session.headers.pop(album_id, None)
        session.emit(TwinRemoved(key, "the album"))
