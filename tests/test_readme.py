"""Every block of the README is executed: here, or (the install and test commands) by .ci/run in a clean copy."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from imgur_sync.cli import COMMANDS, cli
from imgur_sync.cli.demo_drawing import cat, landscape
from imgur_sync.errors import ExitCode
from imgur_sync.manifest import draft, load
from imgur_sync.model.plan import GateName
from imgur_sync.simulator import Limits, Options, running
from tests.readme import README, blocks, shell_lines
from tests.support.console_blocks import environment, run_blocks, try_simulator


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with the pictures of the tour."""
    for folder, names in {
        "cats": ["cat1.png", "cat2.png", "cat3.png", "cat4.png"],
        "trips": ["coast.png", "hills.png", "lake.png"],
    }.items():
        (tmp_path / "photos" / folder).mkdir(parents=True)
        for number, name in enumerate(names):
            draw = cat if folder == "cats" else landscape
            (tmp_path / "photos" / folder / name).write_bytes(draw(number))
    return tmp_path


def test_the_tour_prints_what_the_readme_shows(here: Path) -> None:
    """Every console block, in order, against the local Imgur; the output as shown."""
    assert run_blocks(README, here) >= 15


def test_the_simulator_prints_what_the_readme_shows(here: Path) -> None:
    """The block of the local Imgur: its lines, on a free port, then a clean end."""
    try_simulator(README, here)


def test_the_manifest_of_the_readme_is_the_one_that_init_writes(here: Path) -> None:
    """The toml block is a whole manifest for the folders of the tour: what `init` writes, less the comments."""
    block = next(block for block in blocks() if block.language == "toml")
    (here / "sync.toml").write_text(block.text)
    assert len(load(None, directory=here, check_folders=True).albums) == 2
    shown = tomllib.loads(block.text)
    written = draft(here, [Path("photos/cats"), Path("photos/trips")], lineage=shown["lineage"])
    assert tomllib.loads(written) == shown


def test_the_exit_codes_of_the_readme_are_those_of_the_program() -> None:
    """One row for each code, none missing, none made up."""
    section = README.read_text(encoding="utf-8").split("## Exit codes")[1].split("##")[0]
    codes = [int(row) for row in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)]
    assert codes == sorted(ExitCode)


def test_every_shell_line_of_the_readme_is_known_here() -> None:
    """Install and test commands are run by .ci/run; the others are named here, so that no new one goes untested."""
    rest = [line for line in shell_lines() if not line.endswith(("demo", "pytest"))]
    assert rest == [
        'eval "$(imgur-sync completion bash)"',
        "imgur-sync apply --approve prune=37",
        "export IMGUR_SYNC_CLIENT_ID=… IMGUR_SYNC_CLIENT_SECRET=… IMGUR_SYNC_REFRESH_TOKEN=…",
        "imgur-sync apply --wait",
    ]


def test_the_approval_of_the_readme_is_understood(here: Path) -> None:
    """`--approve prune=37` is accepted as written; where nothing is withheld it refuses the run (3)."""
    with running(Options(limits=Limits(0, 0, 0, 0))) as imgur:
        whole = {**environment(here), **imgur.environment()}
        for command, code in [("imgur-sync init photos/cats", 0), ("imgur-sync apply --approve prune=37 -y", 3)]:
            run = subprocess.run(command.split(), cwd=here, env=whole, capture_output=True, text=True, timeout=60)
            assert run.returncode == code, run.stdout + run.stderr
    assert "prune=37" in run.stderr


def test_the_waiting_apply_of_the_readme_is_understood(here: Path) -> None:
    """Where everything fits it waits for nothing, and ends with 0."""
    with running(Options(limits=Limits(0, 0, 0, 0))) as imgur:
        whole = {**environment(here), **imgur.environment()}
        for command in ("imgur-sync init photos/cats", "imgur-sync apply --wait -y"):
            run = subprocess.run(command.split(), cwd=here, env=whole, capture_output=True, text=True, timeout=60)
            assert run.returncode == 0, run.stdout + run.stderr
    assert "4 pictures uploaded" in run.stdout


def test_every_manifest_of_the_readme_loads(here: Path) -> None:
    """Each toml block is a whole one, without a warning."""
    for block in blocks():
        if block.language == "toml":
            (here / "sync.toml").write_text(block.text)
            assert load(None, directory=here).warnings == ()


def test_the_readme_names_every_command() -> None:
    """In its table, each with the commands below it; and every gate in the table of gates."""
    text = README.read_text(encoding="utf-8")
    table = text.split("## Commands")[1].split("`imgur-sync COMMAND")[0]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        names = [f"{name} {below}" for below in command.commands] if isinstance(command, click.Group) else [name]
        assert not [one for one in names if f"`{one}`" not in table]
    gates = text.split("## Gates")[1].split("##")[0]
    assert re.findall(r"^\| `(\w+)` \|", gates, re.MULTILINE) == [gate.value for gate in GateName]


def test_the_links_of_the_documents_lead_somewhere() -> None:
    """Files that are there, and headings of the README."""
    root = README.parent
    headings = [line.lstrip("# ").lower() for line in README.read_text().splitlines() if line.startswith("#")]
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading).replace(" ", "-") for heading in headings}
    for document in [*root.glob("*.md"), *(root / "examples").glob("*.md")]:
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)):
            path, _, anchor = target.partition("#")
            assert path.startswith("https://") or (document.parent / path).exists(), f"{document.name}: {target}"
            assert path or anchor in anchors, f"{document.name}: {target}"
