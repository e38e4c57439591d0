"""The table in the simulator's README: every row has a source, a confidence and a test that is there."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

from imgur_sync import simulator
from imgur_sync.simulator import Knobs, Options, World, create_app
from imgur_sync.simulator.app import ROOMS
from imgur_sync.simulator.named_faults import NAMED
from imgur_sync.simulator.website import EDITS

README = (Path(simulator.__file__).parent / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## What it does, and how sure that is\n")[1].split("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" |")]
    for line in SECTION.splitlines()
    if line.startswith("| ") and not line.startswith("| what | choice |")
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
    """By one of its paths, with every method; but for PUT where it does what POST does, and for what ids and counts
    a list has besides."""
    listed = set(re.findall(r"`([A-Z]+ /[^`]*)`", re.sub(r"\{\w+\}", "{}", SECTION)))
    for room in ROOMS:
        for route in room.all:
            paths = [re.sub(r"<[^>]*>", "{}", rule) for rule in route.rules]
            if re.search(r"/(ids|count)$", paths[0]):
                assert f"`GET {paths[0].rpartition('/')[0]}`, `…/ids`, `…/count`" in re.sub(r"\{\w+\}", "{}", SECTION)
                continue
            for method in route.methods:
                twin = {"PUT": "POST", "POST": "PUT"}.get(method)
                told = {method} | ({twin} if twin in route.methods else set())
                assert {f"{one} {path}" for one in told for path in paths} & listed, (method, route.rules)


def test_every_other_address_is_in_a_table():
    """Pages, files and steering, as the README spells them."""
    rows = " ".join(line for line in README.splitlines() if line.startswith("| "))
    told = {
        re.sub(r"ID|NAME|\{[^}]*\}", "{}", words[2].partition("?")[0]).strip("/")
        for words in re.finditer(r"`([A-Z]+ )?(/?[^ `]*)[^`]*`", rows)
    }
    for rule in create_app(World()).url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "{}", rule.rule.removeprefix("/_simulator").replace("<file>", "{}.{}")).strip("/")
        assert rule.rule.startswith(("/3/", "/oauth2/", "/post/")) or path in told, rule.rule


def test_every_fault_and_edit_that_a_row_names_is_there():
    for row in ROWS:
        for kind, name in re.findall(r"(fault|edit) `([\w-]+)`", row[1]):
            assert name in (NAMED if kind == "fault" else EDITS), row


def test_every_knob_is_in_a_row():
    choices = " ".join(row[1] for row in ROWS)
    for knob in dataclasses.fields(Knobs):
        assert re.search(rf"`{knob.name}(=[^`]*)?`", choices), knob.name


def test_every_option_is_told_of():
    for option in dataclasses.fields(Options):
        assert re.search(rf"`(Options\.)?{option.name}`", README), option.name


def test_a_choice_names_every_value_that_a_knob_takes():
    """Where it names a second one."""
    hints, complete = get_type_hints(Knobs), set()
    for row in ROWS:
        for name, first, others in re.findall(r"`(\w+)=([^`]*)`((?:, `[^`]*`)+)", row[1]):
            values = [first, *re.findall(r"`([^`]*)`", others)]
            if get_origin(hints[name]) is Literal:
                assert set(values) == {str(one) for one in get_args(hints[name])}, row
                complete.add(name)
    assert len(complete) > 20


def test_the_first_value_of_a_choice_is_the_default():
    defaults = {knob.name: str(knob.default) for knob in dataclasses.fields(Knobs)}
    told = [re.fullmatch(r"(\w+)=(.*)", choice) for row in ROWS for choice in re.findall(r"`([^`]*)`", row[1])]
    chosen = [found.groups() for found in told if found]
    assert len(chosen) > 12
    for name, value in chosen:
        assert value == defaults[name], name
