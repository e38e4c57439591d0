"""What a run does now, made up from its events: for whoever looks from another terminal."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from imgur_sync.model.activity import Activity, LastRun, Queued, Wait, WaitKind
from imgur_sync.model.budget import UPLOAD_COST
from imgur_sync.model.event import (
    BudgetReached,
    Countdown,
    Event,
    Hashing,
    InDoubt,
    Listing,
    Planned,
    RunFinished,
    Scanning,
    StepDone,
    StepFailed,
    TwinRemoved,
    UploadDone,
    UploadFailed,
    UploadFound,
    UploadStarted,
    Waiting,
    Warned,
)
from imgur_sync.model.step import Upload
from imgur_sync.planner.price import cost, price, reads_around
from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import plural
from imgur_sync.report.loglines import step_text
from imgur_sync.report.prices import LIMIT_TEXTS
from imgur_sync.report.tally import HELD_BACK
from imgur_sync.report.text import REMEDIES
from imgur_sync.report.waits import WAIT

if TYPE_CHECKING:
    from imgur_sync.model.plan import AlbumPlan, Plan
    from imgur_sync.model.step import Step

_OF_PLANS = (WaitKind.GATE, WaitKind.BUDGET, WaitKind.TROUBLE)
"""What a plan knows of an album's waits."""
_OfStep = UploadDone | UploadFound | UploadFailed | StepDone | StepFailed


def doing(activity: Activity, event: Event) -> Activity:
    """The activity after one event of a run. `at` is that of the event already; it, `pid`, `host`, `command`, `since`
    and `next_look` stay as they are.

    A plan takes the place of the queue and of the waits of kinds GATE, BUDGET and TROUBLE of its albums, and of the
    BUDGET of no album (""); others stay. So does the end of a run, for all albums that the run was about.
    """
    match event:
        case Scanning() | Hashing() | Listing() | UploadStarted() | TwinRemoved():
            return replace(activity, doing=_words(event), album=event.album, until=None)
        case Planned(plan=plan):
            return _planned(activity, plan)
        case UploadDone() | UploadFound() | UploadFailed() | StepDone() | StepFailed():
            return _stepped(activity, event)
        case InDoubt(album=album, what=what, until=until):
            return replace(
                activity, doing=f"finding out what became of {sentence(what, 200)}", album=album, until=until
            )
        case Waiting(reason=reason, until=until):
            return replace(activity, doing=f"waiting: {sentence(reason, 200)}", album="", until=until)
        case Countdown(reason=reason, seconds=seconds):
            until = activity.at + seconds
            return replace(activity, doing=f"waiting: {sentence(reason, 200)}", album="", until=until)
        case BudgetReached(limit=limit, resume_at=at):
            wait = Wait(WaitKind.BUDGET, "", f"the {LIMIT_TEXTS[limit]} are used up", at)
            others = tuple(w for w in activity.waits if w.kind is not WaitKind.BUDGET or w.album)
            return replace(activity, waits=(*others, wait))
        case Warned():
            return activity
        case RunFinished():
            codes = tuple(code.value for code in event.codes)
            last = LastRun(activity.at, codes, event.uploaded, event.credits)
            left = _with_plan(activity, event.left, {result.album for result in event.albums})
            return replace(_idle(left), done=0, total=0, last=last)
        case _:
            assert_never(event)


def _words(event: Scanning | Hashing | Listing | UploadStarted | TwinRemoved) -> str:
    """What is begun, in a few words."""
    match event:
        case Scanning(number=number, total=total):
            return "reading the folder" + (f" ({number} of {total})" if total > 1 else "")
        case Hashing(path=path):
            return f"reading {terminal(path)}"
        case Listing(album=album):
            return "asking Imgur" if album else "asking Imgur about the account"
        case UploadStarted(path=path):
            return f"uploading {terminal(path)}"
        case TwinRemoved():
            return "removing second copies"
        case _:
            assert_never(event)


def queue_of(plan: Plan) -> tuple[Queued, ...]:
    """What is before each album of a plan, what waits for the budget included, in the order of execution."""
    return tuple(_queued(album) for album in plan.albums if album.steps or album.deferred)


def waits_of(plan: Plan) -> tuple[Wait, ...]:
    """What of a plan waits: for somebody who passes a gate, for the budget, or to be certain."""
    return tuple(
        wait for album in plan.albums for wait in (*gate_waits(album), *_budget_waits(album, plan), *_doubts(album))
    )


