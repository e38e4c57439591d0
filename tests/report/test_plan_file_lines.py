"""A plan file as text: a line for each step, and JSON all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from imgur_sync.model.plan import AlbumPlan, Gate, GateName, Plan, Withheld
from imgur_sync.model.reviewed import Binding
from imgur_sync.model.step import EditAlbum, Place, Upload
from imgur_sync.planner.binding import binding_key
from imgur_sync.report.jsons import document, plan_dict
from imgur_sync.report.plan_file import plan_file

BINDING = Binding(("cats",), (("prune", 2),), (("cats", 3),), (("cats", "ab"),), binding_key("line", ["id"]))


def bound(made: Plan) -> Plan:
    """The plan as one that is to be written."""
    return replace(made, binding=BINDING)


def test_a_step_is_a_line(
    upload: Callable[..., Upload], album: Callable[..., AlbumPlan], plan: Callable[..., Plan]
) -> None:
    """So two files differ in as many lines as their plans differ in steps; all else is as `--json` has it."""
    names = [f"{number}##[x]\x7f\u202e.png" for number in range(9)]
    held = EditAlbum("cats", detached=(Place("x", "0" * 64),))
    gate = Gate(GateName.PRUNE, "cats", 1, "one")
    one = album(*map(upload, names), held, gates=(gate,), withheld=(Withheld(held, GateName.PRUNE),))
    text = plan_file(bound(plan(one, album(key="empty"))))
    assert text.isascii()
    assert text.endswith("}\n")
    assert "##[" not in text
    assert "\x7f" not in text
    lines = [line for line in text.splitlines() if '"kind": "upload"' in line]
    assert len(lines) == 2 * len(names), "among what is wanted, and among what is done now"
    whole = json.loads(text)
    assert list(whole) == sorted(whole)
    assert list(whole["albums"][0]) == sorted(whole["albums"][0])
    shown = json.loads(document("plan", plan_dict(plan(one, album(key="empty")))))
    beside = {"binding", "checksum", "seal"}
    assert {name: value for name, value in whole.items() if name not in beside} == shown
    more = plan_file(bound(plan(album(*map(upload, [*names, "new.png"]), held, gates=(gate,)), album(key="empty"))))
    new = set(more.splitlines()) - set(text.splitlines())
    assert len([line for line in new if '"kind": "upload"' in line]) == 1, "but for the comma of the line before"
