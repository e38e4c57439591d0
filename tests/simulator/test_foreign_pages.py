"""Web sites elsewhere can neither read the pages by a name of theirs nor send their forms."""

import pytest

from imgur_sync.simulator import Options
from imgur_sync.simulator.foreign import is_here, is_loopback, refusal

HERE = "127.0.0.1:8723"


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:8723", "127.0.0.1", "[::1]:8723", "[::1]", "10.1.2.3:80", "192.168.0.7", "[fe80::1]:1"),
        *("localhost", "localhost:8723", "LocalHost:1", "imgur:8723", "desk.local", "imgur.test", "a.localhost:5"),
        *("imgur.example", "x.svc.cluster.local:80", "imgur.internal", "given.org", "localhost."),
    ],
)
def test_addresses_single_words_and_names_that_nobody_can_register_are_here(host):
    assert is_here(host, ("given.org",))


@pytest.mark.parametrize(
    "host",
    [
        *("evil.com", "127.0.0.1.evil.com:8723", "localhost.evil.com", "evil.com:8723", "1.2.3", "127.0.0.1@evil.com"),
        *("", ":80", "a b", "127.0.0.1:x", "imgur.test.evil.com", "[evil.com]", "0x7f.1", "given.org.evil.com"),
    ],
)
def test_names_that_somebody_elsewhere_may_own_are_not(host):
    assert not is_here(host, ("given.org",))


@pytest.mark.parametrize(
    ("origin", "site", "taken"),
    [
        *((None, None, True), (None, "same-origin", True), (None, "none", True)),
        *((None, "cross-site", False), (None, "same-site", False)),
        *(
            (f"http://{HERE}", "same-origin", True),
            ("http://localhost:3000", None, True),
            ("http://[::1]:1", None, True),
        ),
        *(("http://evil.com", "cross-site", False), ("null", None, False), ("", None, False)),
        *(("http://127.0.0.1.evil.com", None, False), ("http://10.0.0.1", None, False), ("http://[", None, False)),
    ],
)
def test_what_changes_something_comes_from_this_machine(origin, site, taken):
    assert (refusal(HERE, origin, site, "POST") is None) == taken
    assert refusal(HERE, origin, site, "GET") is None


def test_loopback_is_this_machine_alone():
    assert [is_loopback(host) for host in ("127.0.0.1", "127.9.9.9:1", "[::1]", "localhost:5")] == [True] * 4
    assert [is_loopback(host) for host in ("10.0.0.1", "evil.com", "", "[::2]")] == [False] * 4


def test_a_page_elsewhere_sends_no_form(imgur):
    album = imgur.album(title="Cats")["id"]
    before = imgur.look("world"), imgur.look("faults"), imgur.look("clock"), imgur.look("knobs")
    for path, sent in (
        (f"/a/{album}/edit", {"do": "delete"}),
        ("/faults", {"do": "add", "fault": "wait-429"}),
        ("/controls", {"do": "advance", "by": "1", "unit": "days"}),
    ):
        for headers in ({"Origin": "http://evil.com"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            reply = imgur.http.post(path, data=sent, headers=headers)
            assert (reply.status_code, reply.headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert (imgur.look("world"), imgur.look("faults"), imgur.look("clock"), imgur.look("knobs")) == before


def test_a_page_elsewhere_does_not_steer(imgur):
    """A text that is JSON can be sent from any page, and no browser asks first."""
    headers = {"Origin": "http://evil.com", "Content-Type": "text/plain"}
    reply = imgur.http.post("/_simulator/clock", content='{"advance": 60}', headers=headers)
    assert reply.status_code == 403
    assert reply.json() == {"error": "a page of 'http://evil.com' may not do this"}
    assert imgur.look("clock")["now"] == imgur.time[0]
    own = imgur.http.post("/_simulator/clock", json={"advance": 60}, headers={"Origin": "http://localhost:3000"})
    assert own.status_code == 200


def test_a_name_that_was_made_to_point_here_shows_nothing(imgur):
    for path in ("/", "/meters", "/_simulator/world", "/_simulator/knobs"):
        reply = imgur.http.get(path, headers={"Host": "evil.com:8723"})
        assert reply.status_code == 403
        assert "this server does not go by the name" in reply.text
    same = {"Host": "evil.com:8723", "Origin": "http://evil.com:8723"}
    assert imgur.http.post("/faults", data={"do": "clear"}, headers=same).status_code == 403


def test_names_can_be_given_and_the_api_answers_at_any(make_imgur):
    imgur = make_imgur(options=Options(names=("imgur.somewhere.org",)))
    assert imgur.http.get("/", headers={"Host": "imgur.somewhere.org"}).status_code == 200
    assert imgur.http.get("/", headers={"Host": "imgur.elsewhere.org"}).status_code == 403
    assert imgur.get("/3/credits", headers={"Host": "api.elsewhere.org"}).status_code == 200
    key = imgur.upload()["id"]
    assert imgur.http.get(f"/i/{key}.jpg", headers={"Host": "i.elsewhere.org"}).status_code == 200
