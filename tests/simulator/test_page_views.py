"""What a visitor who is not the owner sees: what the API tells such a caller, and nothing else."""

import pytest

from tests.support.web_page import WebPage

CHOICES = [
    ({"shape": shape, "hidden_owner": owner, "name_to_others": names}, who)
    for shape in ("mixed", "legacy", "v1")
    for owner in ("shown", "withheld")
    for names in ("shape", "yes", "no")
    for who in ("owner", "visitor")
]


@pytest.fixture
def stage(make_imgur):
    """Makes an Imgur with a public and a hidden album; a picture in both, in the hidden one, and in none."""

    def make(**knobs):
        imgur = make_imgur(**knobs)
        both, hid, loose = (imgur.upload(seed, name=f"{seed}.jpg", title=f"T {seed}")["id"] for seed in "abc")
        public = imgur.album(both, title="Open", privacy="public", description="For all")
        hidden = imgur.album(both, hid, title="Hidden", privacy="hidden")
        imgur.keys = {"both": both, "hid": hid, "loose": loose}
        imgur.albums = {"public": public["id"], "hidden": hidden["id"]}
        imgur.hashes = [public["deletehash"], hidden["deletehash"]]
        return imgur

    return make


def stranger(imgur, path):
    """What the API tells a Client-ID."""
    reply = imgur.get(path, auth="anonymous")
    return reply.json().get("data") if reply.status_code == 200 else None


def looks(imgur):
    """Every choice of knobs, put in force, with either person: what to send to the API, and to the page."""
    for knobs, who in CHOICES:
        imgur.steer("knobs", knobs)
        yield ("anonymous", "?as=visitor") if who == "visitor" else ("bearer", "")


def test_the_page_of_an_album_tells_what_the_api_tells(stage):
    imgur = stage()
    for auth, query in looks(imgur):
        for key in imgur.albums.values():
            told = imgur.data(f"/3/album/{key}", auth=auth)
            page = WebPage(imgur.http.get(f"/a/{key}{query}"))
            assert f"{told['images_count']} picture" in page.text
            assert f"· {told['privacy']}" in page.text
            assert ("by demo" in page.text) == (told["account_url"] is not None)
            tiles = [tile for tile in page.all("main")[0].all("li") if tile.all("img")]
            for tile, image in zip(tiles, told["images"], strict=True):
                assert tile.all("a")[0].given["href"].partition("?")[0] == f"/{image['id']}"
                assert (bool(image.get("name")) and image["name"] in tile.text) == (".jpg" in tile.text)
                assert ("cover" in tile.text) == (image["id"] == told["cover"])


def test_the_page_of_a_picture_tells_what_the_api_tells(stage):
    imgur = stage()
    for auth, query in looks(imgur):
        for key in imgur.keys.values():
            told = imgur.data(f"/3/image/{key}", auth=auth)
            facts = WebPage(imgur.http.get(f"/{key}{query}")).facts("About this picture")
            assert facts.get("Name") == (told.get("name") or None)
            assert facts.get("Deletehash") == (told.get("deletehash") or None)
            assert facts["Account"] == (told["account_url"] or "none")
            assert facts["Title"] == told["title"]
            assert facts["Direct link"] == told["link"]
            assert facts["Type"] == told["type"]


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("shape", ["mixed", "v1"])
def test_the_page_of_an_account_lists_what_the_api_lists(stage, shape, empty):
    imgur = stage(shape=shape, hide_empty_albums=empty)
    imgur.album(title="Empty", privacy="public")
    for auth, query in (("anonymous", "?as=visitor"), ("bearer", "")):
        told = imgur.data("/3/account/demo/albums", auth=auth)
        page = WebPage(imgur.http.get(f"/user/demo{query}"))
        links = [link.partition("?")[0] for link in page.links.values() if link.startswith("/a/")]
        assert links == [f"/a/{album['id']}" for album in told]
        assert f"{imgur.data('/3/account/demo/albums/count', auth=auth)} album" in page.text
    assert WebPage(imgur.http.get("/")).links == page.links


