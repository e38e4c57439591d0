"""Which seeds are played: a number that was given, or those of the commit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation import seeding
from tests.simulation.seeding import COMMIT, FIXED, NEW, WINDOW, WINDOWS, first_seed, told


def test_a_number_is_the_first_seed() -> None:
    """Also in hex."""
    assert (first_seed("41"), first_seed("0xc49f")) == (41, 0xC49F)


def test_a_commit_has_seeds_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six digits of it choose one of the windows, or are the first one of new ones."""
    monkeypatch.setattr(seeding, "_commit", lambda folder: "00c49fffeeddccbbaa99887766554433221100ff")
    assert first_seed(COMMIT) == FIXED + WINDOW * (0xC49F % WINDOWS)
    assert first_seed(NEW) == 0xC49F


def test_commits_choose_every_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing else."""
    found = set()
    for number in range(200):
        monkeypatch.setattr(seeding, "_commit", lambda folder, number=number: f"{number:06x}" + "0" * 34)
        found.add(first_seed(COMMIT))
    assert found == {FIXED + WINDOW * window for window in range(WINDOWS)}


@pytest.mark.parametrize("found", [True, False], ids=["no repository", "no git"])
def test_without_a_commit_they_are_the_same_in_every_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    """An archive of the source, say."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setattr(seeding, "__file__", str(tmp_path / "seeding.py"))
    if not found:
        monkeypatch.setenv("PATH", str(tmp_path))
    assert first_seed(COMMIT) == first_seed(NEW) == FIXED


def test_what_is_played_is_told() -> None:
    """With what plays it again."""
    command = [sys.executable, "-m", "tests.simulation.seeding"]
    root = Path(__file__).parents[2]
    environment = {"SIMULATION_FROM": "7", "SIMULATION_SEEDS": "3", "PATH": ""}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "seeds 7 to 9; again: SIMULATION_FROM=7 SIMULATION_SEEDS=3\n"
    assert told(7).startswith("seeds 7 to ")
