"""The events of a run as JSON, one object a line: for programs that follow it. No secrets, no ids, no links."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import assert_never

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
from imgur_sync.report.figures import iso
from imgur_sync.report.jsons import FORMAT_VERSION, STEP_KINDS
from imgur_sync.report.loglines import line
from imgur_sync.report.text import Moment

Json = Mapping[str, object]

NAMES: Mapping[type[Event], str] = {
    Scanning: "scanning",
    Listing: "listing",
    Planned: "planned",
    UploadStarted: "upload_started",
    UploadDone: "upload_done",
    UploadFound: "upload_found",
    UploadFailed: "upload_failed",
    InDoubt: "in_doubt",
    StepDone: "step_done",
    StepFailed: "step_failed",
    TwinRemoved: "twin_removed",
    Waiting: "waiting",
    BudgetReached: "budget_reached",
    Warned: "warned",
    RunFinished: "run_finished",
}
"""The `event` of each line. How far a hash or a wait is makes no line."""


def event_line(event: Event, at: float) -> str:
    """One line without its end; "" for an event that only moves a display. `at` in Unix seconds."""
    if isinstance(event, Hashing | Countdown):
        return ""
    path = getattr(event, "path", "") or getattr(getattr(event, "step", None), "path", "")
    fields = {
        "format_version": FORMAT_VERSION,
        "kind": "event",
        "at": iso(at),
        "event": NAMES[type(event)],
        "album": getattr(event, "album", ""),
        "path": path,
        "text": line(event, Moment(at, UTC)),
        "facts": _facts(event),
    }
    text = json.dumps(fields, sort_keys=True, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f").replace("##[", "#\\u0023[")


def _facts(event: Event) -> Json:
    match event:
        case Scanning(number=number, total=total):
            return {"number": number, "total": total}
        case Planned():
            return _planned(event)
        case UploadStarted(size=size) | UploadDone(size=size):
            return {"bytes": size}
        case UploadFailed(problem=problem, final=final):
            return {"problem": problem.kind.value, "status": problem.status, "final": final}
        case InDoubt(what=what, problem=problem, until=until):
            return {"what": what, "problem": problem.kind.value, "until": iso(until)}
        case StepDone(step=step):
            return {"step": STEP_KINDS[type(step)]}
        case StepFailed(step=step, problem=problem):
            return {"step": STEP_KINDS[type(step)], "problem": problem.kind.value, "status": problem.status}
        case TwinRemoved(what=what):
            return {"what": what}
        case Waiting(reason=reason, until=until):
            return {"reason": reason, "until": iso(until)}
        case BudgetReached(limit=limit, resume_at=at):
            return {"limit": limit.value, "resume_at": iso(at)}
        case Warned(text=text):
            return {"what": text}
        case RunFinished():
            return _finished(event)
        case Listing() | UploadFound() | Hashing() | Countdown():
            return {}
    assert_never(event)


def _planned(event: Planned) -> Json:
    plan = event.plan
    return {
        "round": event.round,
        "digest": plan.digest,
        "empty": plan.empty,
        "steps": sum(len(album.steps) for album in plan.albums),
        "wanted": sum(len(album.wanted) for album in plan.albums),
        "credits": plan.price.credits,
        "uploads": plan.price.uploads,
        "upload_bytes": plan.price.upload_bytes,
    }


def _finished(run: RunFinished) -> Json:
    names = ("uploaded", "uploaded_bytes", "edited", "deleted", "deleted_albums", "credits", "in_doubt", "stopped")
    codes = [code.value for code in run.codes]
    counts = {name: getattr(run, name) for name in names}
    return {**counts, "exit_code": codes[0] if codes else 0, "exit_codes": codes, "resume_at": iso(run.resume_at)}
