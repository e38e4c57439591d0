"""Replies that were right and are sent wrong, and requests that are not heeded whole (F13-F32)."""

import json
import math

import pytest

from imgur_sync.simulator import ConnectionDropped


@pytest.fixture
def album(imgur):
    """An album of two pictures."""
    pair = [imgur.upload(text, name=f"{text}.jpg")["id"] for text in ("a", "b")]
    return imgur.album(*pair, title="T"), pair


def altered(imgur, name, method, path, **body):
    imgur.steer("faults", {"fault": name, "match": {"nth": 1}})
    reply = imgur.send(method, path, **body)
    assert imgur.look("history")["struck"][-1]["fault"] == name
    return reply


def data_of(reply):
    assert reply.status_code == 200
    return reply.json()["data"]


def test_an_albums_pictures_can_be_null(imgur, album):
    shown = data_of(altered(imgur, "images-null", "GET", f"/3/album/{album[0]['id']}"))
    assert (shown["images"], shown["images_count"]) == (None, 2)


def test_a_list_can_lack_its_last_entry_or_have_its_first_one_twice(imgur, album):
    path, pair = f"/3/album/{album[0]['id']}/images", album[1]
    assert [one["id"] for one in data_of(altered(imgur, "page-short", "GET", path))] == pair[:1]
    assert [one["id"] for one in data_of(altered(imgur, "entry-twice", "GET", path))] == [pair[0], *pair]
    whole = data_of(altered(imgur, "page-short", "GET", f"/3/album/{album[0]['id']}"))
    assert (len(whole["images"]), whole["images_count"]) == (1, 2)


def test_a_count_can_be_one_too_many(imgur, album):
    assert data_of(altered(imgur, "count-off", "GET", f"/3/album/{album[0]['id']}"))["images_count"] == 3


def test_a_page_can_be_the_one_before(imgur):
    made = [imgur.upload(str(number))["id"] for number in range(3)][::-1]
    pages = "/3/account/me/images/{}?perPage=1"
    assert data_of(altered(imgur, "page-repeated", "GET", pages.format(2)))[0]["id"] == made[1]
    imgur.steer("faults", {"fault": "page-repeated", "match": {"nth": 1}})
    assert data_of(imgur.get(pages.format(0)))[0]["id"] == made[0]
    assert len(imgur.look("history")["struck"]) == 1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("create-no-id", {"id": "", "deletehash": ""}),
        ("field-missing", {"id": None}),
        ("null-data", None),
        ("field-extra", {"points": -1}),
    ],
)
def test_an_album_is_made_and_its_reply_is_odd(imgur, name, change):
    data = data_of(altered(imgur, name, "POST", "/3/album", data={"title": "T"}))
    (made,) = imgur.look("world")["albums"]
    assert made["title"] == "T"
    if change is None:
        assert data is None
    else:
        assert {key: data.get(key) for key in change} == change


def test_fields_can_be_null_of_another_type_huge_or_no_numbers(imgur, album):
    path = f"/3/image/{album[1][0]}"
    size = data_of(imgur.get(path))["size"]
    assert data_of(altered(imgur, "field-null", "GET", path))["size"] is None
    wrong = data_of(altered(imgur, "field-wrong-type", "GET", path))
    assert (wrong["size"], wrong["name"]) == (str(size), 7)
    assert data_of(altered(imgur, "huge-number", "GET", path))["size"] == 10**39
    assert math.isnan(data_of(altered(imgur, "not-a-number", "GET", path))["size"])


def test_keys_can_come_twice(imgur, album):
    reply = altered(imgur, "duplicate-keys", "GET", f"/3/album/{album[0]['id']}")
    assert json.loads(reply.text)["data"]["id"] == album[0]["id"]
    assert reply.text.count(f'"id":"{album[0]["id"]}"') == 2


def test_a_refusal_is_not_altered_and_not_said_to_be(imgur):
    imgur.steer("faults", {"fault": "field-missing"})
    assert imgur.get("/3/album/none").status_code == 404
    assert imgur.look("history")["struck"] == []


def test_an_upload_can_come_without_id_or_deletehash(imgur, jpeg):
    files = {"image": jpeg()}
    assert data_of(altered(imgur, "upload-no-id", "POST", "/3/upload", files=files))["id"] == ""
    assert "deletehash" not in data_of(altered(imgur, "no-deletehash", "POST", "/3/upload", files=files))
    assert len(imgur.look("world")["images"]) == 2


