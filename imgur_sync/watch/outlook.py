"""What the plan of an album means for a daemon: whether to act now, when to look again, and what waits for what."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from imgur_sync.executor.finishing import has_work
from imgur_sync.model.activity import Queued, Wait, WaitKind
from imgur_sync.model.gate import Gate, GateName
from imgur_sync.model.local import PASSING, Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.step import Upload
from imgur_sync.planner.price import price_albums
from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import plural
from imgur_sync.report.prices import LIMIT_TEXTS
from imgur_sync.report.remedies import REMEDIES as FILE_REMEDIES
from imgur_sync.report.text import REMEDIES as GATE_REMEDIES

MOST_FILES = 20
"""So many files of one album are told by name."""
SOON = 2.0
"""Seconds after which a file that was moved during a pass is looked at together with where it came from."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How an album stands. `act`: something can be done, or has to be found out on Imgur, now. `again` is when time
    alone changes something (Unix seconds, our clock; None: never). `gates` are those that hold. `flawed`: the folder
    could not be read whole, or something of it is not here yet, which may come without an event. `held`: something is
    held back until somebody does something about it, here or in another run; time alone changes nothing of it."""

    album: str
    act: bool
    again: float | None
    waits: tuple[Wait, ...] = ()
    gates: tuple[Gate, ...] = ()
    queued: Queued | None = None
    flawed: bool = False
    held: bool = False


def outlook(album: AlbumPlan, plan: Plan, manifest: Path, removals: Mapping[str, float]) -> Outlook:
    """How the album of this plan stands. `removals` are the files that are gone since a moment, each with when (Unix
    seconds) its picture leaves; `manifest` is named in what to type."""
    now = plan.made_at
    unlisted = any(gate.name is GateName.LISTING for gate in album.gates)
    moments = [doubt.until for doubt in album.unsettled]
    act = has_work(album) or unlisted or any(at <= now for at in moments)
    if album.deferred and plan.resume_at is not None:
        moments.append(plan.resume_at)
    if any(file.why is Why.ELSEWHERE for file in album.unsendable):
        moments.append(now + SOON)
    left = [step for step in album.wanted if step not in {one.step for one in album.withheld}]
    uploads = sum(isinstance(step, Upload) for step in left)
    cost = price_albums([album], wanted=True).credits
    return Outlook(
        album=album.album,
        act=act,
        again=min((at for at in moments if at > now), default=None),
        waits=tuple(_waits(album, plan, manifest, removals)),
        gates=tuple(gate for gate in album.gates if gate.name is not GateName.LISTING),
        queued=Queued(album.album, uploads, len(left) - uploads, cost) if left else None,
        flawed=bool(album.errors) or any(not item.protected for item in album.blocked),
        held=bool(album.gates or album.blocked),
    )


def remedy(gate: Gate, manifest: Path) -> str:
    """What to type to let a gate's steps through; "" where nothing can be typed."""
    start, key = f"imgur-sync -f {shlex.quote(terminal(str(manifest)))}", shlex.quote(terminal(gate.album))
    if gate.name.approvable:
        return f"{start} apply {key} --approve {gate.name.value}={gate.count}"
    if gate.name is GateName.ROOT:
        return f"put the folder back, or: {start} root accept {key}"
    return GATE_REMEDIES.get(gate.name, "").replace("ALBUM", key)


def _waits(album: AlbumPlan, plan: Plan, manifest: Path, removals: Mapping[str, float]) -> Iterator[Wait]:
    key = album.album
    for gate in album.gates:
        text = f"the gate {gate.name.value} holds: {sentence(gate.detail, 400)}"
        yield Wait(WaitKind.GATE, key, text, remedy=remedy(gate, manifest))
    yield from _files(album, removals)
    if album.deferred:
        limits = " and ".join(dict.fromkeys(LIMIT_TEXTS[one.limit] for one in album.deferred))
        what = f"{plural(len(album.deferred), 'step')} for the {limits}"
        yield Wait(WaitKind.BUDGET, key, what, until=plan.resume_at)
    for doubt in album.unsettled[:MOST_FILES]:
        yield Wait(WaitKind.TROUBLE, key, f"not certain yet: {sentence(doubt.what, 400)}", until=doubt.until)
    for item in album.blocked[:MOST_FILES]:
        where = f"{terminal(item.path)}: " if item.path else ""
        yield Wait(WaitKind.GATE if item.protected else WaitKind.FILE, key, where + sentence(item.reason, 400))


def _files(album: AlbumPlan, removals: Mapping[str, float]) -> Iterator[Wait]:
    """A wait for each file that cannot be sent now; those that may soon be first."""
    files = sorted(album.unsendable, key=lambda file: file.why not in PASSING)
    for file in files[:MOST_FILES]:
        yield _file(album.album, file, removals)
    if len(files) > MOST_FILES:
        yield Wait(WaitKind.FILE, album.album, f"{len(files) - MOST_FILES} more files")


def _file(key: str, file: Unsendable, removals: Mapping[str, float]) -> Wait:
    detail = f" ({sentence(file.detail, 400)})" if file.detail else ""
    if file.why is Why.VANISHED:
        what = f"{terminal(file.path)} is gone: its picture leaves the album unless the file comes back"
        return Wait(WaitKind.REMOVAL, key, what, until=removals.get(file.path))
    return Wait(WaitKind.FILE, key, f"{terminal(file.path)}: {file.why.value}{detail}", remedy=FILE_REMEDIES[file.why])
