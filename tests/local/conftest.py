"""An album in a folder of its own, and opens that fail on demand."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from imgur_sync.local.walk import OpenFile
from tests.support.album_folder import AlbumFolder


@pytest.fixture
def album(tmp_path: Path) -> AlbumFolder:
    """An empty folder and its album."""
    root = tmp_path / "cats"
    root.mkdir()
    return AlbumFolder(root)


@pytest.fixture
def failing_open() -> Callable[..., OpenFile]:
    """Makes an `open_file` that raises an error for the given names, and calls `before` for others."""

    def make(errors: dict[str, OSError], before: Callable[[str], None] = lambda name: None) -> OpenFile:
        def open_file(path: str, flags: int, *, dir_fd: int | None = None) -> int:
            if path in errors:
                raise errors[path]
            before(path)
            return os.open(path, flags, dir_fd=dir_fd)

        return open_file

    return make
