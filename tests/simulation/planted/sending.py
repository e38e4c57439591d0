"""Mistakes around a request that writes: when it is recorded, paid for, sent again and believed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from imgur_sync.executor import album_run, reading_back, uploading, writing
from imgur_sync.executor.observe import list_album
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Do, Task
from imgur_sync.imgur.transport import Transport
from imgur_sync.model.budget import UPLOAD_COST, Charge, Cost, Denied, Reservation
from imgur_sync.model.event import UploadStarted
from imgur_sync.model.local import Content
from imgur_sync.model.outcome import Done, Refused, Unknown
from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.step import DeleteImage, Upload
from imgur_sync.model.synced import Intent, IntentStatus
from imgur_sync.planner import settle
from imgur_sync.planner.text_wish import TextWish
from imgur_sync.state import ledger
from imgur_sync.state.ledger import SqliteLedger
from tests.simulation.planted.needing import either, fault, holding, setup
from tests.simulation.planted.patching import Besides, Bug, everywhere, methods, together


def blind_retry() -> AbstractContextManager[Any]:
    """The transport tries a write again, as HTTP libraries offer to do."""
    attempt = Transport._attempt

    def twice(self: Transport, call: Any, read: Any, authorization: str | None, reservation: Any) -> Any:
        outcome, refused = attempt(self, call, read, authorization, reservation)
        if isinstance(outcome, Unknown) and call.method != "GET":
            return attempt(self, call, read, authorization, None)
        return outcome, refused

    return methods(Transport, _attempt=twice)


def intent_after_send() -> AbstractContextManager[Any]:
    """The request goes out first; then it is written down."""

    def attempt(session: Session, step: Upload, content: Content, album_id: str, made: dict[str, str]) -> Task[bool]:
        reservation = yield from writing.reserve(session, UPLOAD_COST)
        unwritten = Besides(session.store, {"open_intent": lambda intent: intent, "record": lambda *changes: None})
        draft = uploading._intent(Besides(session, {"store": unwritten}), step, content, album_id, reservation)
        session.emit(UploadStarted(step.album, step.path, step.size))
        texts, writer = TextWish.parse(draft.wish).texts, session.writer
        assert writer is not None
        answer: Any = yield Do(lambda: writer.upload(content, draft.marker, album_id, reservation, texts))
        intent = draft if draft.number else session.store.open_intent(draft)
        outcome = yield from writing.send_recorded(session, intent, lambda _: answer, f"the upload of {step.path}")
        if isinstance(outcome, Done):
            uploading._adopt(session, step, content, intent, outcome.value, made)
        if isinstance(outcome, Done | Unknown):
            return False
        again = yield from writing.give_up(session, outcome, uploading=True)
        if not again:
            yield from uploading._failed(session, step, outcome)
        return again

    def write(session: Session, draft: Intent, cost: Cost, send: Callable[..., Any], what: str) -> Task[Any]:
        reservation = yield from writing.reserve(session, cost)
        answer: Any = yield Do(lambda: send(session.writer, reservation))
        wanted = replace(draft, reservation=reservation.number, made_at=session.clock.now())
        intent = session.store.open_intent(wanted)
        outcome = yield from writing.send_recorded(session, intent, lambda _: answer, what)
        return intent, outcome

    return together(everywhere(uploading._attempt, attempt), everywhere(writing.write, write))


def probe_without_wait() -> AbstractContextManager[Any]:
    """What the first reading does not show counts as not sent."""
    unseen = settle.unseen

    def at_once(intent: Intent, read_at: float, settle_seconds: float) -> Any:
        verdict = unseen(intent, read_at, settle_seconds)
        early = isinstance(verdict, settle.Early) and intent.status is IntentStatus.OPEN
        return settle.Absent(intent) if early else verdict

    return everywhere(unseen, at_once)


def charge_after_send() -> AbstractContextManager[Any]:
    """The ledger looks whether there is room, and takes the charge down when the answer is there."""
    settle_it = SqliteLedger.settle

    def reserve(self: SqliteLedger, cost: Cost, instead: Reservation | None = None) -> Reservation | Denied:
        if instead is not None:
            self.settle(instead, Charge.RETURNED)
        with self._writing() as connection:
            now = self._now()
            self._tidy(connection, now)
            denied = self._denied(connection, cost, now)
            if denied is not None:
                return denied
            number = ledger._tick(connection)
            self._own[number] = cost.credits
            self._spent += cost.credits
        return Reservation(number, cost)

    def settle_late(self: SqliteLedger, reservation: Reservation, charge: Charge) -> None:
        if charge is Charge.SPENT:
            cost = reservation.cost
            with self._writing() as connection:
                row = (reservation.number, *self._scope.key, cost.credits, cost.posts, cost.uploads, self._now())
                connection.execute("INSERT OR IGNORE INTO charge VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)", row)
        settle_it(self, reservation, charge)

    return methods(SqliteLedger, reserve=reserve, settle=settle_late)


def ignore_reservation_on_crash() -> AbstractContextManager[Any]:
    """What a run that died had reserved is given back by the next one."""
    begin = SqliteLedger.__init__

    def clean(self: SqliteLedger, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        with self._writing() as connection:
            connection.execute("DELETE FROM charge WHERE settled IS NULL")

    return methods(SqliteLedger, __init__=clean)


def skip_read_back() -> AbstractContextManager[Any]:
    """After a write the album is listed, and nobody compares."""

    def poll(session: Session, key: str, shows: Any, kept: Reservation | None = None) -> Task[RemoteAlbum | None]:
        synced = session.store.album(key)
        assert synced is not None
        session.listings.pop(synced.id, None)
        seen = yield from list_album(session, synced, kept)
        listing = seen.listing
        return replace(listing, header=replace(listing.header, public=False)) if listing is not None else None

    return everywhere(reading_back.poll, poll)


def delete_before_upload() -> AbstractContextManager[Any]:
    """Room is made first."""
    run = album_run._run

    def turned_round(session: Session, spec: AlbumSpec, plan: AlbumPlan) -> Task[None]:
        deletions = [step for step in plan.steps if isinstance(step, DeleteImage)]
        if deletions:
            yield from album_run.delete_pictures(session, spec.key, plan, deletions)
        rest = tuple(step for step in plan.steps if not isinstance(step, DeleteImage))
        yield from run(session, spec, replace(plan, steps=rest))

    return everywhere(run, turned_round)


def retry_400() -> AbstractContextManager[Any]:
    """A 400 counts as a hiccup."""
    give_up = writing.give_up

    def again(session: Session, failure: Any, *, uploading: bool = False) -> Task[bool]:
        if uploading and isinstance(failure, Refused) and failure.problem.status == 400:
            return True
        return (yield from give_up(session, failure, uploading=uploading))

    return everywhere(give_up, again)


BUGS = (
    Bug("blind retry", "a write whose outcome is unknown is sent again at once", blind_retry),
    Bug("intent after send", "a request is written down when it was sent", intent_after_send, holding("kill")),
    Bug("probe without wait", "what one reading does not show is sent again at once", probe_without_wait),
    Bug("charge after send", "a request is paid for when its answer is there", charge_after_send, holding("kill")),
    Bug(
        "ignore reservation on crash",
        "what a dead run reserved counts as not spent",
        ignore_reservation_on_crash,
        holding("kill"),
    ),
    Bug(
        "skip read-back",
        "a write is believed without looking",
        skip_read_back,
        either(fault("privacy-ignored", "stale", "upload-outside", "add-ignored"), setup("lag")),
    ),
    Bug("delete before upload", "deletions go before the uploads", delete_before_upload, holding("prune", "delete")),
    Bug("retry 400", "a definite refusal is tried again", retry_400, fault("forbidden-")),
)
