"""Web pages elsewhere that call the API from a browser (imgur-api §8.15)."""

from __future__ import annotations

import pytest

ORIGIN = {"Origin": "https://example.test"}
ASKED = {**ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


def shared(reply):
    return {name: value for name, value in reply.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("path", ["/3/upload", "/3/album/x", "/oauth2/token", "/post/v1/media/x", "/3/nothing"])
def test_what_browsers_ask_before_a_call_is_granted(imgur, path):
    before = imgur.look("ledger"), imgur.look("history")
    reply = imgur.send("OPTIONS", path, auth=None, headers=ASKED)
    assert (reply.status_code, reply.content) == (200, b"")
    told = shared(reply)
    assert told["access-control-allow-origin"] == "*"
    assert {"POST", "PUT", "DELETE"} <= set(told["access-control-allow-methods"].split(", "))
    assert {"Authorization", "Content-Type"} <= set(told["access-control-allow-headers"].split(", "))
    assert (imgur.look("ledger"), imgur.look("history")) == before


@pytest.mark.parametrize("auth", ["bearer", "anonymous", None])
def test_every_reply_can_be_read_by_pages_elsewhere(imgur, auth):
    for headers in (ORIGIN, {}):
        reply = imgur.get("/3/credits", auth=auth, headers=headers)
        assert shared(reply)["access-control-allow-origin"] == "*"
        assert "access-control-expose-headers" not in shared(reply)


def test_pages_elsewhere_may_not_read_pages_and_steering(imgur):
    for path in ("/", "/meters", "/_simulator/world"):
        for method in ("GET", "OPTIONS"):
            assert shared(imgur.send(method, path, auth=None, headers=ASKED)) == {}


def test_pages_elsewhere_may_not_read_the_question_for_a_log_in(imgur):
    for path in (f"/oauth2/authorize?response_type=code&client_id={imgur.demo.client_id}", "/oauth2/addclient"):
        for method in ("GET", "OPTIONS"):
            reply = imgur.send(method, path, auth=None, headers=ASKED)
            assert (reply.status_code in (200, 301), shared(reply)) == (True, {})


def test_the_headers_can_be_absent(make_imgur):
    imgur = make_imgur(cors="absent")
    assert shared(imgur.get("/3/credits", headers=ORIGIN)) == {}
    asked = imgur.send("OPTIONS", "/3/credits", auth=None, headers=ASKED)
    assert (asked.status_code, shared(asked)) == (200, {})


def test_a_page_of_this_machine_may_be_refused_before_its_call(make_imgur):
    imgur = make_imgur(local_origin="refused")
    for origin, status in (("http://localhost:3000", 403), ("https://example.test", 200)):
        assert imgur.send("OPTIONS", "/3/image", auth=None, headers={"Origin": origin}).status_code == status
    reply = imgur.send("OPTIONS", "/3/image", auth=None, headers={"Origin": "http://127.0.0.1"})
    assert reply.json()["data"] == {"error": "Imgur is temporarily over capacity. Please try again later."}


def test_what_a_fault_answers_is_what_was_seen_and_nothing_else(imgur):
    imgur.steer("faults", {"fault": "html-503"})
    assert shared(imgur.get("/3/credits", headers=ORIGIN)) == {}
