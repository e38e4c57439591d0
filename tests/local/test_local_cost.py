"""What a scan of an unchanged folder costs: about the system's own stat calls, and memory for one folder at a time."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from imgur_sync.model.local import UnchangedFolder
from tests.support import pictures
from tests.support.album_folder import AlbumFolder


def fill(album: AlbumFolder, folders: int) -> str:
    """Folders of 80 pictures each; the fingerprint of all of them, with the cache filled."""
    for number in range(folders):
        for seed in range(80):
            album.write(f"{number:03}/{seed:03}.png", pictures.png(1, 1, seed))
    return album.scan().fingerprint


def bare(root: Path) -> None:
    """The least that Python can do: list every folder, stat every file."""
    stack = [str(root)]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def test_an_unchanged_folder_costs_little_more_than_its_stat_calls(album: AlbumFolder) -> None:
    """Measured at 1.2 to 1.3 times; asserted with slack for loaded machines."""
    fingerprint = fill(album, 20)
    rounds = [(cpu(lambda: album.look(unchanged_if=fingerprint)), cpu(lambda: bare(album.root))) for _ in range(9)]
    ours, least = (min(figures) for figures in zip(*rounds, strict=True))
    assert ours <= 2.5 * least


def test_memory_does_not_grow_with_the_number_of_folders(album: AlbumFolder) -> None:
    """One folder's rows are held at a time: ten times the folders take about the same peak."""

    def peak(fingerprint: str) -> int:
        tracemalloc.start()
        found = album.look(unchanged_if=fingerprint)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert isinstance(found, UnchangedFolder)
        return size

    few = peak(fill(album, 2))
    assert peak(fill(album, 20)) <= 1.3 * few


def test_a_large_file_is_read_in_pieces(album: AlbumFolder) -> None:
    """Hashing 40 MB holds one buffer of 1 MiB, not the file."""
    album.write("a.mp4", pictures.mp4(pad=40_000_000))
    tracemalloc.start()
    (file,) = album.scan().files
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.size > 40_000_000
    assert size < 4_000_000
