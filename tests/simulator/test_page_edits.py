"""The forms of what people do on the web site: what `POST /_simulator/edit` does, without a program."""

import pytest

from imgur_sync.simulator.pages.editing import ordered
from tests.support.web_page import WebPage, press


@pytest.fixture
def stage(imgur):
    """An album of four pictures; `imgur.keys` are their ids."""
    imgur.keys = [imgur.upload(seed, name=f"{seed}.jpg")["id"] for seed in "abcd"]
    imgur.cats = imgur.album(*imgur.keys, title="Cats")["id"]
    imgur.edit = f"/a/{imgur.cats}/edit"
    return imgur


def stored(imgur, kind="albums", key=None):
    """An album, or the picture of that id, as stored."""
    return next(one for one in imgur.look("world")[kind] if one["id"] == (key or imgur.cats))


def test_texts_privacy_and_gallery_of_an_album(stage):
    page = press(
        stage.http, stage.edit, "texts", title="Dogs", description="one\r\ntwo", privacy="public", in_gallery="on"
    )
    assert "Saved." in page.text
    album = stored(stage)
    assert (album["title"], album["description"], album["privacy"]) == ("Dogs", "one\ntwo", "public")
    assert stage.data(f"/3/album/{stage.cats}")["in_gallery"] is True
    press(stage.http, stage.edit, "texts", title="", description="", in_gallery=None)
    album = stored(stage)
    assert (album["title"], album["description"], album["privacy"]) == (None, None, "public")
    assert stage.data(f"/3/album/{stage.cats}")["in_gallery"] is False


def test_a_form_that_is_sent_as_it_is_changes_nothing(stage):
    stage.put(f"/3/album/{stage.cats}", data={"description": "\n two\nlines \n", "cover": stage.keys[2]})
    before = stage.look("world")
    for do in ("texts", "order", "cover"):
        press(stage.http, stage.edit, do)
        assert stage.look("world") == before
    press(stage.http, f"/{stage.keys[0]}/edit", "texts")
    assert stage.look("world") == before


def test_a_picture_is_put_to_another_position(stage):
    a, b, c, d = stage.keys
    page = press(stage.http, stage.edit, "order", **{f"at-{d}": "1"})
    assert "The pictures are in the new order." in page.text
    assert stage.members(stage.cats) == [d, a, b, c]
    press(stage.http, stage.edit, "order", **{f"at-{d}": "4", f"at-{a}": "2", f"at-{b}": "1"})
    assert stage.members(stage.cats) == [b, a, c, d]


@pytest.mark.parametrize(
    ("wanted", "becomes"),
    [
        ({}, "abcde"),
        ({"a": 1, "b": 2}, "abcde"),
        ({"a": 5}, "bcdea"),
        ({"a": 99}, "bcdea"),
        ({"e": 0}, "eabcd"),
        ({"a": 2, "b": 1}, "bacde"),
        ({"a": 3, "e": 3}, "bcead"),
        ({"z": 1}, "abcde"),
    ],
)
def test_pictures_whose_position_is_left_keep_their_order(wanted, becomes):
    assert "".join(ordered("abcde", wanted)) == becomes


def test_the_cover_is_set_and_taken_back(stage):
    third = stage.keys[2]
    assert "The cover is set." in press(stage.http, stage.edit, "cover", cover=third).text
    assert stored(stage)["cover"] == third
    press(stage.http, stage.edit, "cover", cover="")
    assert stored(stage)["cover"] == stage.keys[0]


def test_chosen_pictures_leave_the_album_or_go_for_good(stage):
    a, b, c, d = stage.keys
    page = press(stage.http, stage.edit, "remove", chosen=[a, c])
    assert "They live on." in page.text
    assert stage.members(stage.cats) == [b, d]
    assert stored(stage, "images", a)["name"] == "a.jpg"
    press(stage.http, stage.edit, "delete_images", chosen=[b])
    assert stage.members(stage.cats) == [d]
    assert b not in [one["id"] for one in stage.look("world")["images"]]


def test_a_picture_is_added_from_a_file(stage, png):
    page = press(stage.http, stage.edit, "add", files={"image": ("new.png", png())})
    assert "The picture was added." in page.text
    new = stage.members(stage.cats)[-1]
    assert new not in stage.keys
    assert stored(stage, "images", new)["creator"] == "imgur-web"
    assert stage.http.get(f"/i/{new}.png").content == png()


