"""Folders of small pictures that are the same wherever they are made: `python -m tests.benchmarks.tree DEST N`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from tests.support.pictures import png

PER_FOLDER = 500


def folder_name(number: int) -> str:
    """The name of the folder of that number."""
    return f"f{number:05}"


def make(destination: Path, files: int, per_folder: int = PER_FOLDER) -> int:
    """Make the tree unless it is whole already; returns the number of folders. No two files are equal."""
    folders = -(-files // per_folder)
    for number in range(folders):
        folder = destination / folder_name(number)
        seeds = range(number * per_folder, min(files, (number + 1) * per_folder))
        if folder.is_dir() and len(os.listdir(folder)) == len(seeds):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            (folder / f"{seed:07}.png").write_bytes(png(seed=seed))
    return folders


def change(destination: Path, every: int, generation: int) -> tuple[int, int]:
    """Give every so manieth file of each folder another content of the same size.

    Returns how many files were changed and their bytes. `generation` tells one round of changes from another.
    """
    files = size = 0
    for folder in sorted(destination.iterdir()):
        for name in sorted(os.listdir(folder))[::every]:
            path = folder / name
            data = path.read_bytes()
            # The comment holds the seed; a digit of its own per generation keeps the size and every checksum's place.
            other = png(seed=(int(name[:7]) + 10_000_000 * (generation % 9 + 1)))
            path.write_bytes(other)
            files, size = files + 1, size + len(other)
            del data
    return files, size


def main() -> None:
    """Make a tree from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("destination", type=Path)
    parser.add_argument("files", type=int)
    parser.add_argument("--per-folder", type=int, default=PER_FOLDER)
    given = parser.parse_args()
    folders = make(given.destination, given.files, given.per_folder)
    print(f"{given.files} files in {folders} folders below {given.destination}")


if __name__ == "__main__":
    main()