def test_a_visitor_sees_neither_hidden_albums_nor_loose_pictures_nor_deletehashes(stage):
    imgur = stage()
    hidden, keys = imgur.albums["hidden"], imgur.keys
    account = imgur.http.get("/user/demo?as=visitor").text
    assert hidden not in account
    assert keys["hid"] not in account
    assert keys["loose"] not in account
    assert "Hidden" not in WebPage(imgur.http.get("/user/demo?as=visitor")).links
    opened = WebPage(imgur.http.get(f"/a/{hidden}?as=visitor"))
    assert opened.status == 200
    assert f"/{keys['hid']}?as=visitor" in opened.links.values()
    hashes = [one["deletehash"] for one in imgur.data("/3/account/me/images")] + imgur.hashes
    for path in ("/", "/user/demo", *(f"/a/{key}" for key in imgur.albums.values()), *(f"/{k}" for k in keys.values())):
        text = imgur.http.get(f"{path}?as=visitor").text
        assert not [one for one in hashes if one in text], path
        assert "edit" not in text.partition("<main")[2]
        assert "SHA-256" not in text


def test_a_visitor_is_told_of_public_albums_only_by_a_picture(stage):
    imgur = stage()
    both = WebPage(imgur.http.get(f"/{imgur.keys['both']}?as=visitor")).facts("About this picture")
    hid = WebPage(imgur.http.get(f"/{imgur.keys['hid']}?as=visitor")).facts("About this picture")
    assert both["Albums"] == "Open"
    assert hid["Albums"] == "none that a visitor is told of"
    owners = WebPage(imgur.http.get(f"/{imgur.keys['both']}")).facts("About this picture")
    assert owners["Albums"] == "Hidden , Open"


def test_one_switches_between_owner_and_visitor_and_stays_a_visitor(stage):
    imgur = stage()
    page = WebPage(imgur.http.get("/user/demo?as=visitor"))
    inside = [link for name, link in page.links.items() if name == "Open"]
    assert inside == [f"/a/{imgur.albums['public']}?as=visitor"]
    header = {link.text: link.given for link in page.all("header")[0].all("a")}
    assert header["As its owner"]["href"] == "/user/demo"
    assert header["As a visitor"]["aria-current"] == "true"
    assert "aria-current" not in header["As its owner"]


def test_anonymous_things_are_listed_to_no_visitor_and_open_by_link(imgur):
    image = imgur.upload(auth="anonymous")
    album = imgur.album(auth="anonymous", title="Nobody's", **{"deletehashes[]": image["deletehash"]})
    assert WebPage(imgur.http.get("/")).links["Nobody's"] == f"/a/{album['id']}"
    assert album["id"] not in imgur.http.get("/?as=visitor").text
    page = WebPage(imgur.http.get(f"/a/{album['id']}?as=visitor"))
    assert "1 picture · hidden · whose it is is not told" in page.text
    assert "· anonymous" in WebPage(imgur.http.get(f"/a/{album['id']}")).text
    for query, albums in (("", "Nobody's"), ("?as=visitor", "none that a visitor is told of")):
        facts = WebPage(imgur.http.get(f"/{image['id']}{query}")).facts("About this picture")
        assert (facts["Albums"], facts["Account"], "Deletehash" in facts) == (albums, "none", False)


def test_pages_lag_as_the_api_does(stage):
    imgur = stage()
    imgur.steer("knobs", {"lag": 60})
    imgur.steer("clock", {"advance": 61})
    album = imgur.albums["public"]
    imgur.put(f"/3/album/{album}", data={"title": "Renamed"})
    assert stranger(imgur, f"/3/album/{album}")["title"] == "Open"
    assert WebPage(imgur.http.get(f"/a/{album}?as=visitor")).all("h1")[0].text == "Open"
    assert WebPage(imgur.http.get(f"/a/{album}/edit")).all("h1")[0].text == "Edit Renamed"
    imgur.steer("clock", {"advance": 61})
    assert WebPage(imgur.http.get(f"/a/{album}?as=visitor")).all("h1")[0].text == "Renamed"


def test_looking_at_pages_costs_nothing_and_is_in_no_history(stage):
    imgur = stage()
    before = imgur.look("ledger"), imgur.look("history")
    for path in ("/", "/user/demo", f"/a/{imgur.albums['hidden']}", f"/{imgur.keys['hid']}", "/meters", "/faults"):
        imgur.http.get(path)
        imgur.http.get(f"{path}?as=visitor")
    assert (imgur.look("ledger"), imgur.look("history")) == before
