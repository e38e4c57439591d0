"""Deleting detached pictures for good, one recorded request at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

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
    doubtful, edits = {intent.target for intent in doubts}, _edited(doubts)
    for picture in with_key(session, pictures, outing):
        now = session.store.picture(picture.id)
        if now is None or now.standing is not Standing.DETACHED or picture.id in doubtful:
            continue
        if picture.id in edits:
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


def _edited(doubts: Iterable[Intent]) -> dict[str, str]:
    """The pictures that an album may show since an edit of it whose end is not known, each with that album's key."""
    edits = ((intent.album, EditWish.parse(intent.wish)) for intent in doubts if intent.kind is IntentKind.EDIT_ALBUM)
    return {image_id: key for key, wish in edits for image_id in wish.ids or ()}


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
