"""A look at one entry of a folder: opened once, below its folder, never through a link."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass

from imgur_sync.local.listing import Entry
from imgur_sync.local.names import is_secret, promised_type, stub_of
from imgur_sync.local.pointers import annex_key, annex_pointer, is_elsewhere
from imgur_sync.local.stream import BUFFER, Stream
from imgur_sync.local.verdict import LINK, LINK_OUT, NOTHING, SKIPPED, Verdict, judge, points, unsendable
from imgur_sync.local.walk import FILE_FLAGS, OpenFile, same_file
from imgur_sync.model.local import CachedFile, Why

VANISHED = (errno.ENOENT, errno.ELOOP)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen. `keep` says whether the row holds as long as the file's stat row does; `error` is a sentence."""

    row: CachedFile
    keep: bool = True
    error: str = ""


class Looker:
    """Looks at files of one scan through one buffer. `root` is the album's folder; `hashed` counts the bytes read.
    `between` is called before each entry and each piece of a file; what it raises ends the look."""

    __slots__ = ("_buffer", "_on_hashed", "_open_file", "_raised", "_root", "between", "hashed")

    def __init__(
        self,
        open_file: OpenFile,
        on_hashed: Callable[[str, int], None],
        root: str,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self.between = between
        self._root = os.path.normpath(root)
        self._open_file = open_file
        self._on_hashed = on_hashed
        self._buffer = bytearray(BUFFER)
        self._raised: BaseException | None = None
        self.hashed = 0

    def look(self, folder_fd: int, path: str, entry: Entry, device: int) -> Look:
        """What `entry` of the folder open as `folder_fd` is; `path` is its path in the album, for people."""
        self.between()
        name, size, _, _, _, kind = entry
        promised = promised_type(name)
        if kind == stat.S_IFLNK:
            return self._link(folder_fd, path, entry, device)
        if kind != stat.S_IFREG:
            return _row(entry, device, NOTHING)
        if (stub := stub_of(name)) and promised_type(stub):
            return _row(entry, device, unsendable(Why.PLACEHOLDER))
        if not size:
            return _row(entry, device, unsendable(Why.EMPTY) if promised else NOTHING)
        if promised and is_secret(name):
            return _row(entry, device, unsendable(Why.SECRET, "files of this name are never sent"))
        return self._file(folder_fd, path, entry, device)

    def _link(self, folder_fd: int, path: str, entry: Entry, device: int) -> Look:
        """A symlink is read and never followed; one into a git-annex store names its content."""
        promised = promised_type(entry[0])
        try:
            target = os.readlink(entry[0], dir_fd=folder_fd)
        except OSError as error:
            return _failed(path, entry, device, error) if promised else _row(entry, device, NOTHING)
        key = annex_key(target) if promised else ""
        if not key:
            return _row(entry, device, Verdict(SKIPPED, detail=LINK_OUT if self._leads_out(path, target) else LINK))
        pointer = annex_pointer(key)
        if pointer is None:
            return _row(entry, device, unsendable(Why.PLACEHOLDER, "a git-annex key that is not a SHA-256"))
        return _row(entry, device, points(pointer, promised))

    def _leads_out(self, path: str, target: str) -> bool:
        """Whether a link at `path` names something outside the album's folder; by its text, without a look."""
        root = self._root
        named = os.path.normpath(os.path.join(root, os.path.dirname(path), target))
        return named != root and not named.startswith(root.rstrip("/") + "/")

    def _file(self, folder_fd: int, path: str, entry: Entry, device: int) -> Look:
        try:
            fd = self._open_file(entry[0], FILE_FLAGS, dir_fd=folder_fd)
        except OSError as error:
            return _failed(path, entry, device, error)
        try:
            before = os.fstat(fd)
            if not stat.S_ISREG(before.st_mode):
                return _changing(entry, device)
            if is_elsewhere(before):  # reading it would fetch it, for as long as that takes
                stub = unsendable(Why.PLACEHOLDER) if promised_type(entry[0]) else NOTHING
                return _row(entry, device, stub, keep=False)
            verdict = judge(entry[0], Stream(fd, before.st_size, self._buffer, self._count(path), self._go_on))
            if self._raised is not None:
                raise self._raised
            listed = entry[1:5] == (before.st_size, before.st_mtime_ns, before.st_ctime_ns, before.st_ino)
            if listed and same_file(before, os.fstat(fd)):
                return _row(entry, device, verdict)
            return _row(entry, device, verdict, keep=False) if verdict == NOTHING else _changing(entry, device)
        except OSError as error:
            if self._raised is not None:
                raise self._raised from None
            return _failed(path, entry, device, error)
        finally:
            os.close(fd)

    def _count(self, path: str) -> Callable[[int], None]:
        """What is called with each read's bytes."""

        def count(size: int) -> None:
            self.hashed += size
            self._apart(lambda: self._on_hashed(path, size))

        return count

    def _go_on(self) -> None:
        self._apart(self.between)

    def _apart(self, call: Callable[[], None]) -> None:
        """What the caller raises is kept apart from the file's errors."""
        try:
            call()
        except BaseException as error:
            self._raised = error
            raise


def _row(entry: Entry, device: int, verdict: Verdict, keep: bool = True, error: str = "") -> Look:
    name, size, mtime_ns, ctime_ns, inode, _ = entry
    row = CachedFile(
        name,
        size,
        mtime_ns,
        ctime_ns,
        inode,
        device,
        verdict.kind,
        verdict.digest,
        verdict.media_type,
        verdict.width,
        verdict.height,
        verdict.has_gps,
        verdict.detail,
        verdict.taken,
    )
    return Look(row, keep, error)


def left_alone(entry: Entry, device: int) -> Look:
    """A file that is being written and not opened meanwhile: perhaps a picture, as far as its name tells."""
    picture = entry[5] == stat.S_IFREG and promised_type(entry[0]) and not is_secret(entry[0])
    return _row(entry, device, unsendable(Why.UNSTILL) if picture else NOTHING, keep=False)


def _changing(entry: Entry, device: int) -> Look:
    return _row(entry, device, unsendable(Why.CHANGING), keep=False)


def _failed(path: str, entry: Entry, device: int, error: OSError) -> Look:
    """A file that cannot be had. One that vanished since it was listed may be half of a rename: it is changing."""
    if error.errno in VANISHED:
        return _changing(entry, device)
    text = error.strerror or str(error)
    return _row(entry, device, unsendable(Why.UNREADABLE, text), keep=False, error=f"{path} cannot be read: {text}")
