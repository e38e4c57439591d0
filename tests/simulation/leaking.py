"""What a history must not leave behind in this process: descriptors, threads, temporary files."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from pathlib import Path

KNOWN = frozenset({".gitignore", "state.db", "cache.db"})
"""The files that lie beside the manifest between two runs."""


class Leaks:
    """Counts from its making to `end`; `told` says what is left, "" if nothing. Temporary files go to `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder, self._before = folder, tempfile.tempdir
        tempfile.tempdir = str(folder)
        self._files = descriptors()
        self._threads = frozenset(threading.enumerate())
        self.told = ""

    def look_at_folders(self, base: Path) -> None:
        """Between two runs nothing half-made lies beside the state."""
        beside = base / ".imgur-sync"
        strange = sorted(set(os.listdir(beside)) - KNOWN) if beside.exists() else []
        if strange:
            self.told = f"beside the state: {strange}"

    def end(self) -> None:
        """The history is over and its stage is closed."""
        tempfile.tempdir = self._before
        left = sorted(os.listdir(self._folder))
        threads = sorted(t.name for t in threading.enumerate() if t not in self._threads)
        if descriptors() > self._files:
            gc.collect()
        more = descriptors() - self._files
        self.told = self.told or (f"temporary files: {left}" if left else "")
        self.told = self.told or (f"threads: {threads}" if threads else "")
        self.told = self.told or (f"{more} descriptors more than before" if more > 0 else "")


def descriptors() -> int:
    """How many descriptors this process has open."""
    return len(os.listdir("/proc/self/fd"))