def test_an_album_is_deleted_and_its_pictures_stay(stage):
    page = press(stage.http, stage.edit, "delete")
    assert "Deleted." in page.text
    assert stage.look("world")["albums"] == []
    assert len(stage.look("world")["images"]) == 4
    assert stage.http.get(stage.edit).status_code == 404


def test_a_picture_is_captioned_deleted_and_removed_by_imgur(stage):
    a, b, *_ = stage.keys
    press(stage.http, f"/{a}/edit", "texts", title="Tom", description="a cat")
    picture = stored(stage, "images", a)
    assert (picture["title"], picture["description"]) == ("Tom", "a cat")
    assert "Deleted." in press(stage.http, f"/{a}/edit", "delete").text
    page = press(stage.http, f"/{b}/edit", "moderate", serves="5")
    assert (page.status, "Imgur removed the picture." in page.text) == (404, True)
    assert [one["id"] for one in stage.look("world")["images"]] == stage.keys[2:]
    assert stage.http.get(f"/i/{b}.jpg").status_code == 200
    stage.steer("clock", {"advance": 6})
    assert stage.http.get(f"/i/{b}.jpg").status_code == 302


def test_settings_of_an_account(imgur):
    assert "Saved." in press(imgur.http, "/user/demo/edit", "set", privacy="public", verified=None, terms=None).text
    album = imgur.album(title="New")["id"]
    assert imgur.data(f"/3/album/{album}")["privacy"] == "public"
    reply = imgur.post(f"/3/gallery/album/{album}", data={"title": "x"})
    assert reply.json()["data"]["error"] == "You must verify your email address"
    assert imgur.data("/3/account/me/settings")["accepted_gallery_terms"] is False
    page = WebPage(imgur.http.get("/user/demo/edit"))
    assert [("checked" in box.given) for box in page.all("input")] == [False, False]


def test_edits_cost_nothing_and_heed_no_knob(stage):
    stage.steer("knobs", {"cover": "ignored", "order": "ignored", "privacy": "ignored", "lag": 60, "shape": "v1"})
    before = stage.look("ledger")
    press(stage.http, stage.edit, "texts", title="Dogs", privacy="public")
    press(stage.http, stage.edit, "cover", cover=stage.keys[1])
    assert (stored(stage)["privacy"], stored(stage)["cover"]) == ("public", stage.keys[1])
    assert stage.look("ledger") == before


@pytest.mark.parametrize(
    ("do", "typed", "why"),
    [
        ("texts", {"title": "x", "privacy": "round"}, "privacy is public, hidden or secret"),
        ("order", {"at-x": "one"}, "at-x is a whole number"),
        ("remove", {}, "choose the pictures first"),
        ("remove", {"chosen": "none"}, "images is a list of ids of pictures that exist"),
        ("delete_images", {"chosen": "none"}, "there is no picture 'none'"),
        ("add", {}, "image_base64 is no picture"),
        ("other", {}, "there is no form 'other' here"),
    ],
)
def test_what_is_wrong_with_an_edit_is_said_and_nothing_is_done(stage, do, typed, why):
    before = stage.look("world")
    page = WebPage(stage.http.post(stage.edit, data={"do": do, **typed}))
    assert (page.status, page.flaws()) == (400, [])
    assert why in page.text
    assert stage.look("world") == before


def test_what_is_wrong_with_a_picture_or_an_account_is_said(stage):
    wrong = [
        (f"/{stage.keys[0]}/edit", {"do": "moderate", "serves": "x"}, "serves is a whole number"),
        (f"/{stage.keys[0]}/edit", {"do": "other"}, "there is no form 'other' here"),
        ("/user/demo/edit", {"do": "set", "privacy": "round"}, "privacy is public, hidden or secret"),
    ]
    before = stage.look("world")
    for path, sent, why in wrong:
        page = WebPage(stage.http.post(path, data=sent))
        assert (page.status, why in page.text) == (400, True)
    for path in ("/a/none/edit", "/none/edit", "/user/none/edit"):
        assert stage.http.post(path, data={"do": "delete"}).status_code == 404
    assert stage.look("world") == before
