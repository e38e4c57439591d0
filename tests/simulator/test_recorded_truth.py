"""The table in the simulator's README: every row has a source, a confidence and a test that is there."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path

from imgur_sync import simulator
from imgur_sync.simulator import Knobs
from imgur_sync.simulator.app import ROOMS

README = (Path(simulator.__file__).parent / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## What it does, and how sure that is\n")[1].split("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" |")]
    for line in SECTION.splitlines()
    if line.startswith("| ") and not line.startswith("| what ")
]


def test_every_row_says_what_it_is_known_from_and_how_well():
    assert len(ROWS) > 80
    for row in ROWS:
        assert len(row) == 5, row
        what, _, source, sure, _ = row
        assert what
        assert re.fullmatch(r"own|§\d+(\.\d+)?(, §\d+(\.\d+)?)*", source), row
        assert re.fullmatch(r"[HML](, [HML])?", sure), row


def test_every_row_names_tests_that_are_there():
    known = {
        node.name
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    for row in ROWS:
        named = re.findall(r"`(\w+)`", row[4])
        assert named, row
        assert set(named) <= known, row


def test_every_endpoint_is_in_a_row():
    """By one of its paths, with any of its methods."""
    listed = set(re.findall(r"`[A-Z]+ (/[^`]*)`", re.sub(r"\{\w+\}", "{}", SECTION)))
    for room in ROOMS:
        for route in room.all:
            if not re.search(r"/(ids|count)$", route.rules[0]):
                assert {re.sub(r"<[^>]*>", "{}", rule) for rule in route.rules} & listed, route.rules


def test_every_knob_is_in_a_row():
    choices = " ".join(row[1] for row in ROWS)
    for knob in dataclasses.fields(Knobs):
        assert re.search(rf"`{knob.name}(=[^`]*)?`", choices), knob.name


def test_the_first_value_of_a_choice_is_the_default():
    defaults = {knob.name: str(knob.default) for knob in dataclasses.fields(Knobs)}
    told = [re.fullmatch(r"(\w+)=(.*)", choice) for row in ROWS for choice in re.findall(r"`([^`]*)`", row[1])]
    chosen = [found.groups() for found in told if found]
    assert len(chosen) > 12
    for name, value in chosen:
        assert value == defaults[name], name
