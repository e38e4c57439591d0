"""Albums: what is shown, what changes them, who may (imgur-api §2.2)."""

import pytest


@pytest.fixture
def abc(imgur):
    """Three pictures of the demo account."""
    return [imgur.upload(letter)["id"] for letter in "abc"]


def test_create_answers_id_and_deletehash_only_and_the_album_is_hidden(imgur, abc):
    made = imgur.album(*abc, title="T", description="D")
    assert list(made) == ["id", "deletehash"]
    shown = imgur.data(f"/3/album/{made['id']}")
    assert (shown["title"], shown["description"], shown["privacy"], shown["images_count"]) == ("T", "D", "hidden", 3)
    assert [image["id"] for image in shown["images"]] == abc
    assert shown["link"] == f"http://imgur.test/a/{made['id']}"
    assert (shown["cover"], shown["cover_width"]) == (abc[0], 32)
    assert shown["deletehash"] == made["deletehash"]
    assert shown["images"][0]["account_id"] is None


def test_create_drops_pictures_of_others_in_silence(imgur, abc):
    foreign = imgur.upload(auth="anonymous")["id"]
    assert imgur.members(imgur.album(abc[0], foreign, "nothing")["id"]) == [abc[0]]


def test_add_refuses_all_if_one_picture_is_not_the_callers(imgur, abc):
    album = imgur.album(abc[0])["id"]
    foreign = imgur.upload(auth="anonymous")["id"]
    for key in (foreign, "nothing"):
        reply = imgur.post(f"/3/album/{album}/add", data={"ids[]": [abc[1], key]})
        assert reply.status_code == 403
        assert reply.json()["data"]["error"] == f"You must own all the image ids to add them to album {album}"
    assert imgur.members(album) == abc[:1]


def test_the_deletehash_refusal_names_the_albums_id(imgur):
    album = imgur.album(auth="anonymous")
    reply = imgur.post(f"/3/album/{album['deletehash']}/add", auth="anonymous", data={"deletehashes[]": ["x"]})
    text = f"You must own all the image deletehashes to add them to album {album['id']}"
    assert (reply.status_code, reply.json()["data"]["error"]) == (403, text)


def test_an_anonymous_album_takes_pictures_by_deletehash(imgur):
    images = [imgur.upload(letter, auth="anonymous") for letter in "ab"]
    album = imgur.album(auth="anonymous", **{"deletehashes[]": images[0]["deletehash"]})
    key = album["deletehash"]
    imgur.post(f"/3/album/{key}/add", auth="anonymous", data={"deletehashes[]": [images[1]["deletehash"]]})
    assert imgur.members(album["id"]) == [image["id"] for image in images]
    imgur.post(f"/3/album/{key}/remove_images", auth="anonymous", data={"deletehashes[]": [images[0]["deletehash"]]})
    assert imgur.members(album["id"]) == [images[1]["id"]]


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_update_replaces_the_membership_if_ids_are_sent_and_keeps_it_if_not(imgur, abc, method):
    album = imgur.album(*abc, title="T")["id"]
    assert imgur.send(method, f"/3/album/{album}", data={"description": "D"}).json()["data"] is True
    assert imgur.members(album) == abc
    imgur.send(method, f"/3/album/{album}", data={"ids[]": [abc[2], abc[0]], "cover": abc[0], "title": ""})
    shown = imgur.data(f"/3/album/{album}")
    assert [image["id"] for image in shown["images"]] == [abc[2], abc[0]]
    assert (shown["cover"], shown["title"], shown["description"]) == (abc[0], None, "D")


def test_removed_pictures_stay_in_the_account_and_strangers_are_ignored(imgur, abc):
    album = imgur.album(*abc)["id"]
    reply = imgur.post(f"/3/album/{album}/remove_images", data={"ids[]": [abc[1], "stranger"]})
    assert reply.json()["data"] is True
    assert imgur.members(album) == [abc[0], abc[2]]
    assert imgur.data("/3/account/me/images/count") == 3


def test_a_deleted_album_leaves_its_pictures(imgur, abc):
    album = imgur.album(*abc)["id"]
    assert imgur.delete(f"/3/album/{album}").json()["data"] is True
    reply = imgur.get(f"/3/album/{album}")
    assert reply.status_code == 404
    assert reply.json()["data"]["error"] == f"Unable to find an album with the id, {album}"
    assert imgur.data("/3/account/me/images/count") == 3


def test_a_missing_album_of_the_new_back_end_is_an_errors_list(make_imgur):
    reply = make_imgur(shape="v1").get("/3/album/none")
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (404, "404")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", ""), ("POST", ""), ("DELETE", ""), ("POST", "/add"), ("POST", "/remove_images")]
)
def test_by_id_only_the_owner_changes_an_album(imgur, abc, method, path):
    album = imgur.album(*abc)["id"]
    other = "Bearer " + imgur.steer("clients", {"account": "other"})["access_token"]
    for auth in ("anonymous", other):
        assert imgur.send(method, f"/3/album/{album}{path}", auth=auth).status_code == 403
    assert imgur.members(album) == abc


def test_images_and_one_image_of_an_album(imgur, abc):
    album = imgur.album(*abc[:2])["id"]
    assert [image["id"] for image in imgur.data(f"/3/album/{album}/images")] == abc[:2]
    assert imgur.data(f"/3/album/{album}/image/{abc[1]}")["id"] == abc[1]
    assert imgur.data(f"/3/album/{imgur.album()['id']}/images") == []


def test_a_picture_that_is_not_in_the_album_is_an_error_inside_a_success(imgur, abc):
    reply = imgur.get(f"/3/album/{imgur.album()['id']}/image/{abc[0]}")
    assert (reply.status_code, reply.json()["success"], reply.json()["status"]) == (200, True, 200)
    assert reply.json()["data"]["error"] == f"Unable to find an image with the id, {abc[0]}"


def test_favourites_switch_for_albums(imgur):
    album = imgur.album()["id"]
    words, shown = [], []
    for _ in range(2):
        words.append(imgur.post(f"/3/album/{album}/favorite").json()["data"])
        shown.append(imgur.data(f"/3/album/{album}")["favorite"])
    assert (words, shown) == (["favorited", "unfavorited"], [True, False])


def test_the_new_shape_says_private_and_has_empty_texts_for_null(make_imgur):
    imgur = make_imgur(shape="v1")
    album = imgur.album()["id"]
    shown = imgur.data(f"/3/album/{album}", auth="anonymous")
    assert (shown["privacy"], shown["description"], shown["cover"], shown["cover_width"]) == ("private", "", "", 0)
    assert (shown["deletehash"], shown["layout"], shown["section"]) == ("", "blog", "")
    imgur.put(f"/3/album/{album}", data={"privacy": "public"})
    assert imgur.data(f"/3/album/{album}")["privacy"] == "public"
    assert imgur.look("world")["albums"][0]["privacy"] == "public"


def test_the_legacy_shape_has_null_where_nothing_is(imgur):
    shown = imgur.data(f"/3/album/{imgur.album()['id']}", auth="anonymous")
    assert (shown["privacy"], shown["description"], shown["cover"]) == ("hidden", None, None)
    assert "deletehash" not in shown


def test_the_cover_that_was_set_gives_way_to_the_first_when_it_leaves(imgur, abc):
    album = imgur.album(*abc, cover=abc[1])["id"]
    assert imgur.data(f"/3/album/{album}")["cover"] == abc[1]
    imgur.post(f"/3/album/{album}/remove_images", data={"ids[]": [abc[1]]})
    assert imgur.data(f"/3/album/{album}")["cover"] == abc[0]
