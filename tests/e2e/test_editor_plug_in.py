"""What an editor's TOML plug-in says of a manifest: taplo, their engine, run on files as `init` leaves them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import Workplace, fill

TAPLO = Path(sys.executable).with_name("taplo")
EXAMPLE = Path(__file__).resolve().parents[2] / "sync.example.toml"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the plug-in finds in sync.toml, by the schema that its first line names; no other is asked for."""
    return subprocess.run(
        [TAPLO, "lint", "--no-auto-config", "sync.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A folder with a manifest that `init` wrote."""
    fill(tmp_path / "photos")
    place = Workplace(tmp_path)
    assert place.run("init", "photos").returncode == 0
    return place


def test_what_init_writes_is_accepted(place: Workplace) -> None:
    """The schema lies where the manifest says, and has no word against it."""
    done = lint(place.folder)
    assert done.returncode == 0, done.stderr


def test_the_example_with_every_key_is_accepted(place: Workplace) -> None:
    """By the same schema."""
    head = (place.folder / "sync.toml").read_text(encoding="utf-8").splitlines()[0]
    assert head.startswith("#:schema ")
    (place.folder / "sync.toml").write_text(f"{head}\n{EXAMPLE.read_text(encoding='utf-8')}", encoding="utf-8")
    done = lint(place.folder)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("privcy = 'hidden'", "privcy"),
        ("privacy = 'private'", "private"),
        ("priority = 'high'", "high"),
        ("order = 'random'", "random"),
    ],
)
def test_a_mistake_is_marked_in_the_editor(line: str, told: str, place: Workplace) -> None:
    """An unknown key, and a value that is none."""
    with (place.folder / "sync.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[albums.more]\nfolder = 'photos'\n{line}\n")
    done = lint(place.folder)
    assert done.returncode != 0
    assert told in done.stdout + done.stderr


def test_the_plug_in_is_installed() -> None:
    """These tests need it."""
    assert shutil.which(str(TAPLO))
