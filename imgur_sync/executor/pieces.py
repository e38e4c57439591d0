"""Edits of an album that is nobody's: what has no deletehash cannot be named in a PUT, and is worked around."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from imgur_sync.executor.reading_back import poll
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.executor.writing import AlbumStop, write
from imgur_sync.model.budget import POST_COST
from imgur_sync.model.change import IntentEnded
from imgur_sync.model.outcome import Done
from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.step import Upload
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus, SyncedAlbum
from imgur_sync.planner.confirm import EditWish
from imgur_sync.planner.target import order_wish


def keyless(session: Session, key: str, ids: Collection[str]) -> frozenset[str]:
    """Those of `ids` that are pictures of this album without a deletehash. A picture comes from another album only if
    it has one."""
    if not session.anonymous:
        return frozenset()
    lost = {picture.id for picture in session.store.pictures(key) if picture.deletehash is None}
    return frozenset(lost & set(ids))


def fixed(session: Session, plan: AlbumPlan, made: Mapping[str, str], ids: Collection[str]) -> frozenset[str]:
    """Those of `ids` that stay where they are whatever an edit does: pictures of others, and ours without a key and
    without a place."""
    if not session.anonymous:
        return frozenset()
    placed = {image_id for path, image_id in plan.pairs if path} | set(made.values())
    loose = [image_id for image_id in ids if image_id not in placed]
    return (frozenset(loose) - session.store.known(loose)) | keyless(session, plan.album, loose)


def unmoved(
    session: Session,
    plan: AlbumPlan,
    made: Mapping[str, str],
    ids: tuple[str, ...],
    shown: tuple[str, ...],
    still: Collection[str],
) -> tuple[str, ...]:
    """The ids that an edit sends beside those that stay `still`: in the order shown where it is done in pieces and
    uploads are missing, the folder was not read whole, or a gate holds.

    Nothing is taken out then to be added again behind: that would be needed once more, and were it to break off in
    between, a picture whose new one is not up, or that a gate keeps, would be missing in the album.
    """
    synced = session.store.album(plan.album)
    uploads = {s.path for s in plan.wanted if isinstance(s, Upload)} - made.keys()
    unclear = bool(plan.errors or plan.gates)
    if not session.anonymous or not (uploads or unclear) or synced is None:
        return ids
    ignored = any(mark.field == "order" and mark.wish == order_wish(ids) for mark in synced.not_honoured)
    wanted, there = set(ids), set(shown)
    if not ignored and not there & set(still) and not keyless(session, plan.album, ids):
        return ids
    if unclear:
        session.shut.add(plan.album)  # the order waits for the folder or the user: no further round would mend it
    return (*(i for i in shown if i in wanted), *(i for i in ids if i not in there))


def was_ignored(synced: SyncedAlbum, wish: EditWish) -> bool:
    """Whether Imgur did not take over this membership and order before."""
    return any(mark.field == "order" and mark.wish == wish.order for mark in synced.not_honoured)


def try_adding(session: Session, synced: SyncedAlbum, listing: RemoteAlbum) -> Task[None]:
    """Find out with the album's last picture whether what is taken out can be put in again by its deletehash, which
    albums of no account were not always able to do. More than that one is never risked."""
    last = listing.ids[-1:]
    heeded = False
    if last and session.store.known(last) and not keyless(session, synced.key, last):
        for adds in (False, True):
            yield from _one(session, synced, last, adds=adds)
        shown = yield from poll(session, synced.key, lambda listing: listing.ids[-1:] == last)
        heeded = shown is not None
    session.unowned.adds_heeded[synced.id] = heeded


def _one(session: Session, synced: SyncedAlbum, ids: tuple[str, ...], *, adds: bool) -> Task[None]:
    draft = Intent(0, IntentKind.EDIT_ALBUM, synced.key, target=synced.id)
    intent, outcome = yield from write(
        session,
        draft,
        POST_COST,
        lambda writer, grant: (writer.add_images if adds else writer.remove_images)(synced.id, ids, grant),
        "an edit of the album",
    )
    if not isinstance(outcome, Done):
        raise AlbumStop
    session.store.record(IntentEnded(intent.number, IntentStatus.CLOSED, session.clock.now()))
