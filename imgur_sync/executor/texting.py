"""The texts of single pictures: sent as recorded edits, confirmed by a read-back of the album."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from imgur_sync.executor.missing import ONCE_MORE, is_missing, surely
from imgur_sync.executor.observe import list_album
from imgur_sync.executor.reading_back import poll
from imgur_sync.executor.session import Session
from imgur_sync.executor.settled import due
from imgur_sync.executor.tasks import Fork, RunStopped, Take, Task
from imgur_sync.executor.writing import AlbumStop, give_up, giving_back, refused_for_good, reserve, write
from imgur_sync.model.budget import CALL_COST, Reservation
from imgur_sync.model.change import Change, IntentDoubted, IntentEnded, TextIgnored
from imgur_sync.model.event import InDoubt, StepDone, StepFailed
from imgur_sync.model.outcome import Done, NotSent, Outcome, Problem, ProblemKind, Refused, Unknown
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.remote import RemoteAlbum, RemotePicture
from imgur_sync.model.step import EditImage
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus
from imgur_sync.planner.text_wish import TextWish, confirmed, judged

FOR_GOOD = 2
"""So many attempts in vain, and a text is not sent again until the wish changes."""


@dataclass(frozen=True, slots=True)
class SentTexts:
    """An edit that Imgur acknowledged and that no reading has shown yet."""

    intent: Intent
    step: EditImage
    wish: TextWish


def send_texts(session: Session, plan: AlbumPlan) -> Task[tuple[list[SentTexts], Reservation | None]]:
    """Send the edits of the pictures' texts, as many at once as uploads. Failures are recorded and told, not raised.

    One reading is reserved before, and returned with what was sent: edits that cannot be read back would stay in doubt.
    """
    steps = [step for step in plan.steps if isinstance(step, EditImage)]
    sent: list[SentTexts] = []
    if not steps:
        return sent, None
    try:
        kept = yield from reserve(session, CALL_COST)
    except AlbumStop:
        return sent, None
    ids: dict[str, str] = {}
    for path, image_id in plan.pairs:  # the first of a path is that of its file
        ids.setdefault(path, image_id)
    before = _shown(session, plan.album)
    session.listings.pop(_album_id(session, plan.album), None)  # a listing of before says nothing of these edits

    def one(step: EditImage) -> Task[None]:
        yield Take(0)
        try:
            yield from _send(session, plan, step, ids[step.path], before.get(ids[step.path]), sent)
        except AlbumStop:
            return
        finally:
            session.scheduler.give(0)

    try:
        yield Fork(tuple(one(step) for step in steps))
    except RunStopped:
        session.give_back(kept)
        raise
    return sent, kept


def _album_id(session: Session, key: str) -> str:
    synced = session.store.album(key)
    return synced.id if synced is not None else ""


def _shown(session: Session, key: str) -> dict[str, RemotePicture]:
    """The pictures of the album by id, as the last reading showed them."""
    album_id = _album_id(session, key)
    listing = session.listings.get(album_id) or session.ports.cache.listing(album_id)
    return {picture.id: picture for picture in listing.pictures} if listing is not None else {}


def _send(
    session: Session,
    plan: AlbumPlan,
    step: EditImage,
    image_id: str,
    shown: RemotePicture | None,
    sent: list[SentTexts],
) -> Task[None]:
    ours = session.store.picture(image_id)
    assert ours is not None, "only pictures of ours are edited"
    before = (shown.title, shown.description) if shown is not None else (ours.title or "", ours.description or "")
    wish = TextWish(step.title, step.description, *before)
    draft = Intent(
        0, IntentKind.EDIT_IMAGE, step.album, target=image_id, path=step.path, digest=step.digest, wish=wish.text()
    )
    what = f"the edit of {step.path}"
    intent, outcome = yield from write(session, draft, CALL_COST, partial(_edit_image, image_id, step), what)
    if isinstance(outcome, Done):
        sent.append(SentTexts(intent, step, wish))
    elif not isinstance(outcome, Unknown):
        yield from _refused(session, plan, step, outcome)


def _edit_image(image_id: str, step: EditImage, writer: RemoteWriter, reservation: Reservation) -> Outcome[None]:
    return writer.edit_image(image_id, step.title, step.description, reservation)


def _refused(session: Session, plan: AlbumPlan, step: EditImage, failure: NotSent | Refused) -> Task[None]:
    if refused_for_good(failure):
        session.refuse(plan, step)
    yield from give_up(session, failure)
    if failure.problem.kind not in (ProblemKind.BUDGET, ProblemKind.RATE):
        problem = f"the texts of {step.path} could not be changed: {failure.problem.detail}"
        session.tally(step.album).problems.append(problem)
    session.emit(StepFailed(step.album, step, failure.problem))


def confirm_texts(session: Session, key: str, sent: list[SentTexts], kept: Reservation | None) -> Task[None]:
    """Read back what was sent: from a listing read after it, or by polling. What is not shown is in doubt. `kept` was
    reserved for the first reading."""
    yield from giving_back(session, (kept,) if kept is not None else (), _confirm(session, key, sent, kept))


def _confirm(session: Session, key: str, sent: list[SentTexts], kept: Reservation | None) -> Task[None]:
    if not sent:
        return

    def shows(listing: RemoteAlbum) -> bool:
        return not _missing(listing, sent)

    listing = session.listings.get(_album_id(session, key))
    if listing is None or not shows(listing):
        yield from poll(session, key, shows, kept)
        listing = session.listings.get(_album_id(session, key))
    now = session.clock.now()
    late = sent if listing is None else _missing(listing, sent)
    done = [one for one in sent if one not in late]
    changes: list[Change] = [confirmed(one.intent.target, one.wish, now) for one in done]
    changes += [IntentEnded(one.intent.number, IntentStatus.CLOSED, now) for one in done]
    changes += [IntentDoubted(one.intent.number, now, replace(one.wish, answered=True).text()) for one in late]
    session.store.record(*changes)
    session.edited += len(done)
    for one in done:
        session.emit(StepDone(key, one.step))
    if late:
        problem = Problem(ProblemKind.UNEXPECTED, "Imgur does not show them yet")
        what = f"the texts of {late[0].step.path}" if len(late) == 1 else f"the texts of {len(late)} pictures"
        session.emit(InDoubt(key, what, problem, now + session.settle_seconds))


def _missing(listing: RemoteAlbum, sent: list[SentTexts]) -> list[SentTexts]:
    shown = {picture.id: picture for picture in listing.pictures}
    return [one for one in sent if one.intent.target not in shown or not one.wish.shown_by(shown[one.intent.target])]


def settle_texts(session: Session, intents: list[Intent]) -> Task[None]:
    """After the time to settle, a reading shows what became of edits; the plan that follows does the rest.

    One listing an album, and one GET for each picture that it does not show.
    """
    for key in dict.fromkeys(intent.album for intent in intents):
        synced = session.store.album(key)
        shown: dict[str, RemotePicture] = {}
        if synced is not None and not synced.gone:
            seen = yield from list_album(session, synced)
            shown = {picture.id: picture for picture in seen.listing.pictures} if seen.listing is not None else {}
        for intent in intents:
            if intent.album == key:
                yield from _settle(session, intent, shown.get(intent.target))


def _settle(session: Session, intent: Intent, picture: RemotePicture | None) -> Task[None]:
    reader = session.reader()
    gone = False
    if picture is None:
        outcome = yield from surely(session, lambda: reader.image(intent.target), ONCE_MORE)
        picture = outcome.value if isinstance(outcome, Done) else None
        gone = is_missing(outcome)
    if (picture is None and not gone) or not due(session, intent):
        return
    now, ours = session.clock.now(), session.store.picture(intent.target)
    changes: list[Change] = [IntentEnded(intent.number, IntentStatus.CLOSED, now)]
    if ours is not None and picture is not None:
        changes.extend(judged(ours, TextWish.parse(intent.wish), picture, now))
    session.store.record(*changes)


def remember_lost_texts(session: Session, plan: Plan) -> None:
    """Record what this run tells of texts that nobody can change: as if Imgur had ignored them for good, so that later
    runs leave them until the wish changes, and are not called partial for them."""
    now = session.clock.now()
    lost = [text for album in plan.albums for text in album.lost_texts if not text.told]
    if lost:
        session.store.record(*(TextIgnored(text.id, text.field, text.wish, text.shown, FOR_GOOD, now) for text in lost))
