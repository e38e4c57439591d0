"""Deleting detached pictures for good, one recorded request at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from imgur_sync.executor.observe import list_album
from imgur_sync.executor.restoring import Outing, with_key
from imgur_sync.executor.session import Session
from imgur_sync.executor.settling import settle_all
from imgur_sync.executor.tasks import Task
from imgur_sync.executor.writing import AlbumStop, give_up, write
from imgur_sync.model.budget import CALL_COST, Reservation
from imgur_sync.model.change import IntentEnded, PictureDeleted
from imgur_sync.model.event import StepDone
from imgur_sync.model.outcome import Done, Outcome, Unknown
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.step import DeleteImage
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus, Standing, SyncedPicture
from imgur_sync.planner.confirm import EditWish


def purge(session: Session, pictures: Sequence[SyncedPicture], outing: Outing) -> Task[None]:
    """Delete these pictures, each only while it still stands detached. The first trouble ends it: what is left is left.

    A kill on the way leaves an open intent, which the next run settles by one GET.
    """
    if session.store.intents(IntentStatus.OPEN):
        yield from settle_all(session)
    doubts = session.store.intents(IntentStatus.OPEN)
    doubtful, edits = {intent.target for intent in doubts}, _edited(session.store.intents(*IntentStatus))
    for picture in with_key(session, pictures, outing):
        now = session.store.picture(picture.id)
        if now is None or now.standing is not Standing.DETACHED or picture.id in doubtful:
            continue
        if picture.id in edits and (yield from _may_show(session, edits[picture.id], picture.id)):
            where = f"an edit of the album {edits[picture.id]} in doubt may have put it there"
            outing.problems.append(f"{picture.path}: not deleted: {where}; run apply first, it finds out")
            continue
        try:
            done = yield from _delete(session, picture, outing)
        except AlbumStop:
            outing.problems.append("a limit is used up: the rest is left; see: imgur-sync credits")
            return
        if not done:
            return


def _edited(intents: Iterable[Intent]) -> dict[str, str]:
    """The pictures that an album may show since the last edit of its pictures, each with that album's key. One that
    stands detached all the same: that edit is in doubt, or was settled by a run that did not come to record it."""
    last: dict[str, tuple[str, ...]] = {}
    for intent in sorted(intents, key=lambda intent: intent.number):
        ids = EditWish.parse(intent.wish).ids if intent.kind is IntentKind.EDIT_ALBUM and intent.wish else None
        if ids is not None:
            last[intent.album] = ids
    return {image_id: key for key, ids in last.items() for image_id in ids}


def _may_show(session: Session, key: str, image_id: str) -> Task[bool]:
    """Whether the album shows the picture, or may come to: an edit of it is in doubt, or its list cannot be read."""
    synced, open_ones = session.store.album(key), session.store.intents(IntentStatus.OPEN)
    if any(intent.album == key and intent.kind is IntentKind.EDIT_ALBUM for intent in open_ones):
        return True
    if synced is None or synced.gone:
        return False
    listing = session.listings.get(synced.id)
    if listing is None:
        seen = yield from list_album(session, synced)
        if seen.gone:
            return False
        listing = seen.listing
    return listing is None or not listing.complete or image_id in listing.ids


def _delete(session: Session, picture: SyncedPicture, outing: Outing) -> Task[bool]:
    draft = Intent(
        0, IntentKind.DELETE_IMAGE, picture.album, target=picture.id, path=picture.path, digest=picture.digest
    )
    what = f"the deletion of {picture.path or picture.id}"
    intent, outcome = yield from write(session, draft, CALL_COST, partial(_request, picture.id), what)
    if isinstance(outcome, Done):
        now = session.clock.now()
        session.store.record(PictureDeleted(picture.id, now), IntentEnded(intent.number, IntentStatus.CLOSED, now))
        session.deleted += 1
        outing.done.append(picture)
        session.emit(StepDone(picture.album, DeleteImage(picture.album, picture.path, picture.digest)))
        return True
    if isinstance(outcome, Unknown):
        outing.problems.append(f"{picture.path}: Imgur did not answer; the next run finds out whether it is deleted")
        return False
    yield from give_up(session, outcome)
    outing.problems.append(f"{picture.path}: not deleted: {outcome.problem.detail}")
    return False


def _request(image_id: str, writer: RemoteWriter, reservation: Reservation) -> Outcome[None]:
    return writer.delete_image(image_id, reservation)
