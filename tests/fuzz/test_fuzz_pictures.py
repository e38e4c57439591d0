"""Pictures and pointers with anything in them: judged within bounds, never with an error."""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import zlib
from collections.abc import Callable
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.local.media.exif import exif_has_gps, xmp_has_gps
from imgur_sync.local.media.facts import LOOK
from imgur_sync.local.media.taken import exif_taken
from imgur_sync.local.names import is_junk, is_secret, promised_type, stub_of
from imgur_sync.local.pointers import annex_key, annex_pointer, lfs_pointer
from imgur_sync.local.stream import BUFFER, FIRST_LOOK, Stream
from imgur_sync.local.verdict import Verdict, judge
from imgur_sync.planner.marker import album_marker, is_album_marker, owner, parse_name, upload_name
from tests.fuzz.amounts import examples
from tests.fuzz.damage import damaged
from tests.support import pictures
from tests.support.pictures import MAKERS, chunk, exif_with_gps, segment
from tests.support.pictures import lfs_pointer as pointer_file

DATED = b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 26, 0)
DATED += struct.pack("<HHHIII", 1, 0x9003, 2, 20, 44, 0) + b"2024:05:01 10:11:12\0"
XMP = chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0" + zlib.compress(pictures.XMP_WITH_GPS))
BUFFERED = bytearray(BUFFER)


@cache
def corpus() -> list[bytes]:
    """Files of every kind, with every kind of metadata, and pointers."""
    made = [maker(6, 5, 3) for maker in MAKERS.values()]
    made += [pictures.jpeg(gps=True, xmp_gps=True), pictures.png(extra=[XMP, chunk(b"eXIf", exif_with_gps())])]
    made += [pictures.webp(exif=exif_with_gps(), xmp=pictures.XMP_WITH_GPS), pictures.mp4(gps=True)]
    made += [pictures.png(extra=[chunk(b"eXIf", DATED)]), pictures.gif(frames=3, comment=b"x" * 600)]
    dated = pictures.jpeg()
    made.append(dated[:2] + segment(0xE1, b"Exif\0\0" + DATED) + dated[2:])
    made += [pointer_file("a" * 64, 12345), b"/annex/objects/SHA256E-s12345--" + b"b" * 64 + b".png\n"]
    return made


def look(data: bytes, name: str = "x.png") -> Verdict:
    """Judge the bytes, the buffer full of what was read before; no byte is read twice."""
    seen: list[int] = []
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        verdict = judge(name, Stream(file.fileno(), len(data), BUFFERED, seen.append))
    assert sum(seen) <= len(data)
    return verdict


def check(data: bytes, verdict: Verdict) -> None:
    """What is sent has its digest; what is shown of the rest is one short line."""
    assert verdict.kind in ("picture", "pointer", "unsendable", "skipped")
    if verdict.kind == "picture":
        assert verdict.digest == hashlib.sha256(data).hexdigest()
        assert 0 <= verdict.width <= 2**32
        assert 0 <= verdict.height <= 2**32
    assert len(verdict.detail) < 400
    assert not verdict.taken or verdict.taken[:4].isdigit()
    verdict.detail.encode()


NAMES = st.sampled_from(["x.png", "x.jpg", "x.mp4", "x", ".env", "a.svg", "x.webm", "x.gif"])


@examples(900)
@given(st.deferred(lambda: damaged(corpus(), most=6)), NAMES)
def test_any_file_is_judged(data: bytes, name: str) -> None:
    """Pieces of pictures of all kinds, flipped, cut, doubled and spliced into each other."""
    check(data, look(data, name))


@examples(60)
@given(
    st.deferred(lambda: st.sampled_from([m for m in MAKERS if m in PADDED])), st.integers(-40, 40), st.integers(0, 1)
)
def test_any_place_of_the_buffers_end_is_the_same(kind: str, by: int, which: int) -> None:
    """A picture is judged alike wherever its parts lie, across the ends of the buffer too."""
    data = PADDED[kind]((FIRST_LOOK, BUFFER + FIRST_LOOK)[which] + by)
    found = look(data)
    assert (found.kind, found.detail, found.has_gps) == ("picture", "", kind != "gif"), found


