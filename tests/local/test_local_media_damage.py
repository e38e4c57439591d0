"""Pictures that are whole but for one thing: each kind of damage is told by its own words, and no oddity is damage."""

from __future__ import annotations

import struct
import tempfile
import zlib

import pytest

from imgur_sync.local.stream import BUFFER, Stream
from imgur_sync.local.verdict import Verdict, judge
from imgur_sync.model.local import Why
from tests.support import pictures
from tests.support.pictures import box, chunk, element, riff, segment

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 3, 8, 2, 0, 0, 0))
END = chunk(b"IEND", b"")
EBML = element(0x1A45DFA3, element(0x4282, b"webm"))
FTYP = box(b"ftyp", b"isom\0\0\2\0isommp42")


def look(data: bytes) -> Verdict:
    """Judge these bytes."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        return judge("x.png", Stream(file.fileno(), len(data), bytearray(BUFFER), lambda count: None))


def web(kind: bytes, data: bytes) -> bytes:
    """A WebP of one chunk."""
    body = b"WEBP" + riff(kind, data)
    return b"RIFF" + struct.pack("<I", len(body)) + body


DAMAGED = {
    "png, another first chunk": (SIGNATURE + chunk(b"IDAT", b"x") + HEADER + END, "first chunk is not a header"),
    "png, a short header": (SIGNATURE + chunk(b"IHDR", b"12345678") + END, "first chunk is not a header"),
    "png, no pixels": (SIGNATURE + HEADER + END, "no pixels"),
    "png, no chunk": (SIGNATURE + HEADER + b"\0\0\0\1ID?T" + bytes(9), "no chunk at byte 33"),
    "png, a chunk of 2 GiB": (SIGNATURE + HEADER + b"\xff\0\0\0IDAT" + bytes(9), "no chunk at byte 33"),
    "gif, no block": (b"GIF89a" + struct.pack("<HHBBB", 4, 3, 0, 0, 0) + b"\x07\x3b", "no block at byte 13"),
    "jpeg, no marker": (b"\xff\xd8" + segment(0xFF ^ 1, b"x") + b"no marker" + b"\xff\xd9", "no marker at byte 7"),
    "mp4, too many boxes": (FTYP + box(b"free", b"") * 100_001, "too many boxes"),
    "mp4, a box that ends before it begins": (FTYP + b"\0\0\0\1mdat" + struct.pack(">Q", 9), "no box at byte"),
    "mp4, no frames": (FTYP + box(b"moov", b""), "(mdat) are missing"),
    "webm, no element": (EBML + element(0x18538067, b"\x08" + bytes(30)), "no element at byte"),
    "webm, no size": (EBML + element(0x18538067, b"\xec\0" + bytes(30)), "no size at byte"),
    "webm, a size that is not said": (EBML + element(0x18538067, b"\xec\xff" + bytes(30)), "does not say its size"),
    "webm, never a frame": (EBML + element(0x18538067, b"\xec\x80" * 100_001), "too many elements"),
    "webm, no segment": (EBML + element(0x1F43B675, b"x"), "segment is missing"),
    "webp, a short header": (web(b"VP8 ", bytes(9)), "header is too short"),
    "webp, a wrong lossless header": (web(b"VP8L", b"\x2e" + bytes(9)), "lossless header is wrong"),
    "webp, no key frame": (web(b"VP8 ", bytes(10)), "not a key frame"),
    "webp, a chunk that is too long": (b"RIFF\x14\0\0\0WEBPVP8L\x63\0\0\0" + bytes(8), "longer than the file says"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_told_by_what_it_is(name: str) -> None:
    """The file is refused as incomplete; the detail helps to find out what made it."""
    data, words = DAMAGED[name]
    found = look(data)
    assert found.detail.partition("\n")[0] == Why.TRUNCATED
    assert words in found.detail


def packed_xmp(text: bytes) -> bytes:
    """An iTXt chunk whose text is compressed."""
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0titre\0" + text)


@pytest.mark.parametrize(
    ("data", "has_gps"),
    [
        (pictures.png(extra=[packed_xmp(zlib.compress(pictures.XMP_WITH_GPS))]), True),
        (pictures.png(extra=[packed_xmp(zlib.compress(b"<x:xmpmeta/>"))]), False),
        (pictures.png(extra=[packed_xmp(b"no deflate")]), False),
        (pictures.png(extra=[chunk(b"iTXt", b"Comment\0\0\0\0\0" + pictures.XMP_WITH_GPS)]), False),
        # A GPS directory that lies outside of the block cannot be read: what is in doubt is reported.
        (pictures.png(extra=[chunk(b"eXIf", b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8825, 4, 1, 9999))]), True),
        (web(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 4, 3)), False),
        (b"\xff\xd8\xff\x01" + pictures.jpeg()[2:], False),
    ],
    ids=["packed", "packed, none", "not packed", "a comment", "far away", "lossy", "a bare marker"],
)
def test_odd_pictures_are_pictures(data: bytes, has_gps: bool) -> None:
    """And a position is seen also where it is packed."""
    found = look(data)
    assert (found.kind, found.has_gps) == ("picture", has_gps)


def film() -> bytes:
    """The film header of a small film, as a box."""
    data = pictures.mp4(64, 48)
    at = data.index(b"moov") - 4
    return data[at : at + int.from_bytes(data[at : at + 4], "big")]


def test_a_box_can_have_a_long_size_or_last_to_the_end() -> None:
    """Both forms are of the standard; recorders write the second one."""
    long_box = b"\0\0\0\1mdat" + struct.pack(">Q", 16 + 5) + b"12345"
    for frames in (long_box, b"\0\0\0\0mdat12345"):
        found = look(FTYP + film() + frames)
        assert (found.kind, found.width, found.height) == ("picture", 64, 48)


def test_a_film_header_of_odd_tracks_is_no_damage() -> None:
    """A track header that is cut off has no size; one of more boxes than anybody reads is left at that."""
    short = box(b"moov", box(b"trak", box(b"tkhd", b"\0" * 20)))
    found = look(FTYP + short + box(b"mdat", b"1"))
    assert (found.kind, found.width, found.height) == ("picture", 0, 0)
    many = box(b"moov", box(b"free", b"") * 100_001 + box(b"trak", box(b"tkhd", b"\0" * 90)))
    assert look(FTYP + many + box(b"mdat", b"1")).kind == "picture"
