"""Pages for a person with a browser, and the bytes."""

import re

from imgur_sync.simulator import Limits

HOSTILE = "<script>alert('&\")</script>"


def test_home_lists_albums_that_lead_to_their_pictures_and_bytes(imgur, jpeg):
    image = imgur.upload("a", title="Tom")["id"]
    album = imgur.album(image, title="Cats")["id"]
    home, shown, single = (imgur.http.get(path) for path in ("/", f"/a/{album}", f"/{image}"))
    assert f'<a href="/a/{album}">Cats</a>' in home.text
    assert f'src="/i/{image}.jpg"' in shown.text
    assert "Tom" in single.text
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
    for path in ("/", f"/a/{album}", f"/{image}", "/meters"):
        page = imgur.http.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
    assert "&lt;script&gt;" in imgur.http.get(f"/a/{album}").text


def test_pages_use_nothing_from_elsewhere(imgur):
    album = imgur.album(imgur.upload()["id"])["id"]
    for path in ("/", f"/a/{album}", "/meters"):
        page = imgur.http.get(path)
        assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page.text)
        assert "default-src 'self'" in page.headers["content-security-policy"]


def test_what_is_not_there_is_a_404(imgur):
    for path in ("/a/none", "/nothing", "/i/abcdefg.jpg", "/i/%2e%2e", "/favicon.ico/x"):
        assert imgur.http.get(path).status_code == 404


def test_the_meters_show_what_was_used(imgur):
    imgur.upload()
    page = imgur.http.get("/meters").text
    assert '<td>Credits of an hour</td><td>account demo</td><td class="n">10</td><td class="n">500</td>' in page
    assert '<meter min="0" max="500" value="10">' in page


def test_a_limit_that_is_none_has_no_bar(make_imgur):
    free = make_imgur(limits=Limits(0, 0, 0, 0))
    free.upload()
    page = free.http.get("/meters").text
    assert '<td class="n">10</td><td class="n">no limit</td>' in page
    assert "<meter" not in page


def test_an_album_shows_its_pictures_in_order_and_marks_the_cover(imgur):
    first, second = (imgur.upload(seed)["id"] for seed in "ab")
    album = imgur.album(first, second, title="Cats")["id"]
    page = imgur.http.get(f"/a/{album}").text
    assert page.index(f'href="/{first}"') < page.index(f'href="/{second}"')
    assert page.count("cover · ") == 1
    assert "2 pictures · hidden · by demo" in page


def test_home_shows_covers_and_the_pictures_that_no_album_holds(imgur):
    held, loose = (imgur.upload(seed)["id"] for seed in "ab")
    imgur.album(held, title="Cats")
    page = imgur.http.get("/").text
    albums, rest = page.split("In no album")
    assert f'src="/i/{held}.jpg"' in albums
    assert "1 picture · hidden" in albums
    assert f'href="/{loose}"' in rest
    assert held not in rest


def test_a_picture_names_its_albums_and_its_own_link(imgur):
    image = imgur.upload(name="tom.jpg")["id"]
    album = imgur.album(image, title="Cats")["id"]
    page = imgur.http.get(f"/{image}").text
    assert f'<a href="/a/{album}">Cats</a>' in page
    assert f'<a href="/i/{image}.jpg">/i/{image}.jpg</a>' in page


def test_an_empty_world_and_an_empty_album_say_so(imgur):
    assert "Nothing was uploaded yet." in imgur.http.get("/").text
    album = imgur.album(title="Cats")["id"]
    assert "There is no picture in this album." in imgur.http.get(f"/a/{album}").text
