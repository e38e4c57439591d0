"""What becomes of videos and WebP (imgur-api §2.1, §5)."""

from __future__ import annotations

import struct

import pytest

MOV = b"\0\0\0\x18ftypqt  " + bytes(40)
WEBM = b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm" + bytes(40)
VIDEOS = {
    "video/quicktime": MOV,
    "video/webm": WEBM,
    "video/x-matroska": WEBM.replace(b"webm", b"matr"),
    "video/x-msvideo": b"RIFF\0\0\0\0AVI " + bytes(40),
    "video/x-flv": b"FLV\x01" + bytes(40),
    "video/x-ms-wmv": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(40),
    "video/mpeg": b"\x00\x00\x01\xba" + bytes(40),
}
WEBP = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 100, 50)
MOVING_WEBP = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + bytes(6)


def upload(imgur, data):
    return imgur.post("/3/upload", files={"video": ("x", data)}).json()["data"]


@pytest.mark.parametrize("shape", ["legacy", "v1"])
@pytest.mark.parametrize("data", VIDEOS.values(), ids=list(VIDEOS))
def test_every_video_becomes_an_mp4(make_imgur, shape, data):
    imgur = make_imgur(shape=shape)
    shown = upload(imgur, data)
    link = f"http://imgur.test/i/{shown['id']}.mp4"
    assert (shown["type"], shown["link"], shown["mp4"]) == ("video/mp4", link, link)
    assert shown["size"] == (0 if shape == "v1" else imgur.look("world")["images"][0]["size"])
    assert imgur.look("world")["images"][0]["size"] < len(data)
    reply = imgur.http.get(link)
    assert (reply.headers["content-type"], reply.content) == ("video/mp4", data)


def test_an_mp4_stays_as_it_is(make_imgur):
    imgur, data = make_imgur(shape="legacy"), b"\0\0\0\x18ftypisom" + bytes(40)
    shown = upload(imgur, data)
    assert (shown["type"], shown["size"], shown["mp4_size"]) == ("video/mp4", len(data), len(data))


def test_the_link_of_a_webm_may_end_in_a_dot(make_imgur):
    imgur = make_imgur(webm_link="dot")
    shown = upload(imgur, WEBM)
    assert shown["link"] == f"http://imgur.test/i/{shown['id']}."
    assert imgur.http.get(shown["link"]).content == WEBM
    assert imgur.data(f"/3/image/{shown['id']}")["link"].endswith(".mp4")
    assert upload(imgur, MOV)["link"].endswith(".mp4")


def test_a_webp_becomes_a_jpeg_unless_it_moves(imgur):
    still, moving = upload(imgur, WEBP), upload(imgur, MOVING_WEBP)
    assert (still["type"], still["width"], still["height"]) == ("image/jpeg", 100, 50)
    assert still["link"].endswith(".jpg")
    assert still["size"] > len(WEBP)
    assert (moving["type"], moving["size"]) == ("image/webp", len(MOVING_WEBP))


def test_everything_stays_as_it_came_if_the_knob_says_so(make_imgur):
    imgur = make_imgur(conversion="none")
    for kind, data in {**VIDEOS, "image/webp": WEBP}.items():
        shown = upload(imgur, data)
        assert shown["type"] == kind
        assert imgur.look("world")["images"][-1]["size"] == len(data)
