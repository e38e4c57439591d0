"""Scripted trouble (behaviour §9): each kind, what it matches, and what is committed."""

import pytest

from imgur_sync.simulator import ConnectionDropped


def test_a_reply_is_given_as_scripted_and_nothing_is_changed_or_charged(imgur):
    body = {"errors": [{"code": "429"}]}
    match = {"method": "POST", "path": "/3/album", "nth": 2}
    script = {"fault": "reply", "match": match, "status": 429, "headers": {"X-Odd": "1", "Content-Type": "text/x"}}
    imgur.steer("faults", [script | {"body": body}])
    replies = [imgur.post("/3/album") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 429, 200]
    assert replies[1].json() == body
    assert (replies[1].headers["x-odd"], replies[1].headers["content-type"]) == ("1", "text/x")
    assert "x-ratelimit-userlimit" not in replies[1].headers
    assert len(imgur.look("world")["albums"]) == 2
    assert (imgur.look("ledger")["credits"], imgur.look("ledger")["posts"]) == (2, 3)


def test_a_reply_after_hides_what_was_committed(imgur):
    imgur.steer(
        "faults", {"fault": "reply", "status": 503, "body": "<html>", "after": True, "match": {"method": "POST"}}
    )
    reply = imgur.post("/3/album")
    assert (reply.status_code, reply.text, reply.headers["content-type"]) == (503, "<html>", "text/html")
    assert len(imgur.look("world")["albums"]) == 1


def test_without_nth_a_glob_strikes_every_match_until_the_faults_are_deleted(imgur):
    imgur.steer("faults", {"fault": "reply", "status": 500, "match": {"path": "/3/account/*"}})
    assert [imgur.get("/3/account/me/images").status_code for _ in range(2)] == [500, 500]
    assert imgur.get("/3/credits").status_code == 200
    assert imgur.look("faults")[0]["seen"] == 2
    imgur.http.delete("/_simulator/faults")
    assert imgur.get("/3/account/me/images").status_code == 200


@pytest.mark.parametrize(("kind", "albums"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_has_or_has_not_committed(imgur, kind, albums):
    imgur.steer("faults", {"fault": kind})
    with pytest.raises(ConnectionDropped) as dropped:
        imgur.post("/3/album")
    assert dropped.value.committed is bool(albums)
    assert len(imgur.look("world")["albums"]) == albums
    (request,) = imgur.look("history")["requests"]
    assert (request["status"], request["committed"], request["faults"]) == (None, bool(albums), [kind])
    assert request["client"] == imgur.demo.client_id


def test_a_refusal_that_is_dropped_has_committed_nothing(imgur):
    imgur.steer("faults", {"fault": "drop_after"})
    with pytest.raises(ConnectionDropped) as dropped:
        imgur.delete("/3/album/none")
    assert dropped.value.committed is False


def test_delays_sleep_before_or_after_the_change(imgur):
    imgur.steer("faults", [{"fault": "delay", "seconds": 3}, {"fault": "delay", "seconds": 4, "after": True}])
    imgur.get("/3/credits")
    assert imgur.slept == [3, 4]


def test_a_late_upload_is_committed_when_the_clock_has_passed(imgur, jpeg):
    album = imgur.album()["id"]
    imgur.steer("faults", {"fault": "late", "seconds": 60, "match": {"path": "/3/upload", "nth": 1}})
    with pytest.raises(ConnectionDropped):
        imgur.post("/3/upload", data={"album": album, "name": "n"}, files={"image": jpeg()})
    imgur.steer("clock", {"advance": 59})
    assert imgur.look("world")["images"] == []
    assert imgur.look("history")["requests"][-1]["committed"] is False
    imgur.steer("clock", {"advance": 1})
    (image,) = imgur.look("world")["images"]
    assert imgur.members(album) == [image["id"]]
    assert (image["name"], image["datetime"]) == ("n", 1_700_000_060)
    assert imgur.look("history")["requests"][-1]["committed"] is True
    assert imgur.look("ledger")["credits"] == 11


def test_a_late_edit_undoes_a_newer_one_but_only_in_what_it_says(imgur):
    album = imgur.album(title="0")["id"]
    imgur.steer("faults", {"fault": "late", "seconds": 60, "match": {"method": "PUT", "nth": 1}})
    with pytest.raises(ConnectionDropped):
        imgur.put(f"/3/album/{album}", data={"title": "old"})
    imgur.put(f"/3/album/{album}", data={"title": "new", "description": "kept"})
    imgur.time[0] += 60
    shown = imgur.data(f"/3/album/{album}")
    assert (shown["title"], shown["description"]) == ("old", "kept")


def test_a_late_change_of_what_is_gone_by_then_is_lost(imgur):
    album = imgur.album()["id"]
    imgur.steer("faults", {"fault": "late", "seconds": 1, "match": {"method": "PUT"}})
    with pytest.raises(ConnectionDropped):
        imgur.put(f"/3/album/{album}", data={"title": "old"})
    imgur.delete(f"/3/album/{album}")
    imgur.steer("clock", {"advance": 1})
    assert imgur.look("world")["albums"] == []


def test_several_faults_can_strike_one_request(imgur):
    imgur.steer("faults", [{"fault": "rotate"}, {"fault": "drop_after"}])
    fields = {"client_id": imgur.demo.client_id, "client_secret": imgur.demo.client_secret}
    fields |= {"grant_type": "refresh_token", "refresh_token": imgur.demo.refresh_token}
    with pytest.raises(ConnectionDropped):
        imgur.post("/oauth2/token", auth=None, data=fields)
    imgur.http.delete("/_simulator/faults")
    assert imgur.post("/oauth2/token", auth=None, data=fields).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"fault": "explode"},
        {"fault": "delay", "seconds": -1},
        {"fault": "delay", "seconds": "1"},
        {"fault": "reply", "status": 99},
        {"fault": "reply", "headers": []},
        {"fault": "reply", "match": {"nth": 0}},
        {"fault": "reply", "match": {"paht": "/"}},
        {"fault": "reply", "stauts": 500},
        ["reply"],
    ],
)
def test_a_wrong_fault_is_refused_and_none_is_added(imgur, wrong):
    sent = [{"fault": "drop_before"}, *(wrong if isinstance(wrong, list) else [wrong])]
    reply = imgur.http.post("/_simulator/faults", json=sent)
    assert (reply.status_code, set(reply.json())) == (400, {"error"})
    assert imgur.look("faults") == []
