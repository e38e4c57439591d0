"""The result of a run: what was done in each album, what keeps one from being done, and every exit code."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.errors import ExitCode
from imgur_sync.executor.session import Session
from imgur_sync.executor.waiting import come_back
from imgur_sync.model.event import AlbumResult, RunFinished
from imgur_sync.model.local import PASSING
from imgur_sync.model.plan import AlbumPlan, GateName, Plan
from imgur_sync.model.synced import IntentStatus


def has_work(album: AlbumPlan) -> bool:
    """Whether the plan of an album has anything that can be done now."""
    return bool(album.steps or album.placements or album.detachments or album.released)


def finished(session: Session, plan: Plan) -> RunFinished:
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
    return RunFinished(
        codes=_codes(session, plan),
        albums=tuple(results),
        uploaded=sum(tally.uploaded for tally in session.tallies.values()),
        uploaded_bytes=session.uploaded_bytes,
        edited=session.edited,
        deleted=session.deleted,
        deleted_albums=session.deleted_albums,
        credits=session.spent(),
        looking=session.looking,
        left=plan,
        resume_at=come_back(session, plan),
        retired=tuple(session.retired),
        lasting=_codes(session, replace(plan, albums=tuple(_without_passing(album) for album in plan.albums))),
    )


def _without_passing(album: AlbumPlan) -> AlbumPlan:
    """The plan without the files that cannot be sent at this moment and no longer."""
    left = tuple(file for file in album.unsendable if file.why not in PASSING)
    return replace(album, unsendable=left) if len(left) < len(album.unsendable) else album


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
        if has_work(album) and session.limit_hit is None:
            codes.add(ExitCode.PARTIAL)
    if session.limit_hit is not None and any(album.wanted for album in plan.albums):
        codes.add(ExitCode.BUDGET)
    if session.unseen:
        codes.add(ExitCode.BUDGET)
    if session.store.intents(IntentStatus.OPEN):
        codes.add(ExitCode.PARTIAL)
    ruling = (ExitCode.PARTIAL, ExitCode.GATE, ExitCode.BUDGET)
    return tuple(code for code in ruling if code in codes) or (ExitCode.DONE,)
