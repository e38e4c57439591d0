"""`help`: every topic is there, fits a terminal, and names nothing that the program does not have."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import click
import pytest

from imgur_sync.cli import COMMANDS, EPILOG, cli
from imgur_sync.cli.sharing import KEY
from imgur_sync.cli.topic_texts import ENVIRONMENT, GATES, TABLES
from imgur_sync.cli.topics import TOPICS
from imgur_sync.directories import CONFIG_VARIABLE, STATE_VARIABLE
from imgur_sync.errors import ExitCode
from imgur_sync.manifest import load
from imgur_sync.manifest.reference import keys
from imgur_sync.manifest.schema import (
    AlbumTable,
    BudgetTable,
    CollectionTable,
    DefaultsTable,
    Document,
    ImageTable,
    MovedTable,
    RemovedTable,
    UploadTable,
)
from imgur_sync.model.budget import CALL_COST, UPLOAD_COST
from imgur_sync.model.plan import GateName
from imgur_sync.report.shapes import SHAPES
from imgur_sync.settings import _CREDENTIALS, _OTHERS, PREFIX
from tests.support.command import Workplace

OTHER_VARIABLES = {STATE_VARIABLE, CONFIG_VARIABLE, KEY}
"""That no setting is read from."""

TEXTS = {name: topic.text() for name, topic in TOPICS.items()}
HEAD = 'version = 1\nlineage = "k3v9x2mq"\n'
EVERY = pytest.mark.parametrize("name", list(TOPICS))


def all_options() -> set[str]:
    """Every option of every command."""
    context = click.Context(cli)
    commands: list[click.Command] = [cli]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        commands += [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    return {option for command in commands for parameter in command.params for option in parameter.opts} | {"--help"}


@EVERY
def test_a_topic_fits_a_terminal(name: str) -> None:
    """80 columns, printable, a newline at the end, and a title in the list."""
    text = TEXTS[name]
    assert text.endswith("\n")
    assert not [line for line in text.splitlines() if len(line) > 80 or line != line.rstrip()]
    assert text.replace("\n", "").isprintable()
    assert TOPICS[name].title


@EVERY
def test_a_topic_names_only_what_there_is(name: str) -> None:
    """Options, commands, variables, topics and tables."""
    text = TEXTS[name]
    known = {f"{PREFIX}{one.upper()}" for one in (*_CREDENTIALS, *_OTHERS)} | OTHER_VARIABLES
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", text)) <= known
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) <= all_options()
    assert set(re.findall(r"imgur-sync ([a-z]+)", text)) <= set(COMMANDS)
    assert set(re.findall(r"\bhelp ([a-z-]+)", text)) <= set(TOPICS)
    tables = {table.strip("[]").partition(".")[0] for table in re.findall(r"^ *(\[[a-z.]+\])", text, re.MULTILINE)}
    assert tables <= set(Document.model_fields)


def test_the_manifest_topic_has_every_key() -> None:
    """Each with what it takes, as the error for a wrong value says it."""
    told = {(key.table, key.name) for key in keys()}
    assert {("[albums.NAME]", name) for name in AlbumTable.model_fields.keys() - {"images"}} <= told
    assert {('[albums.NAME.images."PATH"]', name) for name in ImageTable.model_fields} <= told
    own = CollectionTable.model_fields.keys() - DefaultsTable.model_fields
    assert {("[collections.NAME]", name) for name in own} == {one for one in told if one[0] == "[collections.NAME]"}
    assert {("[[moved]]", name) for name in MovedTable.model_fields} <= told
    assert {("[[removed]]", name) for name in RemovedTable.model_fields} <= told
    assert {("[budget]", name) for name in BudgetTable.model_fields} <= told
    assert {("[upload]", name) for name in UploadTable.model_fields} <= told
    assert ("[gates]", "prune.run") in told
    assert ("", "lineage") in told
    assert all(key.takes not in ("", "something else") for key in keys())
    assert 'prune = "detach", "delete" or "never" (default "detach")' in TEXTS["manifest"]
    assert "reserve_credits = a whole number from 0 to 1000000 (default 500)" in TEXTS["manifest"]
    assert set(TABLES) <= {key.table for key in keys()}


def test_the_manifest_topic_tells_the_defaults_as_they_are_written(tmp_path: Path) -> None:
    """Durations, sizes, lists and limits: a manifest that gives every default is one that gives none."""
    given: dict[str, list[str]] = {}
    for key in keys():
        if key.default and key.table.startswith(
            ("[account]", "[budget]", "[upload]", "[gates]", "[state]", "[albums.")
        ):
            given.setdefault(key.table.replace("NAME", "cats"), []).append(f"{key.name} = {key.default}\n")
    (tmp_path / "bare.toml").write_text(f'{HEAD}[albums.cats]\nfolder = "."\n')
    (tmp_path / "told.toml").write_text(
        HEAD + "".join(f"{table}\n{''.join(lines)}" for table, lines in given.items()) + 'folder = "."\n'
    )
    bare, told = (load(tmp_path / f"{name}.toml", directory=tmp_path) for name in ("bare", "told"))
    assert dataclasses.replace(told, path=bare.path, digest=bare.digest) == bare
    assert len([line for lines in given.values() for line in lines]) >= 25


def test_the_gates_topic_has_every_gate() -> None:
    """With a text for each, and which of them a number passes."""
    for gate in GateName:
        assert gate.value in GATES, gate
        assert re.search(rf"^  {gate.value}\b", TEXTS["gates"], re.MULTILINE)
    passed = re.search(r"Passed by a number: ([a-z, ]+)\.", TEXTS["gates"].replace("\n", " "))
    assert passed is not None
    assert passed[1].split(", ") == [gate.value for gate in GateName if gate.approvable]


def test_the_environment_topic_has_every_variable() -> None:
    """All that the settings read."""
    known = {f"{PREFIX}{one.upper()}" for one in (*_CREDENTIALS, *_OTHERS)} | OTHER_VARIABLES
    assert known == {name for name in ENVIRONMENT if name.startswith(PREFIX)}
    assert list(ENVIRONMENT)[: len(_CREDENTIALS)] == [f"{PREFIX}{one.upper()}" for one in _CREDENTIALS]


def test_the_exit_codes_topic_is_the_table_of_the_help() -> None:
    """One row a code."""
    codes = [int(code) for code in re.findall(r"^ +(\d+)  ", TEXTS["exit-codes"], re.MULTILINE)]
    assert codes == sorted(ExitCode)
    assert EPILOG.replace("\b\n", "") == TEXTS["exit-codes"]


def test_the_budget_topic_has_the_prices_that_are_charged() -> None:
    """An upload and any other request."""
    assert f"An upload costs {UPLOAD_COST.credits}, every other request {CALL_COST.credits}." in TEXTS["budget"]
    for name in re.findall(r"\[budget\] (\w+)", TEXTS["budget"]):
        assert name in BudgetTable.model_fields
    for name in re.findall(r"\[upload\] (\w+)", TEXTS["budget"]):
        assert name in UploadTable.model_fields


def test_the_json_topic_has_every_kind() -> None:
    """As a heading, with its fields below."""
    for kind, shape in SHAPES.items():
        part = TEXTS["json"].split(f"\n{kind} (")[1]
        assert all(re.search(rf"^  {re.escape(field)}[\[:]", part, re.MULTILINE) for field in shape)


def test_help_lists_explains_and_shows_commands(here: Workplace) -> None:
    """Topics, a topic, a command, one below another, and what there is not."""
    listed = here.run("help").stdout
    assert all(re.search(rf"^  {name} ", listed, re.MULTILINE) for name in TOPICS)
    assert here.run("help", "gates").stdout == TEXTS["gates"]
    assert here.run("help", "apply").stdout.startswith("Usage: imgur-sync apply ")
    assert here.run("help", "state", "rebuild").stdout.startswith("Usage: imgur-sync state rebuild ")
    wrong = here.run("help", "gate")
    assert wrong.returncode == 64
    assert "did you mean gates?" in wrong.stderr
    assert here.run("help", "state", "nothing").returncode == 64


def test_a_topic_is_not_shown_where_a_command_is_meant(here: Workplace) -> None:
    """`state` is both: the topic explains, the command is one word away."""
    assert here.run("help", "state").stdout == TEXTS["state"]
    assert "imgur-sync state rebuild" in TEXTS["state"]
