"""Histories in which what albums leave out changes: a filter takes nothing away, and what it names is not sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.drawing import FILTERS
from tests.simulation.filters import left_out
from tests.simulation.running import Tally, one
from tests.support.album_folder import AlbumFolder
from tests.support.pictures import png

SEEDS = 60
CHUNKS = 4
TREE = ("1.png", "10.png", "3.png", "sub/1.png", "sub/12.png", "sub/3.PNG", "notes.txt")


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_filter_takes_nothing_away(chunk: int) -> None:
    """Always the same seeds; `python -m tests.simulation run --profile filters` plays others."""
    tally = Tally()
    for seed in range(1 + chunk, 1 + SEEDS, CHUNKS):
        tally.add(*one(seed, seconds=60.0 if not tally.failures else 0.0, profile=FILTERS))
    assert not tally.failures, "\n\n".join(tally.failures)


@pytest.mark.parametrize(
    "keys",
    [
        {"exclude": ("3.PNG",)},
        {"exclude": ("1?.png", "sub/1.png")},
        {"exclude": ("*.png", "!3.png")},
        {"exclude": ("*", "!3.png")},
        {"exclude": ("sub/",)},
        {"exclude": ("/3.png",)},
        {"exclude": ("[0-4].png",), "include": ("sub/",)},
        {"include": ("?.png",)},
        {"include": ("**/*", "!sub/")},
        {"include": ("sub/*.png", "/1.png")},
        {"recursive": False, "exclude": ("3.png",)},
    ],
)
def test_the_judge_reads_patterns_as_the_program_does(tmp_path: Path, keys: dict[str, object]) -> None:
    """Both say of every file alike whether the album takes it; they share no code."""
    album = AlbumFolder(tmp_path)
    for seed, name in enumerate(TREE):
        album.write(name, png(seed=seed))
    taken = [name for name in TREE if not left_out(album.spec(**keys), name)]
    assert sorted(taken) == sorted(album.paths(**keys))