def test_fields_can_be_left_out_of_account(imgur, album, jpeg):
    pair = album[1]
    private = data_of(altered(imgur, "privacy-ignored", "POST", "/3/album", data={"privacy": "public"}))["id"]
    empty = data_of(altered(imgur, "create-empty", "POST", "/3/album", data={"ids[]": pair, "title": "E"}))["id"]
    assert data_of(altered(imgur, "add-ignored", "POST", f"/3/album/{empty}/add", data={"ids": pair[0]})) is True
    fields = {"album": empty, "name": "n.jpg"}
    data_of(altered(imgur, "upload-outside", "POST", "/3/upload", data=fields, files={"image": jpeg("x")}))
    albums = {one["id"]: one for one in imgur.look("world")["albums"]}
    assert albums[private]["privacy"] == "hidden"
    assert (albums[empty]["title"], albums[empty]["images"]) == ("E", [])
    assert imgur.look("world")["images"][-1]["name"] == "n.jpg"


def test_what_was_not_sent_cannot_be_left_out(imgur):
    imgur.steer("faults", {"fault": "privacy-ignored"})
    imgur.album()
    assert imgur.look("history")["struck"] == []


def test_a_png_can_be_kept_as_a_jpeg(imgur, png, jpeg):
    made = data_of(altered(imgur, "reencoded", "POST", "/3/upload", files={"image": png(40, 20)}))
    assert (made["type"], made["width"], made["height"]) == ("image/jpeg", 20, 10)
    assert made["size"] < len(png(40, 20))
    assert made["link"].endswith(".jpg")
    imgur.steer("faults", {"fault": "reencoded", "match": {"nth": 1}})
    imgur.post("/3/upload", files={"image": jpeg()})
    assert len(imgur.look("history")["struck"]) == 1


def test_a_read_can_be_stale_by_itself(imgur, album):
    imgur.time[0] += 100
    imgur.put(f"/3/album/{album[0]['id']}", data={"title": "new"})
    path = f"/3/album/{album[0]['id']}"
    assert data_of(altered(imgur, "stale-read", "GET", path))["title"] == "T"
    assert data_of(imgur.get(path))["title"] == "new"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("headers-absent", None),
        ("headers-negative", "-1"),
        ("headers-words", "unlimited"),
        ("headers-fraction", "12.5"),
    ],
)
def test_every_announced_limit_can_be_odd(imgur, name, value):
    reply = altered(imgur, name, "POST", "/3/album")
    limits = [key for key in imgur.post("/3/album").headers if key.startswith(("x-ratelimit", "x-post"))]
    assert len(limits) == 9
    assert {reply.headers.get(key) for key in limits} == {value}


def test_the_hour_can_be_said_to_be_used_up_while_the_day_is_not(imgur):
    reply = altered(imgur, "user-drained", "GET", "/3/account/me")
    assert (reply.headers["x-ratelimit-userremaining"], reply.headers["x-ratelimit-clientremaining"]) == ("0", "12499")


def test_resets_can_be_moments(imgur):
    reply = altered(imgur, "headers-epoch", "POST", "/3/album")
    assert reply.headers["x-post-rate-limit-reset"] == "4000000000"


@pytest.mark.parametrize(("auth", "user"), [("bearer", "account:demo"), ("anonymous", "ip:127.0.0.1")])
def test_meters_can_be_drained_between_two_calls(imgur, auth, user):
    imgur.get("/3/credits", auth=auth)
    reply = altered(imgur, "meters-drained", "GET", "/3/credits", auth=auth)
    assert reply.status_code == 429
    assert imgur.look("ledger")["users"][user]["used"] == 500
    imgur.steer("faults", {"fault": "daily-hit", "match": {"nth": 1}})
    imgur.get("/3/credits", auth=auth)
    assert imgur.look("ledger")["clients"][imgur.demo.client_id]["strikes"] == 1


def refresh(imgur, token=None):
    fields = {"client_id": imgur.demo.client_id, "client_secret": imgur.demo.client_secret}
    fields |= {"grant_type": "refresh_token", "refresh_token": token or imgur.demo.refresh_token}
    return imgur.post("/oauth2/token", auth=None, data=fields)


def test_an_access_token_can_expire_between_two_calls(imgur):
    assert imgur.get("/3/credits").status_code == 200
    assert altered(imgur, "token-expired", "GET", "/3/credits").status_code == 403
    assert refresh(imgur).status_code == 200


def test_another_machines_login_ends_both_tokens(imgur):
    assert altered(imgur, "other-login", "GET", "/3/credits").status_code == 403
    refused = refresh(imgur)
    assert (refused.status_code, refused.json()["data"]["error"]) == (400, "Invalid refresh token")
    assert imgur.world.demo().refresh_token != imgur.demo.refresh_token


def test_a_rotated_token_can_get_lost_with_its_answer(imgur):
    imgur.steer("faults", {"fault": "refresh-lost", "match": {"nth": 1}})
    with pytest.raises(ConnectionDropped) as dropped:
        refresh(imgur)
    assert dropped.value.committed
    assert refresh(imgur).status_code == 400
    assert [entry["number"] for entry in imgur.look("history")["struck"]] == ["F32"]
