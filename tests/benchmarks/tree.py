"""Folders of small pictures that are the same wherever they are made.

`python -m tests.benchmarks.tree DEST --make N` makes them; `--change EVERY --generation G` gives every so manieth file
of each folder another content of the same size, and prints how many files that were and their bytes.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from tests.support.pictures import png

PER_FOLDER = 500
GENERATION = 10_000_000
"""Seeds of one generation are apart from those of any other by more files than a tree has."""


def folder_name(number: int) -> str:
    """The name of the folder of that number."""
    return f"f{number:05}"


def picture(seed: int, generation: int = 0) -> bytes:
    """The content of one file: no two are equal, all that have the same number of digits have the same size."""
    return png(seed=GENERATION * (10 + generation) + seed)


def make(destination: Path, files: int, per_folder: int = PER_FOLDER) -> int:
    """Make the tree; folders that are whole are left as they are. Returns the number of folders."""
    folders = -(-files // per_folder)
    for number in range(folders):
        folder = destination / folder_name(number)
        seeds = range(number * per_folder, min(files, (number + 1) * per_folder))
        if folder.is_dir() and len(os.listdir(folder)) == len(seeds):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            (folder / f"{seed:07}.png").write_bytes(picture(seed))
    return folders


def change(destination: Path, every: int, generation: int) -> tuple[int, int]:
    """Give every so manieth file of each folder the content of that generation (1 to 80), in place.

    Returns how many files were changed and their bytes.
    """
    files = size = 0
    for folder in sorted(destination.glob("f*")):
        for name in sorted(os.listdir(folder))[::every]:
            data = picture(int(name[:7]), generation)
            (folder / name).write_bytes(data)
            files, size = files + 1, size + len(data)
    return files, size


def main() -> None:
    """Make or change a tree from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("destination", type=Path)
    parser.add_argument("--make", metavar="N", type=int, default=0)
    parser.add_argument("--per-folder", metavar="N", type=int, default=PER_FOLDER)
    parser.add_argument("--change", metavar="EVERY", type=int, default=0)
    parser.add_argument("--generation", metavar="G", type=int, default=1)
    given = parser.parse_args()
    if given.make:
        make(given.destination, given.make, given.per_folder)
    if given.change:
        print(json.dumps(change(given.destination, given.change, given.generation)))


if __name__ == "__main__":
    main()
