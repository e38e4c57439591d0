"""A plan as a file: the JSON of the plan, what it is bound to, and a checksum. No id, no link, no secret.

A step stands on a line of its own, so that tools which compare lines tell what differs; and a plan of a hundred
thousand steps is written in less time and room than a line for each of their fields takes. The same plan is the same
bytes on any machine. Nobody trusts what the file says: apply plans anew and compares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from imgur_sync.planner.binding import seal
from imgur_sync.report.jsons import FORMAT_VERSION, inert, plan_dict

if TYPE_CHECKING:
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.reviewed import Binding

Json = Mapping[str, object]
_DEPTH = 4
_BESIDE = frozenset({"format_version", "kind", "checksum", "seal"})


def plan_file(plan: Plan) -> str:
    """The file's text, ending in a newline. The plan must tell what it is bound to."""
    if plan.binding is None:
        raise AssertionError("a plan that was not made for a file")
    content = {**plan_dict(plan), "binding": _binding(plan.binding)}
    mark = checksum(content)
    head = {"format_version": FORMAT_VERSION, "kind": "plan", "checksum": mark, "seal": seal(plan.binding.key, mark)}
    return inert("\n".join(_lines({**content, **head}, 0))) + "\n"


def _lines(value: object, depth: int) -> Iterator[str]:
    """Tables and lists down to the album's lists are laid out, what is in those is a line each."""
    pad, last = " " * depth, depth == _DEPTH
    if isinstance(value, Mapping) and value and not last:
        items = [(f"{json.dumps(name)}: ", inner) for name, inner in sorted(value.items())]
        brackets = "{}"
    elif isinstance(value, list) and value and not last:
        items = [("", inner) for inner in value]
        brackets = "[]"
    else:
        yield json.dumps(value, sort_keys=True)
        return
    yield brackets[0]
    for number, (name, inner) in enumerate(items, 1):
        end = "," if number < len(items) else ""
        lines = list(_lines(inner, depth + 1))
        lines[0] = f"{pad} {name}{lines[0]}"
        lines[-1] += end
        yield from lines
    yield pad + brackets[1]


def checksum(content: Json) -> str:
    """ "sha256:" and 64 hex digits over all of a plan file but its version, kind, checksum and seal: it finds a file
    that was damaged, without the state. It is no proof of who made it; that is the seal, which apply compares."""
    kept = {name: value for name, value in content.items() if name not in _BESIDE}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def _binding(binding: Binding) -> Json:
    return {
        "albums": list(binding.albums),
        "approvals": dict(binding.approvals),
        "serials": dict(binding.serials),
        "seen": dict(binding.seen),
    }
