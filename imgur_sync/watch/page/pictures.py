"""A picture's file, read for the page: from below its folder, no link followed, and only if it is what was recorded."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack
from hashlib import sha256

from imgur_sync.local.media.formats import recognise
from imgur_sync.local.walk import open_below
from imgur_sync.watch.page.answers import KEPT, NOT_FOUND, Answer, plain
from imgur_sync.watch.page.gathering import SHOWN
from imgur_sync.watch.page.snapshot import Picture

LARGEST = 20 * 1000 * 1000
"""Bytes; a larger file is not shown."""
_HEAD = 4096


def picture_answer(picture: Picture) -> Answer:
    """The bytes of the file. One that is gone, changed, a link or no picture by its content is not there."""
    try:
        with ExitStack() as stack:
            fd = open_below(picture.root, picture.path, os.open, stack)
            row = os.fstat(fd)
            if not stat.S_ISREG(row.st_mode):
                return NOT_FOUND
            if row.st_size > LARGEST:
                return plain(404, "This picture is too large to be shown here.")
            data = _read(fd, row.st_size)
    except (OSError, ValueError):
        return NOT_FOUND
    if sha256(data).hexdigest() != picture.digest:
        return NOT_FOUND
    found = recognise(data[:_HEAD])
    if found is None or found[0] not in SHOWN:
        return NOT_FOUND
    return Answer(200, found[0], data, KEPT)


def _read(fd: int, size: int) -> bytes:
    """All of the file, at most one byte more than it had."""
    pieces, left = [], size + 1
    while left > 0 and (piece := os.read(fd, left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
