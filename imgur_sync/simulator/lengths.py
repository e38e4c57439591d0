"""How long a video plays, from its headers; nothing is decoded."""

from __future__ import annotations

import math
import struct

HEAD = 64 * 1024
"""Matroska, AVI and FLV tell their length within so many bytes from the start."""


def seconds(data: bytes | memoryview, kind: str) -> float:
    """The length of a video of that type, in seconds; 0.0 where it is not told, or told in a way not read here.

    Read are MP4 and QuickTime (`mvhd`), Matroska and WebM (`Duration`), AVI (`avih`) and FLV (`onMetaData`). WMV and
    MPEG streams count as of unknown length.
    """
    try:
        found = _READ[kind](data) if kind in _READ else 0.0
    except (struct.error, ZeroDivisionError):
        return 0.0
    return found if math.isfinite(found) and found > 0 else 0.0


def _iso(data: bytes | memoryview) -> float:
    """The movie header may stand at the end of the file: the boxes before it are stepped over."""
    at = _box(data, b"moov", 0, len(data))
    at = _box(data, b"mvhd", at + 8, len(data)) if at >= 0 else -1
    if at < 0:
        return 0.0
    version = data[at + 8 : at + 9]
    form, begin = (">IQ", at + 28) if bytes(version) == b"\x01" else (">II", at + 20)
    scale, length = struct.unpack(form, data[begin : begin + struct.calcsize(form)])
    return float(length) / float(scale)


def _box(data: bytes | memoryview, wanted: bytes, at: int, end: int) -> int:
    """Where the box of that name begins, among those that begin at `at`; -1 if it is not there."""
    while at + 16 <= end:
        size, name = struct.unpack(">I4s", data[at : at + 8])
        if name == wanted:
            return at
        if size == 1:
            (size,) = struct.unpack(">Q", data[at + 8 : at + 16])
        if size < 8:
            return -1
        at += size
    return -1


def _matroska(data: bytes | memoryview) -> float:
    head = bytes(data[:HEAD])
    at = head.find(b"\x44\x89")
    if at < 0:
        return 0.0
    form = ">d" if head[at + 2 : at + 3] == b"\x88" else ">f"
    (length,) = struct.unpack(form, head[at + 3 : at + 3 + struct.calcsize(form)])
    at = head.find(b"\x2a\xd7\xb1")
    size = head[at + 3] & 0x0F if at >= 0 else 0
    nanoseconds = int.from_bytes(head[at + 4 : at + 4 + size]) if size else 1_000_000
    return float(length) * nanoseconds / 1e9


def _avi(data: bytes | memoryview) -> float:
    head = bytes(data[:HEAD])
    at = head.find(b"avih")
    if at < 0:
        return 0.0
    microseconds, _, _, _, frames = struct.unpack("<5I", head[at + 8 : at + 28])
    return float(microseconds) * float(frames) / 1e6


def _flv(data: bytes | memoryview) -> float:
    head = bytes(data[:HEAD])
    at = head.find(b"\x00\x08duration\x00")
    if at < 0:
        return 0.0
    (length,) = struct.unpack(">d", head[at + 11 : at + 19])
    return float(length)


_READ = {
    "video/mp4": _iso,
    "video/quicktime": _iso,
    "video/webm": _matroska,
    "video/x-matroska": _matroska,
    "video/x-msvideo": _avi,
    "video/x-flv": _flv,
}
