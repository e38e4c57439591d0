"""Pictures are known by content; incomplete ones are refused; nothing is read twice or without end."""

from __future__ import annotations

import hashlib
import struct
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.local.stream import BUFFER, Stream
from imgur_sync.local.verdict import Verdict, judge
from imgur_sync.model.local import Why
from tests.support import pictures
from tests.support.pictures import MAKERS, chunk, element, riff, segment

MEDIA_TYPES = {
    "png": "image/png",
    "apng": "image/apng",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
LARGE = {
    "png": lambda pad: pictures.png(pad=pad),
    "gif": lambda pad: pictures.gif(comment=b"\x21\x3b\x2c" * (pad // 3)),
    "jpg": lambda pad: pictures.jpeg(pad=pad),
    "webp": lambda pad: pictures.webp(xmp=b"\xff" * pad),
    "mp4": lambda pad: pictures.mp4(pad=pad),
    "webm": lambda pad: pictures.webm(pad=pad),
}


def look(data: bytes, name: str = "x.png") -> Verdict:
    """Judge these bytes as a file of that name; that nothing is read twice is checked on the way."""
    seen = []
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        verdict = judge(name, Stream(file.fileno(), len(data), bytearray(BUFFER), seen.append))
    assert sum(seen) <= len(data)
    return verdict


def why(verdict: Verdict) -> str:
    """The reason of an unsendable file; "" for others."""
    return verdict.detail.partition("\n")[0] if verdict.kind == "unsendable" else ""


@pytest.mark.parametrize("format_", MAKERS)
@pytest.mark.parametrize("size", [(1, 1), (4, 3), (255, 31)])
def test_type_size_and_digest_come_from_the_content(format_: str, size: tuple[int, int]) -> None:
    """Whatever the name says, the type is that of the bytes; the digest is the SHA-256 of all of them."""
    data = MAKERS[format_](*size, 7)
    for name in ("x.png", "x.jpg", "x", "x.txt"):
        found = look(data, name)
        assert (found.kind, found.media_type, found.width, found.height) == ("picture", MEDIA_TYPES[format_], *size)
        assert found.digest == hashlib.sha256(data).hexdigest()
        assert not found.has_gps


@pytest.mark.parametrize("format_", MAKERS)
def test_a_file_cut_off_anywhere_is_never_a_picture(format_: str) -> None:
    """Every proper prefix is refused: as incomplete, or as no picture while the signature itself is cut."""
    data = MAKERS[format_](9, 5, 3)
    kinds = {why(look(data[:end], f"x.{format_}")) for end in range(1, len(data))}
    assert kinds == {Why.TRUNCATED, Why.NOT_A_PICTURE}
    assert why(look(data[:-1])) == Why.TRUNCATED


@pytest.mark.parametrize("format_", LARGE)
@pytest.mark.parametrize("around", [64 * 1024, 128 * 1024, BUFFER, BUFFER + 64 * 1024, 3 * BUFFER])
@pytest.mark.parametrize("by", [-400, -230, -130, -60, -12, -1, 0, 1])
def test_pieces_of_the_file_may_end_anywhere(format_: str, around: int, by: int) -> None:
    """A picture longer than the buffer is whole, and without its last byte incomplete, wherever the pieces end."""
    data = LARGE[format_](around + by)
    found = look(data)
    assert (found.kind, found.digest) == ("picture", hashlib.sha256(data).hexdigest())
    assert why(look(data[:-1])) == Why.TRUNCATED


@pytest.mark.parametrize("at", [20, 30, 70, 80, -1, -5])
def test_a_png_with_one_wrong_byte_is_incomplete(at: int) -> None:
    """Checksums of the critical chunks are verified: header, pixels, end."""
    data = bytearray(pictures.png(16, 16, 1))
    data[at] ^= 0x10
    assert why(look(bytes(data))) == Why.TRUNCATED


@pytest.mark.parametrize("format_", ["png", "apng", "gif", "jpg", "webp"])
def test_bytes_after_the_end_of_a_picture_are_accepted(format_: str) -> None:
    """Phones append videos to photographs; the digest covers them."""
    data = MAKERS[format_](9, 5, 3) + b"appended" * 4
    found = look(data)
    assert (found.kind, found.digest) == ("picture", hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    "data",
    [
        pictures.jpeg(gps=True),
        pictures.jpeg(xmp_gps=True),
        pictures.png(extra=[chunk(b"eXIf", pictures.exif_with_gps())]),
        pictures.png(extra=[chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + pictures.XMP_WITH_GPS)]),
        pictures.webp(exif=pictures.exif_with_gps()),
        pictures.webp(exif=b"Exif\0\0" + pictures.exif_with_gps()),
        pictures.webp(xmp=pictures.XMP_WITH_GPS),
        pictures.mp4(gps=True),
    ],
    ids=["jpeg-exif", "jpeg-xmp", "png-exif", "png-xmp", "webp-exif", "webp-prefixed", "webp-xmp", "mp4"],
)
def test_a_position_is_seen_in_every_kind_of_metadata(data: bytes) -> None:
    """Exif's GPS directory, XMP's GPS properties and a film's place are all positions."""
    assert look(data).has_gps


@pytest.mark.parametrize(
    "exif",
    [
        pictures.exif_without_gps(),
        b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 0x8825, 4, 1, 26, 0) + struct.pack("<HHHII", 1, 0, 1, 4, 2),
        b"MM\0*\0\0\0\x08",
        b"II*\0\xff\xff\xff\xff",
        b"",
        b"nonsense",
    ],
    ids=["orientation", "version-only", "cut", "far", "empty", "nonsense"],
)
def test_metadata_without_a_position_are_not_reported(exif: bytes) -> None:
    """A GPS directory that holds nothing but its version is no position."""
    found = look(pictures.png(extra=[chunk(b"eXIf", exif)]))
    assert (found.kind, found.has_gps) == ("picture", False)


@pytest.mark.parametrize(
    "data",
    [
        pictures.mp4(brand=b"heic"),
        pictures.mp4(brand=b"avif"),
        pictures.mp4(brand=b"qt  "),
        pictures.mp4(brand=b"M4A "),
        pictures.webm(doc_type=b"matroska"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7 ...",
        b"BM" + bytes(60),
        b"II*\0" + bytes(60),
        b"x",
    ],
    ids=["heic", "avif", "quicktime", "m4a", "matroska", "svg", "pdf", "bmp", "tiff", "byte"],
)
def test_other_kinds_are_skipped_unless_their_name_promises_a_picture(data: bytes) -> None:
    """HEIC and the like are listed as skipped; under the name of a picture they are unsendable."""
    assert look(data, "x.heic").kind == "skipped"
    assert look(data, "x").kind == "skipped"
    assert why(look(data, "x.JPG")) == Why.NOT_A_PICTURE


def test_an_html_page_named_jpg_is_called_one() -> None:
    """The detail says what the content is, so that people see that a download failed."""
    assert look(b"<!DOCTYPE html><html>404</html>", "x.jpg").detail == "not a picture\nits content is text/html"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pictures.png_header(50_000, 50_000), "50,000 by 50,000"),
        (pictures.png_header(32_768, 1), "32,768 by 1"),
        (pictures.png_header(10_001, 10_000), "10,001 by 10,000"),
    ],
)
def test_a_picture_with_too_many_pixels_is_refused_from_its_header(data: bytes, says: str) -> None:
    """At most 100 million pixels and 32,767 a side; nothing is decoded to find out."""
    found = look(data)
    assert why(found) == Why.TOO_MANY_PIXELS
    assert says in found.detail


