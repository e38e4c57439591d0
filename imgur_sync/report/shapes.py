"""The shape of every JSON document, as `help json` prints it and tests check it. Fields are only ever added.

A shape is a word (`text`, `number`, `flag`, `time`: UTC or null; with a `?` null too), a list with the shape of its
items, a table of fields, or, under the field `*`, of any other field. A field whose name ends in `?` may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imgur_sync.report.activities import ACTIVITY_SHAPES
from imgur_sync.report.event_shape import EVENT_SHAPE
from imgur_sync.report.forecasts import FORECAST_SHAPE, PRICE_SHAPE
from imgur_sync.report.hooks import HOOK_NAMES, HOOK_SHAPES

Shape = str | Sequence["Shape"] | Mapping[str, "Shape"]

STEP: Shape = {"kind": "text", "album": "text", "*": "any"}
PRICE: Shape = PRICE_SHAPE
LIMIT: Shape = {
    "name": "text",
    "capacity": "number?",
    "remaining": "number?",
    "resumes_at": "time",
    "window": "number?",
    "returns": [{"at": "time", "amount": "number"}],
}
BUDGET: Mapping[str, Shape] = {
    "limits": [LIMIT],
    "reserved": "number",
    "used_today": "number",
    "reading_age": "number?",
    "learned": "number?",
    "strikes": "number",
    "strikes_end": "time",
    "blocked_until": "time",
    "caution": "number",
    "own_cap": "number?",
}
RETIRED: Shape = {"album": "text", "path": "text", "old": "text", "new": "text"}

ALBUM_PLAN: Shape = {
    "album": "text",
    "title": "text",
    "files": "number",
    "synced": "number",
    "wanted": [STEP],
    "steps": [STEP],
    "withheld": [{"gate": "text", "step": STEP}],
    "deferred": [{"limit": "text", "step": STEP}],
    "gates": [{"name": "text", "album": "text", "count": "number", "detail": "text", "approvable": "flag"}],
    "blocked": [{"album": "text", "path": "text", "reason": "text", "protected": "flag"}],
    "drift": ["text"],
    "drift_answers": ["text"],
    "unsettled": [{"what": "text", "until": "time"}],
    "unsendable": [{"path": "text", "why": "text", "detail": "text"}],
    "skipped": "number",
    "skipped_examples": ["text"],
    "unmanaged": ["text"],
    "foreign": "number",
    "moves": [{"album": "text", "source": "text", "target": "text", "digest": "text"}],
    "recorded": [{"path": "text", "digest": "text"}],
    "replaced": ["text"],
    "reads": "number",
    "listed_at": "time",
    "warnings": ["text"],
    "errors": ["text"],
}

PLAN: Mapping[str, Shape] = {
    "digest": "text",
    "manifest_digest": "text",
    "lineage": "text",
    "made_at": "time",
    "offline": "flag",
    "empty": "flag",
    "settled": "flag",
    "unchanged": {"albums": "number", "pictures": "number", "foreign": {"*": "number"}},
    "price": PRICE,
    "total": PRICE,
    "budget": BUDGET,
    "resume_at": "time",
    "forecast": FORECAST_SHAPE,
    "observation_reads": "number",
    "oldest_listing": "time",
    "approve": {"*": "number"},
    "notes": ["text"],
    "albums": [ALBUM_PLAN],
    "binding?": {
        "albums": ["text"],
        "approvals": {"*": "number"},
        "serials": {"*": "number"},
        "seen": {"*": "text"},
    },
    "checksum?": "text",
    "seal?": "text",
}

LEFT: Mapping[str, Shape] = {"album": "text", "path": "text", "link": "text", "size": "number"}

SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "init": {"manifest": "text", "albums": ["text"]},
    "validate": {
        "ok": "flag",
        "problems": ["any"],
        "warnings": ["text"],
        "manifest": "text",
        "digest": "text",
        "albums": [dict.fromkeys(("album", "folder", "title", "privacy", "order", "prune"), "text?")],
    },
    "plan": PLAN,
    "drift": {
        "albums": [
            {
                "album": "text",
                "drift": [{"what": "text", "then": "text"}],
                "foreign": "number",
                "unsettled": ["text"],
                "gates": [{"name": "text", "detail": "text"}],
            }
        ],
        "unchanged": "number",
    },
    "diff": {
        "changes": [dict.fromkeys(("side", "kind", "album", "path", "old", "new", "note"), "text")],
        "empty": "flag",
        "offline": "flag",
        "notes": ["text"],
    },
    "plan_diff": {
        "empty": "flag",
        "elements": [
            dict.fromkeys(("only", "album", "does", "path", "sha256", "value", "from_album", "from_path"), "text")
        ],
    },
    "run": {
        "exit_code": "number",
        "exit_codes": ["number"],
        "albums": [
            {
                "album": "text",
                "title": "text",
                "uploaded": "number",
                "failed": "number",
                "done": "flag",
                "problems": ["text"],
            }
        ],
        "uploaded": "number",
        "uploaded_bytes": "number",
        "edited": "number",
        "deleted": "number",
        "deleted_albums": "number",
        "credits": "number",
        "credits_looking": "number",
        "resume_at": "time",
        "retired": [{"album": "text", "path": "text"}],
        "left": PLAN,
        "stopped": "flag",
        "in_doubt": "number",
        "message": "text",
        "hint": "text",
    },
    "restorable": {"pictures": [{**LEFT, "left_at": "time"}]},
    "restored": {"restored": [LEFT], "gone": [LEFT]},
    "purged": {"deleted": [LEFT], "left": [LEFT]},
    "forgotten": {"album": "text", "pictures": "number"},
    "status": {
        "state": "text",
        "lineage": "text",
        "albums": [
            {
                "key": "text",
                "title": "text",
                "link": "text",
                "pictures": "number",
                "detached": "number",
                "gone": "number",
                "keyless": "number",
                "missing": "flag",
                "last_change": "time",
                "failed": [{"album": "text", "path": "text", "digest": "text", "reason": "text", "at": "time"}],
            }
        ],
        "open_intents": [
            {
                "number": "number",
                "request": "text",
                "album": "text",
                "path": "text",
                "made_at": "time",
                "failed_at": "time",
                "sends": "number",
            }
        ],
        "suspects": "number",
        "holder": "text?",
        **ACTIVITY_SHAPES,
        "last_change": "time",
    },
    "explain": {
        "asked": "text",
        "verdict": "text",
        "because": ["text"],
        "album": "text",
        "path": "text",
        "file": {"size": "number", "media_type": "text", "width": "number", "height": "number", "sha256": "text"},
        "gate": "text",
        "approve": "text",
        "pictures": [
            {
                **dict.fromkeys(("link", "standing", "album", "path", "sha256"), "text"),
                **dict.fromkeys(("width", "height"), "number"),
                **dict.fromkeys(("uploaded_at", "placed_at"), "time"),
            }
        ],
        "failed": {"reason": "text", "at": "time"},
        "offline": "flag",
    },
    "history": {
        "runs": [
            {
                "number": "number",
                "command": "text",
                "albums": ["text"],
                "ending": "text",
                "started_at": "time",
                "ended_at": "time",
                "exit_code": "number?",
                "exit_codes": ["number"],
                "credits": "number?",
                "uploaded_bytes": "number",
                "done": {"*": "number"},
                "steps": [{**dict.fromkeys(("kind", "album", "path", "was", "reason"), "text"), "at": "time"}],
                "retired": [RETIRED],
            }
        ]
    },
    "links": {
        "albums": [
            {"album": "text", "title": "text", "link": "text", "pictures": [{"path": "text", "link": "text"}]},
        ]
    },
    "retired_links": {"retired": [RETIRED]},
    "credits": BUDGET,
    "fmt": {"manifest": "text", "tidy": "flag", "written": "flag"},
    "ci_init": {**dict.fromkeys(("system", "written", "remark"), "text"), "found": "flag"},
    "root_accept": {"album": "text", "accepted": "flag", "loses": "number"},
    "login": {
        **dict.fromkeys(("account", "profile", "api_url", "flow", "kept", "folder", "login"), "text"),
        "warnings": ["text"],
    },
    "logout": {"profile": "text", "api_url": "text", "removed": "flag", "environment": ["text"]},
    "doctor": {
        "ok": "flag",
        "exit_code": "number",
        "exit_codes": ["number"],
        "checks": [{**dict.fromkeys(("check", "verdict", "what", "remedy"), "text"), "code": "number"}],
    },
    "state_rebuild": {"albums": "number", "pictures": "number", "kept": "text?"},
    "state_recover": {"copy": "text", "kept": "text?"},
    "state_fetch": {"from": "text"},
    "error": {
        "ok": "flag",
        "message": "text",
        "hint": "text",
        "problems": [
            {"line": "number", "column": "number", "what": "text", "remedy": "text", "source": "text"},
        ],
        "resume_at": "time",
        "difference": ["text"],
        "exit_code": "number",
        "exit_codes": ["number"],
    },
    "watch_event": {"at": "time", **dict.fromkeys(("level", "event", "album", "text"), "text")},
    "event": EVENT_SHAPE,
    **HOOK_SHAPES,
}
"""By `kind`: the fields of each document beside `format_version` and `kind`. A table that stands alone may be null."""

COMMANDS_BY_KIND: Mapping[str, str] = {
    "plan": "plan, show",
    "run": "apply",
    "plan_diff": "diff A.json B.json",
    "restorable": "restore",
    "restored": "restore",
    "purged": "purge",
    "forgotten": "forget",
    "retired_links": "links --retired",
    "ci_init": "ci init",
    "root_accept": "root accept",
    "state_rebuild": "state rebuild",
    "state_recover": "state recover",
    "state_fetch": "state fetch",
    "error": "any command that fails",
    "watch_event": "watch",
    "event": "plan --events, apply --events",
    **HOOK_NAMES,
}
"""The command that prints a kind, where it has another name."""
