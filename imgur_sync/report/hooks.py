"""What a hook is told of a finished run and of a gate: documents without any link or id, and their shapes."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from imgur_sync.model.gate import GateName
from imgur_sync.report.escape import sentence
from imgur_sync.report.figures import iso
from imgur_sync.report.summary import MEANINGS, counts_line
from imgur_sync.report.text import REMEDIES, approvals

if TYPE_CHECKING:
    from imgur_sync.errors import ExitCode, ImgurSyncError
    from imgur_sync.model.event import AlbumResult, RunFinished
    from imgur_sync.model.gate import Gate
    from imgur_sync.model.plan import Plan
    from imgur_sync.report.shapes import Shape

FORMAT_VERSION = 1
"""Of both documents; under one version fields are only ever added."""

_GATE: Mapping[str, Shape] = {
    "album": "text",
    "gate": "text",
    "count": "number",
    "number": "number?",
    "detail": "text",
    "remedy": "text",
    "type": "text",
}
_HEAD: Mapping[str, Shape] = dict.fromkeys(("event", "command", "manifest", "summary"), "text")
_ALBUM: Mapping[str, Shape] = {
    **dict.fromkeys(("album", "title"), "text"),
    **dict.fromkeys(("uploaded", "failed"), "number"),
    "done": "flag",
    "problems": ["text"],
}
_COUNTS = ("uploaded", "uploaded_bytes", "edited", "deleted", "deleted_albums", "credits", "left", "in_doubt")

HOOK_SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "hook_run": {
        **_HEAD,
        "exit_code": "number",
        "exit_codes": ["number"],
        "changed": "flag",
        "stopped": "flag",
        **dict.fromkeys(_COUNTS, "number"),
        "albums": [_ALBUM],
        "gates": [_GATE],
        "resume_at": "time",
        "message": "text",
        "hint": "text",
    },
    "hook_gate": {**_HEAD, "title": "text", **_GATE},
}
"""By `kind`. `number` is what to approve, null where no number passes the gate; `type` what to type, "" for nothing;
`left` the steps that are still wanted; `summary` is one line to show, all else is as it is, paths and names too."""
HOOK_NAMES: Mapping[str, str] = {
    "hook_run": "what a hook gets when a run has ended",
    "hook_gate": "what a hook gets when a gate has tripped",
}

Document = dict[str, object]
_LONGEST = 600


def run_document(
    run: RunFinished | None,
    *,
    command: str,
    manifest: str,
    albums: Sequence[str] = (),
    error: ImgurSyncError | None = None,
) -> Document:
    """A run that ended, if need be by `error`; without `run` nothing had been done by then.

    `command` is the one that ran, `manifest` the absolute path of its file ("": none that could be named again),
    `albums` those that it was asked for, () for all.
    """
    plan = run.left if run is not None else None
    codes = _codes(run, error)
    done = run is not None and bool(run.uploaded or run.edited or run.deleted or run.deleted_albums)
    said = [counts_line(run)] if run is not None else []
    said += [error.message] if error is not None else []
    said += [f"Exit {code.value}: {MEANINGS[code]}." for code in codes if code and error is None]
    counts = dict.fromkeys(_COUNTS, 0)
    if run is not None:
        counts = {name: getattr(run, name) for name in _COUNTS if name != "left"}
        counts["left"] = sum(len(album.wanted) for album in run.left.albums)
    return {
        **_head("run", command, manifest, " ".join(said)),
        "exit_code": codes[0].value if codes else 0,
        "exit_codes": [code.value for code in codes],
        "changed": done,
        "stopped": run.stopped if run is not None else error is not None,
        **counts,
        "albums": [_album(album) for album in run.albums] if run is not None else [],
        "gates": [_gate(plan, gate, manifest, albums) for gate in _tripped(plan)] if plan is not None else [],
        "resume_at": iso(run.resume_at) if run is not None else None,
        "message": error.message if error is not None else "",
        "hint": error.hint if error is not None else "",
    }


def gate_document(plan: Plan, gate: Gate, *, command: str, manifest: str, albums: Sequence[str] = ()) -> Document:
    """A gate that tripped in an album of `plan`, which was made for `albums` (() for all): its number is the sum over
    all albums of that plan where it tripped, as `--approve` takes it."""
    title = next((album.title for album in plan.albums if album.album == gate.album), "")
    held = f" holds back {gate.count}" if gate.name.approvable else ""
    summary = f"{gate.album}: gate {gate.name.value}{held}: {gate.detail}"
    told = _gate(plan, gate, manifest, albums)
    return {**_head("gate", command, manifest, summary), "title": title, **told}


def gate_documents(plan: Plan, *, command: str, manifest: str, albums: Sequence[str] = ()) -> tuple[Document, ...]:
    """One for each gate that tripped, in the plan's order."""
    return tuple(
        gate_document(plan, gate, command=command, manifest=manifest, albums=albums) for gate in _tripped(plan)
    )


def _codes(run: RunFinished | None, error: ImgurSyncError | None) -> tuple[ExitCode, ...]:
    """All exit codes that apply, that of the error first, as it is what the process ends with."""
    codes = run.codes if run is not None else ()
    return codes if error is None else (error.exit_code, *(code for code in codes if code != error.exit_code))


def _tripped(plan: Plan) -> tuple[Gate, ...]:
    return tuple(gate for album in plan.albums for gate in album.gates)


def _head(event: str, command: str, manifest: str, summary: str) -> Document:
    head = {"format_version": FORMAT_VERSION, "kind": f"hook_{event}", "event": event}
    return {**head, "command": command, "manifest": manifest, "summary": sentence(summary, _LONGEST)}


def _gate(plan: Plan, gate: Gate, manifest: str, albums: Sequence[str]) -> Document:
    number = approvals(plan).get(gate.name)
    file = ["-f", manifest] if manifest else []
    typed: list[str] = []
    if number is not None:
        typed = ["imgur-sync", *file, "apply", *albums, "--approve", f"{gate.name.value}={number}"]
    elif gate.name is GateName.ROOT:
        typed = ["imgur-sync", *file, "root", "accept", gate.album]
    remedy = REMEDIES.get(gate.name, "let it through, if all of it is meant; else put the files back")
    return {
        "album": gate.album,
        "gate": gate.name.value,
        "count": gate.count,
        "number": number,
        "detail": gate.detail,
        "remedy": remedy.replace("ALBUM", shlex.quote(gate.album)),
        "type": shlex.join(typed),
    }


def _album(album: AlbumResult) -> Document:
    return {
        "album": album.album,
        "title": album.title,
        "uploaded": album.uploaded,
        "failed": album.failed,
        "done": album.done,
        "problems": list(album.problems),
    }
