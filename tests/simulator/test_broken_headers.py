"""Uploads with headers of all kinds that were damaged: taken or refused, and nothing else ever."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image

from imgur_sync.simulator import Limits
from imgur_sync.simulator.media import sniff

FREE = Limits(0, 0, 0, 0)
ROUNDS = 60


def drawn(kind, **how):
    into = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 80, 20)).save(into, kind, **how)
    return into.getvalue()


def moving(kind):
    pictures = [Image.new("RGB", (40, 30), (shade, 80, 20)) for shade in (0, 200)]
    into = io.BytesIO()
    pictures[0].save(into, kind, save_all=True, append_images=pictures[1:])
    return into.getvalue()


def box(name, *parts):
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


MVHD = box(b"mvhd", bytes(4), struct.pack(">IIII", 0, 0, 600, 6000), bytes(80))
TKHD = box(b"tkhd", bytes(76), struct.pack(">II", 100 << 16, 50 << 16))
DURATION = b"\x44\x89\x88" + struct.pack(">d", 1000)
KINDS = {
    "jpeg": drawn("JPEG"),
    "png": drawn("PNG"),
    "apng": moving("PNG"),
    "gif": moving("GIF"),
    "webp": drawn("WEBP"),
    "lossless webp": drawn("WEBP", lossless=True),
    "moving webp": moving("WEBP"),
    "bmp": drawn("BMP"),
    "tiff": drawn("TIFF"),
    "mp4": box(b"ftyp", b"mp42", bytes(8)) + box(b"moov", MVHD, box(b"trak", TKHD)),
    "quicktime": box(b"ftyp", b"qt  ", bytes(8)) + box(b"moov", MVHD, box(b"trak", TKHD)),
    "webm": b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm\x2a\xd7\xb1\x83\x0f\x42\x40" + DURATION + bytes(40),
    "avi": b"RIFF\0\0\0\0AVI LIST\0\0\0\0hdrlavih\x38\0\0\0" + struct.pack("<5I", 40_000, 0, 0, 0, 250) + bytes(40),
    "flv": b"FLV\x01\x05" + bytes(20) + b"\x08\0\0\0\1\0\x08duration\0" + struct.pack(">d", 10) + bytes(20),
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Page/MediaBox [0 0 595.28 841.89]>>endobj",
    "xcf": b"gimp xcf file\0" + struct.pack(">III", 640, 480, 0),
}
PIECES = (b"\0", b"\xff", b"\x7f\xff", b"\x80\0", b"\xff" * 8, bytes(8), b"9" * 400, b"-", b".", b" ", b"\xff\xd8\xff")


def damaged(whole, chance):
    """`whole` with one to four changes, most of them near its start."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at = min(int(chance.expovariate(1 / 40)), len(data))
        piece = chance.choice((chance.randbytes(chance.randint(1, 4)), *PIECES))
        match chance.randrange(4):
            case 0:
                data[at : at + len(piece)] = piece
            case 1:
                data[at:at] = piece
            case 2:
                del data[at : at + chance.randint(1, 8)]
            case _ if chance.random() < 0.3:
                del data[at:]
            case _:
                data[at:at] = data[at : at + chance.randint(1, 40)]
    return bytes(data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_header_is_taken_or_refused(kind, make_imgur):
    assert sniff(KINDS[kind]) is not None
    imgur, chance, taken = make_imgur(limits=FREE), random.Random(kind), 0
    for _ in range(ROUNDS):
        data = damaged(KINDS[kind], chance)
        reply = imgur.post("/3/upload", files={"image": ("x", data)})
        assert reply.status_code in (200, 400), data
        if reply.status_code == 200:
            taken += 1
            shown = imgur.data(f"/3/image/{reply.json()['data']['id']}")
            assert 0 <= shown["width"] < 2**32, data
            assert 0 <= shown["height"] < 2**32, data
            assert imgur.http.get(f"/{shown['id']}").status_code == 200, data
            assert imgur.http.get(f"/i/{shown['id']}s.jpg").status_code == 200, data
    assert taken


@pytest.mark.parametrize(
    "box",
    [
        b"0 0 " + b"9" * 400 + b" 9",
        b"9" * 400 + b" 0 " + b"9" * 400 + b" 9",
        b"0 0 9 " + b"9" * 300,
        b"0 0 4294967296 9",
    ],
)
def test_a_page_without_end_has_the_size_of_one_that_tells_none(box, imgur):
    reply = imgur.post("/3/upload", files={"image": ("x", b"%PDF-1.4\n/MediaBox[" + box + b"]")})
    assert (reply.status_code, reply.json()["data"]["width"], reply.json()["data"]["height"]) == (200, 612, 792)


def test_a_picture_with_more_text_than_pillow_unpacks_is_served(imgur):
    whole = drawn("PNG")
    text = b"zTXt" + b"c\0\0" + zlib.compress(bytes(2 * 1024 * 1024))
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    sent = imgur.post("/3/upload", files={"image": ("x.png", whole[:33] + chunk + whole[33:])}).json()["data"]
    assert imgur.http.get(f"/i/{sent['id']}s.png").status_code == 200
