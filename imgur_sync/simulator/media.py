"""What uploaded bytes are: type by content, dimensions from headers; nothing is decoded."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from imgur_sync.simulator.documents import document_size

VIDEO_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
    b"3gp4",
}
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
    "video/x-flv": "flv",
    "video/x-ms-wmv": "wmv",
    "video/mpeg": "mpg",
}


@dataclass(frozen=True, slots=True)
class Media:
    """What the headers of a picture or video say; width and height are 0 where they are not read."""

    type: str
    width: int = 0
    height: int = 0
    animated: bool = False
    has_sound: bool = False

    @property
    def moving(self) -> bool:
        """Whether the larger limit, for GIF and video, applies."""
        return self.type == "image/gif" or self.type.startswith("video/")


def sniff(data: bytes) -> Media | None:
    """The media in `data`, or None if it is none that Imgur takes, or its header is broken.

    JPEG, PNG, GIF, APNG, WebP, BMP, TIFF and the documented kinds of video (imgur-api §5, M). HEIC, SVG and text
    are refused (M). PDF and XCF are documented (M), what becomes of them is not: here a PNG.
    """
    try:
        return _still(data) or _video(data) or _document(data)
    except (struct.error, IndexError):
        return None


def _still(data: bytes) -> Media | None:
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        width, height = struct.unpack(">II", data[16:24])
        return _sized(Media("image/png", width, height, animated=b"acTL" in data[: data.find(b"IDAT")]))
    if data[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack("<HH", data[6:10])
        return _sized(Media("image/gif", width, height, animated=data.count(b"\x21\xf9\x04") > 1))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[:2] == b"BM" and len(data) > 26:
        width, height = struct.unpack("<ii", data[18:26])
        return _sized(Media("image/bmp", width, abs(height)))
    if data[:4] in (b"II*\0", b"MM\0*"):
        return _tiff(data)
    return None


def _sized(media: Media) -> Media | None:
    return media if media.width > 0 and media.height > 0 else None


def _jpeg(data: bytes) -> Media | None:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return _sized(Media("image/jpeg", width, height))
        else:
            (length,) = struct.unpack(">H", data[at + 2 : at + 4])
            at += 2 + max(int(length), 2)
    return None


def _webp(data: bytes) -> Media | None:
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
        return _sized(Media("image/webp", width, height, animated=bool(data[20] & 2)))
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return _sized(Media("image/webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return _sized(Media("image/webp", width & 0x3FFF, height & 0x3FFF))
    return None


def _tiff(data: bytes) -> Media | None:
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack(order + "I", data[4:8])
    (count,) = struct.unpack(order + "H", data[start : start + 2])
    found: dict[int, int] = {}
    for entry in range(min(int(count), 200)):
        at = start + 2 + 12 * entry
        tag, kind = struct.unpack(order + "HH", data[at : at + 4])
        form, size = ("H", 2) if kind == 3 else ("I", 4)
        (found[tag],) = struct.unpack(order + form, data[at + 8 : at + 8 + size])
    return _sized(Media("image/tiff", found.get(256, 0), found.get(257, 0)))


def _document(data: bytes) -> Media | None:
    size = document_size(data)
    return _sized(Media("image/png", *size)) if size else None


def _video(data: bytes) -> Media | None:
    if data[4:8] == b"ftyp":
        return _iso_video(data)
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return Media("video/webm" if b"webm" in data[:64] else "video/x-matroska", animated=True, has_sound=True)
    if data[:4] == b"RIFF" and data[8:12] == b"AVI ":
        return Media("video/x-msvideo", animated=True)
    if data.startswith(b"FLV\x01"):
        return Media("video/x-flv", animated=True)
    if data.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
        return Media("video/x-ms-wmv", animated=True)
    if data.startswith(b"\x00\x00\x01\xba"):
        return Media("video/mpeg", animated=True)
    return None


def _iso_video(data: bytes) -> Media | None:
    brand = data[8:12]
    if brand != b"qt  " and brand not in VIDEO_BRANDS:
        return None
    width = height = 0
    at = data.find(b"tkhd")
    while at >= 0 and not width:
        end = at + 4 + (84 if data[at + 4] == 0 else 96)
        if end <= len(data):
            width, height = (value >> 16 for value in struct.unpack(">II", data[end - 8 : end]))
        at = data.find(b"tkhd", at + 4)
    kind = "video/quicktime" if brand == b"qt  " else "video/mp4"
    return Media(kind, width, height, animated=True, has_sound=b"soun" in data)
