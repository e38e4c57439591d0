"""Credits, POSTs, uploads: what is counted, announced and refused (imgur-api §3)."""

import pytest

from imgur_sync.simulator import Limits

HOUR, DAY = 3600, 86_400


def test_an_upload_costs_ten_and_other_calls_one(imgur):
    image = imgur.upload()["id"]
    imgur.data(f"/3/image/{image}")
    imgur.delete(f"/3/image/{image}")
    ledger = imgur.look("ledger")
    assert (ledger["credits"], ledger["posts"], ledger["uploads"]) == (12, 1, 1)
    assert ledger["clients"][imgur.demo.client_id]["routes"] == {
        "DELETE /3/image/<key>": 1,
        "GET /3/image/<key>": 1,
        "POST /3/upload": 1,
    }


def test_headers_are_lower_case_and_count_seconds_by_default(imgur, jpeg):
    headers = imgur.post("/3/upload", files={"image": jpeg()}).headers
    shown = {name.decode(): value.decode() for name, value in headers.raw if b"rate" in name.lower()}
    assert shown == {
        "x-ratelimit-userlimit": "500",
        "x-ratelimit-userremaining": "490",
        "x-ratelimit-userreset": "3600",
        "x-ratelimit-clientlimit": "12500",
        "x-ratelimit-clientremaining": "12490",
        "x-ratelimit-clientreset": "86400",
        "x-post-rate-limit-limit": "1250",
        "x-post-rate-limit-remaining": "1249",
        "x-post-rate-limit-reset": "3600",
    }


def test_the_older_spelling_and_the_epoch_are_knobs(make_imgur):
    imgur = make_imgur(header_case="title", reset_unit="epoch")
    shown = dict(imgur.get("/3/account/me").headers.raw)
    assert shown[b"X-RateLimit-UserReset"] == b"1700003600"
    assert shown[b"X-RateLimit-ClientRemaining"] == b"12499"
    assert not [name for name in shown if b"Post" in name]


@pytest.mark.parametrize(
    ("knob", "image", "account", "missing"),
    [("all", True, True, True), ("some", True, False, False), ("none", False, False, False)],
)
def test_where_headers_appear_is_a_knob(make_imgur, knob, image, account, missing):
    imgur = make_imgur(headers=knob)
    key = imgur.upload()["id"]
    paths = {f"/3/image/{key}": image, "/3/account/me": account, "/3/image/none": missing}
    assert {path: "x-ratelimit-userlimit" in imgur.get(path).headers for path in paths} == paths


def test_credits_are_told_as_integers_with_an_epoch(imgur):
    imgur.upload()
    assert imgur.data("/3/credits") == {
        "UserLimit": 500,
        "UserRemaining": 489,
        "UserReset": 1_700_003_600,
        "ClientLimit": 12_500,
        "ClientRemaining": 12_489,
    }


def test_no_limit_is_announced_as_a_million(make_imgur):
    imgur = make_imgur(limits=Limits(0, 0, 0, 0))
    for _ in range(60):
        reply = imgur.post("/3/album")
    assert {
        reply.headers[f"x-ratelimit-{who}{what}"] for who in ("user", "client") for what in ("limit", "remaining")
    } == {"1000000"}
    assert reply.headers["x-post-rate-limit-remaining"] == "1000000"
    shown = imgur.data("/3/credits")
    assert [shown[f"{who}{what}"] for who in ("User", "Client") for what in ("Limit", "Remaining")] == [1_000_000] * 4


def test_the_hour_of_an_account_ends_and_begins_anew(make_imgur):
    imgur = make_imgur(limits=Limits(user_credits=2))
    assert [imgur.get("/3/account/me").status_code for _ in range(3)] == [200, 200, 429]
    assert imgur.get("/3/credits", auth="anonymous").status_code == 200, "an address has an hour of its own"
    imgur.steer("clock", {"advance": HOUR - 1})
    assert imgur.get("/3/account/me").headers["x-ratelimit-userreset"] == "1"
    imgur.steer("clock", {"advance": 1})
    assert imgur.get("/3/account/me").headers["x-ratelimit-userremaining"] == "1"


