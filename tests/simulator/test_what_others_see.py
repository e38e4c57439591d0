"""What strangers are shown of albums; what a picture or album says of gallery and advertisements (imgur-api §2, §6)."""

import pytest

ADS = "safeFlags highRiskFlags unsafeFlags wallUnsafeFlags showsAds showAdLevel"
SNAKES = "safe_flags high_risk_flags unsafe_flags wall_unsafe_flags show_ads show_ad_level"


@pytest.fixture
def stage(make_imgur):
    """Makes an Imgur with an album of each privacy, each with one picture; its `albums` and `images` by privacy."""

    def make(**knobs):
        imgur = make_imgur(**knobs)
        imgur.images = {privacy: imgur.upload(privacy)["id"] for privacy in ("public", "hidden", "secret")}
        imgur.albums = {privacy: imgur.album(image, privacy=privacy)["id"] for privacy, image in imgur.images.items()}
        return imgur

    return make


def ways(imgur, privacy):
    """All ways to read an album whose id one knows."""
    album, image = imgur.albums[privacy], imgur.images[privacy]
    return [
        f"/3/album/{album}",
        f"/3/album/{album}/images",
        f"/3/album/{album}/image/{image}",
        f"/post/v1/albums/{album}",
    ]


@pytest.mark.parametrize("shape", ["legacy", "mixed", "v1"])
@pytest.mark.parametrize(
    ("knob", "shown"), [("all", "public hidden secret"), ("not secret", "public hidden"), ("public", "public")]
)
def test_which_albums_strangers_may_read_is_a_knob(stage, shape, knob, shown):
    imgur = stage(shape=shape, others_see=knob)
    friend = "Bearer " + imgur.steer("clients", {"account": "friend"})["access_token"]
    for privacy in imgur.albums:
        for path in ways(imgur, privacy):
            assert imgur.get(path).status_code == 200
            wanted = 200 if privacy in shown.split() else 403
            assert {imgur.get(path, auth=auth).status_code for auth in ("anonymous", friend)} == {wanted}


def test_a_withheld_album_is_an_unauthorized_in_the_form_of_its_back_end(stage):
    imgur = stage(others_see="not secret")
    path = f"/3/album/{imgur.albums['secret']}"
    assert imgur.get(path, auth="anonymous").json()["data"]["error"] == "Unauthorized"
    assert imgur.post(f"{path}/favorite", auth="anonymous").status_code == 401
    imgur.steer("knobs", {"shape": "v1"})
    (error,) = imgur.get(path, auth="anonymous").json()["errors"]
    assert (error["code"], error["detail"]) == ("403", "The requester is not authorized to access the resource.")


def test_pictures_of_a_withheld_album_are_open_and_so_are_shared_and_anonymous_albums(stage):
    imgur = stage(others_see="public")
    image, album = imgur.images["secret"], imgur.albums["secret"]
    link = imgur.data(f"/3/image/{image}", auth="anonymous")["link"]
    assert imgur.http.get(link).status_code == 200
    assert imgur.http.get(f"/a/{album}?as=visitor").status_code == 404
    imgur.post(f"/3/gallery/album/{album}", data={"title": "Look", "terms": "1"})
    assert imgur.data(f"/3/album/{album}", auth="anonymous")["privacy"] == "secret"
    nobodys = imgur.album(auth="anonymous")["id"]
    assert imgur.data(f"/3/album/{nobodys}", auth="anonymous")["id"] == nobodys


def test_a_favourite_that_became_secret_is_listed_no_more(stage):
    imgur = stage(others_see="not secret")
    friend = "Bearer " + imgur.steer("clients", {"account": "friend"})["access_token"]
    album = imgur.albums["hidden"]
    assert imgur.post(f"/3/album/{album}/favorite", auth=friend).json()["data"] == "favorited"
    assert [one["id"] for one in imgur.data("/3/account/me/favorites", auth=friend)] == [album]
    imgur.put(f"/3/album/{album}", data={"privacy": "secret"})
    assert imgur.data("/3/account/me/favorites", auth=friend) == []