def _jpeg(size: int) -> bytes:
    """A JPEG whose position lies around byte `size`."""
    small = pictures.jpeg()
    room = size - 2
    pads = [segment(0xEF, bytes(60_000))] * (room // 60_004)
    rest = room - sum(map(len, pads))
    if rest >= 4:
        pads.append(segment(0xEF, bytes(rest - 4)))
    return small[:2] + b"".join(pads) + segment(0xE1, b"Exif\0\0" + exif_with_gps()) + small[2:] + bytes(150_000)


PADDED: dict[str, Callable[[int], bytes]] = {
    "png": lambda size: pictures.png(
        extra=[chunk(b"paDd", bytes(size - 45)), chunk(b"eXIf", exif_with_gps()), chunk(b"paDd", bytes(150_000))]
    ),
    "jpg": _jpeg,
    "gif": lambda size: pictures.gif(comment=b"x" * size, frames=4) + bytes(150_000),
}


@examples(400)
@given(st.deferred(lambda: damaged([DATED, exif_with_gps(), pictures.exif_without_gps()], most=6)) | st.binary())
def test_any_metadata_are_read(data: bytes) -> None:
    """A position or none, a date or none."""
    assert exif_has_gps(data) in (True, False)
    assert xmp_has_gps(data) in (True, False)
    taken = exif_taken(data)
    assert not taken or (taken[4], taken[10]) == ("-", "T")


def test_a_bomb_in_metadata_is_not_blown_up() -> None:
    """A gigabyte of XMP packed into a megabyte: no more than one look of it is unpacked."""
    bomb = zlib.compress(bytes(2**20) * 64, 9)
    data = pictures.png(extra=[chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0" + bomb)])
    assert look(data).kind == "picture"
    assert LOOK <= 64 * 1024


@examples(400)
@given(st.deferred(lambda: damaged(corpus()[-2:])) | st.binary(max_size=1200))
def test_any_pointer_is_one_or_none(data: bytes) -> None:
    """A digest of 64 digits and a size, or nothing."""
    text = data.decode("latin-1")
    for found in (lfs_pointer(data), annex_pointer(annex_key(text)), annex_pointer(text)):
        if found is not None:
            assert len(bytes.fromhex(found.digest)) == 32
            assert 0 <= found.size < 10**18


ANY_NAME = st.text(max_size=60) | st.binary(max_size=60).map(os.fsdecode)
MARKERS = st.builds(
    lambda before, marker, after: before + marker + after,
    st.text(max_size=20),
    st.sampled_from(
        ["is1-", ".is1-0123456789abcdef-89abcdef.png", "imgur-sync is1-", ".is1-0123456789ABCDEF-89abcdef"]
    ),
    st.text(max_size=20),
)


@examples(500)
@given(
    ANY_NAME | MARKERS, st.sampled_from(["k3v9x2mq", ""]), st.sampled_from(["cats", "trips/%ff"]), st.integers(0, 99)
)
def test_a_marker_comes_back_whatever_the_file_is_called(name: str, lineage: str, album: str, copy: int) -> None:
    """What Imgur is told is short and plain, and leads back to lineage, album and copy; no other text does."""
    digest = hashlib.sha256(os.fsencode(name) if _is_name(name) else name.encode("utf-8", "replace")).hexdigest()
    sent = upload_name(name, "image/png", lineage, album, digest, copy)
    assert sent.isascii()
    assert sent.isprintable()
    assert len(sent) <= 80
    marker = parse_name(sent)
    assert marker is not None
    assert owner(marker, lineage, ["dogs", album]) == (album, copy)
    found = parse_name(name)
    assert found is None or owner(found, lineage, [album]) is None
    assert is_album_marker(name) is False
    assert is_album_marker(album_marker(lineage, album))


def _is_name(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


@examples(400)
@given(ANY_NAME)
def test_any_name_is_judged(name: str) -> None:
    """Junk, secrets, stubs and promises are told from the name alone."""
    assert is_junk(name) in (True, False)
    assert is_secret(name) in (True, False)
    promised_type(name)
    stub = stub_of(name)
    assert not stub or stub in name
