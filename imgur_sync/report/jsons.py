"""Everything as versioned JSON: sorted keys, ASCII only, UTC times, paths as they are (undecodable bytes as surrogate
escapes). Fields are only ever added under one `format_version`.

ASCII with `\\u` escapes makes the output harmless on a terminal, whatever the names; the escapes are undone by any
reader of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from imgur_sync.errors import BudgetError, ImgurSyncError, ManifestError, StaleError
from imgur_sync.model.budget import Budget
from imgur_sync.model.event import AlbumResult, RunFinished
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.spec import Manifest
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.model.synced import Intent
from imgur_sync.report.activities import running_dict
from imgur_sync.report.figures import iso
from imgur_sync.report.forecasts import forecast_dict, price_dict
from imgur_sync.report.status import Status
from imgur_sync.report.text import approvals

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT_VERSION = 1
Json = Mapping[str, object]

STEP_KINDS: Mapping[type[Step], str] = {
    CreateAlbum: "create_album",
    Upload: "upload",
    EditAlbum: "edit_album",
    EditImage: "edit_image",
    DeleteImage: "delete_image",
    DeleteAlbum: "delete_album",
}
"""The `kind` of each step."""


def document(kind: str, content: Json) -> str:
    """One JSON document with its kind and version, ending in a newline."""
    return (
        inert(json.dumps({"format_version": FORMAT_VERSION, "kind": kind, **content}, sort_keys=True, indent=2)) + "\n"
    )


def inert(text: str) -> str:
    """JSON without what a terminal or a CI system obeys, saying the same."""
    # Both occur inside strings only. DEL is a control character that json leaves as it is; the other is a CI command.
    return text.replace("\x7f", "\\u007f").replace("##[", "#\\u0023[")


def plan_json(plan: Plan) -> str:
    """A plan. No ids of pictures or albums, no links."""
    return document("plan", plan_dict(plan))


def run_json(run: RunFinished, error: ImgurSyncError | None = None) -> str:
    """A finished run: all exit codes, the ruling one first, what was done per album, and the plan of what is left.

    `error` is what ended a run before its end.
    """
    content = {
        "exit_code": run.codes[0].value if run.codes else 0,
        "exit_codes": [code.value for code in run.codes],
        "albums": [_album_result(album) for album in run.albums],
        "uploaded": run.uploaded,
        "uploaded_bytes": run.uploaded_bytes,
        "edited": run.edited,
        "deleted": run.deleted,
        "deleted_albums": run.deleted_albums,
        "credits": run.credits,
        "credits_looking": run.looking,
        "resume_at": iso(run.resume_at),
        "retired": [{"album": url.album, "path": url.path} for url in run.retired],
        "left": plan_dict(run.left),
        "stopped": run.stopped,
        "in_doubt": run.in_doubt,
        "message": error.message if error is not None else "",
        "hint": error.hint if error is not None else "",
    }
    return document("run", content)


def status_json(status: Status) -> str:
    """What the state holds."""
    albums = [
        {
            **_plain(album),
            "last_change": iso(album.last_change or None),
            "failed": [{**_plain(file), "at": iso(file.at)} for file in album.failed],
        }
        for album in status.albums
    ]
    content = {
        "state": status.state,
        "lineage": status.lineage,
        "albums": albums,
        "open_intents": [_intent(intent) for intent in status.open_intents],
        "suspects": status.suspects,
        "holder": status.holder,
        **running_dict(status.running),
        "last_change": iso(status.last_change),
    }
    return document("status", content)


def credits_json(budget: Budget) -> str:
    """All limits as the ledger sees them."""
    return document("credits", _budget(budget))


def links_json(albums: Iterable[tuple[str, str, str, Sequence[tuple[str, str]]]]) -> str:
    """Albums as (key, title, link, pictures), pictures as (path, link)."""
    rows = [
        {
            "album": key,
            "title": title,
            "link": link,
            "pictures": [{"path": path, "link": address} for path, address in pictures],
        }
        for key, title, link, pictures in albums
    ]
    return document("links", {"albums": rows})


def validate_json(manifest: Manifest) -> str:
    """A manifest without problems."""
    albums = [
        {
            "album": spec.key,
            "folder": spec.folder,
            "title": spec.title,
            "privacy": spec.privacy.value,
            "order": list(spec.listed) or spec.order.value,
            "prune": spec.prune.value,
        }
        for spec in manifest.albums
    ]
    content = {"ok": True, "problems": [], "warnings": list(manifest.warnings), "albums": albums}
    return document("validate", {**content, "manifest": str(manifest.path), "digest": manifest.digest})


def error_json(error: ImgurSyncError) -> str:
    """An error that ended a command."""
    problems = [problem._asdict() for problem in error.problems] if isinstance(error, ManifestError) else []
    codes = [error.exit_code.value]
    resume_at = iso(error.resume_at) if isinstance(error, BudgetError) else None
    content = {"ok": False, "message": error.message, "hint": error.hint, "problems": problems, "resume_at": resume_at}
    difference = list(error.difference) if isinstance(error, StaleError) else []
    return document("error", {**content, "difference": difference, "exit_code": codes[0], "exit_codes": codes})


def step_dict(step: Step) -> Json:
    """One step with its `kind`."""
    return {"kind": STEP_KINDS[type(step)], **_plain(step)}


def plan_dict(plan: Plan) -> Json:
    """A plan as plain values. No ids, no links."""
    return {
        "digest": plan.digest,
        "manifest_digest": plan.manifest_digest,
        "lineage": plan.lineage,
        "made_at": iso(plan.made_at),
        "offline": plan.offline,
        "empty": plan.empty,
        "settled": plan.settled,
        "unchanged": {"albums": plan.unchanged, "pictures": plan.unchanged_files, "foreign": _foreign(plan)},
        "price": price_dict(plan.price),
        "total": price_dict(plan.total),
        "budget": _budget(plan.budget) if plan.budget is not None else None,
        "resume_at": iso(plan.resume_at),
        "forecast": forecast_dict(plan.forecast) if plan.forecast is not None else None,
        "observation_reads": plan.observation_reads,
        "oldest_listing": iso(plan.oldest_listing),
        "approve": {name.value: count for name, count in approvals(plan).items()},
        "notes": list(plan.notes),
        "albums": [_album(album) for album in plan.albums],
    }


def _foreign(plan: Plan) -> Json:
    return dict(plan.unchanged_foreign)


def _album(album: AlbumPlan) -> Json:
    """All of an album's plan but what holds ids and what only the planner needs. Most of what is wanted is also done:
    such a step is one table, which stands there twice."""
    told = {id(step): step_dict(step) for step in album.wanted}

    def table(step: Step) -> Json:
        return told.get(id(step)) or step_dict(step)

    return {
        "album": album.album,
        "title": album.title,
        "files": album.files,
        "synced": album.synced,
        "wanted": [table(step) for step in album.wanted],
        "steps": [table(step) for step in album.steps],
        "withheld": [{"gate": held.gate.value, "step": table(held.step)} for held in album.withheld],
        "deferred": [{"limit": held.limit.value, "step": table(held.step)} for held in album.deferred],
        "gates": [{**_plain(gate), "approvable": gate.name.approvable} for gate in album.gates],
        "blocked": [_plain(entry) for entry in album.blocked],
        "drift": [drift.what for drift in album.drift],
        "drift_answers": [drift.then for drift in album.drift],
        "unsettled": [{"what": entry.what, "until": iso(entry.until)} for entry in album.unsettled],
        "unsendable": [_plain(entry) for entry in album.unsendable],
        "skipped": album.skipped,
        "skipped_examples": list(album.skipped_examples),
        "unmanaged": list(album.unmanaged),
        "foreign": album.foreign,
        "moves": [_plain(move) for move in album.moves],
        "recorded": [{"path": entry.path, "digest": entry.digest} for entry in album.placements],
        "replaced": [path for path, _ in album.replaced],
        "reads": album.reads,
        "listed_at": iso(album.listed_at),
        "warnings": list(album.warnings),
        "errors": list(album.errors),
    }


def _album_result(album: AlbumResult) -> Json:
    return {
        "album": album.album,
        "title": album.title,
        "uploaded": album.uploaded,
        "failed": album.failed,
        "done": album.done,
        "problems": list(album.problems),
    }


def _intent(intent: Intent) -> Json:
    return {
        "number": intent.number,
        "request": intent.kind.value,
        "album": intent.album,
        "path": intent.path,
        "made_at": iso(intent.made_at),
        "failed_at": iso(intent.failed_at),
        "sends": intent.sends,
    }


def _budget(budget: Budget) -> Json:
    limits = [
        {
            **_plain(limit),
            "resumes_at": iso(limit.resumes_at),
            "returns": [{"at": iso(step.at), "amount": step.amount} for step in limit.returns],
        }
        for limit in budget.limits
    ]
    ends = {"strikes_end": iso(budget.strikes_end), "blocked_until": iso(budget.blocked_until)}
    return {**_plain(budget), **ends, "limits": limits}


def _plain(value: DataclassInstance) -> dict[str, object]:
    """A dataclass as a dictionary; its values are plain, and its enums are strings."""
    return asdict(value)
