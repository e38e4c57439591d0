"""Uploads: forms, limits, what is stored, where it lands (imgur-api §2.1, §5)."""

import base64
import hashlib

import pytest

from imgur_sync.simulator import Knobs, Options

LEGACY = (
    "id title description datetime type animated width height size views bandwidth vote favorite nsfw section "
    "account_url account_id is_ad in_most_viral has_sound tags ad_type ad_url edited in_gallery deletehash name link"
)
NEW = (
    "id deletehash account_id account_url ad_type ad_url title description name type width height size views section "
    "vote bandwidth animated favorite in_gallery in_most_viral has_sound is_ad nsfw link tags datetime mp4 hls"
)


def stored(imgur):
    (image,) = imgur.look("world")["images"]
    return image


def test_a_multipart_file_is_stored_as_received(imgur, jpeg):
    data = jpeg("\r\n--\r\n")
    reply = imgur.post("/3/image", data={"name": "n.jpg"}, files={"image": ("x.jpg", data)})
    image = stored(imgur)
    assert reply.json()["data"]["id"] == image["id"]
    assert image["sha256"] == hashlib.sha256(data).hexdigest()
    assert (image["size"], image["type"], image["owner"]) == (len(data), "image/jpeg", "demo")
    assert image["creator"] == imgur.demo.client_id
    assert imgur.http.get(f"/i/{image['id']}.jpeg").content == data


def test_dimensions_are_read_from_the_header(imgur, png):
    shown = imgur.post("/3/upload", files={"image": png(30, 50)}).json()["data"]
    assert (shown["type"], shown["width"], shown["height"]) == ("image/png", 30, 50)


@pytest.mark.parametrize("kind", ["base64", "BASE64", None])
def test_base64_text_is_taken_with_or_without_its_type(imgur, jpeg, kind):
    fields = {"image": base64.b64encode(jpeg()).decode()} | ({"type": kind} if kind else {})
    assert imgur.post("/3/upload", data=fields).status_code == 200
    assert stored(imgur)["sha256"] == hashlib.sha256(jpeg()).hexdigest()


def test_a_raw_part_without_a_filename_is_a_file(imgur, jpeg):
    assert imgur.post("/3/upload", files={"image": (None, jpeg())}).status_code == 200
    assert stored(imgur)["size"] == len(jpeg())


@pytest.mark.parametrize("kind", ["url", "URL", None])
def test_a_url_is_fetched_from_the_fixtures_only(make_imgur, jpeg, kind):
    imgur = make_imgur(options=Options(urls={"https://example.test/a.jpg": jpeg()}))
    fields = {"type": kind} if kind else {}
    assert imgur.post("/3/upload", data={"image": "https://example.test/a.jpg", **fields}).status_code == 200
    refused = imgur.post("/3/upload", data={"image": "https://example.test/b.jpg", **fields})
    assert refused.status_code == 400
    assert refused.json()["data"]["error"] == "Invalid URL (https://example.test/b.jpg)"


@pytest.mark.parametrize(
    ("fields", "files", "error"),
    [
        ({"title": "t"}, None, "No image data was sent to the upload api"),
        ({"image": "%%%", "type": "base64"}, None, (1003, "File type invalid (2)")),
        ({}, {"image": ("a.jpg", b"<html>")}, (1003, "File type invalid (1)")),
        ({}, {"image": ("a.heic", b"\0\0\0\x18ftypheic" + bytes(30))}, (1003, "File type invalid (1)")),
        ({}, {"image": ("a.jpg", b"\xff\xd8\xff\xe0")}, (1003, "File type invalid (1)")),
    ],
)
def test_what_is_no_picture_is_refused_uncharged_but_counts_as_a_post(imgur, fields, files, error):
    reply = imgur.post("/3/upload", data=fields, files=files)
    assert reply.status_code == 400
    shown = reply.json()["data"]["error"]
    if isinstance(error, str):
        assert shown == error
    else:
        assert shown == {"code": error[0], "message": error[1], "type": "ImgurException", "exception": []}
    ledger = imgur.look("ledger")
    assert (ledger["credits"], ledger["posts"], ledger["uploads"]) == (0, 1, 0)


def test_stills_and_moving_pictures_have_limits_of_their_own(make_imgur, jpeg):
    imgur = make_imgur(options=Options(still_bytes=len(jpeg()) - 1, moving_bytes=100))
    still = imgur.post("/3/upload", files={"image": jpeg()})
    assert still.json()["data"]["error"]["code"] == 1002
    gif = b"GIF89a" + b"\x02\0\x02\0" + bytes(90)
    assert imgur.post("/3/upload", files={"image": gif}).status_code == 200
    assert imgur.post("/3/upload", files={"image": gif + b"\0"}).json()["data"]["error"]["code"] == 1002


def test_a_file_that_is_too_large_may_be_refused_without_a_code(make_imgur, jpeg):
    imgur = make_imgur(options=Options(still_bytes=10, knobs=Knobs(size_error="string")))
    assert imgur.post("/3/upload", files={"image": jpeg()}).json()["data"]["error"] == "File is over the size limit"
    assert imgur.post("/3/upload", files={"image": b"text"}).json()["data"]["error"]["code"] == 1003


