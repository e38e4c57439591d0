"""Events as single lines for logs: what happened, without links, ids and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

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
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import duration, plural, size
from imgur_sync.report.prices import LIMIT_TEXTS, price_text
from imgur_sync.report.tally import HELD_BACK
from imgur_sync.report.text import Moment

if TYPE_CHECKING:
    from imgur_sync.model.outcome import Problem


def important(event: Event) -> bool:
    """Whether a person wants to see this event at once, however much else goes on."""
    return isinstance(event, UploadFailed | InDoubt | StepFailed | TwinRemoved | Waiting | BudgetReached | Warned)


def line(event: Event, read: Moment) -> str:
    """One event as one line."""
    match event:
        case Scanning(album=album, number=number, total=total):
            return f"{terminal(album)}: reading the folder ({number} of {total})"
        case Hashing(album=album, path=path):
            return f"{terminal(album)}: reading {terminal(path)}"
        case Listing(album=album):
            return f"{terminal(album)}: asking Imgur" if album else "asking Imgur about the account"
        case Planned(plan=plan, round=round_):
            return f"plan {round_}: {price_text(plan.price)}"
        case RunFinished():
            return f"finished: {plural(event.uploaded, 'upload')}, {plural(event.credits, 'credit')}"
        case Waiting(reason=reason, until=until):
            return f"waiting: {sentence(reason, 400)}, until {read.text(until)}"
        case Countdown(reason=reason, seconds=seconds):
            return f"waiting: {sentence(reason, 400)}, {duration(seconds)} left"
        case BudgetReached(limit=limit, resume_at=at):
            later = "" if at is None else f"; more at {read.text(at)}"
            return f"the {LIMIT_TEXTS[limit]} are used up{later}"
        case Warned(text=text):
            return f"warning: {sentence(text, 400)}"
        case _:
            return f"{terminal(event.album)}: {_of_album(event, read)}"


_OfAlbum = UploadStarted | UploadDone | UploadFound | UploadFailed | InDoubt | StepDone | StepFailed | TwinRemoved


def _of_album(event: _OfAlbum, read: Moment) -> str:
    """What happened in the event's album."""
    match event:
        case UploadStarted(path=path, size=count):
            return f"sending {terminal(path)} ({size(count)})"
        case UploadDone(path=path):
            return f"{terminal(path)} is up"
        case UploadFound(path=path):
            return f"{terminal(path)} was up already; it was not sent twice"
        case UploadFailed(path=path, problem=problem) if problem.kind in HELD_BACK:
            return f"{terminal(path)} goes later: {sentence(problem.detail, 300)}"
        case UploadFailed(path=path, problem=problem, final=final):
            rest = "; not tried again until it changes" if final else ""
            return f"{terminal(path)} failed: {problem_text(problem)}{rest}"
        case InDoubt(what=what, problem=problem, until=until):
            return f"in doubt: {sentence(what, 400)} ({problem_text(problem)}); looked at again {read.text(until)}"
        case StepDone(step=step):
            return f"{step_text(step)}: done"
        case StepFailed(step=step, problem=problem):
            return f"{step_text(step)} failed: {problem_text(problem)}"
        case TwinRemoved(what=what):
            return f"removed a second copy that turned up late: {sentence(what, 400)}"
        case _:
            assert_never(event)


def problem_text(problem: Problem) -> str:
    """A problem in one line: its kind, what Imgur said, the status."""
    status = f" (HTTP {problem.status})" if problem.status else ""
    detail = f": {sentence(problem.detail, 300)}" if problem.detail else ""
    return f"{problem.kind}{detail}{status}"


def step_text(step: Step) -> str:
    """A step in a few words."""
    match step:
        case CreateAlbum():
            return "making the album"
        case Upload(path=path):
            return f"uploading {terminal(path)}"
        case EditAlbum(narrows=True):
            return "narrowing the album's privacy"
        case EditAlbum():
            return "editing the album"
        case EditImage(path=path):
            return f"changing the texts of {terminal(path)}"
        case DeleteImage(path=path):
            return f"deleting the picture of {terminal(path)}"
        case DeleteAlbum():
            return "deleting the album"
        case _:
            assert_never(step)
