"""Opening below a folder, part by part, so that no link on the way can lead out of it."""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
FOLDER_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
ROOT_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
"""Of the root, whose way `open_root` looks at by itself."""
_WAY_FLAGS = getattr(os, "O_PATH", os.O_RDONLY) | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
"""Of the folders above a root, which need not be readable for us."""


class OpenFile(Protocol):
    """`os.open`, or what stands in for it."""

    def __call__(self, path: str, flags: int, *, dir_fd: int | None = None) -> int:
        """A file descriptor; `path` is relative to the folder open as `dir_fd`. Raises `OSError`."""
        ...


def open_root(root: Path, open_file: OpenFile) -> int:
    """The root, which the caller closes.

    The manifest was read with all links resolved; a link that has been put in the way since could lead anywhere, so
    what was opened must be what is found without following any. Raises `OSError`.
    """
    fd = open_file(os.fspath(root), ROOT_FLAGS)
    if not _is_way(os.path.abspath(root), os.fstat(fd)):
        os.close(fd)
        raise OSError(errno.ELOOP, "another folder was put in its place just now")
    return fd


def _is_way(root: str, row: os.stat_result) -> bool:
    """Whether the absolute path leads to that folder without any link."""
    with ExitStack() as stack:
        try:
            way = _keep(stack, os.open(os.sep, _WAY_FLAGS))
            for part in root.split(os.sep)[1:]:
                way = _keep(stack, os.open(part or ".", _WAY_FLAGS, dir_fd=way))
        except OSError:
            return False
        return os.path.samestat(os.fstat(way), row)


def open_folder(root: Path, folder: str, open_file: OpenFile, stack: ExitStack) -> int:
    """The folder at the relative path `folder` ("" is the root), open until the stack is closed.

    Raises `OSError`, and `ValueError` for a path that is not one of a scan.
    """
    parts = folder.split("/") if folder else []
    fd = _keep(stack, open_root(root, open_file))
    for part in parts:
        fd = _keep(stack, open_file(_checked(part), FOLDER_FLAGS, dir_fd=fd))
    return fd


def open_below(root: Path, path: str, open_file: OpenFile, stack: ExitStack) -> int:
    """The file at the relative path `path`, open until the stack is closed. Raises as `open_folder`."""
    folder, _, name = path.rpartition("/")
    fd = open_folder(root, folder, open_file, stack)
    return _keep(stack, open_file(_checked(name), FILE_FLAGS, dir_fd=fd))


def same_file(one: os.stat_result, other: os.stat_result) -> bool:
    """Whether nothing differs that a writer changes."""
    return _identity(one) == _identity(other)


def _identity(row: os.stat_result) -> tuple[int, int, int, int, int]:
    return row.st_size, row.st_mtime_ns, row.st_ctime_ns, row.st_ino, row.st_dev


def _checked(part: str) -> str:
    if part in ("", ".", ".."):
        raise ValueError(f"{part!r} is not the name of a file")
    return part


def _keep(stack: ExitStack, fd: int) -> int:
    stack.callback(os.close, fd)
    return fd
