"""Every block under examples/ is executed, and every file there is named by its README."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imgur_sync.cli.demo_drawing import cat, landscape
from tests.readme import README, blocks
from tests.support.console_blocks import run_blocks, steps, try_simulator
from tests.support.inside import Inside

EXAMPLES = README.parent / "examples"
TEN_MINUTES = EXAMPLES / "first-ten-minutes.md"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with the pictures that the first block lists."""
    listed = steps(blocks(TEN_MINUTES)[0])[0].shown
    folder = tmp_path
    for number, line in enumerate(listed.split()):
        if line.endswith(":"):
            folder = tmp_path / line[:-1]
            folder.mkdir(parents=True)
        else:
            draw = cat if folder.name == "cats" else landscape
            (folder / line).write_bytes(draw(number))
    return tmp_path


def test_the_first_ten_minutes_go_as_they_are_told(here: Path) -> None:
    """Every command, in order, with the output and the exit codes shown."""
    assert run_blocks(TEN_MINUTES, here) >= 25


def test_the_local_imgur_of_the_first_ten_minutes_starts_as_it_is_told(here: Path) -> None:
    """Its lines, as they are printed."""
    try_simulator(TEN_MINUTES, here)


def test_what_the_first_ten_minutes_show_fits_a_terminal() -> None:
    """Commands fit into 80 columns with their prompt; longer lines of output wrap."""
    for block in blocks(TEN_MINUTES):
        assert block.language == "console"
        for step in steps(block):
            assert all(len(line) <= 78 for line in step.command.splitlines()), step.command


def test_every_example_is_named_by_the_readme_of_the_examples() -> None:
    """As a link, with what it is."""
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert not [path.name for path in EXAMPLES.iterdir() if path.name != "README.md" and f"({path.name})" not in text]


@pytest.mark.parametrize(
    ("kind", "file"), [("github", ".github/workflows/imgur-sync.yml"), ("pre-commit", ".pre-commit-config.yaml")]
)
def test_the_files_of_the_reviewed_albums_are_those_that_ci_init_writes(tmp_path: Path, kind: str, file: str) -> None:
    """Word for word: nobody edits the one and forgets the other."""
    assert Inside(tmp_path).run("ci", "init", kind, "-o", "-").stdout == (EXAMPLES / "gitops" / file).read_text()


def test_the_manifest_of_the_reviewed_albums_is_right(tmp_path: Path) -> None:
    """It is valid and tidy, with the pictures beside it."""
    shutil.copytree(EXAMPLES / "gitops", tmp_path / "team")
    place = Inside(tmp_path / "team")
    assert "is fine: 2 albums." in place.run("validate").stdout
    assert place.run("fmt", "--check").returncode == 0
