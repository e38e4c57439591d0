"""One edit of an album: listed right before, sent, read back, recorded."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.errors import BudgetError
from imgur_sync.executor.agreeing import agreed_by
from imgur_sync.executor.edit_calls import Request, edit_calls
from imgur_sync.executor.observe import list_album
from imgur_sync.executor.pieces import fixed, try_adding, unmoved, was_ignored
from imgur_sync.executor.probing import probe
from imgur_sync.executor.reading_back import poll, poll_between
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.executor.writing import (
    AlbumStop,
    give_up,
    giving_back,
    is_missing_ownership,
    refused_for_good,
    reserve_all,
    write,
)
from imgur_sync.model.budget import CALL_COST, Reservation
from imgur_sync.model.change import (
    Change,
    EditDone,
    IntentDoubted,
    IntentEnded,
    PictureDetached,
    PicturePlaced,
    PictureReleased,
    UrlRetired,
)
from imgur_sync.model.event import InDoubt, StepDone, StepFailed
from imgur_sync.model.outcome import Done, NotSent, Problem, ProblemKind, Refused, Unknown
from imgur_sync.model.plan import AlbumPlan, GateName
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.step import CreateAlbum, EditAlbum
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus, RetiredUrl, SyncedAlbum
from imgur_sync.planner.confirm import EditWish, cover_name, last_privacy
from imgur_sync.planner.membership import membership
from imgur_sync.planner.target import order_wish


def edit(session: Session, spec: AlbumSpec, plan: AlbumPlan, step: EditAlbum, made: dict[str, str]) -> Task[None]:
    """Carry out one edit. Raises `AlbumStop` when it was refused, is in doubt, or is not shown yet."""
    synced = session.store.album(spec.key)
    assert synced is not None, "an album is created before it is edited"
    refused: NotSent | Refused | None = None
    for attempt in range(3 if session.anonymous else 2):
        listing = yield from _listing(session, synced)
        kept = yield from _kept(session, plan, synced, listing)
        wish, still = _wish(session, plan, step, made, listing, kept)
        if wish.shown_by(listing) and not _unsent_privacy(step, synced):
            _record(session, spec, plan, wish, listing, 0)
            _done(session, spec, plan, step)
            return
        if session.anonymous and was_ignored(synced, wish) and synced.id not in session.unowned.adds_heeded:
            yield from try_adding(session, synced, listing)
            continue
        refused = yield from _send(session, spec, plan, wish, listing, synced, still)
        if refused is None:
            session.edited += 1
            _done(session, spec, plan, step)
            return
        if attempt or not is_missing_ownership(refused):
            break
        session.listings.pop(synced.id, None)
    if refused is not None:
        yield from _refused(session, plan, step, refused)
    raise AlbumStop


def _done(session: Session, spec: AlbumSpec, plan: AlbumPlan, step: EditAlbum) -> None:
    """Tell it, and count what gates guard."""
    session.use(GateName.PRUNE, spec.key, len(step.detached))
    session.use(GateName.PUBLISH, spec.key, step.privacy is not None)
    if any(isinstance(other, CreateAlbum) for other in plan.steps):
        session.use(GateName.RESTORE, spec.key, len(step.attached))
    session.emit(StepDone(spec.key, step))


def _unsent_privacy(step: EditAlbum, synced: SyncedAlbum) -> bool:
    """Imgur shows hidden and secret alike, so a wish for one of them is sent unless it was the last one sent."""
    wanted = step.privacy
    return wanted is not None and wanted != "public" and last_privacy(synced) != wanted


def _listing(session: Session, synced: SyncedAlbum) -> Task[RemoteAlbum]:
    """The album as it is right now; a read-back just made counts."""
    fresh = session.listings.get(synced.id)
    if fresh is None or session.clock.now() - fresh.taken_at > 2.0:
        seen = yield from list_album(session, synced)
        fresh = seen.listing
        if fresh is None:
            session.tally(synced.key).problems.append(seen.flaw or "the album is gone from Imgur")
    if fresh is None or not fresh.complete:
        raise AlbumStop
    return fresh


def _kept(session: Session, plan: AlbumPlan, synced: SyncedAlbum, listing: RemoteAlbum) -> Task[tuple[str, ...]]:
    """What stays and is not shown: foreign pictures that an earlier listing showed a moment ago, if they are alive;
    without an account, pictures of ours that an edit left out which broke off."""
    if session.anonymous:
        return tuple(i for path, i in plan.pairs if not path and i not in listing.ids)
    earlier = session.ports.cache.listing(synced.id)
    if earlier is None or listing.taken_at - earlier.taken_at >= session.settle_seconds:
        return ()
    shown = set(listing.ids)
    missing = [i for i in earlier.ids if i not in shown]
    foreign = [i for i in missing if i not in session.store.known(missing)]
    probed = yield from probe(session, foreign)
    return tuple(i for i in foreign if i in probed.alive)


def _wish(
    session: Session,
    plan: AlbumPlan,
    step: EditAlbum,
    made: dict[str, str],
    listing: RemoteAlbum,
    kept: tuple[str, ...],
) -> tuple[EditWish, frozenset[str]]:
    """What this edit is to make of the album, from what it shows right now; and what it has no way to name."""
    header = listing.header
    ids: tuple[str, ...] | None = None
    still: frozenset[str] = frozenset()
    if step.places is not None:
        ids = membership(plan, [place.path for place in step.places], made, listing.ids, kept)
        still = fixed(session, plan, made, ids)
        ids = unmoved(session, plan, made, tuple(i for i in ids if i not in still), listing.ids, still)
    cover, first = None, False
    if step.cover is not None:
        cover = made.get(step.cover.path) or dict(plan.pairs).get(step.cover.path)
        first = bool(ids) and ids is not None and cover == ids[0]
    wish = EditWish(
        ids=ids,
        leaving=tuple(sorted(set(listing.ids) - set(ids) - still)) if ids is not None else (),
        cover=cover,
        cover_path=cover_name(step.cover.path, cover) if step.cover is not None else "",
        first_cover=first,
        title=step.title,
        description=step.description,
        privacy=step.privacy,
        order=order_wish(ids) if ids is not None else "",
        before_ids=listing.ids,
        before_cover=header.cover or "",
        before_title=header.title,
        before_description=header.description,
        before_public=header.public,
    )
    return wish, still


def _send(
    session: Session,
    spec: AlbumSpec,
    plan: AlbumPlan,
    wish: EditWish,
    listing: RemoteAlbum,
    synced: SyncedAlbum,
    still: frozenset[str],
) -> Task[NotSent | Refused | None]:
    """Send the requests of one edit and read them back. The refusal, if it was refused.

    All of them are reserved before, and the reading: an edit that is cut in its middle, or cannot be read back, would
    stay in doubt for hours.
    """
    calls = edit_calls(session, synced, wish, listing, still)
    costs = (part for cost, _, before in calls for part in ((CALL_COST, cost) if before is not None else (cost,)))
    kept = yield from reserve_all(session, (*costs, CALL_COST))
    return (yield from giving_back(session, kept, _sent(session, spec, plan, wish, synced, calls, kept)))


def _sent(
    session: Session,
    spec: AlbumSpec,
    plan: AlbumPlan,
    wish: EditWish,
    synced: SyncedAlbum,
    calls: tuple[Request, ...],
    kept: list[Reservation],
) -> Task[NotSent | Refused | None]:
    number: int | NotSent | Refused = 0
    try:
        number = yield from _requests(session, spec, wish, synced, calls, kept)
        if not isinstance(number, int):
            return number
        shown = yield from poll(session, spec.key, wish.shown_by, kept[0])
    except BudgetError:
        if isinstance(number, int) and number:
            _doubt(session, spec, number, wish, "the edit cannot be read back for want of budget")
        raise
    if shown is None:
        _doubt(session, spec, number, wish, "Imgur does not show the edit yet")
        raise AlbumStop
    _record(session, spec, plan, replace(wish, answered=True), shown, number)
    return None


def _requests(
    session: Session,
    spec: AlbumSpec,
    wish: EditWish,
    synced: SyncedAlbum,
    calls: tuple[Request, ...],
    kept: list[Reservation],
) -> Task[int | NotSent | Refused]:
    """Send the requests of one edit, paid for from `kept`, in order. The intent that is open until it is read back, or
    the refusal."""
    number = 0
    for cost, call, before in calls:
        if before is not None and (yield from poll_between(session, spec.key, before, kept.pop(0))) is None:
            # Not all of it was sent: what is not shown later was not ignored for that.
            _doubt(session, spec, number, wish, "Imgur does not show the edit yet", whole=False)
            raise AlbumStop
        draft = Intent(0, IntentKind.EDIT_ALBUM, spec.key, target=synced.id, wish=wish.text())
        intent, outcome = yield from write(session, draft, cost, call, "an edit of the album", kept.pop(0))
        if isinstance(outcome, Unknown):
            raise AlbumStop
        if not isinstance(outcome, Done):
            return outcome
        if number:
            session.store.record(IntentEnded(number, IntentStatus.CLOSED, session.clock.now()))
        number = intent.number
    return number


def _doubt(session: Session, spec: AlbumSpec, number: int, wish: EditWish, detail: str, *, whole: bool = True) -> None:
    """An edit that was sent (as a `whole`), answered and not seen: told, and settled later."""
    now = session.clock.now()
    session.store.record(IntentDoubted(number, now, replace(wish, answered=whole).text()))
    problem = Problem(ProblemKind.UNEXPECTED, detail)
    session.emit(InDoubt(spec.key, "an edit of the album", problem, now + session.settle_seconds))


def _record(
    session: Session, spec: AlbumSpec, plan: AlbumPlan, wish: EditWish, listing: RemoteAlbum, number: int
) -> None:
    """Record a confirmed edit: header, places, departures and retired addresses together."""
    now = session.clock.now()
    changes: list[Change] = []
    if number:
        changes += [IntentEnded(number, IntentStatus.CLOSED, now), EditDone(spec.key, now)]
    changes.extend(wish.confirmed(spec.key, listing, now))
    changes.extend(agreed_by(session, spec.key, wish, listing))
    synced = session.store.album(spec.key)
    changes.extend(wish.refuted(synced, listing, now) if synced is not None else ())
    if wish.ids is not None:
        placed = set(wish.ids)
        changes += [PicturePlaced(p.id, p.album, p.path, p.digest, now) for p in plan.placements if p.id in placed]
        ours = {p.id: p for p in session.store.pictures(spec.key)}
        doomed = {image_id for _, image_id in plan.deleting}
        elsewhere = {i for i in plan.leaving if i not in ours}
        gone = sorted(plan.leaving - placed - elsewhere - doomed)
        moved_on = {p.id for p in ours.values() if p.id in plan.leaving and _claimed_elsewhere(session, p.id, spec.key)}
        changes += [PictureDetached(image_id, now) for image_id in gone if image_id not in moved_on]
        changes += [PictureReleased(image_id, now) for image_id in plan.released]
        retired = _retired(session, spec, plan, placed, now)
        session.retired.extend(retired)
        session.use(GateName.REPLACE, spec.key, len({url.path for url in retired}))
        changes += [UrlRetired(url) for url in retired]
    if changes:
        session.store.record(*changes)


def _claimed_elsewhere(session: Session, image_id: str, key: str) -> bool:
    """Whether another album takes this picture in this run: then its place is recorded there, not given up here."""
    return session.claims.get(image_id, key) != key


def _retired(
    session: Session, spec: AlbumSpec, plan: AlbumPlan, placed: set[str], now: float
) -> tuple[RetiredUrl, ...]:
    """Old and new addresses of finished replacements."""
    by_path = {p.path: p.id for p in session.store.pictures(spec.key) if p.id in placed}
    by_path.update((path, image_id) for path, image_id in plan.pairs if image_id in placed)  # not recorded there yet
    urls: list[RetiredUrl] = []
    for path, old_id in plan.replaced:
        old, new = session.store.picture(old_id), session.store.picture(by_path.get(path, ""))
        if old is not None and new is not None and old_id not in placed:
            urls.append(RetiredUrl(spec.key, path, old_id, new.id, old.link, new.link, now))
    return tuple(urls)


def _refused(session: Session, plan: AlbumPlan, step: EditAlbum, failure: NotSent | Refused) -> Task[None]:
    if refused_for_good(failure):
        session.refuse(plan, *(s for s in plan.steps if isinstance(s, EditAlbum) and s.narrows == step.narrows))
    yield from give_up(session, failure)
    if failure.problem.kind not in (ProblemKind.BUDGET, ProblemKind.RATE):
        session.tally(step.album).problems.append(f"the album could not be edited: {failure.problem.detail}")
    session.emit(StepFailed(step.album, step, failure.problem))
