"""Where a world is kept: an append-only journal of JSON lines, and the bytes of pictures as files named by SHA-256."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Protocol

from imgur_sync.simulator.changes import Change, decode, encode


class JournalError(Exception):
    """The journal cannot be read: the message names the file and the line."""


class Blobs(Protocol):
    """The bytes of pictures by the hex SHA-256 of their content. Storing twice is storing once; thread-safe."""

    def put(self, digest: str, data: bytes | memoryview) -> None:
        """Store `data`."""

    def get(self, digest: str) -> bytes | None:
        """The bytes, or None if they were never stored."""


class MemoryBlobs:
    """Bytes in memory, gone with the object."""

    def __init__(self) -> None:
        self._bytes: dict[str, bytes] = {}

    def put(self, digest: str, data: bytes | memoryview) -> None:
        """Store `data`."""
        self._bytes[digest] = bytes(data)

    def get(self, digest: str) -> bytes | None:
        """The bytes, or None if they were never stored."""
        return self._bytes.get(digest)


class FolderBlobs:
    """One file for each content. A file appears whole or not at all; nothing is synced to the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, digest: str, data: bytes | memoryview) -> None:
        """Store `data`. OSError if the disk does not take it."""
        path = os.path.join(self._folder, digest)
        if os.path.exists(path):
            return
        partial = os.path.join(self._folder, f".{digest}.{secrets.token_hex(4)}")
        try:
            with open(partial, "xb", buffering=0) as file:
                _write(file, data)
            os.replace(partial, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(partial)
            raise

    def get(self, digest: str) -> bytes | None:
        """The bytes, or None if they were never stored."""
        try:
            return (self._folder / digest).read_bytes()
        except FileNotFoundError:
            return None


def _write(file: FileIO, data: bytes | memoryview) -> None:
    """Write all of it: an unbuffered file may take less than it is given."""
    with memoryview(data) as view:
        at = 0
        while at < len(view):
            at += file.write(view[at:])


class Journal:
    """Transactions, one a line, each written by one call: a killed process leaves whole lines and at most one torn."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None

    def replay(self) -> Iterator[tuple[float, list[Change]]]:
        """Every transaction so far with its moment. A torn last line is cut off; any other fault is a JournalError."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            data = b""
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(self._path, whole)
        for number, line in enumerate(data[:whole].splitlines(), 1):
            try:
                transaction = json.loads(line)
                yield float(transaction["t"]), [decode(item) for item in transaction["do"]]
            except (ValueError, TypeError, KeyError) as error:
                raise JournalError(f"{self._path}, line {number}: not a transaction ({error})") from error

    def append(self, at: float, changes: Sequence[Change]) -> None:
        """Write one transaction. It outlives a kill of the process, not a power cut. OSError if it is not written."""
        if self._file is None:
            self._file = self._path.open("ab", buffering=0)
        line = json.dumps({"t": at, "do": [encode(change) for change in changes]}, separators=(",", ":"))
        _write(self._file, line.encode() + b"\n")

    def close(self) -> None:
        """Close the file. A later `append` opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None
