"""The bytes of pictures, in memory or as files."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import secrets
from pathlib import Path
from typing import Protocol

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


class FolderBlobs:
    """A file for each picture. Nothing is synced to the disk.

    A file is not looked at before it is whole, for nobody knows its name before; a process that is killed meanwhile
    leaves a part of one that nothing names. Digests are worked out of the files when somebody asks, for that takes as
    long as all else that an upload does. Folders of earlier versions have files named by their digest.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = f"{folder}{os.sep}"
        self._run = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        self._digests: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def put(self, data: bytes | memoryview) -> str:
        """Store `data`; the name of its file. OSError if the disk does not take it."""
        name = f"{self._run}-{next(self._numbers):x}"
        path = self._folder + name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            _write(handle, data)
        except BaseException:
            os.unlink(path)
            raise
        finally:
            os.close(handle)
        return name

    def get(self, name: str) -> bytes | None:
        """The bytes, or None if they are not there."""
        try:
            return Path(self._folder, self._names.get(name, name)).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, name: str) -> None:
        """Remove the file."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._folder + name)

    def sha256(self, name: str) -> str:
        """The digest of the file, which is read when this is first asked for."""
        if len(name) == DIGEST:
            return name
        found = self._digests.get(name)
        if found is None:
            try:
                with open(self._folder + name, "rb", buffering=0) as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except FileNotFoundError:
                return ""
            self._digests[name] = found
            self._names.setdefault(found, name)
        return found


def _write(handle: int, data: bytes | memoryview) -> None:
    """Write all of it: the system may take less than it is given."""
    done = os.write(handle, data)
    if done == len(data):
        return
    with memoryview(data) as view:
        while done < len(view):
            done += os.write(handle, view[done:])
