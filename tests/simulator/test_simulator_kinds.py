"""Kinds of files beyond plain pictures: documents, videos by their length, thumbnails."""

import io
import struct
import sys

import pytest
from PIL import Image

from imgur_sync.simulator import Options
from imgur_sync.simulator.lengths import seconds
from imgur_sync.simulator.media import Media, sniff


def box(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


def movie(length: float, *, version: int = 0, brand: bytes = b"mp42") -> bytes:
    """An MP4 of that many seconds, whose index stands behind its pictures."""
    times = struct.pack(">QQIQ" if version else ">IIII", 0, 0, 600, int(length * 600))
    header = box(b"mvhd", bytes([version, 0, 0, 0]), times, bytes(80))
    return box(b"ftyp", brand, bytes(8)) + box(b"mdat", b"mvhd" * 50) + box(b"moov", header)


def matroska(length: float, *, double: bool = True, scale: bytes = b"\x2a\xd7\xb1\x83\x0f\x42\x40") -> bytes:
    told = (
        b"\x44\x89\x88" + struct.pack(">d", length * 1000)
        if double
        else b"\x44\x89\x84" + struct.pack(">f", length * 1000)
    )
    return b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm" + scale + told + bytes(40)


def avi(length: float) -> bytes:
    return (
        b"RIFF\0\0\0\0AVI LIST\0\0\0\0hdrlavih\x38\0\0\0"
        + struct.pack("<5I", 40_000, 0, 0, 0, int(length * 25))
        + bytes(40)
    )


def flv(length: float) -> bytes:
    return (
        b"FLV\x01\x05" + bytes(20) + b"onMetaData\x08\0\0\0\1\0\x08duration\0" + struct.pack(">d", length) + bytes(20)
    )


def wide_box(length: float) -> bytes:
    """One with a box whose size takes eight bytes before the index."""
    large = struct.pack(">I4sQ", 1, b"mdat", 32) + bytes(16)
    whole = movie(length)
    return whole[:20] + large + whole[20:]


VIDEOS = [
    pytest.param(movie, id="mp4"),
    pytest.param(lambda length: movie(length, version=1), id="mp4 with long times"),
    pytest.param(lambda length: movie(length, brand=b"qt  "), id="quicktime"),
    pytest.param(wide_box, id="mp4 with a wide box"),
    pytest.param(matroska, id="webm"),
    pytest.param(lambda length: matroska(length, double=False, scale=b""), id="webm in short"),
    pytest.param(lambda length: matroska(length).replace(b"webm", b"mkv "), id="matroska"),
    pytest.param(avi, id="avi"),
    pytest.param(flv, id="flv"),
]


@pytest.mark.parametrize("video", VIDEOS)
def test_a_video_that_plays_too_long_is_refused(video, make_imgur):
    imgur = make_imgur()
    assert imgur.post("/3/upload", files={"video": video(60)}).status_code == 200
    refused = imgur.post("/3/upload", files={"video": video(61)})
    assert (refused.status_code, refused.json()["data"]["error"]) == (400, "Video is over the length limit")
    ledger = imgur.look("ledger")
    assert (ledger["credits"], ledger["posts"], ledger["uploads"]) == (10, 2, 1)
    assert make_imgur(options=Options(video_seconds=0)).post("/3/upload", files={"video": video(61)}).status_code == 200


@pytest.mark.parametrize("video", VIDEOS)
def test_every_cut_of_a_video_has_its_length_or_an_unknown_one(video):
    whole = video(61)
    kind = sniff(whole).type
    for length in range(len(whole)):
        assert seconds(whole[:length], kind) in (0.0, pytest.approx(61))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x00\x00\x01\xba" + bytes(40), "video/mpeg"),
        (movie(61).replace(struct.pack(">II", 600, 36_600), bytes(8)), "video/mp4"),
        (box(b"ftyp", b"mp42", bytes(8)) + bytes(40), "video/mp4"),
        (matroska(float("nan")), "video/webm"),
        (matroska(-5), "video/webm"),
    ],
)
def test_a_length_that_is_not_told_is_unknown(data, kind):
    assert seconds(data, kind) == 0.0


