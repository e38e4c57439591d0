"""Observation: the local folder, Imgur's listing and the state of one album become an `AlbumView`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgur_sync.errors import ManifestError, ManifestProblem
from imgur_sync.executor.aging import has_turn, old
from imgur_sync.executor.agreeing import found_agreed, found_agreed_before
from imgur_sync.executor.brought import on_its_way
from imgur_sync.executor.claiming import candidate, check_claim, unclaimed
from imgur_sync.executor.missing import is_missing, surely
from imgur_sync.executor.quiet import keep_quiet_mark, spec_print
from imgur_sync.executor.selecting import spared
from imgur_sync.executor.settled import recorded, settled, times
from imgur_sync.executor.tasks import Pause, Task
from imgur_sync.model.event import Hashing, Listing, Scanning
from imgur_sync.model.local import LocalAlbum, UnchangedFolder
from imgur_sync.model.plan import Gone
from imgur_sync.model.ports import QuietMark
from imgur_sync.model.synced import IntentKind, IntentStatus, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgur_sync.executor.session import Session
    from imgur_sync.model.budget import Reservation
    from imgur_sync.model.outcome import Outcome
    from imgur_sync.model.remote import RemoteAlbum
    from imgur_sync.model.spec import AlbumSpec
    from imgur_sync.model.synced import Intent, SyncedAlbum, SyncedPicture
    from imgur_sync.planner.view import AlbumView


@dataclass(frozen=True, slots=True)
class Quiet:
    """An album in order, of which nothing but the number of pictures, the age of its listing (None: it has none) and
    the number of foreign pictures in it is kept."""

    key: str
    count: int
    listed_at: float | None
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What Imgur answered about one album."""

    listing: RemoteAlbum | None = None
    gone: bool = False
    flaw: str = ""
    shown_by: float | None = None


def observe(session: Session, spec: AlbumSpec, number: int = 0, total: int = 0) -> Task[AlbumView | Quiet]:
    """Look at one album. An unchanged one costs a scan of its folder's stats and nothing else."""
    session.emit(Scanning(spec.key, number, total))
    # The scan holds the control thread: what was emitted is shown first.
    yield Pause(session.clock.monotonic())
    store, cache = session.store, session.ports.cache
    synced = store.album(spec.key)
    intents = tuple(intent for intent in open_intents(session) if intent.album == spec.key)
    mark = cache.quiet(spec.key) if synced is not None and not intents and not session.options.retry_failed else None
    if mark is not None and (mark.spec != spec_print(spec) or synced is None or mark.serial != synced.serial):
        mark = None
    local = _scan(session, spec, mark.fingerprint if mark is not None else "")
    if isinstance(local, UnchangedFolder):
        quiet = yield from _still_quiet(session, synced, mark, local)
        if quiet is not None:
            return quiet
        synced = store.album(spec.key)  # that look may have found it gone
        local = _scan(session, spec, "")
        assert isinstance(local, LocalAlbum)
    if local.root is None and (synced is None or not synced.placed):
        raise _missing(session, spec)
    check_claim(session, spec)
    adopting = unclaimed(session, spec)
    if adopting:
        synced = yield from candidate(session, spec)
    synced = yield from back(session, synced)
    seen = _named(spec, synced, (yield from album_listing(session, synced)))
    from imgur_sync.executor.marked import recorded_pictures
    from imgur_sync.executor.probing import end_records, probe_missing

    if seen.listing is not None and not session.options.offline:
        _recognise(session, spec.key, intents, seen.listing)
    pictures = end_records(session, spec, local, synced, recorded_pictures(session, spec.key, seen.listing))
    probed = Gone()
    if not session.options.offline and pictures and (seen.listing is not None or seen.gone):
        probed = yield from probe_missing(session, spec, local, pictures, seen.listing)
    view = _view(session, spec, local, synced, pictures, seen, probed, intents)
    return replace(view, adopting=True) if adopting else view


def _recognise(session: Session, key: str, intents: tuple[Intent, ...], listing: RemoteAlbum) -> None:
    """Record what the album shows and the state does not know as standing there."""
    from imgur_sync.executor.brought import record_brought
    from imgur_sync.executor.marked import adopt_marked

    adopt_marked(session, key, listing)
    record_brought(session, key, intents, listing)


