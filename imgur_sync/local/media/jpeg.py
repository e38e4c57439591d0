"""JPEG: segments up to the first scan, then the end-of-image marker at the end of the file."""

from __future__ import annotations

import struct

from imgur_sync.local.media.exif import exif_has_gps, xmp_has_gps
from imgur_sync.local.media.facts import PARTS, Media, sized
from imgur_sync.local.media.taken import exif_taken
from imgur_sync.local.stream import Stream

SIGNATURE = b"\xff\xd8\xff"
END = b"\xff\xd9"
START_OF_SCAN = 0xDA
APP1 = 0xE1
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BARE = frozenset({0x01, *range(0xD0, 0xD8)})
XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")


def walk(stream: Stream) -> Media:
    """The facts of a JPEG. Raises `EOFError` or `ValueError` where it is cut off or damaged.

    In coded data FF is always followed by 0 or a restart, so an end marker found after the first scan is a real one.
    Bytes after it (phones append videos there) are accepted.
    """
    stream.skip(2)
    width = height = 0
    has_gps, taken = False, ""
    segments = 0
    while (marker := _marker(stream)) != START_OF_SCAN:
        segments += 1
        if segments > PARTS:
            raise ValueError("it has too many segments")
        if marker in BARE:
            continue
        data = _payload(stream, marker)
        if marker in FRAMES:
            if len(data) < 6:
                raise ValueError("its frame header is too short")
            height, width = struct.unpack_from(">HH", data, 1)
        elif marker == APP1:
            has_gps = has_gps or _has_gps(data)
            taken = taken or (exif_taken(data[6:]) if data.startswith(b"Exif\0") else "")
    if not stream.tail_has(END):
        raise EOFError("the end of the image is missing")
    return sized("image/jpeg", width, height, has_gps, taken)


def _marker(stream: Stream) -> int:
    if stream.take(1) != b"\xff":
        raise ValueError(f"no marker at byte {stream.position - 1}")
    for _ in range(PARTS):  # any number of FF may come before the code
        if (code := stream.take(1)[0]) != 0xFF:
            break
    else:
        raise ValueError("a marker is wrong")
    if code in (0, 0xD8, 0xD9):
        raise ValueError("the image ends before its pixels" if code == 0xD9 else "a marker is wrong")
    return code


def _payload(stream: Stream, marker: int) -> bytes:
    """The segment's bytes where they matter; others are passed over."""
    size = int.from_bytes(stream.take(2), "big") - 2
    if size < 0:
        raise ValueError("a segment is shorter than its own header")
    if marker in FRAMES or marker == APP1:
        return stream.take(size)
    stream.skip(size)
    return b""


def _has_gps(data: bytes) -> bool:
    if data.startswith(b"Exif\0"):
        return exif_has_gps(data[6:])
    return data.startswith(XMP) and xmp_has_gps(data)
