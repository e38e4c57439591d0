"""Pages for a person with a browser, and the bytes."""

import re

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


def test_thumbnails_and_any_extension_serve_the_picture(imgur, jpeg):
    image = imgur.upload("a")["id"]
    for name in [f"{image}{letter}.jpg" for letter in "sbtmlh"] + [f"{image}.png", f"{image}.", image]:
        assert imgur.http.get(f"/i/{name}").content == jpeg("a")


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
    assert "<td>credits this hour</td><td>10</td><td>500</td>" in imgur.http.get("/meters").text
