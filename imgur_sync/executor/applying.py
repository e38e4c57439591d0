"""Applying: plan, ask, act, look again; until a plan made after the last write is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from imgur_sync.errors import BudgetError, DeclinedError, ImgurSyncError
from imgur_sync.executor.agreeing import agreements
from imgur_sync.executor.album_run import run_album
from imgur_sync.executor.expecting import accept, check_again, check_before
from imgur_sync.executor.finishing import finished, has_work
from imgur_sync.executor.foretelling import foretell
from imgur_sync.executor.guarding import protect, release
from imgur_sync.executor.planning import World, look, plan_world
from imgur_sync.executor.quiet import remember_quiet
from imgur_sync.executor.removing import look_at_removals, run_removal
from imgur_sync.executor.selecting import chosen
from imgur_sync.executor.session import Options, Ports, Session
from imgur_sync.executor.settling import settle_all
from imgur_sync.executor.stopping import Deeds, cut_short, with_doubts
from imgur_sync.executor.tasks import Fork, Pause, Task
from imgur_sync.executor.texting import remember_lost_texts
from imgur_sync.executor.windows import first_plan, go_on
from imgur_sync.executor.writing import note_limit
from imgur_sync.model.budget import LimitName
from imgur_sync.model.change import Change, FailuresForgotten, FolderSeen, IntentEnded
from imgur_sync.model.event import Event, Planned, RunFinished, Waiting
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.spec import Manifest
from imgur_sync.model.step import Upload
from imgur_sync.model.synced import IntentStatus
from imgur_sync.planner.gaps import waves, without_gaps

MAX_ROUNDS = 12
SHORT_WAITS = (1.0, 2.0, 4.0)
LOOKS = 10
"""How often at most it is looked, after the short waits, within one time to settle."""


def apply(
    ports: Ports, writer: RemoteWriter, manifest: Manifest, options: Options, confirm: Callable[[Plan], bool]
) -> Iterator[Event]:
    """Plan and carry out. The first plan is passed to `confirm`; the last event is `RunFinished`.

    Raises `DeclinedError` when `confirm` says no, `StaleError` when the plan is not the one of `options.expect`. An
    error that ends a run under way follows after a `RunFinished` of what was done.
    """
    session, deeds = Session(ports, manifest, options, writer), Deeds()

    def task() -> Task[None]:
        world = World()
        specs = chosen(session.manifest, options)
        if options.retry_failed:
            forgotten: list[Change] = [FailuresForgotten(spec.key) for spec in specs]
            session.store.record(*forgotten)
        check_before(session, specs)
        protect(session, specs)
        plan = yield from first_plan(session, world, specs)
        session.emit(Planned(plan, 1))
        accept(session, world, plan)
        if not plan.settled and not confirm(plan):
            raise DeclinedError("nothing was done")
        deeds.agreed = True
        plan = yield from _rounds(session, world, plan, deeds)
        plan = yield from go_on(session, world, specs, plan, lambda plan: _rounds(session, world, plan, deeds))
        run = finished(session, plan)
        session.emit(with_doubts(session, run) if session.unseen else run)

    try:
        for event in session.scheduler.drive(task()):
            deeds.take(event)
            yield event
    except ImgurSyncError as error:
        told = _stopped(session, deeds.left(), error)
        if told is not None:
            yield told
        raise


def _stopped(session: Session, left: Plan | None, error: ImgurSyncError) -> RunFinished | None:
    """What was done before this error; None where nothing was begun, or where the state cannot tell any more."""
    with suppress(ImgurSyncError):
        return cut_short(session, finished(session, left), error) if left is not None else None
    return None


def _rounds(session: Session, world: World, plan: Plan, deeds: Deeds) -> Task[Plan]:
    """Act and plan again until nothing is left that can be done now."""
    number, acts, waits = 1, 0, 0
    waited, asked = 0.0, plan.made_at
    while acts < MAX_ROUNDS:
        number += 1
        acted = yield from _act(session, world, plan)
        if not acted:
            pause = _pause(session, plan, asked, waits, waited)
            if pause is None:
                break
            waits += 1
            waited += pause if waits > len(SHORT_WAITS) else 0.0
            yield Pause(session.clock.monotonic() + pause)
            session.listings.clear()
        else:
            acts, waits = acts + 1, 0
        asked = session.clock.now()
        try:
            plan = yield from _look_again(session, world)
        except BudgetError as limit:
            # What was done is told all the same; what is left is seen when there is budget to look. Until then nothing
            # is remembered as being in order: some albums were looked at since, and the plan knows nothing of that.
            note_limit(session, LimitName.HOUR, limit.resume_at)
            session.unseen = True
            session.ports.cache.flush()
            return deeds.left() or plan
        session.emit(Planned(plan, number))
    remember_lost_texts(session, plan)
    _close(session, world, plan)
    return plan


def _look_again(session: Session, world: World) -> Task[Plan]:
    """Settle what can be settled, look at the albums that are not in order, and plan anew."""
    if session.store.intents(IntentStatus.OPEN):
        yield from settle_all(session)
    restless = [spec for spec in session.manifest.albums if spec.key in world.views]
    yield from look(session, world, restless)
    if world.removals:
        yield from look_at_removals(session, world)
    return (yield from plan_world(session, world, first=False))


def _act(session: Session, world: World, plan: Plan) -> Task[bool]:
    """Carry out what the plan grants; False when there was nothing to do. Raises `StaleError` for what nobody reviewed
    where only that is allowed."""
    check_again(session, plan)
    _drop_stale_resends(session, plan)
    due = [album for album in plan.albums if has_work(album) and not session.was_refused(album)]
    if session.limit_hit is not None:
        due = [album for album in due if not any(isinstance(step, Upload) for step in album.steps)]
    going = {album.album for album in due}
    albums = without_gaps(plan.albums, {album.album for album in plan.albums} - going)
    due = [album for album in albums if album.album in going and has_work(album)]
    if not due:
        return False
    foretell(session, due)
    session.claims = {p.id: p.album for album in plan.albums for p in album.placements}
    session.taken.clear()
    for wave in waves(due):
        yield Fork(tuple(_task(session, album) for album in wave))
        session.taken.update(album.album for album in wave)
    return True


def _task(session: Session, album: AlbumPlan) -> Task[None]:
    """What carries out one album's plan: an album that the manifest does not name is to be deleted."""
    spec = session.manifest.album(album.album)
    return run_album(session, spec, album) if spec is not None else run_removal(session, album)


