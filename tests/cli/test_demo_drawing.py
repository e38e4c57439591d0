"""The PNGs that the demo draws are whole pictures, each unlike the others."""

from __future__ import annotations

import hashlib
import itertools
import struct
import zlib
from collections.abc import Callable

import pytest

from imgur_sync.cli.demo_drawing import HEIGHT, WIDTH, Canvas, cat, landscape, rings

MOTIFS = (landscape, cat, rings)


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG, each checksum checked, up to and including its very last byte."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, found = 8, []
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        found.append((kind, data))
        at += 12 + length
    assert at == len(png)
    return found


def rows(png: bytes) -> list[bytes]:
    """The rows of palette indices of an unfiltered 8-bit palette PNG."""
    plain = zlib.decompress(b"".join(data for kind, data in chunks(png) if kind == b"IDAT"))
    width, height = struct.unpack(">II", dict(chunks(png))[b"IHDR"][:8])
    assert len(plain) == (width + 1) * height
    lines = [plain[start : start + width + 1] for start in range(0, len(plain), width + 1)]
    assert {line[0] for line in lines} == {0}
    return [line[1:] for line in lines]


@pytest.mark.parametrize("motif", MOTIFS)
@pytest.mark.parametrize("number", [0, 1, 11, 33])
def test_a_drawing_is_a_whole_png_whose_every_pixel_has_a_colour(motif: Callable[[int], bytes], number: int) -> None:
    """Chunks in order, right checksums, 320 x 240 pixels, no index beyond the palette."""
    png = motif(number)
    assert [kind for kind, _ in chunks(png)] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    parts = dict(chunks(png))
    assert parts[b"IHDR"] == struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    assert len(parts[b"PLTE"]) % 3 == 0
    assert max(max(row) for row in rows(png)) < len(parts[b"PLTE"]) // 3 <= 256
    assert len(png) < 12_000


def test_a_number_always_gives_the_same_picture_and_each_number_another() -> None:
    """Sixty drawings have sixty digests, and drawing them again gives the same."""
    drawn = [motif(number) for motif in MOTIFS for number in range(20)]
    assert len({hashlib.sha256(png).digest() for png in drawn}) == len(drawn)
    assert drawn == [motif(number) for motif in MOTIFS for number in range(20)]


@pytest.mark.parametrize("motif", MOTIFS)
def test_neighbouring_numbers_look_different(motif: Callable[[int], bytes]) -> None:
    """The colours in the corners of the background differ by more than an eye misses."""
    tops = [dict(chunks(motif(number)))[b"PLTE"][:3] for number in range(6)]
    for before, after in itertools.pairwise(tops):
        assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) > 20


def test_shapes_are_cut_off_at_the_edges() -> None:
    """A shape that reaches over every edge fills the picture and no more."""
    canvas = Canvas()
    colour = canvas.colour(0.5, 1.0, 1.0)
    canvas.ellipse(WIDTH / 2, HEIGHT / 2, WIDTH * 2, HEIGHT * 2, colour)
    assert set(rows(canvas.png())) == {bytes((colour,)) * WIDTH}


def test_a_span_ends_before_its_lower_end() -> None:
    """Rows 2 and 3 of one column are painted, and nothing else."""
    canvas = Canvas()
    blank = rows(canvas.png())
    colour = canvas.colour(0.0, 0.0, 1.0)
    canvas.span(7, 2, 4, colour)
    changed = [(x, y) for y, row in enumerate(rows(canvas.png())) for x, at in enumerate(row) if at != blank[y][x]]
    assert changed == [(7, 2), (7, 3)]
