"""Settling what is in doubt: readings decide what became of requests whose outcome nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import assert_never

from imgur_sync.errors import ImgurSyncError, TryAgainLaterError
from imgur_sync.executor.agreeing import agreed_by
from imgur_sync.executor.begun import adopt_made
from imgur_sync.executor.brought import brought_in
from imgur_sync.executor.ends import error_of
from imgur_sync.executor.in_albums import give_up_creations, settle_in_albums
from imgur_sync.executor.missing import ONCE_MORE, is_missing, surely
from imgur_sync.executor.observe import list_album
from imgur_sync.executor.removing import settle_removal
from imgur_sync.executor.session import Session
from imgur_sync.executor.settled import doubted_anew, due
from imgur_sync.executor.tasks import Task
from imgur_sync.executor.texting import settle_texts
from imgur_sync.executor.twins import adopted_markers, remove_album_twin, remove_twin
from imgur_sync.model.change import (
    AlbumMade,
    Change,
    FileFailed,
    IntentEnded,
    PictureAdopted,
    PictureDeleted,
    WishIgnored,
)
from imgur_sync.model.event import UploadFound
from imgur_sync.model.outcome import Done, Problem, ProblemKind
from imgur_sync.model.plan import GateName
from imgur_sync.model.remote import AlbumHeader, RemotePicture
from imgur_sync.model.synced import FailedFile, Intent, IntentKind, IntentStatus
from imgur_sync.planner.confirm import EditWish, ignored_fields
from imgur_sync.planner.marker import album_marker
from imgur_sync.planner.recognised import adopted_picture
from imgur_sync.planner.settle import (
    MAX_SENDS,
    Absent,
    Early,
    Forgotten,
    Found,
    Twin,
    Verdict,
    settle_creation,
    settle_uploads,
)

SLACK_SECONDS = 900.0
"""How much older than the oldest intent a reading goes, for clocks that disagree."""


def settle_all(session: Session) -> Task[None]:
    """Settle every open intent as far as readings allow now. A run that may write also looks for late twins.

    An intent that a kill left open starts its time to settle now, at first sight.
    """
    store = session.store
    doubted_anew(session, store.intents(IntentStatus.OPEN, IntentStatus.SUSPECT))
    intents = store.intents(IntentStatus.OPEN)
    # One reading of a run for late twins is enough: what it does not show, a later apply sees.
    looks = session.writer is not None and not session.twins_looked_for
    # Without names, what is new in an album may also be a suspect's: then nobody knows whose it is.
    mixed = {i.album for i in intents if i.kind is IntentKind.UPLOAD} if session.anonymous else set()
    suspects = [i for i in store.intents(IntentStatus.SUSPECT) if looks or i.album in mixed]
    session.twins_looked_for = True
    uploads = [i for i in (*intents, *suspects) if i.kind is IntentKind.UPLOAD]
    if uploads and session.anonymous:
        for verdict in (yield from settle_in_albums(session, uploads)):
            yield from _carry_out(session, verdict)
    elif uploads:
        yield from _settle_uploads(session, uploads)
    creations = [intent for intent in intents if intent.kind is IntentKind.CREATE_ALBUM]
    if session.anonymous:
        give_up_creations(session, creations)
    elif creations and session.headers is not None:
        yield from _settle_creations(session, creations)
    yield from adopt_made(session)
    yield from _settle_due(session, intents)
    if session.writer is not None:
        yield from _empty_twins(session)


def _settle_due(session: Session, intents: Sequence[Intent]) -> Task[None]:
    """Edits and deletions whose time to settle is over."""
    texts: list[Intent] = []
    for intent in intents:
        if not due(session, intent):
            continue
        if intent.kind is IntentKind.EDIT_ALBUM:
            yield from _settle_edit(session, intent)
        elif intent.kind is IntentKind.DELETE_ALBUM:
            yield from settle_removal(session, intent)
        elif intent.kind is IntentKind.EDIT_IMAGE:
            texts.append(intent)
        elif intent.kind is IntentKind.DELETE_IMAGE:
            yield from _settle_deletion(session, intent)
    if texts:
        yield from settle_texts(session, texts)


def _settle_uploads(session: Session, intents: Sequence[Intent]) -> Task[None]:
    """One reading of the account's pictures settles all uploads of all albums."""
    read_at = session.clock.now()
    seen = yield from _recent(session, min(intent.made_at for intent in intents) - SLACK_SECONDS)
    if seen is None:
        return
    store, intents, read_at = session.store, doubted_anew(session, intents), min(read_at, session.clock.now())
    known = store.known(picture.id for picture in seen)
    adopted = adopted_markers(session, {intent.marker for intent in intents})
    verdicts = settle_uploads(intents, seen, known, adopted, read_at, session.settle_seconds)
    for verdict in verdicts:
        yield from _carry_out(session, verdict)


