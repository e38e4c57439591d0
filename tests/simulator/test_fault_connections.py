"""Faults of the connection: what a client of httpx sees, in this process and over a socket (F1-F7)."""

import gzip

import httpx
import pytest

from imgur_sync.simulator import Limits, Options, running
from tests.support.wsgi import ORIGIN, InProcess

SOCKET_ERRORS = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
BREAKS = [
    # name, in this process, commits
    ("refused", httpx.ConnectError, False),
    ("no-dns", httpx.ConnectError, False),
    ("bad-tls", httpx.ConnectError, False),
    ("connect-timeout", httpx.ConnectTimeout, False),
    ("timeout-before", httpx.ReadTimeout, False),
    ("timeout-after", httpx.ReadTimeout, True),
    ("closed-before", httpx.ReadError, False),
    ("closed-after", httpx.ReadError, True),
    ("reset-upload", httpx.WriteError, False),
    ("reset-reply", httpx.ReadError, True),
    ("cut-body", httpx.RemoteProtocolError, True),
    ("cut-body-before", httpx.RemoteProtocolError, False),
    ("bad-gzip", httpx.DecodingError, True),
]


@pytest.fixture
def inside(imgur):
    headers = {"Authorization": imgur.bearer}
    with httpx.Client(transport=InProcess(imgur.app), base_url=ORIGIN, headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
def served():
    with running(Options(limits=Limits(0, 0, 0, 0))) as server:
        yield server


@pytest.fixture
def outside(served):
    headers = {"Authorization": f"Bearer {served.access_token}"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=30) as client:
        yield client
        client.delete("/_simulator/faults")


@pytest.mark.parametrize(("name", "error", "commits"), BREAKS)
def test_in_this_process_a_broken_connection_is_what_httpx_makes_of_it(imgur, inside, name, error, commits):
    imgur.steer("faults", {"fault": name, "match": {"nth": 1}})
    with pytest.raises(error) as raised:
        inside.post("/3/album", data={"title": name})
    assert type(raised.value) is error
    assert len(imgur.look("world")["albums"]) == commits
    assert inside.post("/3/album").status_code == 200
    history = imgur.look("history")
    unreached = error in (httpx.ConnectError, httpx.ConnectTimeout)
    assert [entry["committed"] for entry in history["requests"]] == ([] if unreached else [commits]) + [True]
    assert [(entry["n"], entry["fault"]) for entry in history["struck"]] == [(1, name)]
    assert imgur.look("ledger")["posts"] == (1 if unreached else 2)


@pytest.mark.parametrize(("name", "commits"), [(name, commits) for name, _, commits in BREAKS if name != "bad-gzip"])
def test_over_a_socket_a_broken_connection_is_an_error_of_the_transport(outside, name, commits):
    outside.post("/_simulator/faults", json={"fault": name, "seconds": 0, "match": {"nth": 1}})
    with pytest.raises(SOCKET_ERRORS):
        outside.post("/3/album", data={"title": name})
    titles = [album["title"] for album in outside.get("/_simulator/world").json()["albums"]]
    assert titles.count(name) == commits


def test_over_a_socket_a_cut_body_has_its_whole_length_announced(outside):
    outside.post("/_simulator/faults", json={"fault": "cut-body", "match": {"nth": 1}})
    with outside.stream("GET", "/3/credits") as reply:
        announced = int(reply.headers["content-length"])
        with pytest.raises(httpx.RemoteProtocolError, match=f"received {announced // 2} bytes, expected {announced}"):
            reply.read()


def test_over_a_socket_a_slow_body_comes_byte_by_byte_and_whole(outside):
    outside.post("/_simulator/faults", json={"fault": "slow-reply", "seconds": 0.001, "match": {"nth": 1}})
    assert outside.get("/3/credits").json()["success"] is True


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_a_gzip_bomb_unpacks_to_64_mib(request, where):
    client = request.getfixturevalue(where)
    client.post("/_simulator/faults", json={"fault": "gzip-bomb", "match": {"nth": 1}})
    with client.stream("GET", "/3/credits") as reply:
        raw = b"".join(reply.iter_raw())
    assert reply.headers["content-encoding"] == "gzip"
    assert len(raw) < 100_000
    assert len(gzip.decompress(raw)) == 64 * 1024 * 1024


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_a_cut_gzip_lacks_its_end(request, where):
    client = request.getfixturevalue(where)
    client.post("/_simulator/faults", json={"fault": "cut-gzip", "match": {"nth": 1}})
    with client.stream("GET", "/3/credits") as reply:
        raw = b"".join(reply.iter_raw())
    with pytest.raises(EOFError):
        gzip.decompress(raw)


def test_in_this_process_a_slow_body_takes_its_time_for_each_byte(imgur, inside):
    imgur.steer("faults", {"fault": "slow-reply", "match": {"nth": 1}})
    reply = inside.get("/3/credits")
    assert imgur.slept == [1.0] * len(reply.content)


def test_timeouts_take_their_time_before_they_are_one(imgur, inside):
    imgur.steer("faults", [{"fault": "timeout-after", "seconds": 33, "match": {"nth": 1}}])
    with pytest.raises(httpx.ReadTimeout):
        inside.get("/3/credits")
    assert imgur.slept == [33]
