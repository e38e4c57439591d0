"""What Imgur does not heed, and how its lists mislead (imgur-api §8, §10 P1)."""

import pytest


@pytest.fixture
def pair(imgur):
    """Two pictures of the demo account."""
    return imgur.upload("a")["id"], imgur.upload("b")["id"]


@pytest.mark.parametrize(("knob", "method"), [("put_ids", "PUT"), ("post_ids", "POST")])
def test_ids_can_be_answered_true_and_ignored(imgur, pair, knob, method):
    album = imgur.album(pair[0])["id"]
    imgur.steer("knobs", {knob: "ignored"})
    reply = imgur.send(method, f"/3/album/{album}", data={"ids[]": list(pair), "title": "T"})
    assert reply.json()["data"] is True
    assert imgur.members(album) == [pair[0]]
    assert imgur.data(f"/3/album/{album}")["title"] == "T"
    other = "POST" if method == "PUT" else "PUT"
    imgur.send(other, f"/3/album/{album}", data={"ids[]": list(pair)})
    assert imgur.members(album) == list(pair)


def test_an_order_that_is_not_heeded_keeps_the_old_one_and_appends_what_is_new(imgur, pair):
    third = imgur.upload("c")["id"]
    album = imgur.album(*pair)["id"]
    imgur.steer("knobs", {"order": "ignored"})
    imgur.put(f"/3/album/{album}", data={"ids[]": [third, pair[1], pair[0]]})
    assert imgur.members(album) == [*pair, third]


def test_a_cover_that_is_not_heeded_stays(imgur, pair):
    imgur.steer("knobs", {"cover": "ignored"})
    album = imgur.album(*pair, cover=pair[1])["id"]
    imgur.put(f"/3/album/{album}", data={"cover": pair[1]})
    assert imgur.data(f"/3/album/{album}")["cover"] == pair[0]


def test_a_privacy_that_is_not_heeded_is_the_default_on_create_and_stays_on_edit(imgur):
    imgur.steer("knobs", {"privacy": "ignored"})
    album = imgur.album(privacy="public")["id"]
    imgur.put(f"/3/album/{album}", data={"privacy": "secret"})
    assert imgur.look("world")["albums"][0]["privacy"] == "hidden"


def test_texts_are_trimmed(imgur):
    imgur.steer("knobs", {"trim_text": 3})
    album, image = imgur.album(title="abcd", description="efgh")["id"], imgur.upload(title="ijkl")["id"]
    shown = imgur.data(f"/3/album/{album}")
    assert (shown["title"], shown["description"]) == ("abc", "efg")
    assert imgur.data(f"/3/image/{image}")["title"] == "ijk"


def test_with_lag_lists_and_albums_are_old_and_a_picture_by_id_is_not(imgur):
    first = imgur.upload("1")["id"]
    album = imgur.album(first, title="old")["id"]
    imgur.steer("clock", {"advance": 100})
    imgur.steer("knobs", {"lag": 10})
    second = imgur.upload("2", album=album)["id"]
    imgur.put(f"/3/album/{album}", data={"title": "new"})
    fresh = imgur.album()["id"]

    def seen():
        shown = imgur.data(f"/3/album/{album}")
        members = [image["id"] for image in imgur.data(f"/3/album/{album}/images")]
        albums, images = imgur.data("/3/account/me/albums/ids"), imgur.data("/3/account/me/images/count")
        return shown["title"], shown["images_count"], members, albums, images

    imgur.steer("clock", {"advance": 9})
    assert seen() == ("old", 1, [first], [album], 1)
    assert imgur.get(f"/3/album/{fresh}").status_code == 404
    assert imgur.get(f"/3/image/{second}").status_code == 200
    imgur.steer("clock", {"advance": 1})
    assert seen() == ("new", 2, [first, second], [fresh, album], 2)


def test_with_lag_what_was_deleted_is_still_listed_for_a_while(imgur):
    image = imgur.upload()["id"]
    album = imgur.album(image)["id"]
    imgur.steer("clock", {"advance": 100})
    imgur.delete(f"/3/image/{image}")
    imgur.delete(f"/3/album/{album}")
    imgur.steer("knobs", {"lag": 10})
    assert imgur.data("/3/account/me/images/ids") == [image]
    assert imgur.data("/3/account/me/albums/ids") == [album]
    imgur.steer("clock", {"advance": 10})
    assert imgur.data("/3/account/me/images/ids") == imgur.data("/3/account/me/albums/ids") == []