def gate_waits(album: AlbumPlan) -> Iterator[Wait]:
    """The gates that hold something back in an album, each with what to type."""
    held = {withheld.gate for withheld in album.withheld}
    key = shlex.quote(terminal(album.album))
    for gate in album.gates:
        if gate.name in REMEDIES:
            yield Wait(WaitKind.GATE, album.album, gate.detail, None, REMEDIES[gate.name].replace("ALBUM", key))
        elif gate.name in held:
            remedy = f"imgur-sync apply {key} --approve {gate.name}={gate.count}"
            yield Wait(WaitKind.GATE, album.album, gate.detail, None, remedy)


def _budget_waits(album: AlbumPlan, plan: Plan) -> Iterator[Wait]:
    if album.deferred:
        limits = dict.fromkeys(LIMIT_TEXTS[deferred.limit] for deferred in album.deferred)
        count = len(album.deferred)
        what = f"{plural(count, 'step')} {'waits' if count == 1 else 'wait'} for the {' and the '.join(limits)}"
        yield Wait(WaitKind.BUDGET, album.album, what, plan.resume_at, WAIT)


def _doubts(album: AlbumPlan) -> Iterator[Wait]:
    """One for all: there may be as many as pictures were sent a moment ago."""
    if album.unsettled:
        more = f" and {plural(len(album.unsettled) - 1, 'more', 'more')}" if len(album.unsettled) > 1 else ""
        until = max(doubt.until for doubt in album.unsettled)
        yield Wait(WaitKind.TROUBLE, album.album, f"not certain yet: {album.unsettled[0].what}{more}", until)


def _idle(activity: Activity, words: str = "") -> Activity:
    return replace(activity, doing=words, album="", until=None)


def _planned(activity: Activity, plan: Plan) -> Activity:
    """The steps that the plan grants are added to what is done already."""
    steps = sum(len(album.steps) for album in plan.albums)
    words = f"beginning with {plural(steps, 'step')}" if steps else "nothing to do now"
    return replace(_with_plan(_idle(activity, words), plan), total=activity.done + steps)


def _with_plan(activity: Activity, plan: Plan, more: Collection[str] = ()) -> Activity:
    """With the queue and the waits of a plan, which is also about the albums `more`: nothing is left of those."""
    keys = {album.album for album in plan.albums}.union(more)

    def stays(wait: Wait) -> bool:
        known = wait.kind in _OF_PLANS and wait.album in keys
        return not known and not (wait.kind is WaitKind.BUDGET and not wait.album)

    return replace(
        activity,
        queue=(*queue_of(plan), *(queued for queued in activity.queue if queued.album not in keys)),
        waits=(*waits_of(plan), *(wait for wait in activity.waits if stays(wait))),
    )


def _stepped(activity: Activity, event: _OfStep) -> Activity:
    """A step is behind; one that a limit holds back comes again with the next plan."""
    match event:
        case UploadDone() | UploadFound():
            return _counted(activity, event.album, None)
        case UploadFailed(problem=problem):
            return activity if problem.kind in HELD_BACK else _counted(activity, event.album, None)
        case StepDone(step=step):
            begun = replace(activity, doing=step_text(step), album=event.album, until=None)
            return _counted(begun, event.album, step)
        case StepFailed(step=step):
            return _counted(activity, event.album, step)
        case _:
            assert_never(event)


def _counted(activity: Activity, album: str, step: Step | None) -> Activity:
    """One more step is done; None is an upload."""
    done = activity.done + 1
    rest = (_less(queued, step) if queued.album == album else queued for queued in activity.queue)
    queue = tuple(queued for queued in rest if queued.uploads or queued.others)
    return replace(activity, done=done, total=max(done, activity.total), queue=queue)


def _queued(album: AlbumPlan) -> Queued:
    steps = (*album.steps, *(deferred.step for deferred in album.deferred))
    whole = price(steps, reads_around(steps))
    return Queued(album.album, whole.uploads, len(steps) - whole.uploads, whole.credits)


def _less(queued: Queued, step: Step | None) -> Queued:
    upload = step is None or isinstance(step, Upload)
    spent = UPLOAD_COST.credits if step is None else cost(step).credits
    return replace(
        queued,
        uploads=max(0, queued.uploads - upload),
        others=max(0, queued.others - (not upload)),
        credits=max(0, queued.credits - spent),
    )
