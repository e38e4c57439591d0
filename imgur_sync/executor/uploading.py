"""One upload: read, reserve, record, send, record."""

from __future__ import annotations

from collections.abc import Sequence

from imgur_sync.errors import BudgetError, FileChangedError
from imgur_sync.executor.observe import list_album
from imgur_sync.executor.planning import first_notes
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Do, Fork, Take, Task
from imgur_sync.executor.twins import adopted_markers
from imgur_sync.executor.writing import AlbumStop, give_up, refused_for_good, reserve, send_recorded, waits_for
from imgur_sync.model.budget import UPLOAD_COST, Reservation
from imgur_sync.model.change import Change, FileFailed, IntentDoubted, IntentEnded, IntentResent, PictureAdopted
from imgur_sync.model.event import InDoubt, UploadDone, UploadFailed, UploadStarted, Warned
from imgur_sync.model.local import Content, LocalFile, Presence
from imgur_sync.model.outcome import Done, NotSent, Problem, ProblemKind, Refused, Unknown
from imgur_sync.model.plan import GateName
from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.step import Upload, UploadReason
from imgur_sync.model.synced import FailedFile, Intent, IntentKind, IntentStatus, SyncedPicture
from imgur_sync.planner.marker import upload_name
from imgur_sync.planner.text_wish import TextWish, uploaded

TRIES = 3
FINAL = (ProblemKind.BAD_TYPE, ProblemKind.TOO_LARGE)
"""Refusals of the file itself: it is not tried again until it changes."""
PLAIN = (ProblemKind.BAD_REQUEST, ProblemKind.NOT_FOUND)
"""Refusals that name neither a limit nor an owner: the file's too, if the album lives."""
IN_A_ROW = 3
"""After so many plain refusals with no upload between them it is the album that takes nothing in this run."""


def upload_all(
    session: Session, spec: AlbumSpec, steps: Sequence[Upload], album_id: str, made: dict[str, str]
) -> Task[None]:
    """Upload several files into the album. Without an account one at a time, and none behind one in doubt, until a
    listing has shown that names can be read: else two lost answers could not be told apart."""
    waiting = list(steps)
    if session.anonymous:
        _prepare_anonymous(session, album_id)
    while waiting and session.anonymous and not session.unowned.names_shown:
        yield from upload(session, spec, waiting.pop(0), album_id, made)
        open_intents = session.store.intents(IntentStatus.OPEN)
        if any(i.kind is IntentKind.UPLOAD and i.album == spec.key and i.failed_at is not None for i in open_intents):
            return
    session.listings.pop(album_id, None)
    yield Fork(tuple(upload(session, spec, step, album_id, made) for step in waiting))


def _prepare_anonymous(session: Session, album_id: str) -> None:
    """Say once what the state is from now on, and note what the album shows that is not ours."""
    for note in first_notes(session) if not session.unowned.key_told else ():
        session.emit(Warned(note))
    session.unowned.key_told = True
    listing = session.listings.get(album_id) or session.ports.cache.listing(album_id)
    ids = listing.ids if listing is not None else ()
    session.unowned.strangers[album_id] = tuple(sorted(set(ids) - session.store.known(ids)))


def upload(session: Session, spec: AlbumSpec, step: Upload, album_id: str, made: dict[str, str]) -> Task[None]:
    """Upload one file into the album; `made` gets its id by path. Every failure is recorded and told, none raised."""
    yield Take(step.size)
    try:
        content = None if step.album in session.shut else (yield from _content(session, spec, step))
        if content is None:
            return
        for _ in range(TRIES):
            again = yield from _attempt(session, step, content, album_id, made)
            if not again:
                return
    except AlbumStop:
        return
    finally:
        session.scheduler.give(step.size)


def _content(session: Session, spec: AlbumSpec, step: Upload) -> Task[Content | None]:
    """The bytes, or None when the file is not what was planned: its album is planned again."""
    file = LocalFile(step.path, step.digest, step.size, 0, step.media_type, content=Presence.PRESENT)
    try:
        content: Content = yield Do(lambda: session.ports.local.read(spec, file))
    except FileChangedError as changed:
        detail = "it is gone" if changed.gone else "it changed after it was planned"
        problem = Problem(ProblemKind.UNEXPECTED, detail)
        session.emit(UploadFailed(step.album, step.path, problem, final=False))
        return None
    return content


def _attempt(session: Session, step: Upload, content: Content, album_id: str, made: dict[str, str]) -> Task[bool]:
    """One request. True when it was refused by a limit that has passed meanwhile."""
    reservation = yield from reserve(session, UPLOAD_COST)
    intent = _intent(session, step, content, album_id, reservation)
    session.emit(UploadStarted(step.album, step.path, step.size))
    what = f"the upload of {step.path}"
    texts = TextWish.parse(intent.wish).texts  # of an upload that is sent again: those that it was sent with before
    outcome = yield from send_recorded(
        session, intent, lambda writer: writer.upload(content, intent.marker, album_id, reservation, texts), what
    )
    if isinstance(outcome, Done):
        _adopt(session, step, content, intent, outcome.value, made)
        return False
    if isinstance(outcome, Unknown):
        return False
    again = yield from give_up(session, outcome, uploading=True)
    if not again:
        yield from _failed(session, step, outcome)
    return again


