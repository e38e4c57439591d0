"""`imgur_sync.simulator.testing`: what a test of another project holds in its hands."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from imgur_sync.simulator import testing
from imgur_sync.simulator.testing import Knobs, Limits, Options, Running, small_picture

# Fixtures under names of their own: `imgur` is another one in this folder.
imgur_options = testing.imgur_options
local = testing.imgur
imgur_environment = testing.imgur_environment
make_imgur = testing.make_imgur


@pytest.fixture
def imgur(local: Running) -> Running:
    """What `imgur_environment` takes by this name."""
    return local


def send(server: Running, method: str, path: str, **sent: object) -> httpx.Response:
    """One call of the demo account."""
    return httpx.request(method, server.url + path, headers=server.bearer, trust_env=False, **sent)


def upload(server: Running, number: int = 0, **fields: str) -> str:
    """Upload a picture; returns its id."""
    reply = send(server, "POST", "/3/upload", data=fields, files={"image": small_picture(number)})
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]["id"]


def album(server: Running, *pictures: str, **fields: str) -> str:
    """Create an album; returns its id."""
    return send(server, "POST", "/3/album", data={"ids[]": list(pictures), **fields}).json()["data"]["id"]


def test_a_project_needs_two_lines(tmp_path: Path) -> None:
    """A project of its own, warnings as errors, with the plug-in and a type from the same module."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["imgur_sync.simulator.testing"]\n')
    (tmp_path / "test_mine.py").write_text(
        "import os, urllib.request\n"
        "from imgur_sync.simulator.testing import Running\n"
        "def test_first(imgur: Running):\n"
        "    asked = urllib.request.Request(imgur.url + '/3/account/me', headers=imgur.bearer)\n"
        "    assert urllib.request.urlopen(asked).status == 200\n"
        "    assert [request.path for request in imgur.requests()] == ['/3/account/me']\n"
        "def test_second(imgur, imgur_environment):\n"
        "    assert imgur.requests() == []\n"
        "    assert os.environ['IMGUR_API_URL'] == imgur.url\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
    ]
    environ = {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_without_pytest_the_rest_is_there_and_a_fixture_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytest", None)
    monkeypatch.delitem(sys.modules, "imgur_sync.simulator.fixtures")
    spec = importlib.util.spec_from_file_location("testing_alone", testing.__file__)
    assert spec is not None
    assert spec.loader is not None
    alone = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(alone)
    assert alone.running is testing.running
    with pytest.raises(ImportError, match="imgur is a fixture of pytest, which is not installed"):
        alone.imgur  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'imgurr'"):
        alone.imgurr  # noqa: B018


def test_another_missing_module_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imgur_sync.simulator.around", None)
    monkeypatch.delitem(sys.modules, "imgur_sync.simulator.fixtures")
    spec = importlib.util.spec_from_file_location("testing_broken", testing.__file__)
    assert spec is not None
    assert spec.loader is not None
    with pytest.raises(ModuleNotFoundError, match="around"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def test_pictures_albums_uploads_and_bytes_are_seen_as_they_came(local: Running) -> None:
    picture = upload(local, 1, name="a.png", title="A")
    made = album(local, picture, title="T")
    (stored,) = local.pictures()
    assert (stored.id, stored.name, stored.title, stored.owner) == (picture, "a.png", "A", "demo")
    assert local.received(stored) == small_picture(1)
    (kept,) = local.albums()
    assert (kept.id, kept.title, kept.images, kept.cover, kept.privacy) == (made, "T", (picture,), picture, "hidden")
    send(local, "DELETE", f"/3/image/{picture}")
    assert local.pictures() == []
    (sent,) = local.uploads()
    assert (sent.id, local.received(sent)) == (picture, small_picture(1))
    assert local.uploads(since=1) == []


def test_bytes_of_another_one_are_not_there(make_imgur: testing.MakeImgur) -> None:
    first, second = make_imgur(), make_imgur(Options(knobs=Knobs(shape="v1")))
    upload(first)
    assert second.pictures() == []
    assert second.knobs().shape == "v1"
    with pytest.raises(KeyError):
        second.received(first.pictures()[0])


def test_requests_and_the_ledger_tell_what_was_asked_for(local: Running) -> None:
    upload(local)
    send(local, "GET", "/3/account/me/images")
    assert [(one.method, one.path, one.credits) for one in local.requests()] == [
        ("POST", "/3/upload", 10),
        ("GET", "/3/account/me/images", 1),
    ]
    assert [one.n for one in local.requests(since=1)] == [2]
    assert local.ledger()["credits"] == 11


def test_faults_strike_what_they_match_and_are_told(local: Running) -> None:
    local.fault("html-503", method="POST", path="/3/upload", nth=2)
    local.script([{"fault": "delay", "seconds": 0}])
    upload(local, 1)
    assert send(local, "POST", "/3/upload", files={"image": small_picture(2)}).status_code == 503
    assert [rule["seen"] for rule in local.faults()] == [2, 2]
    assert [struck["fault"] for struck in local.struck(since=1)] == ["html-503", "delay"]
    local.clear_faults()
    assert local.faults() == []
    assert {"html-503", "late-commit"} <= set(local.fault_names())
    with pytest.raises(ValueError, match="unknown fault 'html-5'"):
        local.fault("html-5")


def test_a_swarm_is_let_loose_and_calmed(local: Running) -> None:
    swarm = local.let_loose("seed", rates={"empty-500": 1})
    assert (local.swarm(), swarm["rates"]) == (swarm, {"empty-500": 1})
    assert send(local, "GET", "/3/credits").status_code == 500
    local.calm()
    assert local.swarm() == {}
    assert send(local, "GET", "/3/credits").status_code == 200
    assert set(local.let_loose(7, seconds={"stale-read": 3}, until=0)) == {"seed", "rates", "seconds", "until"}


def test_the_clock_is_moved_and_what_is_late_is_committed(local: Running) -> None:
    local.fault("late", method="POST", path="/3/album", seconds=60)
    with pytest.raises(httpx.RemoteProtocolError):
        album(local)
    assert local.albums() == []
    before = local.now()
    assert local.advance(61) >= before + 61
    assert len(local.albums()) == 1


def test_knobs_are_turned_by_name(local: Running) -> None:
    assert local.knobs() == Knobs()
    assert local.turn(shape="v1", lag=2).lag == 2
    assert list(send(local, "GET", "/3/credits").json()) == ["status", "success", "data"]
    with pytest.raises(ValueError, match="unknown knob 'shapes'"):
        local.turn(shapes="v1")


def test_another_program_spends_of_the_same_limits(local: Running) -> None:
    assert local.spend(credits=600)["credits"] == 500
    assert send(local, "GET", "/3/credits").status_code == 429


def test_tokens_are_ended_and_issued(local: Running) -> None:
    other = local.register("somebody")
    assert other.account == "somebody"
    assert local.register().account == "demo"
    code, pin = local.code(), local.pin()
    client = {"client_id": local.client_id, "client_secret": local.client_secret}
    for kind, sent in (("authorization_code", {"code": code}), ("pin", {"pin": pin})):
        assert send(local, "POST", "/oauth2/token", data={**client, "grant_type": kind, **sent}).status_code == 200
    assert local.expire_access() == 5
    assert send(local, "GET", "/3/account/me/images").status_code == 403
    assert local.revoke_refresh() == 5


def test_people_edit_on_the_web_site(local: Running) -> None:
    first, second = upload(local, 1), upload(local, 2)
    made = album(local, first, second)
    local.web.set_album(made, title="T", description="", privacy="public", cover=second)
    local.web.order(made, [second, first])
    (kept,) = local.albums()
    assert (kept.title, kept.description, kept.privacy, kept.cover) == ("T", "", "public", second)
    assert kept.images == (second, first)
    third, fourth = local.web.add(made), local.web.add(made, small_picture(9))
    local.web.remove(made, [first])
    assert local.albums()[0].images == (second, third, fourth)
    assert local.received(local.pictures()[-1]) == small_picture(9)
    local.web.set_picture(second, title="S")
    local.web.delete_picture(third)
    local.web.moderate(fourth, serves=0)
    assert [(one.id, one.title) for one in local.pictures()] == [(first, None), (second, "S")]
    local.web.set_account("demo", verified=True, accepted_gallery_terms=True)
    assert send(local, "GET", "/3/account/me/settings").json()["data"]["accepted_gallery_terms"] is True
    local.web.delete_album(made)
    assert local.albums() == []
    with pytest.raises(ValueError, match="there is no album"):
        local.web.delete_album(made)


def test_the_environment_leads_to_it_and_to_no_other_account(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("IMGUR_SYNC_ACCESS_TOKEN", "of the real account")
    monkeypatch.setenv("IMGUR_CLIENT_SECRET_FILE", "/of/the/real/account")
    monkeypatch.setenv("no_proxy", "example.org")
    server: Running = request.getfixturevalue("imgur_environment")
    assert not {"IMGUR_SYNC_ACCESS_TOKEN", "IMGUR_CLIENT_SECRET_FILE"} & set(os.environ)
    assert (os.environ["IMGUR_SYNC_API_URL"], os.environ["IMGUR_API_URL"]) == (server.url, server.url)
    assert os.environ["IMGUR_ACCESS_TOKEN"] == server.access_token
    assert os.environ["no_proxy"] == "example.org,127.0.0.1"
    reply = httpx.get(f"{server.url}/3/credits", headers=server.anonymous)
    assert reply.status_code == 200


def test_limits_are_imgurs_unless_the_options_say_otherwise(local: Running, make_imgur: testing.MakeImgur) -> None:
    assert send(local, "GET", "/3/credits").json()["data"]["UserLimit"] == 500
    free = make_imgur(Options(limits=Limits(0, 0, 0, 0)))
    assert send(free, "GET", "/3/credits").json()["data"]["UserLimit"] == 1_000_000
