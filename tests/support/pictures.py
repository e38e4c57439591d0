"""Small real pictures and videos, made with the standard library alone.

PNG, APNG, GIF, JPEG and WebP are complete files that decoders accept, of the asked size, and differ with `seed`. MP4
and WebM have valid structure and a picture size, but no frames to play.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

XMP_NAMESPACE = b"http://ns.adobe.com/xap/1.0/\0"
XMP_WITH_GPS = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="52,31.2N"/></x:xmpmeta>'


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 4, height: int = 3, seed: int = 0, *, extra: Iterable[bytes] = (), pad: int = 0) -> bytes:
    """An 8-bit RGB PNG; `extra` are whole chunks put before the pixels, `pad` adds an ancillary chunk of that size."""
    return _png(width, height, seed, [*extra, *([chunk(b"paDd", bytes(pad))] if pad else [])], b"")


def apng(width: int = 4, height: int = 3, seed: int = 0, frames: int = 2) -> bytes:
    """An animated PNG."""
    control = struct.pack(">IIIIIHHBB", 0, width, height, 0, 0, 1, 10, 0, 0)
    before = [chunk(b"acTL", struct.pack(">II", frames, 0)), chunk(b"fcTL", control)]
    after = b""
    for number in range(1, frames):
        control = struct.pack(">IIIIIHHBB", 2 * number - 1, width, height, 0, 0, 1, 10, 0, 0)
        pixels = zlib.compress(_rows(width, height, seed + number))
        after += chunk(b"fcTL", control) + chunk(b"fdAT", struct.pack(">I", 2 * number) + pixels)
    return _png(width, height, seed, before, after)


def _png(width: int, height: int, seed: int, before: Iterable[bytes], after: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"tEXt", b"Comment\0seed %d" % seed) + chunk(b"IDAT", zlib.compress(_rows(width, height, seed)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + pixels + after + chunk(b"IEND", b"")


def png_header(width: int, height: int, seed: int = 0) -> bytes:
    """A PNG that says it is of that size (however huge), with a few bytes of pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 64 + struct.pack(">Q", seed)))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


