"""What the board of activities keeps, as JSON: file names in it may hold bytes that are no text."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from imgur_sync.model.activity import Activity, LastRun, Queued, Wait, WaitKind


def dump_activity(activity: Activity) -> bytes:
    """An activity as bytes."""
    fields = asdict(activity)
    del fields["ended"]
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def load_activity(body: bytes, *, ended: bool) -> Activity:
    """What `dump_activity` was given, and whether its process died. Raises ValueError, TypeError or KeyError."""
    fields: dict[str, Any] = json.loads(body)
    fields["queue"] = tuple(Queued(**queued) for queued in fields["queue"])
    fields["waits"] = tuple(Wait(**{**wait, "kind": WaitKind(wait["kind"])}) for wait in fields["waits"])
    last = fields["last"]
    fields["last"] = None if last is None else LastRun(**{**last, "codes": tuple(last["codes"])})
    return Activity(**fields, ended=ended)
