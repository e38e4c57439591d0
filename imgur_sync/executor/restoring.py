"""Putting detached pictures back into their album: the same picture under the same link, for one write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from imgur_sync.executor.observe import list_album
from imgur_sync.executor.probing import probe
from imgur_sync.executor.reading_back import POLLS
from imgur_sync.executor.session import Session
from imgur_sync.executor.settling import settle_all
from imgur_sync.executor.tasks import Pause, Task
from imgur_sync.executor.writing import AlbumStop, give_up, write
from imgur_sync.model.budget import CALL_COST, POST_COST, Reservation
from imgur_sync.model.change import IntentDoubted, IntentEnded, PictureDetached, PictureGone, PictureReattached
from imgur_sync.model.event import InDoubt
from imgur_sync.model.outcome import Done, Outcome, Problem, ProblemKind, Unknown
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.remote import AlbumChanges, RemoteAlbum
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus, Standing, SyncedAlbum, SyncedPicture
from imgur_sync.planner.confirm import EditWish
from imgur_sync.planner.target import order_wish


@dataclass(slots=True)
class Outing:
    """What became of the pictures that a command was asked to act on. `problems` are sentences."""

    done: list[SyncedPicture] = field(default_factory=list)
    gone: list[SyncedPicture] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def restore(session: Session, key: str, pictures: Sequence[SyncedPicture], outing: Outing) -> Task[None]:
    """Put pictures that stand detached back into the album `key`, behind ours and before foreign ones.

    They stay there, not managed, until a file with their content comes back. Each is proven alive by a GET first.
    """
    if session.store.intents(IntentStatus.OPEN):
        yield from settle_all(session)
    synced = session.store.album(key)
    if synced is None or synced.gone:
        outing.problems.append(f"the album {key} is gone from Imgur: run apply first, it makes it anew")
        return
    if any(intent.album == key for intent in session.store.intents(IntentStatus.OPEN)):
        outing.problems.append(f"a request to the album {key} is in doubt: run apply first, it finds out what happened")
        return
    alive = yield from _alive(session, with_key(session, pictures, outing), outing)
    if not alive:
        return
    try:
        yield from _attach(session, synced, alive, outing)
    except AlbumStop:
        outing.problems.append(f"a limit is used up: {len(alive)} not put back; see: imgur-sync credits")


def with_key(session: Session, pictures: Sequence[SyncedPicture], outing: Outing) -> list[SyncedPicture]:
    """Those that can be put anywhere or deleted: without an account that takes their deletehash."""
    lost = {p.id for p in pictures if session.anonymous and p.deletehash is None}
    outing.problems += [
        f"{p.path}: its deletehash was lost; it stays as it is for ever" for p in pictures if p.id in lost
    ]
    return [picture for picture in pictures if picture.id not in lost]


def _alive(session: Session, pictures: Sequence[SyncedPicture], outing: Outing) -> Task[list[SyncedPicture]]:
    """Those that Imgur still has; the others are recorded as gone."""
    probed = yield from probe(session, [picture.id for picture in pictures])
    now = session.clock.now()
    outing.gone = [picture for picture in pictures if picture.id in probed.gone]
    if outing.gone:
        session.store.record(*(PictureGone(picture.id, now) for picture in outing.gone))
    unknown = [picture for picture in pictures if picture.id not in probed.gone | probed.alive]
    outing.problems += [f"{picture.path}: Imgur did not say whether it still has it; try later" for picture in unknown]
    return [picture for picture in pictures if picture.id in probed.alive]


def _attach(session: Session, synced: SyncedAlbum, pictures: list[SyncedPicture], outing: Outing) -> Task[None]:
    """One write, read back. What is in doubt afterwards is settled by the next run."""
    seen = yield from list_album(session, synced)
    if seen.listing is None or not seen.listing.complete:
        outing.problems.append(seen.flaw or f"Imgur's answer about the album {synced.key} is not whole; try later")
        return
    now = session.clock.now()
    back = [PictureReattached(picture.id, now) for picture in pictures]
    missing = [picture.id for picture in pictures if picture.id not in seen.listing.ids]
    if not missing:
        session.store.record(*back)
        outing.done += pictures
        return
    intent, wish, outcome = yield from _send(session, synced, seen.listing, missing, back)
    if isinstance(outcome, Unknown):
        outing.problems.append("Imgur did not answer: the next apply finds out whether the pictures are back")
        return
    if not isinstance(outcome, Done):
        session.store.record(*(PictureDetached(picture.id, now) for picture in pictures))
        yield from give_up(session, outcome)
        outing.problems.append(f"not put back: {outcome.problem.detail}")
        return
    session.edited += 1
    yield from _read_back(session, synced, wish, intent)
    outing.done += pictures


def _send(
    session: Session,
    synced: SyncedAlbum,
    listing: RemoteAlbum,
    missing: list[str],
    back: list[PictureReattached],
) -> Task[tuple[Intent, EditWish, Outcome[None]]]:
    """The one write. Recorded before it is sent: shown, but taken for detached, the next edit would take the pictures
    out again."""
    wish = _wish(session, synced, listing, missing)
    draft = Intent(0, IntentKind.EDIT_ALBUM, synced.key, target=synced.id, wish=wish.text())
    appended = wish.ids == (*listing.ids, *missing)

    def send(writer: RemoteWriter, reservation: Reservation) -> Outcome[None]:
        if appended:
            return writer.add_images(synced.id, missing, reservation)
        return writer.edit_album(synced.id, AlbumChanges(ids=wish.ids), reservation)

    session.store.record(*back)
    try:
        cost = POST_COST if appended else CALL_COST
        intent, outcome = yield from write(session, draft, cost, send, "putting pictures back")
    except AlbumStop:
        session.store.record(*(PictureDetached(change.id, change.at) for change in back))
        raise
    return intent, wish, outcome


def _wish(session: Session, synced: SyncedAlbum, listing: RemoteAlbum, missing: list[str]) -> EditWish:
    """The album as it is, with the pictures behind the last one of ours; without an account at its end, for an edit
    of the whole could not name the pictures of others."""
    standings = (Standing.PLACED, Standing.UNMANAGED)
    ours = {picture.id for picture in session.store.pictures(synced.key) if picture.standing in standings}
    last = max((number for number, image_id in enumerate(listing.ids) if image_id in ours), default=-1)
    last = len(listing.ids) if session.anonymous else last
    ids = (*listing.ids[: last + 1], *missing, *listing.ids[last + 1 :])
    return EditWish(ids=ids, order=order_wish(ids), before_ids=listing.ids, before_cover=listing.header.cover or "")


def _read_back(session: Session, synced: SyncedAlbum, wish: EditWish, intent: Intent) -> Task[None]:
    """Close the intent when the album shows the pictures; else it is in doubt."""
    start = session.clock.monotonic()
    for offset in POLLS:
        if offset:
            yield Pause(start + offset)
        seen = yield from list_album(session, synced)
        if seen.listing is not None and seen.listing.complete and wish.shown_by(seen.listing):
            session.store.record(IntentEnded(intent.number, IntentStatus.CLOSED, session.clock.now()))
            session.ports.cache.keep_listing(seen.listing)
            return
    now = session.clock.now()
    session.store.record(IntentDoubted(intent.number, now))
    problem = Problem(ProblemKind.UNEXPECTED, "Imgur does not show the pictures yet")
    session.emit(InDoubt(synced.key, "putting pictures back", problem, now + session.settle_seconds))