def test_the_largest_allowed_dimensions_pass() -> None:
    """Exactly 100 million pixels and exactly 32,767 a side are sent."""
    assert look(pictures.png_header(10_000, 10_000)).kind == "picture"
    assert look(pictures.png_header(32_767, 3_000)).kind == "picture"


@pytest.mark.parametrize(
    "data",
    [
        pictures.png_header(0, 5),
        b"GIF89a\0\0\0\0\0\0\0\x3b",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + segment(0xC0, b"\x08\0") + segment(0xDA, b"") + b"\xff\xd9",
        b"\xff\xd8\xff\xe0\0\0\xff\xd9",
        b"RIFF" + struct.pack("<I", 4) + b"WEBP",
        b"RIFF" + struct.pack("<I", 22) + b"WEBP" + riff(b"VP8 ", bytes(10)),
        b"RIFF" + struct.pack("<I", 14) + b"WEBP" + b"VP8L" + struct.pack("<I", 99) + b"\x2f\0",
        pictures.box(b"ftyp", b"isom" + bytes(4)),
        pictures.box(b"ftyp", b"isom" + bytes(4)) + b"\0\0\0\x04mdat",
        element(0x1A45DFA3, element(0x4282, b"webm")) + element(0x1F43B675, b""),
    ],
)
def test_a_picture_without_pixels_or_with_broken_structure_is_incomplete(data: bytes) -> None:
    """What has a signature and no sense behind it is refused, never sent to be refused by Imgur for credits."""
    assert why(look(data)) == Why.TRUNCATED


def test_a_film_may_have_odd_boxes_inside_its_header() -> None:
    """Players differ in what they write into the film header; only the top-level boxes must be sound."""
    data = pictures.mp4(640, 480)
    at = data.index(b"moov") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    odd = data[:at] + pictures.box(b"moov", data[at + 8 : at + size] + b"\0\0\0\0" + b"\xff" * 9) + data[at + size :]
    found = look(odd)
    assert (found.kind, found.width, found.height) == ("picture", 640, 480)


STARTS = [
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF\x40\0\0\0WEBP",
    b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
]
STARTS += [element(0x1A45DFA3, element(0x4282, b"webm")), b"version https://git-lfs.github.com/spec/v1\n"]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_arbitrary_bytes_are_judged_without_an_error(start: bytes, rest: bytes) -> None:
    """No content makes a walker raise, loop or read more than the file has."""
    assert look(start + rest).kind in ("picture", "unsendable", "pointer")


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(sorted(MAKERS)),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=6),
    st.integers(0, 500),
    st.binary(max_size=12),
)
def test_damaged_pictures_are_judged_without_an_error(
    format_: str, changes: list[tuple[int, int]], cut: int, insert: bytes
) -> None:
    """Neither do pictures with bytes changed, put in and cut away."""
    data = bytearray(MAKERS[format_](5, 4, 1))
    for at, value in changes:
        data[at % len(data)] = value
    at = cut % len(data)
    for damaged in (bytes(data[:at]) + insert + bytes(data[at:]), bytes(data[:at]) + insert):
        verdict = look(damaged)
        assert verdict.kind in ("picture", "pointer", "unsendable", "skipped"), verdict.kind
        assert bool(verdict.digest) == (verdict.kind in ("picture", "pointer")), "only what is sent has a digest"
