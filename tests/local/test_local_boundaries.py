"""Headers that lie across the end of the read buffer are read as those that do not."""

from __future__ import annotations

import hashlib
import tempfile

import pytest

from imgur_sync.local.stream import BUFFER, FIRST_LOOK, Stream
from imgur_sync.local.verdict import Verdict, judge
from tests.support import pictures
from tests.support.pictures import chunk, exif_with_gps, png, riff, segment


def look(data: bytes) -> Verdict:
    """Judge these bytes."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        return judge("x.png", Stream(file.fileno(), len(data), bytearray(BUFFER), lambda size: None))


def whole(data: bytes) -> Verdict:
    """Judge these bytes, which are a picture."""
    found = look(data)
    assert (found.kind, found.detail) == ("picture", "")
    assert found.digest == hashlib.sha256(data).hexdigest()
    return found


@pytest.mark.parametrize("boundary", [FIRST_LOOK, FIRST_LOOK + BUFFER])
def test_a_png_whose_chunk_lies_across_the_boundary(boundary: int) -> None:
    """Each byte of a chunk's length, name and checksum, and of a position in its metadata."""
    position = chunk(b"eXIf", exif_with_gps())
    for back in range(1, len(position) + 8):
        start = len(pictures.png_header(4, 3)[:33]) + 12
        pad = chunk(b"paDd", bytes(boundary - start - back))
        data = png(64, 64, extra=[pad, position, chunk(b"tEXt", b"x" * 200_000)])
        assert data.index(b"eXIf") + back - 4 == boundary
        assert whole(data).has_gps


@pytest.mark.parametrize("boundary", [FIRST_LOOK, FIRST_LOOK + BUFFER])
def test_a_jpeg_whose_segment_lies_across_the_boundary(boundary: int) -> None:
    """Each byte of a segment with a position, and of the frame header behind it."""
    small = pictures.jpeg(640, 480)
    position = segment(0xE1, b"Exif\0\0" + exif_with_gps())
    for back in range(1, len(position) + 160, 3):
        room = boundary - back - 2
        pads = [segment(0xEF, bytes(65_000))] * (room // 65_100)
        left = room - sum(map(len, pads)) - 4
        data = small[:2] + b"".join(pads) + segment(0xEF, bytes(left)) + position + small[2:] + bytes(200_000)
        found = whole(data)
        assert (found.width, found.height, found.has_gps) == (640, 480, True)


def test_a_webp_whose_chunk_lies_across_the_boundary() -> None:
    """Each byte of a chunk's name and length."""
    for back in range(1, 12):
        body = riff(b"VP8X", b"\x08\0\0\0\x3f\0\0\x2f\0\0")
        body += riff(b"paDd", bytes((FIRST_LOOK - 12 - len(body) - 8 - back) & ~1))
        body += riff(b"EXIF", exif_with_gps()) + pictures.webp(64, 48)[12:] + riff(b"more", bytes(200_000))
        found = whole(b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body)
        assert (found.width, found.height, found.has_gps) == (64, 48, True)


def test_films_whose_boxes_lie_across_the_boundary() -> None:
    """MP4 and WebM: sizes and names."""
    film = pictures.mp4(640, 480)
    size = int.from_bytes(film[:4], "big")
    for back in range(1, 160):
        free = pictures.box(b"free", bytes(FIRST_LOOK - size - 8 - back))
        found = whole(film[:size] + free + film[size:] + pictures.box(b"free", bytes(200_000)))
        assert (found.width, found.height) == (640, 480)


def test_a_png_of_very_many_small_chunks_is_whole() -> None:
    """As encoders make them that flush every few hundred bytes."""
    import zlib

    packed = zlib.compress(bytes(769) * 256, 0)
    pieces = [chunk(b"IDAT", packed[at : at + 7]) for at in range(0, len(packed), 7)]
    plain = pictures.png_header(256, 256)
    whole(plain[:33] + b"".join(pieces) + chunk(b"IEND", b""))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pictures.gif()[: 13 + 384] + b"\x21\xfe\0" * 1_100_000, "too many blocks"),
        (pictures.gif()[: 13 + 384] + bytes(1_100_000), "too many blocks"),
        (b"\xff\xd8" + b"\xff" * 1_100_000, "a marker is wrong"),
        (b"\xff\xd8" + b"\xff\xe0\0\2" * 101_000, "too many segments"),
        (png()[:33] + chunk(b"aaAa", b"") * 101_000 + png()[33:], "too many chunks"),
        (
            b"RIFF" + (8 * 101_000 + 4).to_bytes(4, "little") + b"WEBP" + riff(b"aaaa", b"") * 101_000,
            "too many chunks",
        ),
    ],
    ids=["GIF extensions", "GIF zeros", "JPEG filling", "JPEG segments", "PNG chunks", "WebP chunks"],
)
def test_a_file_made_to_keep_us_busy_is_given_up(data: bytes, says: str) -> None:
    """Two hundred megabytes of three-byte blocks took most of a minute; now the walk ends after a fixed number."""
    found = look(data)
    assert found.kind == "unsendable"
    assert says in found.detail
