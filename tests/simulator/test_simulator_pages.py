"""Pages for a person with a browser, and the bytes."""

import re

import pytest

from tests.support.web_page import WebPage

HOSTILE = "<script>alert('&\")</script>"


def every_page(imgur, album, image):
    """Every kind of page, as its owner and as a visitor."""
    shown = ("/", "/user/demo", f"/a/{album}", f"/{image}", "/user/none", "/none", "/gallery", f"/gallery/{image}")
    return [
        *shown,
        *(f"{path}?as=visitor" for path in shown),
        *("/user/demo/edit", f"/a/{album}/edit", f"/{image}/edit"),
        *("/meters", "/meters?hours=168", "/faults", "/controls"),
    ]


def test_home_lists_albums_that_lead_to_their_pictures_and_bytes(imgur, jpeg):
    image = imgur.upload("a", title="Tom")["id"]
    album = imgur.album(image, title="Cats")["id"]
    home = WebPage(imgur.http.get("/"))
    assert home.links["Cats"] == f"/a/{album}"
    assert WebPage(imgur.http.get(f"/a/{album}")).links["Tom"] == f"/{image}"
    assert f'src="/i/{image}.jpg"' in imgur.http.get(f"/{image}").text
    reply = imgur.http.get(f"/i/{image}.jpg")
    assert (reply.content, reply.headers["content-type"]) == (jpeg("a"), "image/jpeg")


def test_any_extension_serves_the_picture(imgur, jpeg):
    image = imgur.upload("a")["id"]
    for name in (f"{image}.png", f"{image}.", image):
        assert imgur.http.get(f"/i/{name}").content == jpeg("a")
    for path in (image, f"{image}/undefined"):
        assert imgur.http.get(f"/download/{path}").content == jpeg("a")


def test_texts_of_others_are_escaped_on_every_page(imgur):
    image = imgur.upload(title=HOSTILE, description=HOSTILE, name=HOSTILE)["id"]
    album = imgur.album(image, title=HOSTILE, description=HOSTILE)["id"]
    imgur.steer("faults", {"fault": "reply", "status": 500, "body": {HOSTILE: HOSTILE}, "match": {"path": HOSTILE}})
    imgur.steer("swarm", {"seed": HOSTILE})
    imgur.get("/3/image/" + HOSTILE.replace("/", "-"))
    for path in every_page(imgur, album, image):
        page = imgur.http.get(path)
        assert page.status_code in (200, 404)
        assert "<script" not in page.text
    assert HOSTILE in WebPage(imgur.http.get(f"/a/{album}")).text
    assert HOSTILE in WebPage(imgur.http.get("/faults")).text


def test_a_form_keeps_any_text_as_it_is(imgur):
    image = imgur.upload(title=f'"{HOSTILE}', description=f"\n{HOSTILE}\n\n</textarea>")["id"]
    page = WebPage(imgur.http.get(f"/{image}/edit"))
    assert page.form("texts").all("input")[0].given["value"] == f'"{HOSTILE}'
    assert page.form("texts").all("textarea")[0].inside == [f"\n\n{HOSTILE}\n\n</textarea>"]


def test_pages_load_nothing_from_elsewhere_and_run_nothing(imgur):
    image = imgur.upload()["id"]
    album = imgur.album(image)["id"]
    for path in every_page(imgur, album, image):
        page = imgur.http.get(path)
        assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", page.text)
        assert not re.search(r"<script|<iframe|<object|<embed|\son\w+=|\sstyle=|javascript:", page.text)
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"


def test_every_page_has_a_language_headings_labels_and_captions(imgur):
    image = imgur.upload()["id"]
    album = imgur.album(image, title="Cats")["id"]
    imgur.upload("loose")
    imgur.album(auth="anonymous")
    imgur.steer("faults", [{"fault": "html-503", "match": {"path": "/x"}}, {"fault": "wait-429"}])
    imgur.steer("swarm", {"seed": "a"})
    imgur.get("/3/credits")
    for path in every_page(imgur, album, image):
        page = WebPage(imgur.http.get(path))
        assert page.flaws() == [], path
        assert page.all("title")[0].inside[0].endswith(" – local Imgur")


