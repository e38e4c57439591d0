"""MP4: top-level boxes that cover the file, with a film header."""

from __future__ import annotations

import struct

from imgur_sync.local.media.facts import LOOK, Media
from imgur_sync.local.stream import Stream

BRANDS = (b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"mp71")
VIDEO = (*BRANDS, b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash", b"f4v ", b"mmp4", b"NDSC", b"XAVC")
OTHERS = (b"M4A ", b"M4B ", b"M4P ", b"f4a ", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
NEVER = (*OTHERS, b"avif", b"avis", b"qt  ", b"crx ", b"jp2 ", b"jpx ", b"jxl ")
INSIDE = (b"trak", b"udta")
PLACES = (b"\xa9xyz", b"loci")
BOXES = 100_000


def is_mp4(head: bytes) -> bool:
    """Whether the first bytes are those of a film that MP4 players take: not HEIC, AVIF, audio, QuickTime or RAW."""
    if head[4:8] != b"ftyp" or head[8:12] in NEVER:
        return False
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    return any(brand in VIDEO or brand[:2] == b"3g" for brand in brands)


def walk(stream: Stream) -> Media:
    """The facts of an MP4; the size is that of the largest track.

    Raises `EOFError` or `ValueError` where boxes do not cover the file, or the film header or the frames are missing.
    """
    film: Media | None = None
    frames = False
    for _ in range(BOXES):
        if not stream.left:
            break
        kind, size = _header(stream)
        if kind == b"moov":
            film = _film(stream, stream.position + size)
        else:
            frames = frames or kind == b"mdat"
            stream.skip(size)
    else:
        raise ValueError("it has too many boxes")
    if film is None or not frames:
        raise EOFError("its frames (mdat) are missing" if film else "the film header (moov) is missing")
    return film


def _film(stream: Stream, end: int) -> Media:
    """What the film header says. Nothing in it makes a file unsendable: players differ in what they write there."""
    width = height = 0
    has_gps = False
    for _ in range(BOXES):
        if stream.position + 8 > end:
            break
        head = stream.take(8)
        size, kind = int.from_bytes(head[:4], "big") - 8, head[4:]
        if not 0 <= size <= end - stream.position:
            break
        has_gps = has_gps or kind in PLACES
        if kind in INSIDE:
            continue  # its boxes come next
        data = stream.take(min(size, LOOK)) if kind in (b"tkhd", b"meta") else b""
        if kind == b"tkhd":
            width, height = max((width, height), _track_size(data))
        has_gps = has_gps or b"location.ISO6709" in data
        stream.skip(size - len(data))
    stream.skip(end - stream.position)
    return Media("video/mp4", width, height, has_gps)


def _header(stream: Stream) -> tuple[bytes, int]:
    """Kind and payload size of the next top-level box; a size of 0 means up to the end of the file."""
    head = stream.take(8)
    size, kind = int.from_bytes(head[:4], "big"), head[4:]
    used = 8
    if size == 0:
        return kind, stream.left
    if size == 1:
        size, used = int.from_bytes(stream.take(8), "big"), 16
    if size < used:
        raise ValueError(f"no box at byte {stream.position - used}")
    if size - used > stream.left:
        raise EOFError(f"{size - used - stream.left:,} bytes are missing")
    return kind, size - used


def _track_size(data: bytes) -> tuple[int, int]:
    """Width and height of a track header, version 0 or 1; 16.16 fixed point."""
    at = 76 if data[:1] == b"\0" else 88
    if len(data) < at + 8:
        return 0, 0
    width, height = struct.unpack_from(">II", data, at)
    return width >> 16, height >> 16
