"""Probing: single GETs that tell whether pictures live. Only a 404 by id proves that one is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from imgur_sync.executor.settled import settled
from imgur_sync.executor.tasks import Fork, Pause, Task
from imgur_sync.model.outcome import Done, ProblemKind, Refused
from imgur_sync.model.plan import Gone
from imgur_sync.model.spec import AlbumSpec, OnRemoteDelete, Prune
from imgur_sync.model.synced import Standing, SyncedAlbum, SyncedPicture
from imgur_sync.planner.marker import SHORT

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.local import LocalAlbum
    from imgur_sync.model.remote import RemoteAlbum

MANY = 5
"""From this many pictures on, the account's list is read before single pictures are asked for."""
LOOKS: tuple[float, ...] = (0.0, 1.0)
"""Seconds before each look at a picture that seems to be gone."""


def probe_missing(
    session: Session,
    spec: AlbumSpec,
    local: LocalAlbum,
    pictures: tuple[SyncedPicture, ...],
    listing: RemoteAlbum | None,
) -> Task[Gone]:
    """Ask for pictures that should be in the album and are not shown; without a listing the album is gone."""
    if listing is not None and not listing.complete:
        return Gone()
    shown = frozenset(listing.ids if listing is not None else ())
    digests = {file.digest for file in local.files} | {file.digest[:16] for file in local.files}
    horizon = session.clock.now() - session.settle_seconds
    standings = (Standing.PLACED, Standing.UNMANAGED) if session.anonymous else (Standing.PLACED,)
    missing = [
        picture.id
        for picture in pictures
        if picture.standing in standings
        and picture.id not in shown
        and settled(session, picture.placed_at)
        and (picture.digest in digests or spec.prune is Prune.DELETE or session.anonymous)
    ]
    # Between two looks of one run nothing was sent to the album: what lived a moment ago is not asked for each time.
    seen = session.seen_alive.setdefault(spec.key, {})
    alive = {image_id for image_id in missing if seen.get(image_id, 0.0) > horizon}
    # While other work of the run waits, one that is gone is not asked for at every look either.
    gone = session.seen_gone.intersection(missing)
    probed = yield from probe(session, (image_id for image_id in missing if image_id not in alive | gone))
    seen.update(dict.fromkeys(probed.alive, session.clock.now()))
    session.seen_gone.update(probed.gone)
    probed = Gone(probed.gone | gone, probed.alive | alive)
    _keep_gone(session, spec, local, pictures, probed)
    return probed


def _keep_gone(
    session: Session, spec: AlbumSpec, local: LocalAlbum, pictures: tuple[SyncedPicture, ...], probed: Gone
) -> None:
    """Record as gone what was restored, is respected as deleted, or has no file any more: it is not asked for again, no
    gate counts it among the album's pictures, and nothing is to be done about it."""
    respected = spec.on_remote_delete is OnRemoteDelete.RESPECT
    whole = bool(local.files) and not local.errors
    wanted = {file.digest[:SHORT] for file in local.files} if probed.gone and whole else set()
    alive = (p for p in pictures if p.restored and p.standing is Standing.PLACED and p.id not in probed.gone)
    back = {picture.digest[:SHORT] for picture in alive} if probed.gone else set()
    lost = [
        p.id
        for p in pictures
        if p.id in probed.gone and (respected or p.digest[:SHORT] in back or (whole and p.digest[:SHORT] not in wanted))
    ]
    if lost and session.writer is not None:
        from imgur_sync.model.change import PictureGone

        session.store.record(*(PictureGone(image_id, session.clock.now()) for image_id in lost))


def end_records(
    session: Session,
    spec: AlbumSpec,
    local: LocalAlbum,
    synced: SyncedAlbum | None,
    pictures: tuple[SyncedPicture, ...],
) -> tuple[SyncedPicture, ...]:
    """The pictures without those that are gone from Imgur and whose file left the folder since: their record ends, and
    an equal file that comes later is a new one.

    A file of equal content without a living picture may be theirs under another name: then they stay. So they do while
    the folder may not be the one it was, and where only the rules leave the file out.
    """
    if synced is None or local.errors or not local.files or not any(p.standing is Standing.GONE for p in pictures):
        return pictures
    if synced.folder != spec.folder or synced.root not in (None, local.root):
        return pictures
    paths = {file.path for file in local.files} | {file.path for file in local.unsendable}
    needed = Counter(file.digest[:SHORT] for file in local.files)
    needed.subtract(p.digest[:SHORT] for p in pictures if p.standing in (Standing.PLACED, Standing.UNMANAGED))
    left = [p for p in pictures if p.standing is Standing.GONE and p.path and p.path not in paths]
    left = [p for p in left if needed[p.digest[:SHORT]] <= 0]
    ignored = session.ports.local.ignored(spec, [p.path for p in left]) if left else frozenset()
    ended = {p.id for p in left if p.path not in ignored}
    if ended and session.writer is not None:
        from imgur_sync.model.change import PictureDeleted

        session.store.record(*(PictureDeleted(image_id, session.clock.now()) for image_id in sorted(ended)))
    return tuple(p for p in pictures if p.id not in ended)


def probe(session: Session, ids: Iterable[str]) -> Task[Gone]:
    """Find out which of these pictures live. Ids that a refusal leaves open are in no set, those of which no answer
    tells anything are unknown.

    Imgur answers with a 404 now and then for what is there (imgur-api §4), and what is believed to be gone loses its
    record: only two in a row count, or one where the account's whole list does not show the picture either. Any other
    refusal is asked about once more, too: a file whose picture nobody can tell alive is uploaded.
    """
    missing = list(dict.fromkeys(ids))
    alive: set[str] = set()
    pauses = LOOKS
    if len(missing) > MANY and not session.anonymous:
        alive, whole = yield from _alive_in_account(session, frozenset(missing))
        pauses = LOOKS[:1] if whole else LOOKS
    gone: set[str] = set()
    unknown: set[str] = set()
    reader = session.reader() if missing else None

    def ask(image_id: str) -> Task[None]:
        assert reader is not None
        missing = 0
        for pause in pauses:
            if pause:
                yield Pause(session.clock.monotonic() + pause)
            outcome = yield from session.read(lambda: reader.image(image_id))
            if not isinstance(outcome, Refused):
                (alive if isinstance(outcome, Done) else unknown).add(image_id)
                return
            missing += outcome.problem.kind is ProblemKind.NOT_FOUND
        if missing == len(pauses):
            gone.add(image_id)

    yield Fork(tuple(ask(image_id) for image_id in missing if image_id not in alive))
    return Gone(frozenset(gone), frozenset(alive), frozenset(unknown))


def _alive_in_account(session: Session, wanted: frozenset[str]) -> Task[tuple[set[str], bool]]:
    """Those of `wanted` that the account's list shows (1 credit a hundred pictures), and whether it was read whole."""
    found: set[str] = set()
    seen: set[str] = set()
    reader = session.reader()
    page = 0
    while wanted - found:
        outcome = yield from session.read(partial(reader.images, page))
        if not isinstance(outcome, Done):
            return found, False
        ids = {picture.id for picture in outcome.value}
        if not ids - seen:
            break
        seen |= ids
        found |= ids & wanted
        page += 1
    return found, True