def test_what_is_not_there_is_a_404(imgur):
    for path in ("/a/none", "/nothing", "/user/none", "/i/abcdefg.jpg", "/i/%2e%2e", "/favicon.ico/x"):
        assert imgur.http.get(path).status_code == 404
    for path in ("/a/none/edit", "/nothing/edit", "/user/none/edit"):
        assert imgur.http.get(path).status_code == 404


def test_an_album_shows_its_pictures_in_order_and_marks_the_cover(imgur):
    first, second = (imgur.upload(seed, name=f"{seed}.jpg")["id"] for seed in "ab")
    album = imgur.album(first, second, title="Cats", cover=second, description="All\nof them")["id"]
    page = WebPage(imgur.http.get(f"/a/{album}"))
    tiles = page.all("main")[0].all("li")
    assert [tile.all("a")[0].given["href"] for tile in tiles] == [f"/{first}", f"/{second}"]
    assert [tile.text for tile in tiles] == ["a.jpg", "b.jpg cover"]
    assert "2 pictures · hidden · by demo" in page.text
    assert "All of them" in page.text


def test_the_account_shows_covers_and_the_pictures_that_no_album_holds(imgur):
    held, loose = (imgur.upload(seed, name=f"{seed}.jpg")["id"] for seed in "ab")
    imgur.album(held, title="Cats")
    for path in ("/", "/user/demo"):
        albums, rest = imgur.http.get(path).text.split("In no album")
        assert f'src="/i/{held}m.jpg"' in albums
        assert "1 picture · hidden" in albums
        assert f'href="/{loose}"' in rest
        assert held not in rest
        assert "1 album, 1 picture in no album" in WebPage(imgur.http.get(path)).text


def test_a_picture_names_its_albums_its_link_and_its_size(imgur, jpeg):
    image = imgur.upload(name="tom.jpg", description="A cat")["id"]
    album = imgur.album(image, title="Cats")["id"]
    page = WebPage(imgur.http.get(f"/{image}"))
    facts = page.facts("About this picture")
    assert page.links["Cats"] == f"/a/{album}"
    assert page.links[f"http://imgur.test/i/{image}.jpg"] == f"/i/{image}.jpg"
    assert facts["Name"] == "tom.jpg"
    assert facts["Size"] == f"32 × 16 pixels, {len(jpeg('a'))} bytes"
    assert facts["Uploaded"] == "2023-11-14 22:13:20 UTC"
    assert "A cat" in page.text


def test_a_video_is_shown_as_one_and_pending_until_it_is_processed(make_imgur):
    slow = make_imgur(processing=60)
    data = b"\0\0\0\x18ftypisom" + b"\0" * 64
    reply = slow.post("/3/upload", files={"video": ("x.mp4", data)})
    key = reply.json()["data"]["id"]
    page = WebPage(slow.http.get(f"/{key}"))
    assert page.all("video")[0].given["src"] == f"/i/{key}.mp4"
    assert page.facts("About this picture")["Processing"] == "pending"
    slow.steer("clock", {"advance": 61})
    assert WebPage(slow.http.get(f"/{key}")).facts("About this picture")["Processing"] == "completed"
    assert WebPage(slow.http.get("/")).all("video")[0].given["src"] == f"/i/{key}.mp4"


def test_a_picture_that_imgur_removed_says_so(imgur):
    key = imgur.upload()["id"]
    imgur.steer("edit", {"op": "moderate", "id": key, "serves": 60})
    page = WebPage(imgur.http.get(f"/{key}"))
    assert page.status == 404
    assert "Imgur removed the picture" in page.text
    assert page.links["still served"] == f"/i/{key}.jpg"
    imgur.steer("clock", {"advance": 61})
    assert WebPage(imgur.http.get(f"/{key}?as=visitor")).links["a notice"] == "/i/removed.png"


