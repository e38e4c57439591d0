"""Files at their direct links: of deleted pictures, elsewhere, in parts, small, moving (imgur-api §4 to §6)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from imgur_sync.simulator import World, deleted, scaling
from imgur_sync.simulator.lengths import seconds
from imgur_sync.simulator.media import Media, sniff
from tests.support.web_page import WebPage

GIF = b"GIF89a" + b"\x21\0\x11\0" + b"\x21\xf9\x04" * 2
NOTICE = (302, "/i/removed.png")


def answer(imgur, path, **headers):
    reply = imgur.http.get(path, headers=headers)
    return reply.status_code, reply.headers.get("location")


@pytest.mark.parametrize("how", ["id", "deletehash", "account", "web"])
def test_the_file_of_a_deleted_picture_leads_to_the_notice(imgur, how):
    image = imgur.upload()
    key = image["id"]
    if how == "web":
        imgur.steer("edit", {"op": "delete_image", "id": key})
    else:
        path = {"id": f"image/{key}", "deletehash": f"image/{image['deletehash']}"}.get(how, f"account/me/image/{key}")
        assert imgur.delete(f"/3/{path}").status_code == 200
    for name in (f"{key}.jpg", f"{key}s.jpg", f"{key}h.png", key):
        assert answer(imgur, f"/i/{name}") == NOTICE
    assert answer(imgur, f"/download/{key}") == NOTICE
    assert imgur.http.get(NOTICE[1]).headers["content-type"] == "image/png"
    assert imgur.get(f"/3/image/{key}").status_code == 404
    assert imgur.http.get(f"/{key}").status_code == 404


def test_the_file_of_an_unknown_id_is_a_404(imgur):
    for name in ("abcdefg.jpg", "abcdefgm.jpg", "abc.jpg", "abcde.jpg", "%2e%2e"):
        assert answer(imgur, f"/i/{name}") == (404, None)


def test_the_file_of_a_deleted_picture_may_be_served_for_a_while(make_imgur, jpeg):
    imgur = make_imgur(file_lag=60)
    key = imgur.upload("a")["id"]
    imgur.delete(f"/3/image/{key}")
    assert imgur.get(f"/3/image/{key}").status_code == 404
    assert imgur.http.get(f"/i/{key}.jpg").content == jpeg("a")
    imgur.time[0] += 60
    assert answer(imgur, f"/i/{key}.jpg") == NOTICE


@pytest.mark.parametrize("lines", [0, 5000], ids=["snapshot", "journal"])
def test_deleted_pictures_are_known_after_a_restart(make_imgur, tmp_path, lines):
    first = make_imgur(world=World.open(tmp_path, lines=lines))
    keys = [first.upload(letter)["id"] for letter in "ab"]
    first.delete(f"/3/image/{keys[0]}")
    first.world.close()
    again = make_imgur(world=World.open(tmp_path, lines=lines))
    assert [answer(again, f"/i/{key}.jpg") for key in keys] == [NOTICE, (200, None)]


def test_so_many_deleted_pictures_are_known_at_most(imgur, monkeypatch):
    monkeypatch.setattr(deleted, "KEPT", 2)
    keys = [imgur.upload(letter)["id"] for letter in "abc"]
    for key in keys:
        imgur.delete(f"/3/image/{key}")
    assert [answer(imgur, f"/i/{key}.jpg") for key in keys] == [(404, None), NOTICE, NOTICE]


def test_the_api_host_serves_files_by_name_too(imgur, jpeg):
    key = imgur.upload("a")["id"]
    for path in (f"/{key}.jpg", f"/{key}.png", f"/{key}."):
        reply = imgur.http.get(path)
        assert (reply.content, reply.headers["content-type"]) == (jpeg("a"), "image/jpeg")
    assert imgur.http.get(f"/{key}").headers["content-type"].startswith("text/html")
    imgur.delete(f"/3/image/{key}")
    assert answer(imgur, f"/{key}.jpg") == NOTICE
    assert len(imgur.http.get("/removed.png").content) == 503


@pytest.mark.parametrize("host", ["i.imgur.com", "I.Imgur.com:443", "i.example.org"])
def test_a_host_for_files_serves_files_alone(imgur, jpeg, host):
    key = imgur.upload("a")["id"]
    for path in (f"/{key}.jpg", f"/{key}", f"/i/{key}.jpg"):
        assert imgur.http.get(path, headers={"Host": host}).content == jpeg("a")
    assert imgur.http.head(f"/{key}.jpg", headers={"Host": host}).headers["content-length"] == str(len(jpeg("a")))
    assert answer(imgur, "/none1", Host=host) == (404, None)
    assert imgur.http.get(f"/{key}/edit", headers={"Host": host}).status_code == 403
    imgur.delete(f"/3/image/{key}")
    assert answer(imgur, f"/{key}.jpg", Host=host) == (302, "/removed.png")
    assert len(imgur.http.get("/removed.png", headers={"Host": host}).content) == 503


@pytest.mark.parametrize("shape", ["legacy", "v1"])
def test_links_can_name_imgur(make_imgur, jpeg, shape):
    imgur = make_imgur(links="imgur", shape=shape)
    shown = imgur.upload("a")
    key, album = shown["id"], imgur.album(shown["id"])["id"]
    assert shown["link"] == imgur.data(f"/3/image/{key}")["link"] == f"https://i.imgur.com/{key}.jpg"
    told = imgur.data(f"/3/album/{album}")
    assert (told["link"], told["images"][0]["link"]) == (f"https://imgur.com/a/{album}", shown["link"])
    moving = imgur.post("/3/upload", files={"image": GIF}).json()["data"]
    assert (moving["mp4"], moving["hls"]) == tuple(
        f"https://i.imgur.com/{moving['id']}.{end}" for end in ("mp4", "m3u8")
    )
    post = imgur.get(f"/post/v1/media/{key}?client_id={imgur.demo.client_id}&include=media", auth=None).json()
    assert (post["url"], post["media"][0]["url"]) == (f"https://imgur.com/{key}", shown["link"])
    assert imgur.http.get(f"/{key}.jpg", headers={"Host": "i.imgur.com"}).content == jpeg("a")
    page = WebPage(imgur.http.get(f"/{key}"))
    assert page.links[shown["link"]] == f"/i/{key}.jpg"
    imgur.delete(f"/3/image/{key}")
    assert answer(imgur, f"/i/{key}.jpg") == (302, "https://i.imgur.com/removed.png")


def test_a_part_of_a_file_is_served_to_whom_asks_for_it(imgur, jpeg):
    key, whole = imgur.upload("a")["id"], jpeg("a")
    part = imgur.http.get(f"/i/{key}.jpg", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206,
        whole[2:6],
        f"bytes 2-5/{len(whole)}",
    )
    assert imgur.http.get(f"/i/{key}.jpg", headers={"Range": "bytes=900-"}).status_code == 416


@pytest.mark.parametrize(("path", "size"), [("{}.mp4", (34, 18)), ("/i/{}.mp4", (34, 18))])
def test_the_mp4_of_a_gif_is_a_film_of_its_size(imgur, path, size):
    shown = imgur.post("/3/upload", files={"image": GIF}).json()["data"]
    reply = imgur.http.get(path.format(shown["id"]))
    assert reply.headers["content-type"] == "video/mp4"
    assert sniff(reply.content) == Media("video/mp4", *size, animated=True)
    assert seconds(reply.content, "video/mp4") == 1
    assert imgur.data(f"/3/image/{shown['id']}")["mp4_size"] == len(reply.content)
    assert imgur.http.get(f"/i/{shown['id']}.gif").content == GIF


def test_the_gifv_of_a_moving_picture_is_a_page_with_its_film(imgur):
    key = imgur.post("/3/upload", files={"image": GIF}, data={"title": "Tom <1>"}).json()["data"]["id"]
    assert imgur.data(f"/3/image/{key}")["gifv"] == f"http://imgur.test/i/{key}.gifv"
    for path, host in ((f"/i/{key}.gifv", "imgur.test"), (f"/{key}.gifv", "i.imgur.com")):
        page = WebPage(imgur.http.get(path, headers={"Host": host}))
        assert page.flaws() == []
        assert page.all("h1")[0].text == "Tom <1>"
        assert page.all("source")[0].given == {"src": f"{key}.mp4", "type": "video/mp4"}
    assert answer(imgur, f"/i/{key}.m3u8") == (404, None)


def test_the_film_of_a_still_picture_is_the_picture(imgur, jpeg):
    key = imgur.upload("a")["id"]
    for extension in ("mp4", "gifv", "m3u8"):
        assert imgur.http.get(f"/i/{key}.{extension}").content == jpeg("a")


def drawn(shade: int) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, 80, 20)).save(into, "PNG")
    return into.getvalue()


def test_a_thumbnail_is_drawn_once(imgur, monkeypatch):
    """Of equal pictures together, and anew once too many others were asked for."""
    calls = []
    draw = scaling.thumbnail
    monkeypatch.setattr(scaling, "thumbnail", lambda data, letter: calls.append(letter) or draw(data, letter))
    keys = [imgur.post("/3/upload", files={"image": drawn(one)}).json()["data"]["id"] for one in (1, 1, 2)]
    first = [imgur.http.get(f"/i/{key}m.jpg").content for key in keys]
    assert (first[0] == first[1], first[0] == first[2], len(calls)) == (True, False, 2)
    assert [imgur.http.get(f"/i/{key}m.jpg").content for key in keys] == first
    assert len(calls) == 2
    assert imgur.http.get(f"/i/{keys[0]}s.jpg").content != first[0]
    assert calls == ["m", "m", "s"]
    monkeypatch.setattr(scaling, "KEPT", len(first[0]))
    imgur.http.get(f"/i/{keys[0]}t.jpg")
    imgur.http.get(f"/i/{keys[2]}m.jpg")
    imgur.http.get(f"/i/{keys[0]}m.jpg")
    assert calls == ["m", "m", "s", "t", "m", "m"]
