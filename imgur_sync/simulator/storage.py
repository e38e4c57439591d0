"""Where a world is kept: a journal of JSON lines with a snapshot before it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from imgur_sync.simulator.changes import Change, decode, encode
from imgur_sync.simulator.folder_lock import FolderInUse, FolderLock

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


class JournalError(Exception):
    """The journal cannot be read: the message names the file and the line."""


class NotWritten(OSError):
    """A change that the folder does not take: nothing of it is there. Number, reason and folder as of any OSError."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(error.errno, error.strerror or str(error), str(folder))


def _write(file: FileIO, data: bytes | memoryview) -> None:
    """Write all of it: an unbuffered file may take less than it is given."""
    with memoryview(data) as view:
        at = 0
        while at < len(view):
            at += file.write(view[at:])


class Journal:
    """Transactions, one a line, each written by one call: a killed process leaves whole lines and at most one torn.

    From time to time a snapshot takes the place of all lines so far, so that neither the file nor the time to read it
    grows for ever. The first line then names the snapshot, a file beside it. A journal without that line, as it was
    written before there were snapshots, is read like any other.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FolderLock(path.parent)
        self._left: tuple[int, ...] | None = None
        """What the file was when it was closed."""
        self._file: FileIO | None = None
        self._whole = 0
        """Bytes of the file that are whole lines."""
        self._torn = False
        """Whether more bytes than those may be there."""
        self._snapshot = 0
        self.lines = 0
        """Transactions since the last snapshot."""

    @property
    def held(self) -> bool:
        """Whether the folder is this process's: from `snapshot` to `close`, and from a later `append` on."""
        return self._lock.held

    @property
    def folder(self) -> Path:
        """The folder that holds journal and snapshot."""
        return self._path.parent

    def snapshot(self) -> dict[str, bytes] | None:
        """The state that the lines go on from, as JSON by the names of its parts; None if they begin at the beginning.

        From now on no other simulator opens the folder: FolderInUse if one has it open. JournalError if the snapshot is
        not whole.
        """
        self._lock.take()
        self._snapshot = self._named()
        if not self._path.exists() and any(self.folder.glob("world-[0-9]*.json")):
            raise JournalError(f"{self._path}: it is missing, and there is a snapshot that it has to name")
        for number in {self._snapshot - 1, self._snapshot + 1} - {-1, 0}:  # what a kill may have left behind
            self._snapshot_path(number).unlink(missing_ok=True)
        if not self._snapshot:
            return None
        path = self._snapshot_path(self._snapshot)
        try:
            return _parts(path.read_bytes().splitlines())
        except (OSError, ValueError) as error:
            raise JournalError(f"{path}: not a snapshot ({error})") from error

    def replay(self) -> Iterator[tuple[float, list[Change]]]:
        """Every transaction since the snapshot with its moment, each read when it is its turn.

        A torn last line is cut off; any other fault is a JournalError.
        """
        self.lines, whole = 0, 0
        with contextlib.suppress(FileNotFoundError), self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    os.truncate(self._path, whole)
                    return
                whole += len(line)
                if number > 1 or not self._snapshot:
                    yield self._read(number, line)
                    self.lines += 1

    def append(self, at: float, changes: Sequence[Change]) -> None:
        """Write one transaction. It outlives a kill of the process, not a power cut.

        NotWritten if the folder does not take all of it; then nothing of it is left for the next line to stand behind.
        FolderInUse if another simulator came in after `close`.
        """
        line = _ENCODE({"t": at, "do": [encode(change) for change in changes]}).encode() + b"\n"
        try:
            file = self._opened()
            self._torn = True
            try:
                _write(file, line)
            except BaseException:
                with contextlib.suppress(OSError):  # it is tried again before anything else is written
                    self._cut(file)
                raise
        except OSError as error:
            raise NotWritten(self.folder, error) from error
        self._torn = False
        self._whole += len(line)
        self.lines += 1

    def condense(self, parts: Iterable[tuple[str, Any]]) -> None:
        """Have a snapshot take the place of all lines so far. OSError if it is not written; then all is as before.

        A kill at any moment leaves the old snapshot with the old lines or the new one without any. Both files are on
        the disk before the old ones go.
        """
        number, before = self._snapshot + 1, self._snapshot
        try:
            _replace(self._snapshot_path(number), _lines(parts))
            _replace(self._path, [json.dumps({"after": number}).encode() + b"\n"])
        except OSError:
            _away(self._snapshot_path(number))  # room that a full disk has use for
            raise
        self._snapshot, self.lines, self._torn = number, 0, False
        self._close_file()  # it was the old one
        _away(self._snapshot_path(before))

    def close(self) -> None:
        """Close the file and leave the folder to others. A later `append` opens it again if none of them was there."""
        self._close_file()
        if self.held:
            self._left = self._state()
            self._lock.release()

    def _opened(self) -> FileIO:
        """The file, at the end of its last whole line. OSError if it cannot be brought there."""
        if not self.held:
            self._lock.take()
            if self._state() != self._left:
                self._lock.release()
                raise FolderInUse(f"{self.folder}: another local Imgur has changed it since this one closed it")
        if self._file is None:
            self._file = FileIO(self._path, "a")
            if not self._torn:
                self._whole = os.fstat(self._file.fileno()).st_size
        if self._torn:
            self._cut(self._file)
        return self._file

    def _state(self) -> tuple[int, ...]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return ()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _cut(self, file: FileIO) -> None:
        """Take away what is behind the last whole line."""
        os.ftruncate(file.fileno(), self._whole)
        self._torn = False

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _named(self) -> int:
        """The number of the snapshot that the first line names; 0 for none."""
        with contextlib.suppress(FileNotFoundError), self._path.open("rb") as file:
            line = file.readline()
            if line.startswith(b'{"after":') and line.endswith(b"\n"):
                return int(json.loads(line)["after"])
        return 0

    def _snapshot_path(self, number: int) -> Path:
        return self._path.with_name(f"world-{number}.json")

    def _read(self, number: int, line: bytes) -> tuple[float, list[Change]]:
        try:
            transaction = json.loads(line)
            return float(transaction["t"]), [decode(item) for item in transaction["do"]]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise JournalError(f"{self._path}, line {number}: not a transaction ({error})") from error


END = b'["end",true]'


def _lines(parts: Iterable[tuple[str, Any]]) -> Iterator[bytes]:
    """`["name",part]`, one a line, so that each part can be read when it is needed, and a last line that says so."""
    for part in parts:
        yield json.dumps(part, separators=(",", ":")).encode() + b"\n"
    yield END + b"\n"


def _parts(lines: list[bytes]) -> dict[str, bytes]:
    if not lines or lines[-1] != END:
        raise ValueError("its end is missing")
    found: dict[str, bytes] = {}
    for line in lines[:-1]:
        head, _, part = line.partition(b'",')
        found[head.removeprefix(b'["').decode()] = part.removesuffix(b"]")
    return found


def _replace(path: Path, chunks: Iterable[bytes]) -> None:
    """Put a whole file in the place of another, on the disk before this returns. OSError leaves all as it was."""
    partial = path.with_name(f"{path.name}.new")
    try:
        with FileIO(partial, "w") as file:
            for chunk in chunks:
                _write(file, chunk)
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError:
        _away(partial)
        raise


def _away(path: Path) -> None:
    """Remove what nothing names any more; if that fails, it is in nobody's way."""
    with contextlib.suppress(OSError):
        path.unlink()
