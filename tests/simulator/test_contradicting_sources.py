"""Where sources contradict each other both behaviours can be chosen; what large pictures become (imgur-api §1-§6)."""

from __future__ import annotations

import base64

import pytest

from imgur_sync.simulator import Options

MIB = 1024 * 1024
GIF = b"GIF89a" + b"\x02\0\x02\0" + b"\x21\xf9\x04" * 2


def refresh(imgur, **changed):
    fields = {"client_id": imgur.demo.client_id, "client_secret": imgur.demo.client_secret}
    fields |= {"grant_type": "refresh_token", "refresh_token": imgur.demo.refresh_token}
    return imgur.post("/oauth2/token", auth=None, data={**fields, **changed})


@pytest.mark.parametrize(("status", "text"), [(401, "Authentication required"), (403, "Unauthorized")])
@pytest.mark.parametrize("path", ["/3/account/me", "/3/account/demo/images"])
def test_an_account_refuses_a_client_id_in_either_way(make_imgur, status, text, path):
    reply = make_imgur(account_answer=status).get(path, auth="anonymous")
    assert (reply.status_code, reply.json()["data"]["error"]) == (status, text)


def test_a_dead_token_may_look_like_a_limit(imgur):
    imgur.steer("tokens", {"expire_access": True, "answer": 429})
    reply = imgur.get("/3/account/me")
    assert (reply.status_code, reply.json()["data"]["error"]) == (429, "The access token provided is invalid.")


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("kind", ["image", "album"])
def test_deleting_again_is_refused_in_either_way(make_imgur, status, kind):
    imgur = make_imgur(gone_answer=status)
    made = imgur.upload() if kind == "image" else imgur.album()
    for key in (made["id"], "elevenchars"):
        imgur.delete(f"/3/{kind}/{key}")
        assert imgur.delete(f"/3/{kind}/{key}").status_code == status
    assert imgur.get(f"/3/{kind}/{made['id']}").status_code == 404


def test_the_token_reply_of_2014_is_wrapped_and_an_empty_scope_is_known(make_imgur):
    reply = refresh(make_imgur(token_reply="wrapped", scope="empty")).json()
    assert (reply["success"], reply["status"], reply["data"]["scope"]) == (True, 200, "")
    assert "account_id" not in reply["data"]
    now = refresh(make_imgur()).json()
    assert (now["scope"], isinstance(now["account_id"], int)) == (None, True)


def test_both_texts_for_a_wrong_refresh_token(make_imgur):
    imgur = make_imgur(refresh_text="unknown")
    wrong = refresh(imgur, refresh_token="0").json()["data"]["error"]
    assert wrong == "Refresh token doesn't exist or is invalid for the client"
    assert refresh(imgur, grant_type="pin", pin="0").json()["data"]["error"] == "Invalid Pin"


def test_others_may_not_be_told_whose_a_hidden_album_is(make_imgur):
    imgur = make_imgur(hidden_owner="withheld")
    hidden, public = imgur.album()["id"], imgur.album(privacy="public")["id"]
    told = [imgur.data(f"/3/album/{key}", auth="anonymous")["account_url"] for key in (hidden, public)]
    assert told == [None, "demo"]
    assert imgur.data(f"/3/album/{hidden}")["account_url"] == "demo"


@pytest.mark.parametrize(("knob", "first"), [("jpg", "jpg"), ("jpeg", "jpeg")])
def test_the_link_of_an_upload_may_end_otherwise_than_later(make_imgur, jpeg, knob, first):
    imgur = make_imgur(upload_link=knob)
    shown = imgur.upload()
    assert shown["link"] == f"http://imgur.test/i/{shown['id']}.{first}"
    assert imgur.data(f"/3/image/{shown['id']}")["link"].endswith(".jpg")
    assert imgur.http.get(shown["link"]).content == jpeg()


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1", "https://LOCALHOST"])
def test_a_page_of_this_machine_may_be_refused_as_over_capacity(make_imgur, origin):
    imgur = make_imgur(local_origin="refused")
    reply = imgur.get("/3/credits", headers={"Origin": origin})
    assert reply.status_code == 403
    assert reply.json()["data"] == {"error": "Imgur is temporarily over capacity. Please try again later."}
    assert imgur.get("/3/credits", headers={"Origin": "https://example.test"}).status_code == 200
    assert imgur.get("/3/credits").status_code == 200
    assert make_imgur().get("/3/credits", headers={"Origin": origin}).status_code == 200