def _named(spec: AlbumSpec, synced: SyncedAlbum | None, seen: Seen) -> Seen:
    """What was seen; of an album that the manifest names by its id and that is gone no successor is made: it would not
    be the one that is named."""
    if not seen.gone or synced is None or synced.id != spec.id:
        return seen
    return Seen(flaw="the album that `id` names is gone from Imgur; without `id` a new one is made in its place")


def open_intents(session: Session) -> tuple[Intent, ...]:
    """Open intents, but for uploads that were read for in vain and may be sent again: the planner sees their files as
    files without a picture."""
    return tuple(i for i in session.store.intents(IntentStatus.OPEN) if i.number not in session.resendable)


def _missing(session: Session, spec: AlbumSpec) -> ManifestError:
    what = f"album {spec.key}: the folder {spec.folder} does not exist"
    return ManifestError(
        str(session.manifest.path), (ManifestProblem(0, 0, what, "make the folder, or correct `folder`"),)
    )


def _scan(session: Session, spec: AlbumSpec, unchanged_if: str) -> LocalAlbum | UnchangedFolder:
    return session.ports.local.scan(
        spec,
        unchanged_if=unchanged_if,
        checksum=session.options.checksum,
        on_hashed=lambda path, size: session.emit(Hashing(spec.key, path, size)),
        between=session.scheduler.heed,
    )


def _still_quiet(
    session: Session, synced: SyncedAlbum | None, mark: QuietMark | None, local: UnchangedFolder
) -> Task[Quiet | None]:
    """Whether an album whose folder did not change is still in order on Imgur, as far as it has to be looked at."""
    assert mark is not None
    assert synced is not None
    quiet = Quiet(local.key, local.count, mark.listed_at, mark.foreign)
    if session.options.offline:
        return quiet
    header = (session.headers or {}).get(synced.id)
    same = header is not None and header.fingerprint == mark.header
    if same and not session.options.refresh and not (old(session, mark) and has_turn(session, local.key)):
        found_agreed_before(session, local.key, synced, mark)
        return quiet
    seen = yield from album_listing(session, synced)
    cached = session.ports.cache.listing(synced.id)
    listing = seen.listing
    if listing is None or not listing.complete or cached is None or facts(listing) != facts(cached):
        return None
    if listing.header.fingerprint != mark.header:
        return None
    keep_quiet_mark(session, local.key, local.fingerprint, local.count, listing, mark.foreign)
    found_agreed(session, local.key, listing)
    return Quiet(local.key, local.count, listing.taken_at, mark.foreign)


def facts(listing: RemoteAlbum) -> list[tuple[str, str, str]]:
    """What tells an album's pictures apart from how they were: their order and their texts."""
    return [(picture.id, picture.title, picture.description) for picture in listing.pictures]


def back(session: Session, synced: SyncedAlbum | None) -> Task[SyncedAlbum | None]:
    """The album's record; one that was found gone is there again where the account's list shows it, or, without an
    account, where Imgur answers for it."""
    if synced is None or not synced.gone or session.options.offline:
        return synced
    if session.anonymous:
        seen = yield from list_album(session, synced)
        if seen.listing is None:
            return synced
    elif synced.id not in (session.headers or {}):
        return synced
    if session.writer is not None:
        from imgur_sync.model.change import AlbumMade

        folder, title = synced.folder, synced.sent.title
        session.store.record(
            AlbumMade(synced.key, synced.id, synced.deletehash, folder, synced.made_at, synced.edited, title)
        )
        return session.store.album(synced.key)
    return replace(synced, gone=False)


def album_listing(session: Session, synced: SyncedAlbum | None) -> Task[Seen]:
    """The album's listing: one just read in this run, else a fresh one; offline the last one kept."""
    if synced is None or synced.gone:
        return Seen(gone=synced is not None)
    if session.options.offline:
        cached = session.ports.cache.listing(synced.id)
        return Seen(cached, flaw="" if cached is not None else "the album was never listed; plan without --offline")
    if synced.id in session.listings:
        return Seen(session.listings[synced.id])
    return (yield from list_album(session, synced))


