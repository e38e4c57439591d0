"""One folder's entries and their stat rows, from one pass over its directory file descriptor."""

from __future__ import annotations

import marshal
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

Entry = tuple[str, int, int, int, int, int]
"""Name, size, mtime_ns, ctime_ns, inode and file type (the S_IFMT bits). A plain tuple: there may be a million."""

TRIES = 3
FEW = 16
"""Entries that are looked at in one go: on a disk that takes half a second for each, that is eight seconds."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All entries of one folder, by name. `digest` (16 bytes) stands for all their rows and the device."""

    entries: list[Entry]
    device: int
    digest: bytes

    def folders(self) -> list[str]:
        """The names of the sub-folders, in order."""
        return [entry[0] for entry in self.entries if entry[5] == stat.S_IFDIR]

    def kind_of(self, name: str) -> int:
        """The file type of the entry of that name; 0 if there is none."""
        return next((entry[5] for entry in self.entries if entry[0] == name), 0)


def list_folder(fd: int, between: Callable[[], None] = lambda: None) -> Listing:
    """List the open folder. Raises `OSError` where a listing or a stat fails, or the folder never holds still.
    `between` is called before every `FEW` entries; what it raises is passed on.

    A rename that happens meanwhile can hide a file from a listing, so one that saw the folder change is made again.
    """
    for _ in range(TRIES):
        before = os.fstat(fd)
        entries = _entries(fd, between)
        after = os.fstat(fd)
        if (before.st_mtime_ns, before.st_ctime_ns) == (after.st_mtime_ns, after.st_ctime_ns):
            entries.sort()
            # marshal version 2: later versions write what depends on reference counts
            rows = marshal.dumps((before.st_dev, entries), 2)
            return Listing(entries, before.st_dev, blake2b(rows, digest_size=16).digest())
    raise OSError("it keeps changing")


def _entries(fd: int, between: Callable[[], None]) -> list[Entry]:
    """Symlinks are not followed. Times of sub-folders are left out: what happens in them is seen in them."""
    entries: list[Entry] = []
    add = entries.append
    folder = stat.S_IFDIR
    with os.scandir(fd) as found:
        for number, entry in enumerate(found):
            if not number % FEW:
                between()
            row = entry.stat(follow_symlinks=False)
            kind = row.st_mode & 0o170000
            if kind == folder:
                add((entry.name, 0, 0, 0, row.st_ino, kind))
            else:
                add((entry.name, row.st_size, row.st_mtime_ns, row.st_ctime_ns, row.st_ino, kind))
    return entries
