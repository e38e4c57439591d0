"""When a picture was taken: read from its Exif, in every format that can hold one, without a second read."""

from __future__ import annotations

import struct
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.local.media.taken import exif_taken
from imgur_sync.local.stream import BUFFER, Stream
from imgur_sync.local.verdict import judge
from tests.support import pictures
from tests.support.album_folder import AlbumFolder
from tests.support.pictures import chunk, exif_with_gps, exif_without_gps, segment

DATE = "2024:05:01 10:11:12"


def exif(date: str | None = DATE, offset: str | None = None, fraction: str | None = None, order: str = "<") -> bytes:
    """A TIFF block that tells a date, an offset and a fraction of a second."""
    texts = [(0x9003, date), (0x9011, offset), (0x9291, fraction)]
    given_ = [(tag, text.encode("latin-1") + b"\0") for tag, text in texts if text is not None]
    start, place = 26, 26 + 2 + 12 * len(given_) + 4
    rows, tail = b"", b""
    for tag, text in given_:
        if len(text) > 4:
            value = struct.pack(order + "I", place + len(tail))
            tail += text
        else:
            value = text.ljust(4, b"\0")
        rows += struct.pack(order + "HHI", tag, 2, len(text)) + value
    mark = b"II*\0" if order == "<" else b"MM\0*"
    main = struct.pack(order + "HHHII", 1, 0x8769, 4, 1, start) + bytes(4)
    inner = struct.pack(order + "H", len(given_)) + rows + bytes(4)
    return mark + struct.pack(order + "I", 8) + main + inner + tail


def jpeg_with(block: bytes, seed: int = 0) -> bytes:
    """A JPEG that carries the block."""
    data = pictures.jpeg(seed=seed)
    return data[:2] + segment(0xE1, b"Exif\0\0" + block) + data[2:]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("date", "offset", "fraction", "taken"),
    [
        (DATE, None, None, "2024-05-01T10:11:12.000000"),
        (DATE, "+02:00", None, "2024-05-01T10:11:12.000000+02:00"),
        (DATE, "-09:30", "5", "2024-05-01T10:11:12.500000-09:30"),
        (DATE, None, "12", "2024-05-01T10:11:12.120000"),
        (DATE, None, "1234567", "2024-05-01T10:11:12.123456"),
        (DATE, "nonsense", "x", "2024-05-01T10:11:12.000000"),
        (DATE, "+99:00", " 07 ", "2024-05-01T10:11:12.070000"),
        ("2024:05:01T10:11:12", None, None, "2024-05-01T10:11:12.000000"),
        ("0000:00:00 00:00:00", "+02:00", "1", ""),
        ("    :  :     :  :  ", None, None, ""),
        ("2024:13:01 10:11:12", None, None, ""),
        ("2024:05:01 25:11:12", None, None, ""),
        ("2024:05:01", None, None, ""),
        ("", None, None, ""),
        (None, "+02:00", "1", ""),
    ],
)
def test_the_date_the_offset_and_the_fraction(
    date: str | None, offset: str | None, fraction: str | None, taken: str, order: str
) -> None:
    """In both byte orders; what is no date is none, an odd offset or fraction is left out."""
    assert exif_taken(exif(date, offset, fraction, order)) == taken


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with(exif(offset="+02:00")),
        pictures.png(extra=[chunk(b"eXIf", exif(offset="+02:00"))]),
        pictures.webp(exif=exif(offset="+02:00")),
        pictures.webp(exif=b"Exif\0\0" + exif(offset="+02:00")),
    ],
    ids=["jpeg", "png", "webp", "webp with a prefix"],
)
def test_every_format_with_exif_tells_its_date(data: bytes) -> None:
    """The whole file is read once."""
    read: list[int] = []
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        file.flush()
        verdict = judge("x.jpg", Stream(file.fileno(), len(data), bytearray(BUFFER), read.append))
    assert (verdict.kind, verdict.taken) == ("picture", "2024-05-01T10:11:12.000000+02:00")
    assert sum(read) == len(data)


@pytest.mark.parametrize("block", [exif_with_gps(), exif_without_gps(), b"", b"II*\0", b"II*\0\xff\xff\xff\xff"])
def test_exif_without_a_date_has_none(block: bytes) -> None:
    """Nor has Exif that leads nowhere."""
    assert exif_taken(block) == ""


@given(st.binary(max_size=200), st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_no_bytes_break_the_reader(noise: bytes, at: int, spoilt: bytes) -> None:
    """Damage in any place gives a date or none, never an error."""
    whole = exif(offset="+02:00", fraction="12")
    for data in (noise, b"II*\0" + noise, whole[:at] + spoilt + whole[at + len(spoilt) :], whole[:at]):
        assert isinstance(exif_taken(data), str)


def test_the_date_comes_back_from_the_cache_without_reading(album: AlbumFolder) -> None:
    """A second scan reads no content and knows the dates; a file without one has ""."""
    album.write("a.jpg", jpeg_with(exif()))
    album.write("sub/b.png", pictures.png())
    wanted = {"a.jpg": "2024-05-01T10:11:12.000000", "sub/b.png": ""}
    for first in (True, False):
        assert {file.path: file.taken for file in album.scan().files} == wanted
        assert bool(album.read_bytes) is first