@pytest.mark.parametrize(("knob", "stored"), [("changed", "hidden"), ("kept", "public")])
def test_a_privacy_takes_no_album_out_of_the_gallery(stage, knob, stored):
    imgur = stage(shared_privacy=knob)
    album = imgur.albums["public"]
    imgur.post(f"/3/gallery/album/{album}", data={"title": "Look", "terms": "1"})
    sent = {"privacy": "hidden", "description": "D"}
    assert imgur.put(f"/3/album/{album}", data=sent).json()["data"] is True
    shown = imgur.data(f"/3/album/{album}")
    assert (shown["in_gallery"], shown["privacy"], shown["description"]) == (True, stored, "D")
    assert imgur.get(f"/3/gallery/album/{album}", auth="anonymous").status_code == 200
    imgur.delete(f"/3/gallery/{album}")
    imgur.put(f"/3/album/{album}", data=sent)
    shown = imgur.data(f"/3/album/{album}")
    assert (shown["in_gallery"], shown["privacy"]) == (False, "hidden")


@pytest.mark.parametrize("shape", ["legacy", "v1"])
def test_a_shared_picture_has_its_tags_wherever_it_is_shown(make_imgur, shape):
    imgur = make_imgur(shape=shape)
    shared = imgur.upload()
    image, album = shared["id"], imgur.album(shared["id"])["id"]
    assert shared["tags"] == imgur.data(f"/3/image/{image}")["tags"] == []
    imgur.post(f"/3/gallery/image/{image}", data={"title": "Look", "terms": "1", "tags": "cats,toms"})
    imgur.post("/3/account/me/follow/tag/toms")
    for shown in (
        imgur.data(f"/3/image/{image}"),
        imgur.data("/3/account/me/images")[0],
        imgur.data(f"/3/album/{album}/images")[0],
        imgur.data(f"/3/gallery/image/{image}"),
    ):
        told = [(tag["name"], tag["total_items"], tag["following"]) for tag in shown["tags"]]
        assert told == [("cats", 1, False), ("toms", 1, True)]
    stranger = imgur.data(f"/3/image/{image}", auth="anonymous")["tags"]
    assert [tag["following"] for tag in stranger] == [False, False]
    imgur.delete(f"/3/gallery/{image}")
    assert imgur.data(f"/3/image/{image}")["tags"] == []


@pytest.mark.parametrize(
    ("shape", "knob", "keys"),
    [
        ("legacy", "shape", ADS),
        ("mixed", "shape", ADS),
        ("v1", "shape", None),
        ("legacy", "none", None),
        ("v1", "camel", ADS),
        ("legacy", "both", f"{ADS} {SNAKES}"),
    ],
)
def test_what_is_asked_for_alone_may_tell_of_advertisements(make_imgur, shape, knob, keys):
    imgur = make_imgur(shape=shape, ad_config=knob)
    uploaded = imgur.upload()
    image, album = uploaded["id"], imgur.album(uploaded["id"])["id"]
    for path in (f"image/{image}", f"album/{album}", f"account/me/image/{image}", f"account/me/album/{album}"):
        ads = imgur.data(f"/3/{path}").get("ad_config")
        assert (" ".join(ads) if ads else ads) == keys, path
    lists = (
        imgur.data("/3/account/me/images"),
        imgur.data("/3/account/me/albums"),
        imgur.data(f"/3/album/{album}/images"),
    )
    assert not [one for one in (uploaded, *(item for items in lists for item in items)) if "ad_config" in one]


def test_the_flags_of_advertisements_know_what_is_shared(imgur):
    image = imgur.upload()["id"]
    album = imgur.album(image)["id"]

    def flags(path):
        return imgur.data(f"/3/{path}")["ad_config"]["safeFlags"]

    assert flags(f"album/{album}") == ["album", "not_in_gallery", "share"]
    imgur.post(f"/3/gallery/album/{album}", data={"title": "Look", "terms": "1"})
    assert flags(f"album/{album}") == flags(f"gallery/album/{album}") == ["album", "in_gallery"]
    assert flags(f"image/{image}") == ["not_in_gallery", "share"]


def test_in_the_legacy_shape_edited_is_a_text(make_imgur):
    imgur = make_imgur(shape="legacy")
    image = imgur.upload()["id"]
    imgur.put(f"/3/image/{image}", data={"title": "T"})
    assert imgur.data(f"/3/image/{image}")["edited"] == "0"
