"""Sharing with the public gallery, and what else an account shows (imgur-api §2.3, §2.4)."""

from __future__ import annotations

import pytest

from imgur_sync.simulator import World


@pytest.fixture
def both(imgur):
    """An album of one picture, and that picture."""
    image = imgur.upload("a", title="Tom")["id"]
    return imgur.album(image, title="Cats")["id"], image


def said(reply):
    return reply.status_code, reply.json()["data"]["error"]


@pytest.mark.parametrize("path", ["/3/gallery/album/{}", "/3/gallery/{}"])
def test_a_shared_album_is_a_post_and_stays_hidden(imgur, both, path):
    album = both[0]
    fields = {"title": "Look", "terms": "1", "mature": "1", "tags": "cats,dogs", "topic": "Funny"}
    assert imgur.post(path.format(album), data=fields).json()["data"] is True
    shown = imgur.data(f"/3/album/{album}")
    assert (shown["in_gallery"], shown["nsfw"]) == (True, True)
    assert imgur.data(f"/3/album/{album}")["privacy"] == "hidden"
    for where in (album, f"album/{album}"):
        post = imgur.data(f"/3/gallery/{where}", auth="anonymous")
        assert (post["id"], post["title"], post["is_album"], post["nsfw"]) == (album, "Look", True, True)
        assert [image["id"] for image in post["images"]] == [both[1]]
        assert [tag["name"] for tag in post["tags"]] == ["cats", "dogs"]
    assert imgur.data(f"/3/album/{album}")["title"] == "Cats"


@pytest.mark.parametrize("shape", ["legacy", "v1"])
def test_a_shared_picture_is_a_post_until_it_is_withdrawn(make_imgur, shape):
    imgur = make_imgur(shape=shape)
    image = imgur.upload("a", title="Tom")["id"]
    assert imgur.get(f"/3/gallery/image/{image}").status_code == 404
    assert imgur.post(f"/3/gallery/image/{image}", data={"title": "Look", "terms": "1"}).json()["data"] is True
    post = imgur.data(f"/3/gallery/image/{image}", auth="anonymous")
    assert (post["title"], post["is_album"], post["in_gallery"]) == ("Look", False, True)
    assert imgur.data(f"/3/image/{image}")["in_gallery"] is True
    assert imgur.delete(f"/3/gallery/{image}").json()["data"] is True
    assert imgur.get(f"/3/gallery/image/{image}").status_code == 404
    assert imgur.delete(f"/3/gallery/{image}").status_code == 404
    assert imgur.data(f"/3/image/{image}")["in_gallery"] is False


def test_sharing_needs_a_title_terms_a_verified_address_and_ones_own_picture(imgur, both):
    path, whole = f"/3/gallery/image/{both[1]}", {"title": "Look", "terms": "1"}
    assert said(imgur.post(path, auth="anonymous", data=whole)) == (401, "Authentication required")
    assert said(imgur.post(path, data={"terms": "1"})) == (400, "You must provide a title")
    imgur.put("/3/account/me/settings", data={"accepted_gallery_terms": "0"})
    assert said(imgur.post(path, data={"title": "Look"})) == (400, "You must accept the gallery terms")
    imgur.steer("edit", {"op": "set_account", "id": "demo", "verified": False, "accepted_gallery_terms": True})
    assert said(imgur.post(path, data=whole)) == (403, "You must verify your email address")
    other = "Bearer " + imgur.steer("clients", {"account": "other"})["access_token"]
    assert said(imgur.post(path, auth=other, data=whole)) == (403, "Unauthorized")
    assert imgur.get(path).status_code == 404
    imgur.steer("edit", {"op": "set_account", "id": "demo", "verified": True})
    assert imgur.post(path, data={"title": "Look"}).status_code == 200


def test_a_post_that_is_made_on_the_web_site_has_the_albums_own_title(imgur, both):
    imgur.post(f"/3/gallery/{both[0]}", data={"title": "Look", "terms": "1"})
    for shown in (False, True):
        imgur.steer("edit", {"op": "set_album", "id": both[0], "in_gallery": shown})
    assert imgur.data(f"/3/gallery/{both[0]}")["title"] == "Cats"


def test_tags_lead_to_posts_and_are_followed_once(imgur, both):
    album, image = both
    imgur.post(f"/3/gallery/{album}", data={"title": "A", "terms": "1", "tags": "cats"})
    imgur.post(f"/3/gallery/{image}", data={"title": "B", "terms": "1", "tags": "cats,toms"})
    assert [(tag["name"], tag["total_items"]) for tag in imgur.data("/3/tags")["tags"]] == [("cats", 2), ("toms", 1)]
    assert [post["title"] for post in imgur.data("/3/gallery/t/cats")["items"]] == ["A", "B"]
    assert [tag["name"] for tag in imgur.data(f"/3/gallery/item/{image}/tags")["tags"]] == ["cats", "toms"]
    for tag in ("cats", "toms"):
        assert imgur.post(f"/3/account/me/follow/tag/{tag}").status_code == 200
    again = imgur.post("/3/account/me/follow/tag/cats")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "409")