def test_a_call_that_costs_more_than_is_left_is_refused_uncharged(make_imgur, jpeg):
    imgur = make_imgur(limits=Limits(user_credits=19))
    imgur.upload()
    refused = imgur.post("/3/upload", files={"image": jpeg()})
    assert (refused.status_code, refused.headers["x-ratelimit-userremaining"]) == (429, "9")
    assert imgur.get("/3/account/me").status_code == 200


def test_a_broken_limit_is_an_errors_list_without_data(make_imgur):
    imgur = make_imgur(limits=Limits(client_credits=1))
    imgur.get("/3/account/me")
    reply = imgur.get("/3/account/me")
    assert reply.status_code == 429
    assert reply.headers["content-type"] == "application/vnd.imgur.v1+json"
    assert set(reply.json()) == {"errors"}
    assert reply.json()["errors"][0]["code"] == "429"


def test_in_the_legacy_shape_the_day_says_so_in_the_wrapper(make_imgur):
    imgur = make_imgur(shape="legacy", limits=Limits(client_credits=1))
    imgur.get("/3/account/me")
    reply = imgur.get("/3/account/me")
    assert reply.json() == {
        "data": {"error": "Daily client requests exceeded", "request": "/3/account/me", "method": "GET"},
        "success": False,
        "status": 429,
    }


def test_posts_are_counted_for_each_address_and_only_posts(make_imgur):
    imgur = make_imgur(limits=Limits(posts=2))
    assert [imgur.post("/3/album").status_code for _ in range(3)] == [200, 200, 429]
    assert imgur.put("/3/account/me/settings").status_code == 200


def test_uploads_that_are_too_fast_are_refused_with_the_minutes_to_wait(make_imgur, jpeg):
    imgur = make_imgur(limits=Limits(uploads=2))
    imgur.upload()
    imgur.steer("clock", {"advance": 90})
    imgur.upload()
    reply = imgur.post("/3/upload", files={"image": jpeg()})
    assert (reply.status_code, reply.json()["status"], reply.json()["success"]) == (429, 400, False)
    error = reply.json()["data"]["error"]
    assert error["code"] == 429
    assert error["message"] == "You are uploading too fast. Please wait 59 more minutes."
    assert imgur.look("ledger")["credits"] == 20
    imgur.steer("clock", {"advance": HOUR})
    imgur.upload()


def test_the_fifty_first_upload_of_an_hour_is_refused(make_imgur, jpeg):
    """Whoever sends from that address: here it is two accounts, as one has no credits for so many."""
    imgur = make_imgur()
    other = "Bearer " + imgur.steer("clients", {"account": "other"})["access_token"]
    for number in range(50):
        imgur.upload(str(number), auth=other if number % 2 else "bearer")
    reply = imgur.post("/3/upload", files={"image": jpeg()})
    assert (reply.status_code, reply.headers["x-ratelimit-userremaining"]) == (429, "250")


def test_in_the_legacy_shape_too_fast_is_a_400(make_imgur, jpeg):
    imgur = make_imgur(shape="legacy", limits=Limits(uploads=1))
    imgur.upload()
    reply = imgur.post("/3/upload", files={"image": jpeg()})
    assert reply.status_code == 400
    assert reply.json()["data"]["error"] == "You are uploading too fast. Please wait 60 more minutes."


def test_five_daily_hits_block_the_application_until_the_month_ends(make_imgur):
    imgur = make_imgur(limits=Limits(client_credits=1))

    def hit():
        return [imgur.get("/3/account/me").status_code for _ in range(3)]

    for _ in range(5):
        assert hit() == [200, 429, 429]
        imgur.steer("clock", {"advance": DAY})
    assert imgur.look("ledger")["clients"][imgur.demo.client_id]["strikes"] == 5
    assert hit() == [429, 429, 429]
    # The clock began on 14 November; 1 December is a new month.
    imgur.steer("clock", {"advance": 12 * DAY})
    assert hit() == [200, 429, 429]


def test_the_date_header_follows_the_simulators_clock(imgur):
    imgur.steer("clock", {"advance": DAY})
    assert imgur.get("/3/credits").headers["date"] == "Wed, 15 Nov 2023 22:13:20 GMT"
