"""The sample pictures are small and whole, and stay whole when they are varied."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from importlib import resources

import pytest

from imgur_sync.cli.demo_samples import (
    GIFS,
    JPEGS,
    REMARK_CHUNK,
    WEBPS,
    gif_with_remark,
    jpeg_with_remark,
    sample,
    varied,
    webp_with_remark,
)

Vary = Callable[[bytes, bytes], bytes]
NAMES = JPEGS + GIFS + WEBPS
REMARKS = ("x", "even", "odd remark!", "r" * 255)


def jpeg_segments(data: bytes) -> list[tuple[int, bytes]]:
    """Marker and payload of each segment up to the scan; the entropy-coded rest is the last payload."""
    assert data[:2] == b"\xff\xd8"
    assert data[-2:] == b"\xff\xd9"
    at, found = 2, []
    while not found or found[-1][0] != 0xDA:
        assert data[at] == 0xFF
        (length,) = struct.unpack_from(">H", data, at + 2)
        found.append((data[at + 1], data[at + 4 : at + 2 + length]))
        at += 2 + length
    return [*found, (0, data[at:])]


def gif_blocks(data: bytes) -> list[tuple[int, bytes]]:
    """Label (0x2C for a frame, else the extension's) and data of each block, up to a trailer that is the last byte."""
    assert data[:6] == b"GIF89a"
    at = 13 + (3 * 2 ** ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    found = []
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            label = 0x2C
            flags = data[at + 9]
            at += 11 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
        else:
            assert data[at] == 0x21
            label = data[at + 1]
            at += 2
        content = b""
        while data[at]:
            content += data[at + 1 : at + 1 + data[at]]
            at += 1 + data[at]
        at += 1
        found.append((label, content))
    assert at == len(data) - 1
    return found


def webp_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a WebP whose stated sizes add up to the file's."""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WEBP"
    assert struct.unpack_from("<I", data, 4) == (len(data) - 8,)
    at, found = 12, []
    while at < len(data):
        kind, (length,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        found.append((kind, data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    assert at == len(data)
    return found


def test_the_samples_are_few_and_small() -> None:
    """Three JPEGs, a GIF, two WebPs: at most 12 KB each and 80 KB in all, and nothing else but a read-me."""
    folder = resources.files("imgur_sync.cli") / "samples"
    assert sorted(entry.name for entry in folder.iterdir()) == sorted([*NAMES, "README.md"])
    sizes = [len(sample(name)) for name in NAMES]
    assert max(sizes) <= 12_000
    assert sum(sizes) <= 80_000


def test_the_gif_is_animated() -> None:
    """It has six frames and says that it loops."""
    blocks = gif_blocks(sample("blink.gif"))
    assert [label for label, _ in blocks].count(0x2C) == 6
    assert any(label == 0xFF and content.startswith(b"NETSCAPE2.0") for label, content in blocks)


@pytest.mark.parametrize("name", NAMES)
def test_each_remark_gives_another_digest(name: str) -> None:
    """The sample and four variants of it are five files."""
    files = [sample(name), *(varied(name, remark) for remark in REMARKS)]
    assert len({hashlib.sha256(data).digest() for data in files}) == 5


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("name", JPEGS)
def test_a_jpeg_gains_a_comment_behind_its_application_segments(name: str, remark: str) -> None:
    """All other segments and the picture's data are as before, and JFIF's segment is still the first."""
    before, after = jpeg_segments(sample(name)), jpeg_segments(varied(name, remark))
    at = after.index((0xFE, remark.encode()))
    assert at == 1
    assert after[0] == before[0]
    assert after[0][0] == 0xE0
    assert after[:at] + after[at + 1 :] == before


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("name", GIFS)
def test_a_gif_gains_a_comment_before_its_trailer(name: str, remark: str) -> None:
    """All frames and extensions are as before."""
    before, after = gif_blocks(sample(name)), gif_blocks(varied(name, remark))
    assert after == [*before, (0xFE, remark.encode())]


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("name", WEBPS)
def test_a_webp_gains_a_chunk_that_readers_ignore(name: str, remark: str) -> None:
    """It becomes an extended file of the same size in pixels; its one frame is as before."""
    before, after = webp_chunks(sample(name)), webp_chunks(varied(name, remark))
    (extended, canvas), frame, (kind, payload) = after
    assert extended == b"VP8X"
    assert canvas == bytes(4) + (319).to_bytes(3, "little") + (239).to_bytes(3, "little")
    assert [frame] == before
    assert (kind, payload) == (REMARK_CHUNK, remark.encode())


def test_an_extended_webp_keeps_its_own_header() -> None:
    """A second remark adds a chunk and no second header."""
    once = webp_with_remark(sample("tiles.webp"), b"one")
    twice = webp_chunks(webp_with_remark(once, b"two"))
    assert [kind for kind, _ in twice] == [b"VP8X", b"VP8L", REMARK_CHUNK, REMARK_CHUNK]


def test_transparency_is_announced() -> None:
    """A lossless frame that says it has an alpha channel gets the header's flag for it."""
    data = bytearray(sample("tiles.webp"))
    data[24] |= 0x10
    assert webp_chunks(webp_with_remark(bytes(data), b"x"))[0][1][0] == 0x10


@pytest.mark.parametrize("vary", [jpeg_with_remark, gif_with_remark, webp_with_remark])
@pytest.mark.parametrize("data", [b"", b"text", b"RIFF\x04\0\0\0WEBP", b"RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0", b"GIF89a"])
def test_what_is_not_the_format_is_refused(vary: Vary, data: bytes) -> None:
    """Bytes of another kind, or cut off, raise ValueError."""
    with pytest.raises(ValueError, match=r"not a|neither"):
        vary(data, b"x")


@pytest.mark.parametrize("vary", [("lake.jpg", jpeg_with_remark), ("blink.gif", gif_with_remark)])
@pytest.mark.parametrize("remark", [b"", b"r" * 256])
def test_a_remark_has_one_to_255_bytes(vary: tuple[str, Vary], remark: bytes) -> None:
    """An empty remark would change nothing, or end the block; a longer one does not fit a GIF's block."""
    name, change = vary
    with pytest.raises(ValueError, match="remark"):
        change(sample(name), remark)
