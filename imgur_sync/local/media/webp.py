"""WebP: the RIFF chunks, which must fill the size that the header gives."""

from __future__ import annotations

from imgur_sync.local.media.exif import exif_has_gps, xmp_has_gps
from imgur_sync.local.media.facts import LOOK, PARTS, Media, sized
from imgur_sync.local.media.taken import exif_taken
from imgur_sync.local.stream import Stream

PIXELS = (b"VP8 ", b"VP8L", b"ANMF")


def walk(stream: Stream) -> Media:
    """The facts of a WebP. Raises `EOFError` or `ValueError` where it is cut off or damaged.

    Bytes after the RIFF chunk are accepted, as the format demands of readers.
    """
    end = 8 + int.from_bytes(stream.take(12)[4:8], "little")
    if end > stream.size:
        raise EOFError(f"{end - stream.size:,} bytes are missing")
    width = height = 0
    pixels = has_gps = False
    taken = ""
    chunks = 0
    while stream.position + 8 <= end:
        chunks += 1
        if chunks > PARTS:
            raise ValueError("it has too many chunks")
        head = stream.take(8)
        kind, size = head[:4], int.from_bytes(head[4:], "little")
        if stream.position + size > end:
            raise ValueError("a chunk is longer than the file says it is")
        span = min(size + size % 2, end - stream.position)
        data = stream.take(min(size, LOOK if kind in (b"EXIF", b"XMP ") else 10))
        stream.skip(span - len(data))
        if not width and kind in (b"VP8X", b"VP8 ", b"VP8L"):
            width, height = _size(kind, data)
        pixels = pixels or kind in PIXELS
        exif = data.removeprefix(b"Exif\0\0") if kind == b"EXIF" else b""
        has_gps = has_gps or exif_has_gps(exif)
        taken = taken or exif_taken(exif)
        has_gps = has_gps or (kind == b"XMP " and xmp_has_gps(data))
    if not pixels:
        raise ValueError("it has no pixels")
    return sized("image/webp", width, height, has_gps, taken)


def _size(kind: bytes, data: bytes) -> tuple[int, int]:
    """Width and height from the first chunk that tells them."""
    if len(data) < (5 if kind == b"VP8L" else 10):
        raise ValueError("its header is too short")
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if kind == b"VP8L":
        if data[0] != 0x2F:
            raise ValueError("its lossless header is wrong")
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if data[3:6] != b"\x9d\x01\x2a":
        raise ValueError("its first frame is not a key frame")
    return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
