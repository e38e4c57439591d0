"""Running the plan of one album: create, narrow, uploads, one edit, deletions. Albums fail alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from imgur_sync.errors import BudgetError
from imgur_sync.executor.claiming import claim
from imgur_sync.executor.editing import edit
from imgur_sync.executor.reading_back import poll
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.executor.texting import confirm_texts, send_texts
from imgur_sync.executor.uploading import upload_all
from imgur_sync.executor.writing import AlbumStop, give_up, note_limit, refused_for_good, write
from imgur_sync.model.budget import CALL_COST, POST_COST, Cost, LimitName, Reservation
from imgur_sync.model.change import (
    AlbumMade,
    Change,
    IntentEnded,
    PictureDeleted,
    PictureDetached,
    PicturePlaced,
    PictureReleased,
    UrlRetired,
)
from imgur_sync.model.event import StepDone, StepFailed
from imgur_sync.model.outcome import Done, NotSent, Outcome, Refused, Unknown
from imgur_sync.model.plan import AlbumPlan, GateName, Placement
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.spec import AlbumSpec, Privacy
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, Step, Upload
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus, RetiredUrl, Standing
from imgur_sync.planner.cut import worth_now
from imgur_sync.planner.marker import album_marker

LOST_ALBUMS = 2
"""So many albums are made in vain in one run without an account; each that was made stays on Imgur."""


def run_album(session: Session, spec: AlbumSpec, plan: AlbumPlan) -> Task[None]:
    """Carry out one album's steps as far as possible. What is left over is planned again."""
    try:
        yield from _run(session, spec, plan)
    except AlbumStop:
        return
    except BudgetError as limit:
        note_limit(session, LimitName.HOUR, limit.resume_at)


def _run(session: Session, spec: AlbumSpec, plan: AlbumPlan) -> Task[None]:
    claim(session, spec)
    edits = [step for step in plan.steps if isinstance(step, EditAlbum)]
    membership = any(step.places is not None for step in edits)
    _record_known(session, plan, membership)
    made: dict[str, str] = {}
    if any(isinstance(step, CreateAlbum) for step in plan.steps):
        yield from _create(session, spec, plan)
    for step in edits:
        if step.narrows:
            yield from edit(session, spec, plan, step, made)
    uploads = [step for step in plan.steps if isinstance(step, Upload)]
    synced = session.store.album(spec.key)
    if uploads and synced is not None:
        yield from upload_all(session, spec, uploads, synced.id, made)
        session.listings.pop(synced.id, None)
    waiting = [deferred.step for deferred in plan.deferred if isinstance(deferred.step, Upload)]
    missing = {step.path for step in (*uploads, *waiting)} - made.keys()
    complete = not missing
    sent, kept = yield from send_texts(session, plan)
    try:
        yield from _edit_once(session, spec, plan, made, missing)
    except (AlbumStop, BudgetError):
        yield from confirm_texts(session, spec.key, sent, kept)
        raise
    yield from confirm_texts(session, spec.key, sent, kept)
    deletions = [step for step in plan.steps if isinstance(step, DeleteImage)]
    if deletions and complete:
        yield from _read_back(session, spec, bool(uploads) and not edits)
        yield from delete_pictures(session, spec.key, plan, deletions)


def _edit_once(
    session: Session, spec: AlbumSpec, plan: AlbumPlan, made: dict[str, str], missing: set[str]
) -> Task[None]:
    """The one edit behind the uploads, as far as it is worth it while some are missing; none while one is in doubt."""
    if _in_doubt(session, spec.key) or _given_too_early(session, plan):
        raise AlbumStop
    for step in plan.steps:
        if isinstance(step, EditAlbum) and not step.narrows:
            worth = step if not missing else worth_now(step, missing, filled=bool(made or plan.pairs))
            if worth is not None:
                yield from edit(session, spec, plan, worth, made)


def _record_known(session: Session, plan: AlbumPlan, membership: bool) -> None:
    """State only: what Imgur already shows. Places that the edit is to change are recorded when it is confirmed."""
    now = session.clock.now()
    changes: list[Change] = [PictureDetached(image_id, now) for image_id in plan.detachments]
    changes += [PictureReleased(image_id, now) for image_id in plan.released]
    session.use(GateName.PRUNE, plan.album, len(plan.detachments))
    retired = tuple(_replaced_unseen(session, plan, now))
    session.retired.extend(retired)
    session.use(GateName.REPLACE, plan.album, len(retired))
    changes += [UrlRetired(url) for url in retired]
    # A recognised picture has no path yet: it gets one at once, so that a new content of its file replaces it.
    known = [p for p in plan.placements if not membership or _is_pathless(session, p)]
    changes += [PicturePlaced(p.id, p.album, p.path, p.digest, now) for p in known]
    if changes:
        session.store.record(*changes)


def _is_pathless(session: Session, placement: Placement) -> bool:
    """Whether the picture stands in that album already, and nobody knows for which file."""
    picture = session.store.picture(placement.id)
    return (
        picture is not None
        and (picture.album, picture.path) == (placement.album, "")
        and picture.standing is Standing.PLACED
    )


def _replaced_unseen(session: Session, plan: AlbumPlan, now: float) -> Iterator[RetiredUrl]:
    """Old and new addresses of replacements whose edit happened although no run saw it confirmed."""
    by_path = dict(plan.pairs)
    for image_id in plan.detachments:
        old = session.store.picture(image_id)
        new = session.store.picture(by_path.get(old.path, "")) if old is not None and old.path else None
        if old is not None and new is not None and old.standing is Standing.PLACED and new.digest != old.digest:
            yield RetiredUrl(plan.album, old.path, old.id, new.id, old.link, new.link, now)


