"""Files on disks that give their bytes in small pieces."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from imgur_sync.errors import FileChangedError
from imgur_sync.local.folders import Folders
from imgur_sync.model.local import LocalFile
from imgur_sync.model.spec import AlbumSpec
from tests.support.album_folder import Later
from tests.support.memory_cache import MemoryCache


@pytest.mark.parametrize("pieces", [7, 1000])
def test_all_bytes_are_read_however_few_come_at_a_time(
    pieces: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Network disks do so; a file that ends too early is one that changed."""
    data = bytes(range(100))
    (tmp_path / "a.png").write_bytes(data)
    file = LocalFile("a.png", hashlib.sha256(data).hexdigest(), len(data), 0, "image/png")
    folders, spec, read = Folders(MemoryCache(), Later()), AlbumSpec("cats", "cats", tmp_path), os.read
    with monkeypatch.context() as small:
        small.setattr(os, "read", lambda fd, size: read(fd, min(size, pieces)))
        content = folders.read(spec, file)
    assert bytes(content.data) == data
    with monkeypatch.context() as ended:
        ended.setattr(os, "read", lambda fd, size: b"")
        with pytest.raises(FileChangedError):
            folders.read(spec, file)