def test_a_removed_picture_may_be_served_for_good(imgur):
    key = imgur.upload()["id"]
    imgur.steer("edit", {"op": "moderate", "id": key, "serves": 1e300})
    assert "still served until never" in WebPage(imgur.http.get(f"/{key}")).text


def test_an_empty_world_and_an_empty_album_say_so(make_imgur):
    imgur = make_imgur(images_null=True)
    assert "Nothing was uploaded yet." in imgur.http.get("/").text
    album = imgur.album(title="Cats")["id"]
    assert "There is no picture in this album." in imgur.http.get(f"/a/{album}").text
    assert "There is no picture in this album." in imgur.http.get(f"/a/{album}/edit").text
    key = imgur.upload()["id"]
    imgur.delete(f"/3/album/{album}")
    assert "There is no album." in imgur.http.get("/").text
    assert f'href="/{key}"' in imgur.http.get("/").text


def walked(imgur, path, link):
    """The names of all that is on a page and on those that a link leads on to."""
    names, pages = [], 0
    while path is not None:
        page = WebPage(imgur.http.get(path))
        assert page.status == 200
        names += [tile.all("a")[0].text for tile in page.all("main")[0].all("li") if tile.all("span")]
        path, pages = page.links.get(link), pages + 1
    return names, pages


@pytest.mark.parametrize("short", [0, 7])
def test_many_albums_are_on_pages(make_imgur, short):
    many = make_imgur(short_pages=short)
    for number in range(120):
        many.album(title=f"Album {number}", privacy="public" if number % 2 else "hidden")
    names, pages = walked(many, "/user/demo", "Older")
    assert names == [f"Album {number}" for number in reversed(range(120))]
    assert pages == 3
    names, _ = walked(many, "/user/demo?as=visitor", "Older")
    assert names == [f"Album {number}" for number in reversed(range(120)) if number % 2]
    last = WebPage(many.http.get("/user/demo?page=2"))
    assert last.links["Newer"] == "/user/demo?page=1"
    assert "page 3 of 3" in last.text
    assert "There are no more albums." in WebPage(many.http.get("/user/demo?page=9")).text


def test_many_pictures_in_no_album_and_in_one_are_on_pages(make_imgur):
    many = make_imgur(options=None, limits=None)
    many.steer("clock", {"advance": 0})
    keys = [key for hour in range(4) for key in uploads(many, hour)]
    names, pages = walked(many, "/user/demo", "Older")
    assert (len(names), pages) == (160, 3)
    assert names == [f"{key}.jpg" for key in reversed(keys_named(many, keys))]
    album = many.album(*keys, title="All")["id"]
    names, pages = walked(many, f"/a/{album}", "Older")
    assert (len(names), pages) == (160, 2)


def uploads(imgur, hour):
    """Forty pictures, as many as an hour takes."""
    imgur.steer("clock", {"advance": 3600})
    return [imgur.upload(f"{hour} {number}", name=f"{hour}-{number}.jpg")["id"] for number in range(40)]


def keys_named(imgur, keys):
    """The names of pictures without their endings."""
    names = {one["id"]: one["name"].removesuffix(".jpg") for one in imgur.look("world")["images"]}
    return [names[key] for key in keys]


@pytest.mark.parametrize("asked", ["-1", "x", "99999999999999999999", "²"])
def test_a_page_that_is_none_is_the_first(imgur, asked):
    imgur.album(title="Cats")
    assert "Cats" in WebPage(imgur.http.get("/user/demo", params={"page": asked})).links


def test_several_accounts_each_have_a_part_of_the_front_page(imgur):
    imgur.album(title="Mine")
    for number in range(13):
        imgur.album(title=f"Mine {number}")
    imgur.steer("clients", {"account": "somebody"})
    page = WebPage(imgur.http.get("/"))
    assert (page.links["demo"], page.links["somebody"]) == ("/user/demo", "/user/somebody")
    assert page.links["All 14 albums of demo"] == "/user/demo"
    assert "Mine 12" in page.links
    assert "Mine" not in page.links
    assert WebPage(imgur.http.get("/?as=visitor")).links["demo"] == "/user/demo?as=visitor"
