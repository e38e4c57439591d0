"""Albums that the manifest removes: looked at, and deleted when the plan says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgur_sync.executor.missing import is_missing, surely
from imgur_sync.executor.observe import Seen, album_listing, back, list_album, open_intents, ours_elsewhere
from imgur_sync.executor.selecting import spared
from imgur_sync.executor.settled import due, times
from imgur_sync.executor.tasks import Task
from imgur_sync.model.change import AlbumGone, Change, IntentEnded, PictureDetached
from imgur_sync.model.local import LocalAlbum
from imgur_sync.model.outcome import Done
from imgur_sync.model.spec import AlbumSpec, Prune, Removal
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus, Standing, SyncedAlbum
from imgur_sync.planner.view import AlbumView

if TYPE_CHECKING:
    from imgur_sync.executor.planning import World
    from imgur_sync.executor.session import Session
    from imgur_sync.model.plan import AlbumPlan


def look_at_removals(session: Session, world: World) -> Task[None]:
    """Observe the albums that are to be removed, as far as they are there and the caller asked for them."""
    world.removals.clear()
    for number, removal in enumerate(session.manifest.removed):
        synced = session.store.album(removal.album)
        wanted = not session.options.albums or removal.album in session.options.albums
        if synced is None or not wanted:
            continue
        synced = yield from back(session, synced)
        assert synced is not None, "what is there does not go by a look"
        if synced.gone:
            if session.writer is not None:
                session.store.record(*gone_changes(session, synced))
            continue
        seen = yield from album_listing(session, synced)
        open_ones = tuple(intent for intent in open_intents(session) if intent.album == removal.album)
        mine = [i for i in open_ones if i.kind is IntentKind.DELETE_ALBUM and i.target == synced.id]
        if seen.gone and not mine and synced.id in (session.headers or {}):
            # Nobody was asked to delete it: taken for gone, it would stay for ever, and nothing would tell.
            seen = Seen(flaw="Imgur lists the album and does not find it")
        if seen.gone:
            # Whatever became of the request that was in doubt: what is gone is not there a second time.
            now = session.clock.now()
            ended = (IntentEnded(intent.number, IntentStatus.CLOSED, now) for intent in mine)
            if session.writer is not None:
                session.store.record(*gone_changes(session, synced), *ended)
            continue
        world.removals[removal.album] = _view(session, _spec(session, removal, synced, number), synced, seen, open_ones)


def _view(session: Session, spec: AlbumSpec, synced: SyncedAlbum, seen: Seen, intents: tuple[Intent, ...]) -> AlbumView:
    """The album as it is to go, without a folder. What a folder left out needs is not deleted with it."""
    pictures = session.store.pictures(spec.key)
    spec, folder, spare = spared(session, spec, LocalAlbum(spec.key, None, ()), pictures)
    here = {picture.id for picture in pictures}
    strangers = [i for i in (seen.listing.ids if seen.listing is not None else ()) if i not in here]
    return AlbumView(
        spec=spec,
        local=folder,
        **times(session),
        synced=synced,
        pictures=pictures,
        listing=seen.listing,
        unlisted=seen.flaw or ("the album is not shown yet" if seen.listing is None else ""),
        elsewhere=ours_elsewhere(session, strangers),
        intents=intents,
        spared=spare,
        anonymous=session.anonymous,
    )


def _spec(session: Session, removal: Removal, synced: SyncedAlbum, number: int) -> AlbumSpec:
    return AlbumSpec(
        key=removal.album,
        folder=synced.folder,
        root=Path(),
        title=synced.sent.title,
        prune=Prune.DELETE if removal.delete_pictures else Prune.DETACH,
        protect=removal.album in session.store.protected(),
        position=len(session.manifest.albums) + number,
    )


def run_removal(session: Session, plan: AlbumPlan) -> Task[None]:
    """Carry out a removal: its pictures one by one, then the album, if it still holds nobody else's."""
    from imgur_sync.executor.album_run import delete_pictures
    from imgur_sync.executor.writing import AlbumStop
    from imgur_sync.model.step import DeleteAlbum, DeleteImage

    deletions = [step for step in plan.steps if isinstance(step, DeleteImage)]
    try:
        if deletions:
            yield from delete_pictures(session, plan.album, plan, deletions)
        if any(isinstance(step, DeleteAlbum) for step in plan.steps):
            yield from _delete_album(session, plan)
    except AlbumStop:
        return


def _delete_album(session: Session, plan: AlbumPlan) -> Task[None]:
    from imgur_sync.executor.writing import AlbumStop, give_up, refused_for_good, write
    from imgur_sync.model.budget import CALL_COST
    from imgur_sync.model.event import StepDone, StepFailed
    from imgur_sync.model.outcome import Unknown
    from imgur_sync.model.plan import GateName
    from imgur_sync.model.step import DeleteAlbum

    key, step = plan.album, DeleteAlbum(plan.album)
    synced = session.store.album(key)
    assert synced is not None, "only an album of ours is removed"
    # Somebody may have put a picture in since the plan was made.
    seen = yield from list_album(session, synced)
    listing = seen.listing
    if listing is None or not listing.complete or set(listing.ids) - ours_elsewhere(session, listing.ids):
        raise AlbumStop
    draft = Intent(0, IntentKind.DELETE_ALBUM, key, target=synced.id)
    target = synced.id
    intent, outcome = yield from write(
        session, draft, CALL_COST, lambda writer, grant: writer.delete_album(target, grant), "the deletion of the album"
    )
    if isinstance(outcome, Done):
        left = gone_changes(session, synced)
        session.store.record(*left, IntentEnded(intent.number, IntentStatus.CLOSED, session.clock.now()))
        session.use(GateName.PRUNE, key, len(left) - 1)
        session.deleted_albums += 1
        session.emit(StepDone(key, step))
        return
    if not isinstance(outcome, Unknown):
        yield from give_up(session, outcome)
        if refused_for_good(outcome):
            session.refuse(plan, step)
        session.tally(key).problems.append(f"the album could not be deleted: {outcome.problem.detail}")
        session.emit(StepFailed(key, step, outcome.problem))
    raise AlbumStop


def gone_changes(session: Session, synced: SyncedAlbum) -> tuple[Change, ...]:
    """A removed album is gone: its record ends, and its pictures that are left live outside of it."""
    here = (Standing.PLACED, Standing.UNMANAGED)
    left, now = (p for p in session.store.pictures(synced.key) if p.standing in here), session.clock.now()
    return (AlbumGone(synced.key, removed=True), *(PictureDetached(picture.id, now) for picture in left))


def settle_removal(session: Session, intent: Intent) -> Task[None]:
    """After the time to settle, a reading shows whether the album is gone. A twin was never the album in use."""
    synced = session.store.album(intent.album)
    ended = IntentEnded(intent.number, IntentStatus.CLOSED, session.clock.now())
    if synced is None or synced.id != intent.target or synced.gone:
        session.store.record(ended)
        return
    reader = session.reader()
    outcome = yield from surely(session, lambda: reader.album(intent.target))
    if not due(session, intent):
        return
    if isinstance(outcome, Done):
        session.store.record(ended)
    elif is_missing(outcome):
        session.store.record(*gone_changes(session, synced), ended)