def list_album(session: Session, synced: SyncedAlbum, kept: Reservation | None = None) -> Task[Seen]:
    """One fresh listing of an album of ours. Gone means a 404 by id, thrice, some time after the album was made.

    `kept` was reserved for this reading, and pays for the first request that is sent.
    """
    from imgur_sync.model.outcome import Done, NotSent

    session.emit(Listing(synced.key))
    reader, brought = session.reader(), [kept]

    def listed() -> Outcome[RemoteAlbum]:
        found = reader.album(synced.id, brought[-1])
        brought.append(brought[-1] if isinstance(found, NotSent) else None)
        return found

    # An album just made may not be shown yet, and one that is known to be gone needs no more proof.
    proof = not synced.gone and settled(session, synced.made_at)
    outcome = yield from surely(session, listed) if proof else session.read(listed)
    if isinstance(outcome, Done):
        session.listings[synced.id] = outcome.value
        if session.anonymous:
            session.unowned.note_names(outcome.value)
        return Seen(outcome.value)
    if is_missing(outcome):
        if session.store.album(synced.key) is None:  # one that is to be adopted: nothing of it is recorded yet
            return Seen(flaw="Imgur lists an album of this id and does not find it")
        if settled(session, synced.made_at):
            if session.writer is not None and not synced.gone:
                from imgur_sync.model.change import AlbumGone

                session.store.record(AlbumGone(synced.key))
            return Seen(gone=True)
        # Made in times to come: the clock was set back since, and nobody knows how long ago it was.
        return Seen(shown_by=recorded(session, synced.made_at) + session.settle_seconds)
    return Seen(flaw=f"Imgur's answer about the album cannot be used: {outcome.problem.detail}")


def _view(
    session: Session,
    spec: AlbumSpec,
    local: LocalAlbum,
    synced: SyncedAlbum | None,
    pictures: tuple[SyncedPicture, ...],
    seen: Seen,
    probed: Gone,
    intents: tuple[Intent, ...],
) -> AlbumView:
    from imgur_sync.planner.gates import scan_print
    from imgur_sync.planner.view import AlbumView

    without = _without_file(local, pictures)
    spec, local, spare = spared(session, spec, local, without)
    return AlbumView(
        spec=replace(spec, protect=spec.protect or spec.key in session.store.protected()),
        local=local,
        **times(session),
        synced=synced,
        pictures=pictures,
        listing=seen.listing,
        album_gone=seen.gone,
        unlisted=seen.flaw,
        shown_by=seen.shown_by,
        probed=probed,
        ignored=session.ports.local.ignored(spec, [p.path for p in without]) if without else frozenset(),
        elsewhere=_elsewhere(session, pictures, seen.listing),
        intents=intents,
        on_its_way=on_its_way(session, spec.key, intents),
        failed=session.failed(spec.key),
        limits=session.manifest.gates,
        tripped=frozenset(session.gates.tripped.get(spec.key, ())),
        bases={gate: count for (album, gate), count in session.gates.bases.items() if album == spec.key},
        spared=spare,
        texts_in_doubt=frozenset(i.target for i in open_intents(session) if i.kind is IntentKind.EDIT_IMAGE),
        anonymous=session.anonymous,
        agreed=session.store.agreed(spec.key),
        root_accepted=session.store.accepted_root(spec.key) == scan_print(local, shared=session.manifest.state.shared),
    )


def _elsewhere(session: Session, pictures: tuple[SyncedPicture, ...], listing: RemoteAlbum | None) -> frozenset[str]:
    """The ids in the listing that the state knows, but not as standing here; what the user let go of is foreign."""
    here = {picture.id for picture in pictures if picture.standing in (Standing.PLACED, Standing.UNMANAGED)}
    return ours_elsewhere(session, [i for i in (listing.ids if listing is not None else ()) if i not in here])


def ours_elsewhere(session: Session, strangers: Sequence[str]) -> frozenset[str]:
    """Those of these ids that the state knows; what the user let go of is as foreign as what it never knew."""
    return session.store.known(strangers) - session.store.forgotten(strangers) if strangers else frozenset()


def _without_file(local: LocalAlbum, pictures: tuple[SyncedPicture, ...]) -> list[SyncedPicture]:
    """The pictures at whose recorded place there is no file now."""
    paths = {file.path for file in local.files} | {file.path for file in local.unsendable}
    return [picture for picture in pictures if picture.path and picture.path not in paths]
