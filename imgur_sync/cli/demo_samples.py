"""The sample pictures of the package, and harmless variation of them: other bytes, the same picture.

Each function puts a remark where its format has a place for one, so that the result is a valid file with a digest of
its own. They raise ValueError on bytes that are not what they expect.
"""

from __future__ import annotations

import struct
from importlib import resources

JPEGS = ("dunes.jpg", "lake.jpg", "window.jpg")
GIFS = ("blink.gif",)
WEBPS = ("balloons.webp", "tiles.webp")
REMARK_CHUNK = b"ISYN"
"""A chunk that no reader of WebP knows; unknown chunks are to be ignored (RFC 9649, section 2.7)."""


def sample(name: str) -> bytes:
    """The bytes of one of `JPEGS`, `GIFS` and `WEBPS`."""
    return (resources.files("imgur_sync.cli") / "samples" / name).read_bytes()


def varied(name: str, remark: str) -> bytes:
    """The sample `name` with `remark` (ASCII, at most 255 characters) in it."""
    data, note = sample(name), remark.encode("ascii")
    if name in JPEGS:
        return jpeg_with_remark(data, note)
    return gif_with_remark(data, note) if name in GIFS else webp_with_remark(data, note)


def jpeg_with_remark(data: bytes, remark: bytes) -> bytes:
    """The JPEG with a COM segment behind its APPn segments (JFIF wants its APP0 first)."""
    if data[:2] != b"\xff\xd8" or not 0 < len(remark) <= 255:
        raise ValueError("not a JPEG, or a remark that is empty or longer than 255 bytes")
    at = 2
    while data[at : at + 1] == b"\xff" and 0xE0 <= data[at + 1] <= 0xEF:
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data[:at] + b"\xff\xfe" + struct.pack(">H", len(remark) + 2) + remark + data[at:]


def gif_with_remark(data: bytes, remark: bytes) -> bytes:
    """The GIF with a comment extension before its trailer; it becomes a GIF89a, which knows extensions."""
    if data[:6] not in (b"GIF87a", b"GIF89a") or data[-1:] != b";" or not 0 < len(remark) <= 255:
        raise ValueError("not a whole GIF, or a remark that is empty or longer than 255 bytes")
    return b"GIF89a" + data[6:-1] + b"\x21\xfe" + bytes((len(remark),)) + remark + b"\0;"


def webp_with_remark(data: bytes, remark: bytes) -> bytes:
    """The still WebP in the extended format, with a chunk of our own at its end."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or not 0 < len(remark) <= 255:
        raise ValueError("not a WebP, or a remark that is empty or longer than 255 bytes")
    body = data[12:]
    if body[:4] != b"VP8X":
        body = _riff_chunk(b"VP8X", _canvas(body)) + body
    body += _riff_chunk(REMARK_CHUNK, remark)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _riff_chunk(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def _canvas(body: bytes) -> bytes:
    """The payload of a VP8X chunk for a file that holds one lossy or lossless frame (RFC 9649, section 2.7.1)."""
    flags = 0
    if body[:4] == b"VP8 " and body[11:14] == b"\x9d\x01\x2a":
        width = int.from_bytes(body[14:16], "little") & 0x3FFF
        height = int.from_bytes(body[16:18], "little") & 0x3FFF
    elif body[:4] == b"VP8L" and body[8:9] == b"\x2f":
        bits = int.from_bytes(body[9:13], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        flags = 0x10 if bits >> 28 & 1 else 0
    else:
        raise ValueError("neither a lossy nor a lossless WebP frame")
    return bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