def test_a_video_is_taken_from_its_own_field(imgur):
    clip = b"\0\0\0\x18ftypisom" + bytes(20)
    shown = imgur.post("/3/upload", files={"video": ("a.mp4", clip)}).json()["data"]
    assert (shown["type"], shown["size"], shown["animated"]) == ("video/mp4", 0, True)
    assert shown["link"].endswith(f"/i/{shown['id']}.mp4")
    assert shown["processing"] == {"status": "completed"}


def test_the_name_is_stored_only_from_a_field_of_that_name(imgur):
    assert imgur.upload()["name"] == ""
    assert imgur.upload(name="cat.is1.jpg")["name"] == "cat.is1.jpg"


def test_links_point_at_this_server(imgur):
    shown = imgur.upload()
    assert shown["link"] == f"http://imgur.test/i/{shown['id']}.jpg"


def test_by_default_the_upload_has_the_new_shape_and_the_get_the_legacy_one(imgur, jpeg):
    reply = imgur.post("/3/upload", files={"image": jpeg()})
    assert list(reply.json()) == ["status", "success", "data"]
    assert " ".join(reply.json()["data"]) == NEW
    again = imgur.get(f"/3/image/{reply.json()['data']['id']}")
    assert list(again.json()) == ["data", "success", "status"]
    assert " ".join(again.json()["data"]) == f"{LEGACY} ad_config"


def test_the_legacy_shape_escapes_slashes_and_the_new_one_does_not_and_neither_has_blanks(make_imgur, jpeg):
    legacy = make_imgur(shape="legacy").post("/3/upload", files={"image": jpeg()})
    assert " ".join(legacy.json()["data"]) == LEGACY
    assert '"type":"image\\/jpeg"' in legacy.text
    new = make_imgur(shape="v1").post("/3/upload", files={"image": jpeg()})
    assert '"type":"image/jpeg"' in new.text
    assert " " not in legacy.text + new.text


def test_an_anonymous_upload_has_no_owner(make_imgur):
    assert make_imgur(shape="legacy").upload(auth="anonymous")["account_id"] == 0
    imgur = make_imgur()
    shown = imgur.upload(auth="anonymous")
    assert (shown["account_id"], len(shown["deletehash"])) == (None, 15)
    assert stored(imgur)["owner"] is None


def test_the_account_is_a_number_0_or_null(make_imgur):
    legacy = make_imgur(shape="legacy")
    mine = legacy.upload()
    number = legacy.data("/3/account/me")["id"]
    assert (mine["account_id"], legacy.data(f"/3/image/{mine['id']}")["account_id"]) == (number, number)
    assert legacy.data(f"/3/album/{legacy.album(mine['id'])['id']}")["images"][0]["account_id"] is None
    assert legacy.upload(auth="anonymous")["account_id"] == 0
    new = make_imgur(shape="v1")
    mine = new.upload()
    assert new.data(f"/3/album/{new.album(mine['id'])['id']}")["images"][0]["account_id"] == mine["account_id"]
    assert new.upload(auth="anonymous")["account_id"] is None


def test_ids_have_seven_letters_and_deletehashes_fifteen(imgur):
    shown = [imgur.upload(str(number)) for number in range(20)]
    assert all(len(one["id"]) == 7 and one["id"].isalnum() for one in shown)
    assert len({one["id"] for one in shown} | {one["deletehash"] for one in shown}) == 40


def test_equal_pictures_get_ids_of_their_own(imgur):
    assert imgur.upload("same")["id"] != imgur.upload("same")["id"]


@pytest.mark.parametrize(("position", "wanted"), [("append", "abcd"), ("second", "adcb"), ("first", "dcba")])
def test_where_an_upload_lands_in_its_album_is_a_knob(make_imgur, position, wanted):
    imgur = make_imgur(upload_position=position)
    album = imgur.album()["id"]
    ids = {letter: imgur.upload(letter, album=album)["id"] for letter in "abcd"}
    assert imgur.members(album) == [ids[letter] for letter in wanted]


def test_an_anonymous_album_is_filled_by_its_deletehash_only(imgur):
    album = imgur.album(auth="anonymous")
    image = imgur.upload(auth="anonymous", album=album["deletehash"])
    assert imgur.members(album["id"]) == [image["id"]]


@pytest.mark.parametrize("auth", ["anonymous", "other"])
def test_an_album_of_somebody_else_takes_no_upload(imgur, jpeg, auth):
    if auth == "other":
        auth = "Bearer " + imgur.steer("clients", {"account": "other"})["access_token"]
    album = imgur.album()["id"]
    reply = imgur.post("/3/upload", auth=auth, data={"album": album}, files={"image": jpeg()})
    assert reply.status_code == 403
    assert f"You are not the owner of album '{album}'" in reply.json()["data"]["error"]
    assert imgur.look("world")["images"] == []
