"""An album in a real folder, scanned by `Folders` with a clock that the test turns."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from imgur_sync.local.folders import Folders
from imgur_sync.local.walk import OpenFile
from imgur_sync.model.local import LocalAlbum, UnchangedFolder
from imgur_sync.model.spec import AlbumSpec
from tests.support.memory_cache import MemoryCache


@dataclass
class Later:
    """The real time and some seconds, so that files just written count as old."""

    ahead: float = 10.0

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.ahead

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()


@dataclass
class AlbumFolder:
    """One album: `write` makes files, `scan` looks at them; `read_bytes` counts what the last scan read."""

    root: Path
    cache: MemoryCache = field(default_factory=MemoryCache)
    clock: Later = field(default_factory=Later)
    open_file: OpenFile = os.open
    read_bytes: dict[str, int] = field(default_factory=dict)

    @property
    def folders(self) -> Folders:
        """The port, anew."""
        return Folders(self.cache, self.clock, self.open_file)

    def spec(self, **keys: object) -> AlbumSpec:
        """The album's entry in the manifest."""
        return AlbumSpec("cats", "cats", self.root, **keys)

    def write(self, path: str | bytes, data: bytes = b"") -> Path:
        """Make a file and the folders above it; its path is relative."""
        target = self.root / os.fsdecode(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return target

    def look(self, *, unchanged_if: str = "", checksum: bool = False, **keys: object) -> LocalAlbum | UnchangedFolder:
        """Scan, whatever comes of it."""
        self.read_bytes.clear()

        def count(path: str, size: int) -> None:
            self.read_bytes[path] = self.read_bytes.get(path, 0) + size

        return self.folders.scan(self.spec(**keys), unchanged_if=unchanged_if, checksum=checksum, on_hashed=count)

    def scan(self, **keys: object) -> LocalAlbum:
        """Scan and expect the whole album."""
        found = self.look(**keys)
        assert isinstance(found, LocalAlbum)
        return found

    def paths(self, **keys: object) -> list[str]:
        """The paths of the pictures that a scan finds."""
        return [file.path for file in self.scan(**keys).files]