def _drop_stale_resends(session: Session, plan: Plan) -> None:
    """An upload in doubt that did not happen and whose file is no longer wanted is not sent again; should it turn up
    after all, it is adopted then."""
    wanted = {(s.album, s.digest) for a in plan.albums for s in a.wanted if isinstance(s, Upload)}
    now = session.clock.now()
    for intent in list(session.resendable.values()):
        if (intent.album, intent.digest) not in wanted:
            session.store.record(IntentEnded(intent.number, IntentStatus.SUSPECT, now))
            del session.resendable[intent.number]


def _pause(session: Session, plan: Plan, asked: float, waits: int, waited: float) -> float | None:
    """How long to wait for what is unsettled, or None when it is not worth it: at most twice the time to settle, and
    the short waits after each act."""
    untils = [doubt.until for album in plan.albums for doubt in album.unsettled]
    if not untils or waited >= 2 * session.settle_seconds:
        return None
    # What was due when it was asked for and is still open gets the short waits and no more.
    # None is due later than that, unless a clock was set back.
    longest = max(0.05, session.settle_seconds)
    coming = [min(longest, max(0.05, until - session.clock.now())) for until in untils if until > asked]
    if waits >= len(SHORT_WAITS) and not coming:
        return None
    # Every look costs credits: what is due in a while is waited for together.
    pause = min((*coming, *SHORT_WAITS[waits : waits + 1]))
    if waits >= len(SHORT_WAITS):
        pause = max(pause, min(session.settle_seconds / LOOKS, max(coming)))
    until = session.clock.now() + pause
    session.emit(Waiting(plan_doubt(plan), until))
    return pause


def plan_doubt(plan: Plan) -> str:
    """What the run waits for, in words."""
    doubts = [doubt for album in plan.albums for doubt in album.unsettled]
    more = f" (and {len(doubts) - 1} more)" if len(doubts) > 1 else ""
    return f"{doubts[0].album}: {doubts[0].what}{more}" if doubts else ""


def _close(session: Session, world: World, plan: Plan) -> None:
    """Remember the folders of albums that are in order, so that another disk in their place is noticed."""
    changes: list[Change] = []
    settled: list[tuple[str, AlbumPlan]] = []
    renewed: list[str] = []
    plans = {album.album: album for album in plan.albums}
    for key, view in world.views.items():
        album = plans.get(key)
        root, synced = view.local.root, session.store.album(key)
        if album is None or root is None or synced is None or album.gates or album.errors:
            continue
        # The old folder is forgotten only when its pictures are known to be un-managed.
        left_behind = album.released or album.unsettled
        if (synced.root != root and synced.folder == view.spec.folder) or (
            synced.folder != view.spec.folder and not left_behind
        ):
            changes.append(FolderSeen(key, view.spec.folder, root))
        settled.append((key, album))
    for spec in session.manifest.albums:
        root, synced = world.roots.get(spec.key), session.store.album(spec.key)
        if spec.key not in world.quiet or synced is None or root is None:
            continue
        if synced.root != root or synced.folder != spec.folder:
            changes.append(FolderSeen(spec.key, spec.folder, root))
            renewed.append(spec.key)
    changes += release(session, world, plan)
    changes += agreements(session)
    if changes:
        session.store.record(*changes)
    for key, gate in sorted(session.gates.bases):
        album = plans.get(key)
        if key in world.quiet or (album is not None and album.quiet):
            session.hold(gate, key, None)
    for key in renewed:
        _renew_quiet_mark(session, key)
    for key, album in settled:
        remember_quiet(session, world.views[key], album)
    session.ports.cache.flush()


def _renew_quiet_mark(session: Session, key: str) -> None:
    """Let the mark of an album hold on whose folder was just recorded: that grew its serial by one and nothing else.

    Without it the next plan would list the album, for a credit, although nothing changed.
    """
    cache, synced = session.ports.cache, session.store.album(key)
    mark = cache.quiet(key)
    if mark is not None and synced is not None and mark.serial == synced.serial - 1:
        cache.keep_quiet(key, replace(mark, serial=synced.serial))
