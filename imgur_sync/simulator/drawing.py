"""Small PNGs that the simulator makes itself: pictures that people add, and the notice for a removed one."""

from __future__ import annotations

import functools
import struct
import zlib

REMOVED_WIDTH, REMOVED_HEIGHT, REMOVED_BYTES = 161, 81, 503


def grey(width: int, height: int, shade: int, comment: str) -> bytes:
    """A grey PNG with a comment that makes its bytes unlike those of another."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    text = chunk(b"tEXt", f"Comment\0{comment}".encode("latin-1", "replace"))
    rows = (b"\0" + bytes((shade % 256,)) * width) * height
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@functools.cache
def notice() -> bytes:
    """What stands in for Imgur's removed.png: its dimensions and its length, by which clients know it, not its pixels
    (imgur-api §4)."""
    missing = REMOVED_BYTES - len(grey(REMOVED_WIDTH, REMOVED_HEIGHT, 200, ""))
    return grey(REMOVED_WIDTH, REMOVED_HEIGHT, 200, "removed".ljust(missing))