def test_the_lag_is_exact_after_more_changes_than_are_kept_without_it(imgur):
    imgur.steer("knobs", {"lag": 1000})
    album = imgur.album(title="0")["id"]
    for number in range(1, 200):
        imgur.steer("clock", {"advance": 1})
        imgur.put(f"/3/album/{album}", data={"title": str(number)})
    imgur.steer("knobs", {"lag": 150})
    assert imgur.data(f"/3/album/{album}")["title"] == "49"


def test_an_empty_album_may_say_null(imgur):
    album = imgur.album()["id"]
    assert imgur.data(f"/3/album/{album}")["images"] == []
    imgur.steer("knobs", {"images_null": True})
    assert imgur.data(f"/3/album/{album}")["images"] is None
    assert imgur.data(f"/3/album/{imgur.album(imgur.upload()['id'])['id']}")["images"]


def test_empty_albums_may_be_missing_from_the_list(imgur):
    imgur.album()
    imgur.steer("knobs", {"hide_empty_albums": True})
    assert imgur.data("/3/account/me/albums") == []
    assert imgur.data("/3/account/me/albums/count") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"shpae": "v1"},
        {"shape": "v2"},
        {"lag": -1},
        {"lag": True},
        {"trim_text": 2.5},
        {"images_null": 1},
        {"trim_text": "3"},
        [],
    ],
)
def test_a_wrong_knob_is_refused_and_turns_nothing(imgur, wrong):
    before = imgur.look("knobs")
    reply = imgur.http.post("/_simulator/knobs", json=wrong)
    assert (reply.status_code, set(reply.json())) == (400, {"error"})
    assert imgur.look("knobs") == before


def test_deletehashes_can_be_answered_true_and_ignored(imgur):
    one, two = imgur.upload("a", auth="anonymous"), imgur.upload("b", auth="anonymous")
    album = imgur.post("/3/album", auth="anonymous", data={"deletehashes[]": one["deletehash"]}).json()["data"]
    assert set(album) == {"id", "deletehash"}
    imgur.steer("knobs", {"hashes": "ignored"})
    for method, path in (("PUT", ""), ("POST", "/add")):
        sent = {"deletehashes[]": two["deletehash"]}
        reply = imgur.send(method, f"/3/album/{album['deletehash']}{path}", auth="anonymous", data=sent)
        assert reply.json()["data"] is True
        assert imgur.members(album["id"]) == [one["id"]]
    imgur.steer("knobs", {"hashes": "honoured"})
    imgur.post(f"/3/album/{album['deletehash']}/add", auth="anonymous", data={"deletehashes[]": two["deletehash"]})
    assert imgur.members(album["id"]) == [one["id"], two["id"]]


def test_an_anonymous_album_gives_up_pictures_by_their_ids(imgur):
    one = imgur.upload("a", auth="anonymous")
    album = imgur.post("/3/album", auth="anonymous", data={"deletehashes[]": one["deletehash"]}).json()["data"]
    path = f"/3/album/{album['deletehash']}/remove_images"
    assert imgur.post(path, auth="anonymous", data={"ids[]": one["id"]}).json()["data"] is True
    assert imgur.members(album["id"]) == []
    refused = imgur.post(f"/3/album/{album['id']}/remove_images", auth="anonymous", data={"ids[]": one["id"]})
    assert refused.status_code == 403


def test_texts_of_uploads_and_of_edits_may_not_be_heeded(make_imgur):
    texts = {"title": "T", "description": "D"}
    uploads, edits = make_imgur(upload_texts="ignored"), make_imgur(image_texts="ignored")
    for imgur, sent, edited in ((uploads, None, "T"), (edits, "T", "T"), (make_imgur(), "T", "T")):
        image = imgur.upload(**texts)
        assert image["title"] == sent
        for method in ("POST", "PUT"):
            assert imgur.send(method, f"/3/image/{image['id']}", data={"title": "T"}).json()["data"] is True
            assert imgur.data(f"/3/image/{image['id']}")["title"] == edited
    image = edits.upload(**texts)["id"]
    edits.put(f"/3/image/{image}", data={"title": "U", "description": ""})
    shown = edits.data(f"/3/image/{image}")
    assert (shown["title"], shown["description"]) == ("T", "D")
