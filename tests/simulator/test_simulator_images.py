"""One picture: get, update, delete, favourite, and who may (imgur-api §2.1)."""

import pytest


def test_others_see_neither_deletehash_nor_name_in_the_legacy_shape(imgur):
    image = imgur.upload(name="n.jpg")["id"]
    mine, theirs = imgur.data(f"/3/image/{image}"), imgur.data(f"/3/image/{image}", auth="anonymous")
    assert (mine["name"], len(mine["deletehash"])) == ("n.jpg", 15)
    assert not {"name", "deletehash"} & set(theirs)


def test_others_see_the_name_and_an_empty_deletehash_in_the_new_shape(make_imgur):
    imgur = make_imgur(shape="v1")
    image = imgur.upload(name="n.jpg")["id"]
    theirs = imgur.data(f"/3/image/{image}", auth="anonymous")
    assert (theirs["name"], theirs["deletehash"]) == ("n.jpg", "")


@pytest.mark.parametrize(("knob", "shown"), [("yes", True), ("no", False)])
def test_whether_others_see_the_name_is_a_knob(make_imgur, knob, shown):
    imgur = make_imgur(name_to_others=knob)
    image = imgur.upload(auth="anonymous", name="n.jpg")["id"]
    assert ("name" in imgur.data(f"/3/image/{image}", auth="anonymous")) is shown


def test_a_missing_picture_is_json_at_the_legacy_back_end_and_html_at_the_new_one(make_imgur):
    legacy, new = make_imgur().get("/3/image/none"), make_imgur(shape="v1").get("/3/image/none")
    assert legacy.json()["data"]["error"] == "Unable to find an image with the id, none"
    assert (legacy.status_code, new.status_code) == (404, 404)
    assert new.headers["content-type"] == "text/html"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_title_and_description_are_set_kept_and_cleared(imgur, method):
    image = imgur.upload(name="n.jpg", title="t")["id"]
    assert imgur.send(method, f"/3/image/{image}", data={"description": "d", "name": "x"}).json()["data"] is True
    shown = imgur.data(f"/3/image/{image}")
    assert (shown["title"], shown["description"], shown["name"]) == ("t", "d", "n.jpg")
    imgur.send(method, f"/3/image/{image}", data={"title": ""})
    assert imgur.data(f"/3/image/{image}")["title"] is None


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_by_id_only_the_owner_changes_a_picture(imgur, method):
    image = imgur.upload()
    assert imgur.send(method, f"/3/image/{image['id']}", auth="anonymous").status_code == 403
    other = "Bearer " + imgur.steer("clients", {"account": "other"})["access_token"]
    assert imgur.send(method, f"/3/image/{image['id']}", auth=other).status_code == 403
    assert imgur.send(method, f"/3/image/{image['id']}").status_code == 200


@pytest.mark.parametrize("auth", ["anonymous", "bearer"])
def test_by_deletehash_anybody_changes_a_picture(imgur, auth):
    image = imgur.upload(auth="anonymous")
    key = image["deletehash"]
    assert imgur.post(f"/3/image/{key}", auth=auth, data={"title": "t"}).json()["data"] is True
    assert imgur.data(f"/3/image/{image['id']}")["title"] == "t"
    assert imgur.delete(f"/3/image/{key}", auth=auth).json()["data"] is True
    assert imgur.get(f"/3/image/{image['id']}").status_code == 404


def test_an_anonymous_picture_cannot_be_changed_by_its_id(imgur):
    assert imgur.delete(f"/3/image/{imgur.upload(auth='anonymous')['id']}", auth="anonymous").status_code == 403


def test_a_deleted_picture_leaves_its_albums_and_deleting_it_again_is_a_404(imgur):
    first, second = imgur.upload("1")["id"], imgur.upload("2")["id"]
    album = imgur.album(first, second)["id"]
    imgur.delete(f"/3/image/{first}")
    assert imgur.members(album) == [second]
    assert imgur.delete(f"/3/image/{first}").status_code == 404


def test_favourites_switch(imgur):
    image = imgur.upload()["id"]
    words, shown = [], []
    for _ in range(2):
        words.append(imgur.post(f"/3/image/{image}/favorite").json()["data"])
        shown += [imgur.data(f"/3/image/{image}", auth=auth)["favorite"] for auth in ("bearer", "anonymous")]
    assert words == ["favorited", "unfavorited"]
    assert shown == [True, False, False, False], "it is the caller's own mark"
    assert imgur.post(f"/3/image/{image}/favorite", auth="anonymous").status_code == 401


@pytest.mark.parametrize(("sent", "sound"), [("1", False), ("0", True), (None, True)])
def test_a_video_is_mute_if_it_is_sent_so(imgur, sent, sound):
    fields = {} if sent is None else {"disable_audio": sent}
    video = b"\0\0\0\x18ftypisom" + bytes(20) + b"soun"
    shown = imgur.post("/3/upload", data=fields, files={"video": ("a.mp4", video)}).json()["data"]
    assert shown["has_sound"] is sound
    assert imgur.data(f"/3/image/{shown['id']}")["has_sound"] is sound


def test_no_call_takes_several_pictures(imgur):
    one, two = imgur.upload("a")["id"], imgur.upload("b")["id"]
    for method in ("GET", "PUT", "DELETE"):
        assert imgur.send(method, f"/3/image/{one},{two}").status_code == 404
    assert imgur.data("/3/account/me/images/count") == 2


def test_pictures_have_no_privacy(imgur):
    shown = imgur.upload(privacy="secret")
    imgur.put(f"/3/image/{shown['id']}", data={"privacy": "secret"})
    stranger = imgur.data(f"/3/image/{shown['id']}", auth="anonymous")
    assert not [one for one in (shown, stranger) if "privacy" in one]