def _given_too_early(session: Session, plan: AlbumPlan) -> bool:
    """Whether a picture is to leave for an album that had its turn in this round and did not take it in."""
    for image_id in plan.leaving:
        taker = session.claims.get(image_id, plan.album)
        if taker != plan.album and taker in session.taken:
            picture = session.store.picture(image_id)
            if picture is not None and picture.album == plan.album:
                return True
    return False


def _in_doubt(session: Session, key: str) -> bool:
    """Whether an upload of this album has an unknown outcome: it is edited when that is settled."""
    open_uploads = session.store.intents(IntentStatus.OPEN)
    return any(
        i.album == key and i.kind is IntentKind.UPLOAD and i.number not in session.resendable for i in open_uploads
    )


def _create(session: Session, spec: AlbumSpec, plan: AlbumPlan) -> Task[None]:
    """Make the album, hidden, and read it back as hidden before anything goes in."""
    uploads = any(isinstance(step, Upload) for step in plan.steps)
    _affordable(session, Cost(13, 2, 1) if uploads else Cost(3, 1, 0))
    marker = album_marker(session.store.lineage, spec.key)
    step = CreateAlbum(spec.key, spec.title)
    if session.unowned.lost_albums[spec.key] >= LOST_ALBUMS:
        session.refuse(plan, step)
        session.tally(spec.key).problems.append("the answers to making the album were lost; run apply again later")
        raise AlbumStop
    draft = Intent(0, IntentKind.CREATE_ALBUM, spec.key, marker=marker)
    intent, outcome = yield from write(
        session,
        draft,
        POST_COST,
        lambda writer, reservation: writer.create_album(spec.title, marker, Privacy.HIDDEN, reservation),
        "the creation of the album",
    )
    if not isinstance(outcome, Done):
        yield from give_up(session, outcome)
        if refused_for_good(outcome):
            session.refuse(plan, step)
        if not isinstance(outcome, Unknown):
            session.tally(spec.key).problems.append(f"the album could not be made: {outcome.problem.detail}")
            session.emit(StepFailed(spec.key, step, outcome.problem))
        raise AlbumStop
    now = session.clock.now()
    if session.anonymous and outcome.value.deletehash is None:
        session.store.record(IntentEnded(intent.number, IntentStatus.CLOSED, now))
        session.refuse(plan, step)
        session.tally(spec.key).problems.append("Imgur made an album and did not say its deletehash: it is of no use")
        raise AlbumStop
    made = AlbumMade(spec.key, outcome.value.id, outcome.value.deletehash, spec.folder, now, title=spec.title)
    session.store.record(made, IntentEnded(intent.number, IntentStatus.CLOSED, now))
    listing = yield from poll(session, spec.key, lambda listing: not listing.header.public)
    if listing is None or listing.header.public:
        raise AlbumStop  # planned again: an album that is public after all is narrowed before anything goes in
    session.emit(StepDone(spec.key, step))


def _affordable(session: Session, least: Cost) -> None:
    """No album is made before one upload into it is affordable, or the edit that fills it with what is on Imgur."""
    assert session.ports.ledger is not None
    budget = session.ports.ledger.budget()
    for limit in budget.limits:
        need = {LimitName.POSTS: least.posts, LimitName.UPLOADS: least.uploads}.get(limit.name, least.credits)
        if limit.remaining is not None and limit.remaining < need:
            note_limit(session, limit.name, limit.resumes_at)
            raise AlbumStop


def _read_back(session: Session, spec: AlbumSpec, needed: bool) -> Task[None]:
    """Deletions come only after the uploads of this run were read back in the album."""
    if not needed:
        return
    placed = {p.id for p in session.store.pictures(spec.key) if p.standing is Standing.PLACED}
    listing = yield from poll(session, spec.key, lambda listing: placed <= set(listing.ids))
    if listing is None:
        raise AlbumStop


def delete_pictures(session: Session, key: str, plan: AlbumPlan, deletions: list[DeleteImage]) -> Task[None]:
    """Delete pictures whose files left, one by one; the first trouble ends it."""
    ids: dict[str, list[str]] = {}
    for path, image_id in plan.deleting:  # several can have been at one path
        ids.setdefault(path, []).append(image_id)
    for step in deletions:
        image_id = ids[step.path].pop(0)
        draft = Intent(0, IntentKind.DELETE_IMAGE, key, target=image_id, path=step.path, digest=step.digest)
        intent, outcome = yield from write(
            session,
            draft,
            CALL_COST,
            partial(_delete_image, image_id),
            f"the deletion of {step.path}",
        )
        if not isinstance(outcome, Done):
            yield from _deletion_failed(session, plan, step, outcome)
            raise AlbumStop
        now = session.clock.now()
        session.store.record(PictureDeleted(image_id, now), IntentEnded(intent.number, IntentStatus.CLOSED, now))
        session.listings.clear()
        session.deleted += 1
        session.use(GateName.PRUNE, key, 1)
        session.emit(StepDone(key, step))


def _delete_image(image_id: str, writer: RemoteWriter, reservation: Reservation) -> Outcome[None]:
    return writer.delete_image(image_id, reservation)


def _deletion_failed(session: Session, plan: AlbumPlan, step: Step, outcome: NotSent | Refused | Unknown) -> Task[None]:
    if not isinstance(outcome, Unknown):
        yield from give_up(session, outcome)
        if refused_for_good(outcome):
            session.refuse(plan, step)
        session.tally(step.album).problems.append(f"a picture could not be deleted: {outcome.problem.detail}")
        session.emit(StepFailed(step.album, step, outcome.problem))
