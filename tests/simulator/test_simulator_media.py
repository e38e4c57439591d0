"""What uploaded bytes are taken for."""

import struct

import pytest

from imgur_sync.simulator.media import Media, sniff

VP8X = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + (99).to_bytes(3, "little") + (49).to_bytes(3, "little")
VP8L = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + (99 | 49 << 14).to_bytes(4, "little")
VP8 = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 100, 50)
GIF = b"GIF89a" + struct.pack("<HH", 100, 50) + b"\x21\xf9\x04"
BMP = b"BM" + bytes(16) + struct.pack("<ii", 100, -50) + bytes(10)
TIFF = b"II*\0\x08\0\0\0\x02\0" + struct.pack("<HHIHH", 256, 3, 1, 100, 0) + struct.pack("<HHII", 257, 4, 1, 50)
TKHD = b"tkhd" + bytes(76) + struct.pack(">II", 100 << 16, 50 << 16)
MP4 = b"\0\0\0\x18ftypmp42" + bytes(8)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (VP8X, Media("image/webp", 100, 50, animated=True)),
        (VP8L, Media("image/webp", 100, 50)),
        (VP8, Media("image/webp", 100, 50)),
        (GIF, Media("image/gif", 100, 50)),
        (GIF * 2, Media("image/gif", 100, 50, animated=True)),
        (BMP, Media("image/bmp", 100, 50)),
        (TIFF, Media("image/tiff", 100, 50)),
        (MP4 + TKHD, Media("video/mp4", 100, 50, animated=True)),
        (MP4 + b"soun", Media("video/mp4", animated=True, has_sound=True)),
        (MP4.replace(b"mp42", b"qt  "), Media("video/quicktime", animated=True)),
        (b"\x1a\x45\xdf\xa3....webm", Media("video/webm", animated=True, has_sound=True)),
        (b"\x1a\x45\xdf\xa3....matroska", Media("video/x-matroska", animated=True, has_sound=True)),
    ],
)
def test_types_and_dimensions_come_from_the_content(data, wanted):
    assert sniff(data) == wanted


def test_an_animated_png_is_animated(png):
    still = png(4, 6)
    at = still.index(b"IDAT")
    assert sniff(still) == Media("image/png", 4, 6)
    assert sniff(still[:at] + b"acTL" + still[at:]) == Media("image/png", 4, 6, animated=True)


def test_every_cut_of_a_header_is_refused_or_read_but_never_breaks(jpeg, png):
    for whole in (jpeg(), png(), VP8X, VP8L, VP8, GIF, BMP, TIFF, MP4 + TKHD):
        for length in range(len(whole)):
            assert sniff(whole[:length]) in (None, sniff(whole)) or whole[4:8] == b"ftyp"


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"gimp xcf", b"\0\0\0\x18ftypavif" + bytes(20), b"\x89PNG"])
def test_other_things_are_not_taken(data):
    assert sniff(data) is None
