"""The forms in which a broken limit is refused (imgur-api §3, "429/limit bodies"), and where limits are announced."""

from __future__ import annotations

import pytest

from imgur_sync.simulator import Limits

LIMITS = {
    "client": Limits(0, 1, 0, 0),
    "user": Limits(1, 0, 0, 0),
    "posts": Limits(0, 0, 1, 0),
    "uploads": Limits(0, 0, 0, 1),
}
TOO_FAST = "You are uploading too fast. Please wait {} more minutes."


def refuse(imgur, limit, jpeg):
    """Use the limit up, and the reply to one call more."""
    if limit == "uploads":
        imgur.upload()
        return imgur.post("/3/upload", files={"image": jpeg()})
    assert imgur.post("/3/album").status_code == 200
    return imgur.post("/3/album")


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    ("form", "http", "status", "error"),
    [
        ("wait-400", 400, 400, TOO_FAST),
        ("wait-400-object", 400, 400, {"code": 429, "message": TOO_FAST, "type": "ImgurException", "exception": []}),
        ("wait-429", 429, 400, TOO_FAST),
        ("wait-429-object", 429, 400, {"code": 429, "message": TOO_FAST, "type": "ImgurException", "exception": []}),
        ("417", 417, 417, "Internal expectation failed"),
    ],
)
def test_forms_in_the_wrapper(make_imgur, jpeg, limit, form, http, status, error):
    imgur = make_imgur(limits=LIMITS[limit], **{f"refuse_{limit}": form})
    reply = refuse(imgur, limit, jpeg)
    minutes = str(24 * 60 if limit == "client" else 60)
    path = "/3/upload" if limit == "uploads" else "/3/album"
    told = reply.json()
    assert (reply.status_code, told["status"], told["success"]) == (http, status, False)
    found = told["data"]["error"]
    if isinstance(error, dict):
        assert found == error | {"message": TOO_FAST.format(minutes)}
    else:
        assert found == error.format(minutes)
    assert told["data"] == {"error": found, "request": path, "method": "POST"}
    assert "x-ratelimit-userlimit" in reply.headers
    assert imgur.look("ledger")["refusals"][limit] == 1


@pytest.mark.parametrize(
    ("limit", "words"), [("client", "Daily client requests exceeded"), ("user", "Hourly user requests exceeded")]
)
@pytest.mark.parametrize("shape", ["mixed", "v1"])
@pytest.mark.parametrize(("form", "status"), [("legacy", 429), ("legacy-403", 403)])
def test_the_wording_of_the_legacy_form_in_any_shape(make_imgur, jpeg, limit, words, shape, form, status):
    reply = refuse(make_imgur(shape=shape, limits=LIMITS[limit], **{f"refuse_{limit}": form}), limit, jpeg)
    assert reply.status_code == status
    assert reply.json() == {
        "data": {"error": words, "request": "/3/album", "method": "POST"},
        "success": False,
        "status": status,
    }


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("shape", ["legacy", "mixed", "v1"])
def test_the_errors_form_has_no_data_in_any_shape(make_imgur, jpeg, limit, shape):
    reply = refuse(make_imgur(shape=shape, limits=LIMITS[limit], **{f"refuse_{limit}": "errors"}), limit, jpeg)
    assert reply.status_code == 429
    assert reply.headers["content-type"] == "application/vnd.imgur.v1+json"
    assert reply.headers["imgur-media-type"] == "imgur.v1; param=full; format=json"
    (entry,) = reply.json()["errors"]
    assert (entry["code"], entry["status"], entry["detail"]) == ("429", "Too Many Requests", "Too Many Requests")


def test_over_capacity_names_neither_request_nor_method(make_imgur, jpeg):
    reply = refuse(make_imgur(limits=LIMITS["uploads"], refuse_uploads="over-capacity"), "uploads", jpeg)
    assert reply.status_code == 403
    assert reply.json() == {
        "data": {"error": "Imgur is temporarily over capacity. Please try again later."},
        "success": False,
        "status": 403,
    }


def test_the_cdn_answers_with_a_text_and_without_limits(make_imgur, jpeg):
    reply = refuse(make_imgur(limits=LIMITS["uploads"], refuse_uploads="cdn"), "uploads", jpeg)
    assert (reply.status_code, reply.text) == (400, "These actions are forbidden.")
    assert (reply.headers["retry-after"], reply.headers["cdn-error"]) == ("0", "yes")
    assert not [name for name in reply.headers if "ratelimit" in name or "rate-limit" in name]


def test_the_form_can_be_changed_while_it_runs(make_imgur, jpeg):
    imgur = make_imgur(limits=LIMITS["uploads"])
    imgur.steer("knobs", {"refuse_uploads": "417"})
    assert refuse(imgur, "uploads", jpeg).status_code == 417
    wrong = imgur.http.post("/_simulator/knobs", json={"refuse_uploads": "503"})
    assert "refuse_uploads takes one of shape, legacy, legacy-403, errors, wait-400," in wrong.json()["error"]


@pytest.mark.parametrize("form", ["legacy", "errors", "wait-400", "417", "over-capacity", "cdn"])
def test_a_refusal_of_any_form_is_not_charged_and_counts_as_a_post(make_imgur, jpeg, form):
    imgur = make_imgur(limits=LIMITS["uploads"], refuse_uploads=form)
    refuse(imgur, "uploads", jpeg)
    ledger = imgur.look("ledger")
    assert (ledger["credits"], ledger["posts"], ledger["uploads"]) == (10, 2, 1)


@pytest.mark.parametrize(
    ("headers", "image", "account", "missing", "refused"),
    [
        ("all", True, True, True, True),
        ("no-account", True, False, True, True),
        ("no-errors", True, True, False, False),
        ("some", True, False, False, False),
        ("none", False, False, False, False),
    ],
)
def test_which_replies_announce_limits(make_imgur, jpeg, headers, image, account, missing, refused):
    imgur = make_imgur(headers=headers, limits=LIMITS["uploads"])
    key = imgur.upload()["id"]
    replies = [imgur.get(path) for path in (f"/3/image/{key}", "/3/credits", "/3/image/none")]
    replies.append(imgur.post("/3/upload", files={"image": jpeg()}))
    assert replies[-1].status_code == 429
    found = ["x-ratelimit-userlimit" in reply.headers for reply in replies]
    assert found == [image, account, missing, refused]


def test_no_header_ever_announces_the_uploads(make_imgur):
    imgur = make_imgur(limits=Limits(uploads=7))
    reply = imgur.post("/3/image", files={"image": b"GIF89a" + bytes(20)})
    assert [name for name in reply.headers if "rate" in name] == [
        *(f"x-ratelimit-{who}{what}" for who in ("user", "client") for what in ("limit", "remaining", "reset")),
        *(f"x-post-rate-limit-{what}" for what in ("limit", "remaining", "reset")),
    ]
    assert "7" not in [reply.headers[name] for name in reply.headers if name.endswith("limit")]


def test_replies_to_the_commercial_front_announce_no_limits(imgur):
    front = {"X-RapidAPI-Key": "0" * 50, "X-RapidAPI-Host": "imgur-apiv3.p.rapidapi.com"}
    for headers, announced in ((front, 0), ({}, 9)):
        reply = imgur.post("/3/album", auth="anonymous", headers=headers)
        assert reply.status_code == 200
        assert len([name for name in reply.headers if "rate" in name]) == announced
    assert imgur.look("ledger")["credits"] == 2
