"""One scanned file, read once into the bytes to send."""

from __future__ import annotations

import errno
import functools
import os
import stat
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from imgur_sync.errors import FileChangedError
from imgur_sync.local.walk import OpenFile, open_below, same_file
from imgur_sync.model.local import Content, LocalFile

ABSENT = (errno.ENOENT, errno.ENOTDIR)
M_MMAP_THRESHOLD = -3
LARGE = 1024 * 1024


def read_content(root: Path, file: LocalFile, open_file: OpenFile) -> Content:
    """The bytes of `file` below `root`: no link followed, one open, one read, hashed from the buffer that is returned.

    Raises `FileChangedError` when the file is gone or its bytes are not those that were scanned.
    """
    if file.size >= LARGE:
        _map_large_buffers()
    with ExitStack() as stack:
        try:
            fd = open_below(root, file.path, open_file, stack)
            before = os.fstat(fd)
            data = _read(fd, file.size) if _is_candidate(before, file) else None
            after = os.fstat(fd)
        except OSError as error:
            raise FileChangedError(file.path, gone=error.errno in ABSENT) from error
        except ValueError as error:
            raise FileChangedError(file.path) from error
    if data is None or not same_file(before, after) or sha256(data).hexdigest() != file.digest:
        raise FileChangedError(file.path)
    return Content(data, file.digest, file.digest, file.media_type)


def _is_candidate(row: os.stat_result, file: LocalFile) -> bool:
    return stat.S_ISREG(row.st_mode) and row.st_size == file.size


def _read(fd: int, size: int) -> bytes:
    """All bytes, at most `size` of them and one more, usually in one piece and without a copy."""
    data = os.read(fd, size + 1)
    while len(data) < size:
        more = os.read(fd, size + 1 - len(data))
        if not more:
            break
        data += more
    return data


@functools.cache
def _map_large_buffers() -> None:
    """Have freed buffers of 1 MiB and more go back to the system (mallopt(3)).

    By default glibc keeps some up to 32 MiB for each thread that reads, which comes to several times
    `bytes_in_flight`. Where there is no glibc, nothing is done.
    """
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(M_MMAP_THRESHOLD, LARGE)
