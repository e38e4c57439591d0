"""Whatever is done to folders in whatever order: afterwards every one of them is heard, and nothing has broken."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.support.watch_stage import WatchStage

NAMES = ("a", "b", "c", "d.part")
STEPS = 150


def folders(root: Path) -> list[Path]:
    """All folders below, and the root."""
    return [Path(path) for path, _, _ in os.walk(root)]


def step(chance: random.Random, root: Path, outside: Path) -> None:
    """One thing that people do: new folders, files, renames, removals, moves out and in."""
    place = chance.choice(folders(root))
    target = chance.choice(folders(root)) / chance.choice(NAMES)
    match chance.randrange(6):
        case 0:
            (place / chance.choice(NAMES) / chance.choice(NAMES)).mkdir(parents=True, exist_ok=True)
        case 1:
            (place / f"{chance.randrange(9)}.png").write_bytes(b"x")
        case 2:
            if place != root and not target.exists() and not target.is_relative_to(place):
                place.rename(target)
        case 3:
            if place != root:
                shutil.rmtree(place)
        case 4:
            if place != root:
                place.rename(outside / f"{chance.random()}")
        case 5:
            inside = sorted(outside.iterdir())
            if inside and not target.exists():
                chance.choice(inside).rename(target)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_every_folder_is_heard(tmp_path: Path, seed: int) -> None:
    """Under its own path and no other; litter is not."""
    chance = random.Random(seed)
    stage = WatchStage(tmp_path)
    outside = stage.base / "outside"
    stage.make(outside)
    stage.start()
    for number in range(STEPS):
        step(chance, stage.root, outside)
        if number % 50 == 49:  # in between things happen faster than they are heard
            stage.settle()
    stage.settle()
    for folder in folders(stage.root):
        path = folder.relative_to(stage.root).as_posix()
        if ".part" not in path:
            stage.only("" if path == "." else path)
    stage.watcher.close()
