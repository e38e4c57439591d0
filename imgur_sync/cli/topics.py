"""The topics of `imgur-sync help`: short texts; what can be read off the code is, so that it cannot drift."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from imgur_sync.cli.topic_texts import (
    BUDGET,
    ENVIRONMENT,
    GATES,
    INTRODUCTIONS,
    PATTERNS,
    PLAN_FILES,
    PRIVACY,
    SELECTION,
    STATE,
    TABLES,
)

WIDTH = 80


class Topic(NamedTuple):
    """A topic's line in the list, and what makes its text."""

    title: str
    text: Callable[[], str]


def manifest_topic() -> str:
    """Every key of sync.toml with what it takes."""
    from imgur_sync.manifest.reference import keys

    lines = [INTRODUCTIONS["manifest"]]
    table = ""
    for key in keys():
        if key.table != table:
            table = key.table
            lines += ["", table, *([f"  {TABLES[table]}"] if table in TABLES else [])]
        takes = key.takes + (f" (default {key.default})" if key.default else "")
        lines += _entry(f"{key.name} = ", takes or "…", indent=2)
    return "\n".join(lines) + "\n"


def gates_topic() -> str:
    """Every gate, and how one is passed."""
    from imgur_sync.model.plan import GateName

    lines = [INTRODUCTIONS["gates"], ""]
    for gate in GateName:
        lines += _entry(f"{gate.value:<9}", GATES.get(gate.value, "see the plan, which says why"), indent=2)
    passed = ", ".join(gate.value for gate in GateName if gate.approvable)
    lines += ["", *textwrap.wrap(f"Passed by a number: {passed}. The others are not.", WIDTH)]
    return "\n".join(lines) + "\n"


def exit_codes_topic() -> str:
    """The table that `--help` ends with."""
    from imgur_sync.cli import EPILOG

    return EPILOG.replace("\b\n", "")


def environment_topic() -> str:
    """Every variable that is read."""
    lines = [INTRODUCTIONS["environment"], ""]
    for name, text in ENVIRONMENT.items():
        lines += [f"  {name}", *textwrap.wrap(text, WIDTH, initial_indent="      ", subsequent_indent="      ")]
    return "\n".join(lines) + "\n"


def json_topic() -> str:
    """The shape of every document."""
    from imgur_sync.report.jsons import FORMAT_VERSION
    from imgur_sync.report.shape_lines import shape_lines
    from imgur_sync.report.shapes import COMMANDS_BY_KIND, SHAPES

    lines = [INTRODUCTIONS["json"].format(version=FORMAT_VERSION)]
    for kind in SHAPES:
        lines += ["", f"{kind} ({COMMANDS_BY_KIND.get(kind, kind)})"]
        for line in shape_lines(kind):
            indent = len(line) - len(line.lstrip()) + 4
            lines += textwrap.wrap(line, WIDTH, subsequent_indent=" " * indent) if len(line) > WIDTH else [line]
    return "\n".join(lines) + "\n"


TOPICS: Mapping[str, Topic] = {
    "manifest": Topic("every table and key of sync.toml", manifest_topic),
    "patterns": Topic("which files are taken: include, exclude, .imgursyncignore", lambda: PATTERNS),
    "albums": Topic("some albums instead of all: plan ALBUM…, apply ALBUM…", lambda: SELECTION),
    "gates": Topic("what is held back, and how it is let through", gates_topic),
    "plan-files": Topic("plans that are reviewed first: plan -o, apply plan.json, --expect", lambda: PLAN_FILES),
    "budget": Topic("Imgur's limits, and what is done about them", lambda: BUDGET),
    "privacy": Topic("who can see what", lambda: PRIVACY),
    "state": Topic("what is remembered, where, and what if it is lost", lambda: STATE),
    "environment": Topic("every variable that is read", environment_topic),
    "exit-codes": Topic("what each exit code means", exit_codes_topic),
    "json": Topic("the shape of what --json prints", json_topic),
}
"""Every topic, in the order of the list."""


def _entry(head: str, text: str, indent: int) -> Iterator[str]:
    """A name and a text beside it, wrapped."""
    blank = " " * indent
    later = blank + " " * min(len(head), 24)
    yield from textwrap.wrap(text, WIDTH, initial_indent=blank + head, subsequent_indent=later)
