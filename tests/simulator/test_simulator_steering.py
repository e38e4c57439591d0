"""`/_simulator/`: what it tells and what somebody does on the web site (behaviour §9)."""

import base64
import hashlib

import pytest


def test_the_clock_goes_no_further_than_dates_do(imgur):
    for far in ("1e300", "1e400", "NaN"):
        reply = imgur.http.post("/_simulator/clock", content=f'{{"advance": {far}}}')
        assert reply.status_code == 400
        assert "9000" in reply.json()["error"]
    assert imgur.look("clock")["now"] == imgur.time[0]


def test_the_world_is_told_as_stored(imgur, jpeg):
    image = imgur.upload("a", name="n.jpg", title="t")["id"]
    album = imgur.album(image, title="T", privacy="secret")["id"]
    client = imgur.demo.client_id
    assert imgur.look("world") == {
        "albums": [
            {
                "id": album,
                "title": "T",
                "description": None,
                "privacy": "secret",
                "cover": image,
                "owner": "demo",
                "creator": client,
                "images": [image],
            }
        ],
        "images": [
            {
                "id": image,
                "name": "n.jpg",
                "title": "t",
                "description": None,
                "size": len(jpeg("a")),
                "sha256": hashlib.sha256(jpeg("a")).hexdigest(),
                "type": "image/jpeg",
                "owner": "demo",
                "creator": client,
                "datetime": 1_700_000_000,
            }
        ],
    }


def test_the_history_lists_requests_in_order_and_uploads(imgur):
    album = imgur.album()["id"]
    image = imgur.upload("a", name="n.jpg", album=album)["id"]
    imgur.get("/3/image/none")
    history = imgur.look("history")
    shown = [
        (one["n"], one["method"], one["path"], one["status"], one["credits"], one["committed"])
        for one in history["requests"]
    ]
    assert shown == [
        (1, "POST", "/3/album", 200, 1, True),
        (2, "POST", "/3/upload", 200, 10, True),
        (3, "GET", "/3/image/none", 404, 1, False),
    ]
    assert {one["client"] for one in history["requests"]} == {imgur.demo.client_id}
    (upload,) = history["uploads"]
    assert (upload["n"], upload["id"], upload["name"], upload["album"]) == (2, image, "n.jpg", album)
    assert [one["n"] for one in imgur.look("history?since=2")["requests"]] == [3]


def test_steering_is_neither_metered_nor_in_the_history(imgur):
    imgur.look("world")
    imgur.steer("clock", {"advance": 1})
    assert imgur.look("history")["requests"] == []
    assert imgur.look("ledger")["credits"] == 0


def test_the_ledger_tells_clients_apart(imgur):
    other = imgur.steer("clients", {"account": "other"})
    assert len(other["client_id"]) == 15
    imgur.upload()
    imgur.get("/3/account/me", auth=f"Bearer {other['access_token']}")
    clients = imgur.look("ledger")["clients"]
    assert clients[imgur.demo.client_id]["credits"] == 10
    assert clients[other["client_id"]]["calls"] == {"GET /3/account/me": 1}


def test_the_web_site_edits_an_album(imgur):
    first, second, third = (imgur.upload(letter)["id"] for letter in "abc")
    album = imgur.album(first, second, third)["id"]
    imgur.steer("edit", {"op": "set_album", "id": album, "title": "W", "privacy": "public", "cover": second})
    imgur.steer("edit", {"op": "order", "id": album, "images": [third, first]})
    shown = imgur.data(f"/3/album/{album}")
    assert (shown["title"], shown["privacy"], shown["cover"]) == ("W", "public", second)
    assert imgur.members(album) == [third, first, second]
    imgur.steer(
        "edit", [{"op": "remove_from_album", "id": album, "images": [third]}, {"op": "delete_image", "id": first}]
    )
    assert imgur.members(album) == [second]
    assert imgur.get(f"/3/image/{third}").status_code == 200
    imgur.steer("edit", {"op": "delete_album", "id": album})
    assert imgur.get(f"/3/album/{album}").status_code == 404
    assert imgur.look("ledger")["credits"] == sum(one["credits"] for one in imgur.look("history")["requests"])


def test_the_web_site_adds_a_picture_that_the_account_owns_and_no_client_made(imgur, png):
    album = imgur.album(imgur.upload()["id"])["id"]
    added = imgur.steer("edit", {"op": "add", "id": album, "image_base64": base64.b64encode(png()).decode()})["id"]
    image = imgur.look("world")["images"][-1]
    assert (image["id"], image["owner"], image["creator"], image["name"]) == (added, "demo", "imgur-web", "")
    assert imgur.members(album)[-1] == added
    imgur.steer("edit", {"op": "set_image", "id": added, "title": "mine"})
    assert imgur.data(f"/3/image/{added}")["title"] == "mine"


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        ("edit", {"op": "explode"}),
        ("edit", {"op": []}),
        ("edit", {"op": "set_album", "id": "none"}),
        ("edit", {"op": "delete_image", "id": "none"}),
        ("edit", "x"),
        ("clock", {"advance": -1}),
        ("clock", {}),
        ("tokens", {"expire": True}),
        ("tokens", {"answer": 500}),
        ("clients", {"account": "<b>"}),
    ],
)
def test_wrong_steering_is_a_400_that_says_why(imgur, what, sent):
    reply = imgur.http.post(f"/_simulator/{what}", json=sent)
    assert (reply.status_code, set(reply.json())) == (400, {"error"})


def test_steering_that_is_no_json_is_a_400(imgur):
    assert imgur.http.post("/_simulator/knobs", content=b"{").status_code == 400