def _carry_out(session: Session, verdict: Verdict) -> Task[None]:
    """What follows from a verdict on an upload."""
    store = session.store
    match verdict:
        case Found():
            store.record(PictureAdopted(adopted_picture(verdict.intent, verdict.picture), verdict.intent.number))
            session.resendable.pop(verdict.intent.number, None)
            session.use(GateName.RESTORE, verdict.intent.album, verdict.intent.restores)
            session.emit(UploadFound(verdict.intent.album, verdict.intent.path, verdict.picture.link))
        case Absent():
            _absent(session, verdict.intent)
        case Twin():
            if session.writer is not None:
                yield from remove_twin(session, verdict.intent, verdict.picture)
        case Forgotten():
            store.record(IntentEnded(verdict.intent.number, IntentStatus.CLOSED, session.clock.now()))
        case Early():
            pass
        case _:
            assert_never(verdict)


def _absent(session: Session, intent: Intent) -> None:
    """An upload that did not happen: it may be sent again, three times in all, and not twice in one run."""
    now = session.clock.now()
    if intent.sends >= MAX_SENDS:
        reason = f"sent {intent.sends} times and never seen on Imgur"
        failed = FailedFile(intent.album, intent.path, intent.digest, reason, now)
        session.store.record(FileFailed(failed), IntentEnded(intent.number, IntentStatus.SUSPECT, now))
    elif intent.number not in session.resent:
        session.resendable[intent.number] = intent


def _recent(session: Session, since: float) -> Task[tuple[RemotePicture, ...] | None]:
    """The account's pictures, newest first, back to `since`; None when a page could not be had."""
    reader = session.reader()
    found: dict[str, RemotePicture] = {}
    page = 0
    while True:
        outcome = yield from session.read(partial(reader.images, page))
        if not isinstance(outcome, Done):
            return None
        fresh = [picture for picture in outcome.value if picture.id not in found]
        found.update((picture.id, picture) for picture in fresh)
        if not fresh or min(picture.made_at for picture in fresh) < since:
            return tuple(found.values())
        page += 1


def _settle_creations(session: Session, intents: Sequence[Intent]) -> Task[None]:
    """Albums whose creation is in doubt are found by the marker in their description."""
    try:
        yield from read_headers_fully(session)
    except TryAgainLaterError:
        return  # what was not read to its end proves nothing
    headers, intents = tuple((session.headers or {}).values()), doubted_anew(session, intents)
    known = frozenset(album.id for album in session.store.albums())
    for intent in intents:
        now = session.clock.now()
        found, twins, until = settle_creation(intent, headers, known, now, session.settle_seconds)
        if found is not None:
            spec = session.manifest.album(intent.album)
            made = AlbumMade(intent.album, found.id, found.deletehash, spec.folder if spec else "", intent.made_at)
            session.store.record(made, IntentEnded(intent.number, IntentStatus.CLOSED, now))
            for twin in twins if session.writer is not None else ():
                yield from remove_album_twin(session, intent.album, twin.id)
        elif until is None:
            session.store.record(IntentEnded(intent.number, IntentStatus.CLOSED, now))