def test_submissions_are_told_to_anybody_and_favourites_to_oneself(imgur, both):
    album, image = both
    imgur.post(f"/3/gallery/{album}", data={"title": "A", "terms": "1"})
    imgur.post(f"/3/image/{image}/favorite")
    imgur.post(f"/3/album/{album}/favorite")
    for auth, name in (("anonymous", "demo"), ("bearer", "me")):
        shown = imgur.data(f"/3/account/{name}/submissions", auth=auth)
        assert [post["id"] for post in shown] == [album]
    assert imgur.data("/3/account/me/submissions/1") == []
    assert [one["id"] for one in imgur.data("/3/account/me/favorites")] == [album, image]
    assert imgur.get("/3/account/demo/favorites", auth="anonymous").status_code == 401
    assert imgur.data("/3/account/demo/gallery_profile", auth="anonymous")["total_gallery_submissions"] == 1


def test_the_lists_that_clients_ask_for_by_page_end_with_an_empty_one(imgur, both):
    """With the paths of imgurpython and PyImgur."""
    album, image = both
    imgur.post(f"/3/gallery/{album}", data={"title": "A", "terms": "1"})
    imgur.post(f"/3/album/{album}/favorite")
    imgur.post(f"/3/image/{image}/favorite")
    for path, found in (
        ("gallery/hot/viral/", [album]),
        ("gallery/top/time/day/", [album]),
        ("account/me/favorites/", [album, image]),
        ("account/demo/gallery_favorites/", [album]),
        ("account/demo/comments/newest/", []),
    ):
        assert [one["id"] for one in imgur.data(f"/3/{path}0")] == found
        assert imgur.data(f"/3/{path}1") == []
    assert [one["is_album"] for one in imgur.data("/3/account/me/favorites/0/newest")] == [True, False]
    assert [one["id"] for one in imgur.data("/3/gallery/hot")] == [album]


def test_a_verified_address_is_not_verified_again(imgur):
    assert imgur.data("/3/account/me/verifyemail") is True
    assert said(imgur.post("/3/account/me/verifyemail")) == (400, "User Previously Verified")
    imgur.steer("edit", {"op": "set_account", "id": "demo", "verified": False})
    assert imgur.data("/3/account/me/verifyemail") is False
    assert imgur.post("/3/account/me/verifyemail").json()["data"] is True


def test_the_rest_of_an_account_is_there_and_empty(imgur):
    assert imgur.data("/3/account/me/comments") == imgur.data("/3/account/me/comments/ids") == []
    assert imgur.data("/3/account/me/comments/count") == 0
    assert imgur.data("/3/account/demo/avatar", auth="anonymous")["avatar"] is None
    assert imgur.data("/3/account/me/available_avatars")["available_avatars_count"] == 0
    assert imgur.data("/3/account/demo/gallery_profile", auth="anonymous")["total_gallery_submissions"] == 0


def test_switches_of_the_settings_are_kept_and_nothing_else_is_shown(imgur):
    sent = {"show_mature": "true", "messaging_enabled": "0", "comment_replies": "0", "high_quality": "1"}
    imgur.put("/3/account/me/settings", data={**sent, "_verified": "0", "email": "else@example.test"})
    imgur.post("/3/account/me/follow/tag/cats")
    shown = imgur.data("/3/account/me/settings")
    assert (shown["comment_replies"], shown["high_quality"]) == (False, True)
    assert shown["email"] == "demo@example.invalid"
    assert (shown["show_mature"], shown["messaging_enabled"], shown["newsletter_subscribed"]) == (True, False, False)
    assert not [name for name in shown if name.startswith("_")]


@pytest.mark.parametrize("sent", [{"id": "nobody"}, {"id": "demo", "verified": "yes"}])
def test_a_wrong_edit_of_an_account_is_refused(imgur, sent):
    reply = imgur.http.post("/_simulator/edit", json={"op": "set_account", **sent})
    assert reply.status_code == 400


def test_posts_and_followed_tags_outlive_a_restart(make_imgur, tmp_path):
    first = make_imgur(world=World.open(tmp_path))
    image = first.upload()["id"]
    first.post(f"/3/gallery/{image}", data={"title": "A", "terms": "1", "tags": "cats"})
    first.post("/3/account/me/follow/tag/cats")
    before = first.data(f"/3/gallery/{image}")
    first.world.close()
    second = make_imgur(world=World.open(tmp_path))
    assert second.data(f"/3/gallery/{image}") == before
    assert second.post("/3/account/me/follow/tag/cats").status_code == 409


def test_what_an_account_says_of_itself_is_in_its_profile(imgur):
    assert imgur.data("/3/account/demo", auth="anonymous")["bio"] is None
    for said, shown in (("I like cats", "I like cats"), ("", None)):
        assert imgur.put("/3/account/me/settings", data={"bio": said}).json()["data"] is True
        assert imgur.data("/3/account/demo", auth="anonymous")["bio"] == shown
    assert "bio" not in imgur.data("/3/account/me/settings")