def test_a_favourite_of_the_picture_0_is_taken_for_an_empty_upload(imgur):
    reply = imgur.post("/3/image/0/favorite")
    assert (reply.status_code, reply.json()["data"]["error"]) == (400, "No image data was sent to the upload api")


@pytest.mark.parametrize("kind", ["base64", "url", "file"])
def test_a_part_with_a_filename_is_what_its_type_says(make_imgur, jpeg, kind):
    imgur = make_imgur(options=Options(urls={"https://example.test/a.jpg": jpeg()}))
    sent = {"base64": base64.b64encode(jpeg()), "url": b"https://example.test/a.jpg", "file": jpeg()}[kind]
    for data in (sent, jpeg()):
        reply = imgur.post("/3/image", data={"type": kind}, files={"image": ("image", data)})
        assert reply.json()["data"]["size"] == len(jpeg())


@pytest.mark.parametrize(
    ("auth", "kind", "size", "wanted"),
    [
        ("bearer", "png", 5 * MIB + 1, ("image/jpeg", True)),
        ("bearer", "png", 5 * MIB, ("image/png", False)),
        ("bearer", "jpeg", 5 * MIB + 1, ("image/jpeg", True)),
        ("bearer", "jpeg", 5 * MIB, ("image/jpeg", False)),
        ("anonymous", "jpeg", MIB + 1, ("image/jpeg", True)),
        ("anonymous", "jpeg", MIB, ("image/jpeg", False)),
    ],
)
def test_large_pictures_are_kept_smaller(imgur, jpeg, png, auth, kind, size, wanted):
    start = png(30, 50) if kind == "png" else jpeg(width=30, height=50)
    data = start + bytes(size - len(start))
    shown = imgur.post("/3/upload", auth=auth, files={"image": data}).json()["data"]
    assert (shown["type"], shown["size"] < size) == wanted
    assert (shown["width"], shown["height"]) == (30, 50)
    assert shown["link"].endswith(".png" if wanted[0] == "image/png" else ".jpg")
    assert imgur.data(f"/3/image/{shown['id']}")["size"] == shown["size"]


def test_large_pictures_are_kept_as_they_came_if_the_knob_says_so(make_imgur, png):
    data = png() + bytes(5 * MIB)
    shown = make_imgur(conversion="none").post("/3/upload", files={"image": data}).json()["data"]
    assert (shown["type"], shown["size"]) == ("image/png", len(data))


@pytest.mark.parametrize("shape", ["legacy", "mixed", "v1"])
@pytest.mark.parametrize("clip", [b"\0\0\0\x18ftypisom" + bytes(20), GIF], ids=["video", "gif"])
def test_a_video_or_gif_is_pending_until_the_clock_has_passed(make_imgur, shape, clip):
    imgur = make_imgur(shape=shape, processing=60)
    shown = imgur.post("/3/upload", files={"video": ("a.mp4", clip)}).json()["data"]
    assert (shown["processing"], shown["mp4_size"]) == ({"status": "pending"}, 0)
    imgur.time[0] += 60
    shown = imgur.data(f"/3/image/{shown['id']}")
    made = imgur.http.get(shown["mp4"])
    assert made.headers["content-type"] == "video/mp4"
    assert (shown["processing"], shown["mp4_size"]) == ({"status": "completed"}, len(made.content))


