"""PNG and APNG: all chunks up to IEND, with the checksums of the critical ones."""

from __future__ import annotations

import struct
import zlib

from imgur_sync.local.media.exif import exif_has_gps, xmp_has_gps
from imgur_sync.local.media.facts import LOOK, PARTS, Media, sized
from imgur_sync.local.media.taken import exif_taken
from imgur_sync.local.stream import Stream

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEYWORD = b"XML:com.adobe.xmp\0"
CRITICAL = 0x20  # the bit that is clear in the first letter of a critical chunk


def walk(stream: Stream) -> Media:
    """The facts of a PNG; one with an acTL chunk before its pixels is an APNG.

    Raises `EOFError` or `ValueError` where it is cut off or damaged. Bytes after IEND are accepted.
    """
    stream.skip(len(SIGNATURE))
    kind, header = _chunk(stream)
    if kind != b"IHDR" or len(header) != 13:
        raise ValueError("its first chunk is not a header")
    width, height = struct.unpack_from(">II", header)
    pixels = animated = has_gps = False
    taken = ""
    chunks = 0
    while kind != b"IEND":
        chunks += 1
        if chunks > PARTS:
            raise ValueError("it has too many chunks")
        kind, data = _chunk(stream)
        pixels = pixels or kind == b"IDAT"
        animated = animated or (kind == b"acTL" and not pixels)
        has_gps = has_gps or (kind == b"eXIf" and exif_has_gps(data)) or (kind == b"iTXt" and _xmp_has_gps(data))
        taken = taken or (exif_taken(data) if kind == b"eXIf" else "")
    if not pixels:
        raise ValueError("it has no pixels")
    return sized("image/apng" if animated else "image/png", width, height, has_gps, taken)


def _chunk(stream: Stream) -> tuple[bytes, bytes]:
    """The next chunk's kind, and its data where they matter."""
    head = stream.take(8)
    size, kind = int.from_bytes(head[:4], "big"), head[4:]
    if size > 0x7FFFFFFF or not kind.isalpha():
        raise ValueError(f"no chunk at byte {stream.position - 8}")
    if kind[0] & CRITICAL:
        wanted = kind in (b"eXIf", b"iTXt")
        data = stream.take(min(size, LOOK)) if wanted else b""
        stream.skip(size - len(data) + 4)
        return kind, data
    if kind == b"IHDR":
        data = stream.take(min(size, LOOK))
        checksum = zlib.crc32(data, zlib.crc32(kind))
    else:
        data, checksum = b"", zlib.crc32(kind)
        for piece in stream.pieces(size):
            checksum = zlib.crc32(piece, checksum)
    if stream.take(4) != checksum.to_bytes(4, "big"):
        raise ValueError(f"the checksum of its {kind.decode()} chunk is wrong")
    return kind, data


def _xmp_has_gps(data: bytes) -> bool:
    if not data.startswith(XMP_KEYWORD):
        return False
    rest = data[len(XMP_KEYWORD) :]
    if rest[:1] != b"\x01":
        return xmp_has_gps(rest)
    _, _, text = rest[2:].partition(b"\0")
    _, _, packed = text.partition(b"\0")
    try:
        return xmp_has_gps(zlib.decompressobj().decompress(packed, LOOK))
    except zlib.error:
        return False