@pytest.mark.parametrize(
    ("data", "width", "height"),
    [
        (b"gimp xcf file\0" + struct.pack(">III", 640, 480, 0), 640, 480),
        (b"gimp xcf v011\0" + struct.pack(">III", 30, 20, 0), 30, 20),
        (b"%PDF-1.4\n1 0 obj<</Type/Page/MediaBox [0 0 595.28 841.89]>>endobj", 595, 842),
        (b"%PDF-1.4\n/MediaBox[ -10 -10 90 40 ]", 100, 50),
        (b"%PDF-1.7 all in streams", 612, 792),
        (b"%PDF-1.7 /MediaBox [0 0 0 0]", 612, 792),
        (b"%PDF-1.7 /MediaBox [. . . .]", 612, 792),
    ],
)
def test_documents_are_kept_as_a_png_of_their_size(data, width, height, imgur):
    shown = imgur.post("/3/upload", files={"image": ("x", data)}).json()["data"]
    assert (shown["type"], shown["width"], shown["height"]) == ("image/png", width, height)
    assert shown["link"].endswith(f"/i/{shown['id']}.png")


def test_a_gimp_picture_without_pixels_is_none():
    assert sniff(b"gimp xcf file\0" + bytes(12)) is None


def drawn(width: int, height: int, kind: str = "PNG", **how: object) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (width, height), (200, 80, 20)).save(into, kind, **how)
    return into.getvalue()


@pytest.mark.parametrize(
    ("letter", "size"),
    [
        ("s", (90, 90)),
        ("b", (160, 160)),
        ("t", (160, 80)),
        ("m", (320, 160)),
        ("l", (640, 320)),
        ("g", (680, 340)),
        ("h", (1024, 512)),
        ("r", (1360, 680)),
    ],
)
def test_thumbnails_have_the_sizes_of_their_letters(letter, size, imgur):
    key = imgur.post("/3/upload", files={"image": drawn(1400, 700)}).json()["data"]["id"]
    reply = imgur.http.get(f"/i/{key}{letter}.jpg")
    assert reply.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(reply.content)) as small:
        assert (small.format, small.size) == ("JPEG", size)


def test_a_thumbnail_is_never_larger_than_the_picture(imgur):
    key = imgur.post("/3/upload", files={"image": drawn(30, 20, "GIF")}).json()["data"]["id"]
    with Image.open(io.BytesIO(imgur.http.get(f"/i/{key}m.jpg").content)) as small:
        assert small.size == (30, 20)


def test_what_cannot_be_drawn_is_served_whole(imgur, jpeg, monkeypatch):
    """A broken picture, one with too many pixels, a video, and any picture where there is no Pillow."""
    many = drawn(3, 5).replace(struct.pack(">II", 3, 5), struct.pack(">II", 30_000, 30_000))
    for data in (jpeg("a"), many, movie(3)):
        shown = imgur.post("/3/upload", files={"image": data}).json()["data"]
        reply = imgur.http.get(f"/i/{shown['id']}m.jpg")
        assert (reply.content, reply.headers["content-type"]) == (data, shown["type"])
    whole = drawn(400, 400)
    key = imgur.post("/3/upload", files={"image": whole}).json()["data"]["id"]
    assert imgur.http.get(f"/i/{key}m.jpg").content != whole
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert imgur.http.get(f"/i/{key}l.jpg").content == whole


def test_an_animated_png_may_be_stilled_by_the_path_that_it_came_by(make_imgur, png):
    still = png(4, 6)
    at = still.index(b"IDAT") - 4
    moving = still[:at] + struct.pack(">I4sII", 8, b"acTL", 2, 0) + bytes(4) + still[at:]
    assert sniff(moving) == Media("image/png", 4, 6, animated=True)
    imgur = make_imgur(animated_png="by path")
    sent = {
        path: imgur.post(path, files={"image": moving}).json()["data"]["animated"] for path in ("/3/upload", "/3/image")
    }
    assert sent == {"/3/upload": False, "/3/image": True}
    assert make_imgur().post("/3/upload", files={"image": moving}).json()["data"]["animated"]


def test_a_cover_may_be_named_by_either_field(make_imgur):
    for knob, position in (("cover", 0), ("either", 1)):
        imgur = make_imgur(cover_field=knob)
        pair = [imgur.upload(seed)["id"] for seed in "ab"]
        album = imgur.album(*pair, cover_id=pair[1])["id"]
        assert imgur.data(f"/3/album/{album}")["cover"] == pair[position]
