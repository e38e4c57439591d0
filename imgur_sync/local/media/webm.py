"""WebM: the EBML header, the tracks, and a segment that the file holds whole."""

from __future__ import annotations

from imgur_sync.local.media.facts import Media, sized
from imgur_sync.local.stream import Stream

SIGNATURE = b"\x1a\x45\xdf\xa3"
DOC_TYPE, SEGMENT, CLUSTER, TRACKS = 0x4282, 0x18538067, 0x1F43B675, 0x1654AE6B
TRACK, VIDEO, WIDTH, HEIGHT = 0xAE, 0xE0, 0xB0, 0xBA
INSIDE = (TRACKS, TRACK, VIDEO)
ELEMENTS = 100_000


def is_webm(head: bytes) -> bool:
    """Whether the first bytes are an EBML header of document type "webm" (Matroska has another)."""
    return head.startswith(SIGNATURE) and b"\x42\x82" in head[:128] and b"webm" in head[:128]


def walk(stream: Stream) -> Media:
    """The facts of a WebM; elements up to the first cluster are looked at.

    A segment of unknown size (a live recording) ends where the file ends. Raises `EOFError` or `ValueError` where it is
    cut off or damaged.
    """
    stream.skip(4)
    stream.skip(_known(stream))
    kind, size = _ident(stream), _size(stream)
    if kind != SEGMENT:
        raise ValueError("its segment is missing")
    if size is not None and size > stream.left:
        raise EOFError(f"{size - stream.left:,} bytes are missing")
    width = height = 0
    for _ in range(ELEMENTS):
        kind = _ident(stream)
        if kind == CLUSTER:
            return sized("video/webm", width, height)
        size = _known(stream)
        if kind in (WIDTH, HEIGHT) and size <= 8:
            value = int.from_bytes(stream.take(size), "big")
            width, height = (max(width, value), height) if kind == WIDTH else (width, max(height, value))
        elif kind not in INSIDE:
            stream.skip(size)
    raise ValueError("it has too many elements before its first frame")


def _ident(stream: Stream) -> int:
    first = stream.take(1)
    more = 8 - first[0].bit_length()
    if more > 3:
        raise ValueError(f"no element at byte {stream.position - 1}")
    return int.from_bytes(first + stream.take(more), "big")


def _size(stream: Stream) -> int | None:
    """A payload's size; None where it is not known."""
    first = stream.take(1)
    more = 8 - first[0].bit_length()
    if more > 7:
        raise ValueError(f"no size at byte {stream.position - 1}")
    bits = 7 * (more + 1)
    value = int.from_bytes(first + stream.take(more), "big") & ((1 << bits) - 1)
    return None if value == (1 << bits) - 1 else value


def _known(stream: Stream) -> int:
    size = _size(stream)
    if size is None:
        raise ValueError("an element does not say its size")
    return size