def incomplete(problem: Problem) -> ImgurSyncError:
    """What stops a reading that must be whole."""
    if problem.kind in (ProblemKind.NETWORK, ProblemKind.TIMEOUT, ProblemKind.TLS):
        return error_of(problem)
    return TryAgainLaterError(f"Imgur's list could not be read to its end: {problem.detail}", hint="try again later")


def read_headers_fully(session: Session) -> Task[None]:
    """All pages of the account's albums, also past the last of ours. Raises `TryAgainLaterError` on a gap."""
    reader = session.reader()
    headers: dict[str, AlbumHeader] = {}
    page = 0
    while True:
        outcome = yield from session.read(partial(reader.albums, page))
        if not isinstance(outcome, Done):
            raise incomplete(outcome.problem)
        fresh = {header.id: header for header in outcome.value}
        if fresh.keys() <= headers.keys():
            break
        headers.update(fresh)
        page += 1
    session.headers = headers


def _empty_twins(session: Session) -> Task[None]:
    """Empty albums that carry the marker of an album which we have under another id: late twins of a creation.

    Only where this state made that album itself: one that was lost may have used the other one until a moment ago, and
    Imgur's lists show that late.
    """
    ours = {album.id for album in session.store.albums()}
    markers = {album_marker(session.store.lineage, album.key): album.key for album in session.store.albums()}
    for move in session.manifest.moved:
        markers.setdefault(album_marker(session.store.lineage, move.source), move.target)
    empty = [h for h in (session.headers or {}).values() if h.count == 0 and h.id not in ours]
    twins = [(markers[h.description], h.id) for h in empty if h.description in markers]
    every = session.store.intents(*IntentStatus) if twins else ()
    made = {intent.album for intent in every if intent.kind is IntentKind.CREATE_ALBUM}
    for key, album_id in twins:
        if key in made:
            yield from remove_album_twin(session, key, album_id)


def _settle_edit(session: Session, intent: Intent) -> Task[None]:
    """After the time to settle, one reading shows what became of an edit; the plan that follows does the rest.

    What a reading shows exactly as before was not honoured.
    """
    now = session.clock.now()
    synced = session.store.album(intent.album)
    changes: list[Change] = [IntentEnded(intent.number, IntentStatus.CLOSED, now)]
    if synced is not None and not synced.gone:
        seen = yield from list_album(session, synced)
        if seen.flaw or not due(session, intent):
            return
        if seen.listing is not None and intent.wish:
            wish = EditWish.parse(intent.wish)
            marks = {mark.field: mark for mark in synced.not_honoured}
            for field, value, before in ignored_fields(wish, seen.listing):
                old = marks.get(field)
                attempts = old.attempts + 1 if old is not None and old.wish == value else 1
                changes.append(WishIgnored(intent.album, field, value, before, attempts, now))
            changes.extend(wish.confirmed(intent.album, seen.listing, now))
            changes.extend(wish.untold(intent.album, seen.listing, now))
            changes.extend(agreed_by(session, intent.album, wish, seen.listing))
            changes.extend(wish.refuted(synced, seen.listing, now))
            changes.extend(brought_in(session, intent.album, wish, seen.listing))
        elif seen.listing is not None:  # part of an edit, in pieces
            changes.extend(agreed_by(session, intent.album, None, seen.listing))
    session.store.record(*changes)


def _settle_deletion(session: Session, intent: Intent) -> Task[None]:
    """After the time to settle, a GET shows whether the picture is gone."""
    reader = session.reader()
    outcome = yield from surely(session, lambda: reader.image(intent.target), ONCE_MORE)
    if not due(session, intent):
        return
    now = session.clock.now()
    ended = IntentEnded(intent.number, IntentStatus.CLOSED, now)
    if isinstance(outcome, Done):
        session.store.record(ended)
    elif is_missing(outcome):
        # A twin that was to be removed was never a picture of the state.
        deleted = (PictureDeleted(intent.target, now),) if session.store.picture(intent.target) is not None else ()
        session.store.record(*deleted, ended)