def _rows(width: int, height: int, seed: int) -> bytes:
    colour = struct.pack(">I", zlib.crc32(struct.pack(">q", seed)))
    row = b"\0" + bytes((colour[n % 3] + 7 * (n // 3)) & 255 for n in range(3 * width))
    return row * height


def gif(width: int = 4, height: int = 3, seed: int = 0, *, frames: int = 1, comment: bytes = b"") -> bytes:
    """A GIF89a with 128 colours that follow from `seed`; animated with more than one frame."""
    colours = b"".join(zlib.crc32(struct.pack(">qI", seed, n)).to_bytes(4, "big")[:3] for n in range(128))
    parts = [b"GIF89a", struct.pack("<HHBBB", width, height, 0xF6, 0, 0), colours]
    if comment:
        parts += [b"\x21\xfe", _sub_blocks(comment)]
    for number in range(frames):
        pixels = bytes((n + number) % 128 for n in range(width * height))
        codes = b"".join(b"\x80" + pixels[at : at + 100] for at in range(0, len(pixels), 100)) + b"\x81"
        parts += [b"\x21\xf9\x04\0\x0a\0\0\0", b"\x2c", struct.pack("<HHHHB", 0, 0, width, height, 0)]
        parts += [b"\x07", _sub_blocks(codes)]
    return b"".join([*parts, b"\x3b"])


def _sub_blocks(data: bytes) -> bytes:
    pieces = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


def jpeg(
    width: int = 16, height: int = 8, seed: int = 0, *, gps: bool = False, xmp_gps: bool = False, pad: int = 0
) -> bytes:
    """A grey baseline JPEG of flat 8x8 blocks; `gps` adds an Exif position, `pad` adds at least that many bytes."""
    parts = [b"\xff\xd8", segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")]
    if gps:
        parts.append(segment(0xE1, b"Exif\0\0" + exif_with_gps()))
    if xmp_gps:
        parts.append(segment(0xE1, XMP_NAMESPACE + XMP_WITH_GPS))
    parts.append(segment(0xFE, b"seed %d" % seed))
    parts += [segment(0xEF, bytes(min(65533, pad - at))) for at in range(0, pad, 65533)]
    parts.append(segment(0xDB, b"\0" + b"\x08" * 64))
    parts.append(segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0"))
    parts.append(segment(0xC4, b"\0" + bytes([0, 0, 0, 12] + [0] * 12) + bytes(range(12))))
    parts.append(segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0"))
    parts.append(segment(0xDA, b"\x01\x01\0\0\x3f\0"))
    return b"".join([*parts, _scan(width, height, seed), b"\xff\xd9"])


def segment(marker: int, data: bytes) -> bytes:
    """One JPEG segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def _scan(width: int, height: int, seed: int) -> bytes:
    """Grey levels as differences: a 4-bit category, its bits, then '0' for "no detail"."""
    bits, last = [], 0
    for block in range(-(-width // 8) * -(-height // 8)):
        level = zlib.crc32(struct.pack(">qI", seed, block)) % 200 - 100
        step, last = level - last, level
        size = abs(step).bit_length()
        value = step if step > 0 else step + (1 << size) - 1
        bits.append(f"{size:04b}" + (f"{value:0{size}b}" if size else "") + "0")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")


def exif_with_gps() -> bytes:
    """A TIFF block whose GPS directory holds a latitude and a longitude."""
    main = struct.pack("<HHHIII", 1, 0x8825, 4, 1, 26, 0)
    place = struct.pack("<QQQQQQ", *([1 << 32 | 52] * 6))
    entries = [(1, 2, 2, b"N\0\0\0"), (2, 5, 3, struct.pack("<I", 80)), (3, 2, 2, b"E\0\0\0")]
    entries.append((4, 5, 3, struct.pack("<I", 104)))
    table = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHI", *row[:3]) + row[3] for row in entries)
    return b"II*\0\x08\0\0\0" + main + table + struct.pack("<I", 0) + place


def exif_without_gps() -> bytes:
    """A TIFF block with an orientation and nothing else."""
    return b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, 1, 0, 0)


def webp(width: int = 4, height: int = 3, seed: int = 0, *, exif: bytes = b"", xmp: bytes = b"") -> bytes:
    """A lossless WebP of one colour; with `exif` or `xmp` in the extended form."""
    red, green, blue, _ = zlib.crc32(struct.pack(">q", seed)).to_bytes(4, "big")
    bits = [(width - 1, 14), (height - 1, 14), (0, 1), (0, 3), (0, 1), (0, 1), (0, 1)]
    for value in (green, red, blue, 255):
        bits += [(1, 1), (0, 1), (1, 1), (value, 8)]
    bits += [(1, 1), (0, 1), (0, 1), (0, 1)]
    number, at = 0, 0
    for value, size in bits:
        number, at = number | value << at, at + size
    body = riff(b"VP8L", b"\x2f" + number.to_bytes(-(-at // 8), "little"))
    if exif or xmp:
        flags = (8 if exif else 0) | (4 if xmp else 0)
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        body = riff(b"VP8X", bytes([flags, 0, 0, 0]) + size) + body
        body += (riff(b"EXIF", exif) if exif else b"") + (riff(b"XMP ", xmp) if xmp else b"")
    body += riff(b"seed", struct.pack("<q", seed))
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def riff(kind: bytes, data: bytes) -> bytes:
    """One RIFF chunk, padded to an even length."""
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def box(kind: bytes, data: bytes) -> bytes:
    """One ISO media box."""
    return struct.pack(">I", 8 + len(data)) + kind + data


def mp4(
    width: int = 64, height: int = 48, seed: int = 0, *, brand: bytes = b"isom", gps: bool = False, pad: int = 0
) -> bytes:
    """An MP4 with one empty video track; `brand` is the major brand, `pad` the size of its media data."""
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    track = (
        struct.pack(">IIIIII", 7, 0, 0, 1, 0, 1000) + bytes(16) + matrix + struct.pack(">II", width << 16, height << 16)
    )
    film = struct.pack(">IIIII", 0, 0, 0, 1000, 1000) + struct.pack(">IH", 0x10000, 0x100) + bytes(10) + matrix
    film += bytes(24) + struct.pack(">I", 2)
    about = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+52.5200+013.4050/")) if gps else b""
    moov = box(b"moov", box(b"mvhd", film) + box(b"trak", box(b"tkhd", track)) + about)
    kinds = box(b"ftyp", brand + struct.pack(">I", 512) + b"isommp42")
    return kinds + moov + box(b"mdat", struct.pack(">q", seed) + bytes(pad))


def element(ident: int, data: bytes) -> bytes:
    """One EBML element with an eight-byte size."""
    return ident.to_bytes(-(-ident.bit_length() // 8), "big") + (1 << 56 | len(data)).to_bytes(8, "big") + data


def webm(width: int = 64, height: int = 48, seed: int = 0, *, doc_type: bytes = b"webm", pad: int = 0) -> bytes:
    """A WebM with one video track and one cluster without frames."""
    head = element(0x1A45DFA3, element(0x4286, b"\x01") + element(0x4282, doc_type) + element(0x4287, b"\x02"))
    video = element(0xE0, element(0xB0, struct.pack(">H", width)) + element(0xBA, struct.pack(">H", height)))
    track = element(0xAE, element(0xD7, b"\x01") + element(0x83, b"\x01") + element(0x86, b"V_VP8") + video)
    info = element(0x1549A966, element(0x2AD7B1, b"\x0f\x42\x40"))
    cluster = element(0x1F43B675, element(0xE7, struct.pack(">Q", seed & (2**64 - 1))) + element(0xEC, bytes(pad)))
    return head + element(0x18538067, info + element(0x1654AE6B, track) + cluster)


MAKERS = {"png": png, "apng": apng, "gif": gif, "jpg": jpeg, "webp": webp, "mp4": mp4, "webm": webm}
"""Extension to maker; each takes (width, height, seed)."""


def lfs_pointer(digest: str, size: int) -> bytes:
    """A Git LFS pointer file."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n".encode()
