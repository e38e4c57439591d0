"""Applying: plan, ask, act, look again; until a plan made after the last write is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from imgur_sync.errors import BudgetError, DeclinedError, ExitCode, StaleError
from imgur_sync.executor.album_run import run_album
from imgur_sync.executor.guarding import protect, release
from imgur_sync.executor.observe import remember_quiet
from imgur_sync.executor.planning import World, chosen, look, plan_world, prepare
from imgur_sync.executor.removing import look_at_removals, run_removal
from imgur_sync.executor.session import Options, Ports, Session
from imgur_sync.executor.settling import settle_all
from imgur_sync.executor.tasks import Fork, Pause, Task
from imgur_sync.executor.writing import note_limit
from imgur_sync.model.budget import LimitName
from imgur_sync.model.change import Change, FailuresForgotten, FolderSeen, IntentEnded
from imgur_sync.model.event import AlbumResult, Event, Planned, RunFinished, Waiting
from imgur_sync.model.plan import AlbumPlan, GateName, Plan, Price
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.spec import Manifest
from imgur_sync.model.step import Upload
from imgur_sync.model.synced import IntentStatus
from imgur_sync.planner.price import price_albums

MAX_ROUNDS = 12
SHORT_WAITS = (1.0, 2.0, 4.0)
LOOKS = 10
"""How often at most it is looked, after the short waits, within one time to settle."""


def apply(
    ports: Ports, writer: RemoteWriter, manifest: Manifest, options: Options, confirm: Callable[[Plan], bool]
) -> Iterator[Event]:
    """Plan and carry out. The first plan is passed to `confirm`; the last event is `RunFinished`.

    Raises `DeclinedError` when `confirm` says no, `StaleError` when `options.expect` is another digest.
    """
    session = Session(ports, manifest, options, writer)

    def task() -> Task[None]:
        world = World()
        specs = chosen(session.manifest, options)
        if options.retry_failed:
            forgotten: list[Change] = [FailuresForgotten(spec.key) for spec in specs]
            session.store.record(*forgotten)
        protect(session, specs)
        yield from prepare(session)
        yield from look(session, world, specs)
        yield from look_at_removals(session, world)
        plan = yield from plan_world(session, world, first=True)
        session.emit(Planned(plan, 1))
        _check(plan, options, confirm)
        plan = yield from _rounds(session, world, plan)
        session.emit(_finished(session, plan))

    yield from session.scheduler.drive(task())


def _check(plan: Plan, options: Options, confirm: Callable[[Plan], bool]) -> None:
    if options.expect is not None and options.expect != plan.digest:
        raise StaleError(
            f"the plan is now {plan.digest}, not {options.expect}", hint="look at the new plan, then apply that one"
        )
    if not plan.settled and not confirm(plan):
        raise DeclinedError("nothing was done")


def _rounds(session: Session, world: World, plan: Plan) -> Task[Plan]:
    """Act and plan again until nothing is left that can be done now."""
    number, acts, waits = 1, 0, 0
    waited = 0.0
    while acts < MAX_ROUNDS:
        number += 1
        acted = yield from _act(session, world, plan)
        if not acted:
            pause = _pause(session, plan, waits, waited)
            if pause is None:
                break
            waits += 1
            waited += pause
            yield Pause(session.clock.monotonic() + pause)
            session.listings.clear()
        else:
            acts, waits = acts + 1, 0
        try:
            plan = yield from _look_again(session, world)
        except BudgetError as limit:
            # What was done is told all the same; what is left is seen when there is budget to look.
            note_limit(session, LimitName.HOUR, limit.resume_at)
            session.unseen = True
            plan = _not_done(plan)
            break
        session.emit(Planned(plan, number))
    _close(session, world, plan)
    return plan


def _not_done(plan: Plan) -> Plan:
    """What of a plan is known to be left when nobody could look after it was carried out: what it held back."""
    albums: list[AlbumPlan] = []
    for album in plan.albums:
        held = tuple(item.step for item in album.withheld) + tuple(item.step for item in album.deferred)
        albums.append(replace(album, wanted=held, steps=()))
    return replace(plan, albums=tuple(albums), price=Price(), total=price_albums(albums, wanted=True))


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
    """Carry out what the plan grants; False when there was nothing to do."""
    _drop_stale_resends(session, plan)
    due = [album for album in plan.albums if _has_work(album) and not session.was_refused(album)]
    if session.limit_hit is not None:
        due = [album for album in due if not any(isinstance(step, Upload) for step in album.steps)]
    if not due:
        return False
    session.claims = {p.id: p.album for album in plan.albums for p in album.placements}
    tasks: list[Task[None]] = []
    for album in due:
        spec = session.manifest.album(album.album)
        tasks.append(run_album(session, spec, album) if spec is not None else run_removal(session, album))
    yield Fork(tuple(tasks))
    return True


def _has_work(album: AlbumPlan) -> bool:
    return bool(album.steps or album.placements or album.detachments or album.released)


def _drop_stale_resends(session: Session, plan: Plan) -> None:
    """An upload in doubt that did not happen and whose file is no longer wanted is not sent again; should it turn up
    after all, it is adopted then."""
    wanted = {(s.album, s.digest) for a in plan.albums for s in a.wanted if isinstance(s, Upload)}
    now = session.clock.now()
    for intent in list(session.resendable.values()):
        if (intent.album, intent.digest) not in wanted:
            session.store.record(IntentEnded(intent.number, IntentStatus.SUSPECT, now))
            del session.resendable[intent.number]


def _pause(session: Session, plan: Plan, waits: int, waited: float) -> float | None:
    """How long to wait for what is unsettled, or None when it is not worth it: at most twice the time to settle."""
    untils = [doubt.until for album in plan.albums for doubt in album.unsettled]
    if not untils or waited >= 2 * session.settle_seconds:
        return None
    # What was due before this plan was made and is still open gets the short waits and no more.
    coming = [max(0.05, until - session.clock.now()) for until in untils if until > plan.made_at]
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
    if changes:
        session.store.record(*changes)
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


def _finished(session: Session, plan: Plan) -> RunFinished:
    """The result: counts, and every exit code that applies, the ruling one first."""
    results: list[AlbumResult] = []
    by_key = {album.album: album for album in plan.albums}
    place = {spec.key: spec.position for spec in session.manifest.albums}
    for key in sorted({*session.tallies, *by_key}, key=lambda key: (place.get(key, len(place)), key)):
        spec, tally, album = session.manifest.album(key), session.tally(key), by_key.get(key)
        # What failed and was done in a later round is no problem any more.
        done = album is None or (album.quiet and not album.unsendable)
        problems = () if done or album is None else (*tally.problems, *_left_over(album))
        title = spec.title or "" if spec is not None else ""
        results.append(AlbumResult(key, title, tally.uploaded, tally.failed, done, "", problems))
    resume = session.limit_hit[1] if session.limit_hit is not None else plan.resume_at
    return RunFinished(
        codes=_codes(session, plan),
        albums=tuple(results),
        uploaded=sum(tally.uploaded for tally in session.tallies.values()),
        uploaded_bytes=session.uploaded_bytes,
        edited=session.edited,
        deleted=session.deleted,
        deleted_albums=session.deleted_albums,
        credits=session.ports.ledger.spent() if session.ports.ledger is not None else 0,
        left=plan,
        resume_at=resume,
        retired=tuple(session.retired),
    )


def _left_over(album: AlbumPlan) -> tuple[str, ...]:
    """Sentences about what keeps an album from being done."""
    doubts = (doubt.what for doubt in album.unsettled)
    unsendable = (f"{file.path}: {file.why.value}" for file in album.unsendable)
    blocked = (f"{item.path}: {item.reason}" if item.path else item.reason for item in album.blocked)
    gates = (f"gate {gate.name.value}: {gate.detail}" for gate in album.gates)
    return (*gates, *doubts, *blocked, *unsendable)


def _codes(session: Session, plan: Plan) -> tuple[ExitCode, ...]:
    """7 before 3 before 6; 0 only if nothing is wanted, open or unsettled."""
    codes: set[ExitCode] = set()
    hard = (GateName.SCAN, GateName.LISTING)
    for album in plan.albums:
        if album.unsendable or album.unsettled or album.errors:
            codes.add(ExitCode.PARTIAL)
        for gate in album.gates:
            codes.add(ExitCode.PARTIAL if gate.name in hard else ExitCode.GATE)
        for item in album.blocked:
            codes.add(ExitCode.GATE if item.protected else ExitCode.PARTIAL)
        if album.deferred:
            codes.add(ExitCode.BUDGET)
        if _has_work(album) and session.limit_hit is None:
            codes.add(ExitCode.PARTIAL)
    if session.limit_hit is not None and any(album.wanted for album in plan.albums):
        codes.add(ExitCode.BUDGET)
    if session.unseen:
        codes.add(ExitCode.BUDGET)
    if session.store.intents(IntentStatus.OPEN):
        codes.add(ExitCode.PARTIAL)
    ruling = (ExitCode.PARTIAL, ExitCode.GATE, ExitCode.BUDGET)
    return tuple(code for code in ruling if code in codes) or (ExitCode.DONE,)
