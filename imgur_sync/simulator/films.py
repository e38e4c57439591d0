"""A film that stands in for the MP4 that Imgur makes of a GIF: one grey picture of its size, for one second.

It is a whole MP4 with H.264 (ISO/IEC 14496-12 and -15, ITU-T H.264): any player shows it. Nothing of the GIF is in it.
"""

from __future__ import annotations

import functools
import re
import struct

MOST = 4096
"""Pixels that such a film has each way at most."""
_LEVELS = ((1620, 30), (3600, 31), (8192, 40), (22_080, 50), (139_264, 62))
"""Macroblocks of a picture, and the level that allows for so many (H.264, table A-1)."""
_GREY = "00100111"
"""A macroblock predicted from the mean of its neighbours, of which the first has none: middle grey, nothing added."""
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@functools.lru_cache(32)
def grey_film(width: int, height: int) -> bytes:
    """The film, of even width and height, at most `MOST` each way."""
    width, height = (max(2, min(side + side % 2, MOST)) for side in (width, height))
    sample = _unit(0x65, _slice(width, height))
    start = _box("ftyp", b"isom", struct.pack(">I", 512), b"isomiso2avc1mp41")
    index = _index(width, height, len(sample) + 4, 0)
    index = _index(width, height, len(sample) + 4, len(start) + len(index) + 8)
    return start + index + _box("mdat", struct.pack(">I", len(sample)), sample)


@functools.lru_cache(4096)
def film_size(width: int, height: int) -> int:
    """Its length in bytes."""
    return len(grey_film(width, height))


def _number(value: int) -> str:
    """An unsigned number as H.264 writes it (Exp-Golomb, 9.1)."""
    return f"{value + 1:b}".rjust(2 * (value + 1).bit_length() - 1, "0")


def _packed(bits: str) -> bytes:
    """Bits with the stop bit behind them, filled up to whole bytes."""
    bits += "1"
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


def _unit(head: int, payload: bytes) -> bytes:
    """A NAL unit: no three bytes of it look like the start of another."""
    return bytes([head]) + re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", payload)


def _blocks(width: int, height: int) -> tuple[int, int]:
    return -(-width // 16), -(-height // 16)


def _sequence(width: int, height: int) -> bytes:
    """The sequence parameter set: constrained baseline, the last macroblocks cut to width and height."""
    across, down = _blocks(width, height)
    level = next(level for most, level in _LEVELS if across * down <= most)
    cut = "1" + "".join(map(_number, (0, (16 * across - width) // 2, 0, (16 * down - height) // 2)))
    bits = _number(0) + _number(0) + _number(2) + _number(0) + "0" + _number(across - 1) + _number(down - 1)
    return _unit(0x67, bytes([66, 0xC0, level]) + _packed(f"{bits}11{cut}0"))


def _picture_parameters() -> bytes:
    """The picture parameter set: variable-length codes, one slice group, deblocking told by the slice."""
    bits = _number(0) * 2 + "00" + _number(0) * 3 + "000" + _number(0) * 3 + "100"
    return _unit(0x68, _packed(bits))


def _slice(width: int, height: int) -> bytes:
    """The only slice: intra, its blocks all grey, not deblocked."""
    across, down = _blocks(width, height)
    head = _number(0) + _number(7) + _number(0) + "0000" + _number(0) + "00" + _number(0) + _number(1)
    return _packed(head + _GREY * (across * down))


def _box(name: str, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name.encode()) + content


def _full(name: str, flags: int, *parts: bytes) -> bytes:
    return _box(name, struct.pack(">I", flags), *parts)


def _index(width: int, height: int, size: int, at: int) -> bytes:
    """`moov`: one track, one sample of `size` bytes at the offset `at`, 1,000 of 1,000 units long."""
    lasts = struct.pack(">4IIH10x", 0, 0, 1000, 1000, 0x10000, 0x100)
    header = _full("mvhd", 0, lasts, _MATRIX, bytes(24), b"\0\0\0\2")
    sides = struct.pack(">II", width << 16, height << 16)
    track = _full("tkhd", 3, struct.pack(">5I16x", 0, 0, 1, 0, 1000), _MATRIX, sides)
    media = _box(
        "mdia",
        _full("mdhd", 0, struct.pack(">4IHH", 0, 0, 1000, 1000, 0x55C4, 0)),
        _full("hdlr", 0, bytes(4), b"vide", bytes(12), b"grey\0"),
        _box(
            "minf",
            _full("vmhd", 1, bytes(8)),
            _box("dinf", _full("dref", 0, struct.pack(">I", 1), _full("url ", 1))),
            _samples(width, height, size, at),
        ),
    )
    return _box("moov", header, _box("trak", track, media))


def _samples(width: int, height: int, size: int, at: int) -> bytes:
    sequence, parameters = _sequence(width, height), _picture_parameters()
    how = (struct.pack(">4B", 1, *sequence[1:4]), b"\xff\xe1", struct.pack(">H", len(sequence)), sequence)
    setup = _box("avcC", *how, b"\1", struct.pack(">H", len(parameters)), parameters)
    drawn = struct.pack(">HHIIIH32xHh", width, height, 0x480000, 0x480000, 0, 1, 0x18, -1)
    entry = _box("avc1", bytes(6), b"\0\1", bytes(16), drawn, setup)
    return _box(
        "stbl",
        _full("stsd", 0, struct.pack(">I", 1), entry),
        _full("stts", 0, struct.pack(">III", 1, 1, 1000)),
        _full("stsc", 0, struct.pack(">4I", 1, 1, 1, 1)),
        _full("stsz", 0, struct.pack(">II", size, 1)),
        _full("stco", 0, struct.pack(">II", 1, at)),
    )
