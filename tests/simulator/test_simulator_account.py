"""Lists of an account, paging, settings (imgur-api §2.3)."""

import pytest

from imgur_sync.simulator import Limits


@pytest.fixture
def full(make_imgur):
    """An Imgur with 120 pictures, each a second younger than the one before; their ids, newest first."""
    imgur = make_imgur(limits=Limits(0, 0, 0, 0))
    ids = []
    for number in range(120):
        imgur.time[0] += 1
        ids.insert(0, imgur.upload(str(number), name=f"{number}.jpg")["id"])
    return imgur, ids


def test_pages_hold_fifty_unless_told_and_a_hundred_at_most_newest_first(full):
    imgur, ids = full

    def listed(query):
        return [image["id"] for image in imgur.data(f"/3/account/me/images{query}")]

    assert listed("") == listed("/0") == ids[:50]
    assert listed("/2") == listed("?page=2") == ids[100:]
    assert listed("/1?perPage=100") == ids[100:]
    assert listed("?perPage=1000") == ids[:100]
    assert listed("/3") == []
    assert imgur.data("/3/account/me/images/ids/1") == ids[50:100]
    assert imgur.data("/3/account/me/images/count") == 120


def test_short_pages_lose_nothing(full):
    imgur, ids = full
    imgur.steer("knobs", {"short_pages": 1})
    pages = [imgur.data(f"/3/account/demo/images/ids/{page}?perPage=100") for page in range(3)]
    assert [len(page) for page in pages] == [99, 21, 0]
    assert [key for page in pages for key in page] == ids


def test_the_list_shows_names_and_deletehashes(imgur):
    image = imgur.upload(name="n.jpg")
    (shown,) = imgur.data("/3/account/me/images")
    assert (shown["name"], shown["deletehash"]) == ("n.jpg", image["deletehash"])
    assert imgur.data(f"/3/account/me/image/{image['id']}")["name"] == "n.jpg"


def test_albums_are_listed_as_headers_with_order_and_without_pictures(imgur):
    first, second = imgur.album(imgur.upload()["id"], title="1")["id"], imgur.album(title="2")["id"]
    shown = imgur.data("/3/account/me/albums")
    assert [(one["id"], one["order"], one["images_count"]) for one in shown] == [(second, 0, 0), (first, 1, 1)]
    assert all("images" not in one and "deletehash" in one for one in shown)
    assert imgur.data("/3/account/me/albums/ids") == [second, first]
    assert imgur.data("/3/account/me/albums/count") == 2
    assert len(imgur.data(f"/3/account/me/album/{first}")["images"]) == 1


def test_others_see_public_albums_only(imgur):
    imgur.album()
    public = imgur.album(privacy="public")["id"]
    assert imgur.data("/3/account/demo/albums/ids", auth="anonymous") == [public]


def test_account_paths_delete_pictures_and_albums(imgur):
    image, album = imgur.upload(), imgur.album()
    assert imgur.delete(f"/3/account/me/image/{image['deletehash']}").json()["data"] is True
    assert imgur.delete(f"/3/account/me/album/{album['id']}").json()["data"] is True
    assert imgur.look("world") == {"albums": [], "images": []}


def test_the_profile_is_public_and_an_unknown_name_is_a_404(imgur):
    assert imgur.data("/3/account/demo", auth="anonymous")["url"] == "demo"
    assert imgur.data("/3/account/me")["id"] == imgur.data("/3/account/demo")["id"]
    assert imgur.get("/3/account/nobody").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_the_privacy_of_new_albums_follows_the_settings(imgur, method):
    assert imgur.data("/3/account/me/settings")["album_privacy"] == "hidden"
    assert imgur.send(method, "/3/account/me/settings", data={"album_privacy": "secret"}).json()["data"] is True
    assert imgur.data("/3/account/me/settings")["album_privacy"] == "secret"
    assert imgur.data(f"/3/album/{imgur.album()['id']}")["privacy"] == "secret"
