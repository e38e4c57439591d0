"""The bytes of pictures, in memory or on disk."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import secrets
from io import FileIO
from pathlib import Path
from typing import Protocol

from imgur_sync.simulator.storage import NotWritten

DIGEST = 64
"""The length of a SHA-256 in hex. A blob with a name of that length has its digest for a name."""


class Blobs(Protocol):
    """The bytes of pictures, each under a name that they are given. Thread-safe."""

    def put(self, data: bytes | memoryview) -> str:
        """Store `data`; the name of it."""

    def get(self, name: str) -> bytes | None:
        """The bytes of that name, or of that digest if it was ever asked for; None if they are not there."""

    def drop(self, name: str) -> None:
        """Forget what was just stored under that name, for nothing came of it."""

    def sha256(self, name: str) -> str:
        """The hex SHA-256 of the bytes of that name; "" if they are not there any more."""

    def close(self) -> None:
        """Close what is open; it is opened again when it is needed."""


class MemoryBlobs:
    """Bytes in memory, gone with the object. Their name is their digest: what is stored twice is stored once."""

    def __init__(self) -> None:
        self._bytes: dict[str, bytes] = {}

    def put(self, data: bytes | memoryview) -> str:
        """Store `data`; its digest."""
        name = hashlib.sha256(data).hexdigest()
        self._bytes[name] = bytes(data)
        return name

    def get(self, name: str) -> bytes | None:
        """The bytes, or None if they were never stored."""
        return self._bytes.get(name)

    def drop(self, name: str) -> None:
        """Nothing: another picture may have the same bytes."""

    def sha256(self, name: str) -> str:
        """The name itself."""
        return name

    def close(self) -> None:
        """Nothing: nothing is open."""


class FolderBlobs:
    """The bytes of pictures in a few files, one behind the other. Nothing is synced to the disk.

    A file for each picture would cost as much again as its bytes, and many times that on a disk from which much was
    just removed. There are as many files as pictures ever arrived at the same time, and further ones for each process:
    what a kill leaves behind in the middle of a picture is never written to again, and nothing names it. Digests are
    worked out when somebody asks, for that takes as long as all else that an upload does. Folders of earlier versions
    have files named by their digest.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count()
        self._packs: dict[str, _Pack] = {}
        # The last is taken first, so there are no more than are needed. What is not in it, a thread is writing to.
        self._free: list[_Pack] = []
        self._digests: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def put(self, data: bytes | memoryview) -> str:
        """Store `data`; the name says where it is. NotWritten if the disk does not take it."""
        try:
            pack = self._taken()
            try:
                at = pack.append(data)
            finally:
                self._free.append(pack)
        except OSError as error:
            raise NotWritten(self._folder, error) from error
        return f"{pack.name}-{at:x}-{len(data):x}"

    def _taken(self) -> _Pack:
        """A file that no other thread writes to now."""
        try:
            return self._free.pop()
        except IndexError:
            name = f"{self._run}-{next(self._numbers):x}"
            pack = self._packs[name] = _Pack(self._path(name), name)
            return pack

    def get(self, name: str) -> bytes | None:
        """The bytes, or None if they are not there."""
        name = self._names.get(name, name)
        try:
            if len(name) == DIGEST:
                return (self._folder / name).read_bytes()
            pack, at, length = _place(name)
            with FileIO(self._path(pack)) as file:
                data = os.pread(file.fileno(), length, at)
        except (FileNotFoundError, ValueError):
            return None
        return data if len(data) == length else None

    def drop(self, name: str) -> None:
        """Write over it in time: at once if it came last."""
        key, at, length = _place(name)
        pack = self._packs[key]
        pack.gone[at + length] = at
        with contextlib.suppress(ValueError):  # a thread is writing to it, and what goes next takes this with it
            self._free.remove(pack)
            pack.shrink()
            self._free.append(pack)

    def sha256(self, name: str) -> str:
        """The digest of the bytes, which are read when this is first asked for."""
        if len(name) == DIGEST:
            return name
        found = self._digests.get(name)
        if found is None:
            data = self.get(name)
            if data is None:
                return ""
            found = self._digests[name] = hashlib.sha256(data).hexdigest()
            self._names.setdefault(found, name)
        return found

    def close(self) -> None:
        """Close the files. What is stored later goes to new ones."""
        while self._free:
            self._free.pop().file.close()

    def _path(self, pack: str) -> Path:
        return self._folder / f"{pack}.pack"


class _Pack:
    """A file that pictures are written to, by one thread at a time."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.file = FileIO(path, "x")
        self.gone: dict[int, int] = {}
        """Where what was dropped ends, and where it begins."""
        self._handle = self.file.fileno()
        self._end = 0

    def append(self, data: bytes | memoryview) -> int:
        """Write `data` at the end; where that was. OSError if the disk does not take all of it; then it has none."""
        start = self._end
        try:
            done = os.pwrite(self._handle, data, start)
            if done < len(data):  # the system may take less than it is given
                with memoryview(data) as view:
                    while done < len(view):
                        done += os.pwrite(self._handle, view[done:], start + done)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, start)
            raise
        self._end = start + done
        return start

    def shrink(self) -> None:
        """Take away what was dropped from the end."""
        end = self._end
        while self._end in self.gone:
            self._end = self.gone.pop(self._end)
        if self._end < end:
            os.ftruncate(self._handle, self._end)


def _place(name: str) -> tuple[str, int, int]:
    """File, start and length. ValueError if it is no name of ours."""
    pack, at, length = name.rsplit("-", 2)
    return pack, int(at, 16), int(length, 16)