def test_the_link_of_a_huge_gif_is_its_thumbnail(imgur):
    data = GIF + bytes(20 * MIB)
    shown = imgur.post("/3/upload", files={"image": data}).json()["data"]
    assert shown["link"].endswith(f"/i/{shown['id']}h.gif")
    small = imgur.post("/3/upload", files={"image": GIF}).json()["data"]
    assert small["link"].endswith(f"/i/{small['id']}.gif")


@pytest.mark.parametrize("key", ["sixlen", "elevenchars", "sevench", "fifteenletters1", "fives"])
def test_what_has_no_length_of_an_id_may_be_a_403_with_a_bearer(make_imgur, key):
    imgur = make_imgur(gone_answer="by length")
    wanted = 404 if len(key) in (5, 7, 15) else 403
    for kind in ("image", "album"):
        assert imgur.delete(f"/3/{kind}/{key}").status_code == wanted
        assert imgur.put(f"/3/{kind}/{key}", data={"title": "T"}).status_code == wanted
        assert imgur.delete(f"/3/{kind}/{key}", auth="anonymous").status_code == 404


@pytest.mark.parametrize("kind", ["image", "album"])
def test_texts_by_post_can_be_answered_true_and_ignored(make_imgur, kind):
    imgur = make_imgur(post_texts="ignored")
    made = imgur.upload(title="before") if kind == "image" else imgur.album(title="before")
    path = f"/3/{kind}/{made['id']}"
    for method, title in (("POST", "before"), ("PUT", "after")):
        assert imgur.send(method, path, data={"title": "after"}).json()["data"] is True
        assert imgur.data(path)["title"] == title
    assert make_imgur().post("/3/album/nothing").status_code == 404


def test_ids_by_post_are_heeded_even_if_texts_are_not(make_imgur):
    imgur = make_imgur(post_texts="ignored")
    image, album = imgur.upload()["id"], imgur.album(title="T")["id"]
    imgur.post(f"/3/album/{album}", data={"ids[]": image, "title": "U", "privacy": "public", "cover": image})
    assert imgur.members(album) == [image]
    shown = imgur.data(f"/3/album/{album}")
    assert (shown["title"], shown["privacy"]) == ("T", "hidden")


@pytest.mark.parametrize(("knob", "shown"), [("honoured", "grid"), ("ignored", "blog")])
def test_a_layout_may_be_blog_whatever_is_sent(make_imgur, knob, shown):
    imgur = make_imgur(layout=knob)
    album = imgur.album(layout="grid")["id"]
    assert imgur.data(f"/3/album/{album}")["layout"] == shown
    imgur.put(f"/3/album/{album}", data={"layout": "heap"})
    assert imgur.data(f"/3/album/{album}")["layout"] == shown


@pytest.mark.parametrize("cost", [0, 1])
def test_what_it_costs_to_ask_for_the_credits_is_a_knob(make_imgur, cost):
    imgur = make_imgur(credits_cost=cost)
    left = [imgur.data("/3/credits", auth="anonymous") for _ in range(2)]
    assert [one["UserRemaining"] for one in left] == [500 - cost, 500 - 2 * cost]
    assert [one["ClientRemaining"] for one in left] == [12_500 - cost, 12_500 - 2 * cost]
    assert (imgur.look("ledger")["credits"], imgur.get("/3/credits").headers["x-ratelimit-userremaining"]) == (
        2 * cost,
        str(500 - cost),
    )


def test_what_is_large_is_an_option(make_imgur, jpeg, png):
    imgur = make_imgur(options=Options(png_bytes=1000, jpeg_bytes=3000, anonymous_jpeg_bytes=2000))
    for auth, start, size, kept in (
        ("bearer", png(), 1000, 1000),
        ("bearer", png(), 1001, 400),
        ("bearer", jpeg(), 3000, 3000),
        ("bearer", jpeg(), 3001, 1200),
        ("anonymous", jpeg(), 2000, 2000),
        ("anonymous", jpeg(), 2001, 800),
        ("anonymous", GIF, 5000, 5000),
    ):
        data = start + bytes(size - len(start))
        assert imgur.post("/3/upload", auth=auth, files={"image": data}).json()["data"]["size"] == kept