def _intent(session: Session, step: Upload, content: Content, album_id: str, reservation: Reservation) -> Intent:
    """The recorded intent of this request: a new one, or that of an upload in doubt that did not happen."""
    store, now = session.store, session.clock.now()
    earlier = next((i for i in session.resendable.values() if i.album == step.album and i.digest == step.digest), None)
    if earlier is not None:
        del session.resendable[earlier.number]
        session.resent.add(earlier.number)
        store.record(IntentResent(earlier.number, reservation.number, now))
        return next(i for i in store.intents(IntentStatus.OPEN) if i.number == earlier.number)
    lost = _lost(session, step)
    copy = lost.copy if lost is not None else store.highest_copy(step.album, step.digest) + 1
    name = upload_name(step.path, step.media_type, store.lineage, step.album, step.digest, copy)
    return store.open_intent(
        Intent(
            number=0,
            kind=IntentKind.UPLOAD,
            album=step.album,
            target=album_id,
            path=step.path,
            digest=step.digest,
            size=len(content.data),
            media_type=step.media_type,
            width=step.width,
            height=step.height,
            has_gps=step.has_gps,
            marker=lost.marker if lost is not None else name,
            copy=copy,
            reservation=reservation.number,
            made_at=now,
            restores=step.reason is UploadReason.RESTORES,
            wish=TextWish(step.title, step.description, strangers=session.unowned.strangers.get(album_id, ())).text(),
        )
    )


def _lost(session: Session, step: Upload) -> Intent | None:
    """An upload of this very content that was closed unseen: sent under its marker, so that the earlier one is known
    for a twin should it turn up after all. Never a marker that another upload is under way with: another file may have
    the same content."""
    suspects = session.store.intents(IntentStatus.SUSPECT)
    same = [i for i in suspects if i.kind is IntentKind.UPLOAD and (i.album, i.digest) == (step.album, step.digest)]
    if not same:
        return None
    taken = {intent.marker for intent in session.store.intents(IntentStatus.OPEN)}
    taken |= adopted_markers(session, {intent.marker for intent in same}).keys()
    return next((intent for intent in same if intent.marker not in taken), None)


def _adopt(
    session: Session, step: Upload, content: Content, intent: Intent, picture: RemotePicture, made: dict[str, str]
) -> None:
    """Record the picture before anything else happens. An id held before proves nothing: the intent stays open."""
    store, now = session.store, session.clock.now()
    if store.known((picture.id,)):
        problem = Problem(ProblemKind.UNEXPECTED, "Imgur answered with the id of another picture")
        store.record(IntentDoubted(intent.number, now))
        session.emit(InDoubt(step.album, f"the upload of {step.path}", problem, now + session.settle_seconds))
        return
    adopted = SyncedPicture(
        id=picture.id,
        album=step.album,
        path=step.path,
        digest=step.digest,
        sent_digest=content.sent_digest,
        marker=intent.marker,
        media_type=step.media_type,
        size=len(content.data),
        width=step.width,
        height=step.height,
        link=picture.link,
        made_at=picture.made_at or now,
        placed_at=now,
        has_gps=step.has_gps,
        restored=step.reason is UploadReason.RESTORES,
        deletehash=picture.deletehash,
    )
    adopted = uploaded(adopted, TextWish.parse(intent.wish), picture, now)
    changes: list[Change] = [PictureAdopted(adopted, intent.number)]
    if intent.sends > 1:
        # An earlier sending may still turn up: it is looked for until a day has passed.
        changes.append(IntentEnded(intent.number, IntentStatus.SUSPECT, now))
    store.record(*changes)
    made[step.path] = picture.id
    _counted(session, step, adopted)
    session.emit(UploadDone(step.album, step.path, step.size, picture.link))


def _counted(session: Session, step: Upload, adopted: SyncedPicture) -> None:
    """What the run has done by this upload."""
    session.refused_in_a_row[step.album] = 0
    session.use(GateName.RESTORE, step.album, adopted.restored)
    tally = session.tally(step.album)
    tally.uploaded += 1
    session.uploaded_bytes += adopted.size


def _failed(session: Session, step: Upload, outcome: NotSent | Refused) -> Task[None]:
    """A refusal: told, and not tried again in this run; where the file itself was refused, not until it changes."""
    problem = outcome.problem
    limited = problem.kind in (ProblemKind.BUDGET, ProblemKind.RATE) or waits_for(session, problem)
    refused = isinstance(outcome, Refused)
    failed = FailedFile(step.album, step.path, step.digest, problem.detail, session.clock.now())
    if refused_for_good(outcome):
        session.refused_files.append(failed)
    final = refused and problem.kind in FINAL
    if refused and problem.kind in PLAIN:
        session.refused_in_a_row[step.album] += 1
        final = yield from _album_lives(session, step.album)
        if not final or session.refused_in_a_row[step.album] >= IN_A_ROW:
            session.shut.add(step.album)
    elif refused and problem.kind is ProblemKind.FORBIDDEN:
        session.shut.add(step.album)  # it is the album that takes nothing
    if final:
        session.store.record(FileFailed(failed))
        session.refused_files.remove(failed)
    if not limited:
        session.tally(step.album).failed += 1
    session.emit(UploadFailed(step.album, step.path, problem, final))


def _album_lives(session: Session, key: str) -> Task[bool]:
    """Whether one reading shows the album: only then a plain refusal is one of the file. Not known is no."""
    synced = session.store.album(key)
    if synced is None:
        return False
    try:
        seen = yield from list_album(session, synced)
    except BudgetError:
        return False
    session.listings.pop(synced.id, None)  # uploads under way are not in it
    return seen.listing is not None
