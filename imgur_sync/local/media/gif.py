"""GIF: all blocks up to the trailer."""

from __future__ import annotations

import struct

from imgur_sync.local.media.facts import Media, sized
from imgur_sync.local.stream import Stream

SIGNATURES = (b"GIF87a", b"GIF89a")
BLOCKS = 1_000_000
"""The most that is walked through: a film of many hours has fewer, a file made to keep us busy has more."""
TRAILER, EXTENSION, IMAGE = b"\x3b", b"\x21", b"\x2c"


def walk(stream: Stream) -> Media:
    """The facts of a GIF. Raises `EOFError` or `ValueError` where it is cut off or damaged.

    Zero bytes between blocks (some encoders leave them) and bytes after the trailer are accepted.
    """
    stream.skip(6)
    width, height, flags = struct.unpack("<HHBxx", stream.take(7))
    _colours(stream, flags)
    images = blocks = 0
    while (kind := stream.take(1)) != TRAILER:
        blocks += 1
        if blocks > BLOCKS:
            raise ValueError("it has too many blocks")
        if kind == EXTENSION:
            stream.skip(1)
            _blocks(stream)
        elif kind == IMAGE:
            images += 1
            _colours(stream, stream.take(9)[8])
            stream.skip(1)
            _blocks(stream)
        elif kind != b"\0":
            raise ValueError(f"no block at byte {stream.position - 1}")
    if not images:
        raise ValueError("it has no image")
    return sized("image/gif", width, height)


def _colours(stream: Stream, flags: int) -> None:
    if flags & 0x80:
        stream.skip(3 << ((flags & 7) + 1))


def _blocks(stream: Stream) -> None:
    """Pass over sub-blocks and the empty one that ends them; straight in the buffer, since there are millions."""
    while True:
        buffer, start, end = stream.window()
        at = start
        while at < end and buffer[at]:
            at += buffer[at] + 1
        if at < end:
            stream.skip(at + 1 - start)
            return
        stream.skip(at - start)
