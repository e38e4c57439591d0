"""Pages of the gallery, of tags, and what a visitor without an account sees first (imgur-api §2.4, §6)."""

from __future__ import annotations

import pytest

from tests.support.web_page import WebPage


@pytest.fixture
def shared(imgur):
    """A picture and an album in the gallery, with a tag each and one in common; an album that is not."""
    pair = [imgur.upload(letter, title=letter)["id"] for letter in "ab"]
    imgur.picture, imgur.posted = pair[0], imgur.album(*pair, title="Cats")["id"]
    imgur.private = imgur.album(pair[1], title="Mine", privacy="public")["id"]
    imgur.post(f"/3/gallery/image/{imgur.picture}", data={"title": "Tom", "tags": "tom,cats", "terms": "1"})
    sent = {"title": "All <cats>", "tags": "cats,many & more,a/b", "topic": "Pets", "mature": "1", "terms": "1"}
    imgur.post(f"/3/gallery/album/{imgur.posted}", data=sent)
    return imgur


def page(imgur, path):
    found = WebPage(imgur.http.get(path))
    assert found.flaws() == [], path
    return found


def posts(found):
    return {tile.all("a")[0].text: tile.all("a")[0].given["href"] for tile in found.all("li") if tile.all("img")}


@pytest.mark.parametrize("path", ["/gallery", "/?as=visitor", "/gallery?as=visitor"])
def test_a_visitor_sees_the_gallery_first(shared, path):
    query = path.partition("?")[2]
    found, end = page(shared, path), f"?{query}" if query else ""
    assert posts(found) == {
        "All <cats>": f"/gallery/{shared.posted}{end}",
        "Tom": f"/gallery/{shared.picture}{end}",
    }
    assert found.links["#cats"] == f"/t/cats{end}"
    assert found.links["demo"] == f"/user/demo{end}"
    assert shared.private not in found.html


def test_an_empty_gallery_says_so(imgur):
    imgur.album(title="Mine", privacy="public")
    found = page(imgur, "/?as=visitor")
    assert "Nothing was posted to the gallery yet." in found.text
    assert "Mine" not in found.links
    assert "Mine" in page(imgur, found.links["demo"]).links


def test_a_gallery_has_pages(imgur, monkeypatch):
    monkeypatch.setattr("imgur_sync.simulator.pages.gallery.POSTS", 2)
    for letter in "abc":
        imgur.post(f"/3/gallery/image/{imgur.upload(letter)['id']}", data={"title": letter, "terms": "1"})
    first = page(imgur, "/gallery")
    assert list(posts(first)) == ["c", "b"]
    assert list(posts(page(imgur, first.links["Older"]))) == ["a"]


@pytest.mark.parametrize("before", ["", "all-cats-"])
def test_a_shared_album_has_a_page_of_its_own(shared, before):
    found = page(shared, f"/gallery/{before}{shared.posted}?as=visitor")
    assert found.all("h1")[0].text == "All <cats>"
    assert list(posts(found)) == ["a", "b"]
    assert "By demo , 2023-11-14 22:13:20 UTC, for adults, in Pets" in found.text
    assert found.links["The album"] == f"/a/{shared.posted}?as=visitor"
    assert found.links["#many & more"] == "/t/many%20%26%20more?as=visitor"


def test_a_shared_picture_has_a_page_of_its_own(shared):
    found = page(shared, f"/gallery/{shared.picture}")
    assert found.all("h1")[0].text == "Tom"
    assert found.all("img")[0].given["src"] == f"/i/{shared.picture}.jpg"
    assert found.links["The picture"] == f"/{shared.picture}"
    assert page(shared, f"/{shared.picture}").links["shared"] == f"/gallery/{shared.picture}"
    assert page(shared, f"/a/{shared.posted}").links["in the gallery"] == f"/gallery/{shared.posted}"


def test_an_album_without_pictures_or_title_can_be_a_post(imgur):
    key = imgur.album()["id"]
    imgur.steer("edit", {"op": "set_album", "id": key, "in_gallery": True})
    found = page(imgur, f"/gallery/{key}")
    assert found.all("h1")[0].text == "Untitled album"
    assert "There is no picture in this album." in found.text
    assert "Untitled album" in page(imgur, "/gallery").links


def test_what_is_not_shared_has_no_page_there(shared):
    loose = shared.upload("c")["id"]
    for key in (shared.private, loose, "none"):
        assert shared.http.get(f"/gallery/{key}").status_code == 404
    shared.delete(f"/3/gallery/{shared.picture}")
    assert shared.http.get(f"/gallery/{shared.picture}").status_code == 404


def test_a_tag_leads_to_its_posts(shared):
    assert list(posts(page(shared, "/t/cats"))) == ["All <cats>", "Tom"]
    assert list(posts(page(shared, "/t/many%20%26%20more"))) == ["All <cats>"]
    assert list(posts(page(shared, page(shared, "/gallery").links["#a/b"]))) == ["All <cats>"]
    assert page(shared, "/t/tom").all("h1")[0].text == "#tom"
    assert shared.http.get("/t/dogs").status_code == 404


def test_the_gallery_lags_as_the_api_does(shared):
    shared.steer("knobs", {"lag": 60})
    shared.time[0] += 61
    shared.delete(f"/3/gallery/{shared.picture}")
    assert len(posts(page(shared, "/gallery"))) == 2
    shared.time[0] += 61
    assert len(posts(page(shared, "/gallery"))) == 1
