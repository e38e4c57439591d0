"""What was deleted on Imgur and is to stay so, and what is written and not shown yet: with and without an account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import UPLOAD, table
from tests.support.modes import MODES, Either, either

RESPECT = 'on_remote_delete = "respect"'


@pytest.fixture(params=MODES)
def up(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """Two albums, synced."""
    with either(tmp_path, request.param, kind=Inside) as here:
        here.run("apply", "-y", "-q")
        yield here


@pytest.mark.parametrize("count", [1, 4])
def test_deleted_pictures_stay_deleted_where_that_is_wished(count: int, up: Either) -> None:
    """However many: told before, nothing is sent, no gate, 0, also after a plan has seen it; no link of theirs is
    listed; a file that changes is new; the rest comes back when the wish changes."""
    up.manifest(table("cats", RESPECT) + table("dogs"))
    for image_id in up.album("cats")["images"][:count]:
        up.edit("delete_image", id=image_id)
    assert "stays deleted" in up.run("drift").stdout
    last = up.last()
    told = up.run("apply", "-y", "--refresh")
    assert "gate" not in told.stdout
    up.run("apply", "-y", "-q", "--refresh")
    assert up.writes(last) == []
    assert up.shown("cats") == up.wanted("cats")[count:]
    assert len(up.run("links", "cats").stdout.split()) == 5 - count
    assert up.json("explain", "cats/c0.png")["verdict"] == "respected"
    assert next(album["gone"] for album in up.json("status")["albums"] if album["key"] == "cats") == count
    up.put("cats/c0.png", 70)
    up.run("apply", "-y", "-q")
    assert up.shown("cats") == [up.wanted("cats")[0], *up.wanted("cats")[count:]]
    up.manifest(table("cats") + table("dogs"))
    up.run("apply", "-y", "-q")
    up.settled("cats", "dogs")


def test_a_deleted_album_stays_away_until_the_wish_changes(up: Either) -> None:
    """Nothing is made and nothing held; then the gate, its number, and the same pictures without an upload."""
    up.manifest(table("cats") + table("dogs", RESPECT))
    before = up.album("dogs")
    up.edit("delete_album", title_of="dogs")
    last = up.last()
    for _ in range(2):
        up.run("apply", "-y", "-q", "--refresh")
    assert up.writes(last) == []
    up.manifest(table("cats") + table("dogs"))
    assert "--approve restore=3" in up.run("apply", "-y", code=3).stdout
    assert up.writes(last) == []
    up.run("apply", "-y", "-q", "--approve", "restore=3")
    assert up.album("dogs")["images"] == before["images"]
    assert len(up.received()) == 8
    up.settled("cats", "dogs")


def test_an_album_that_imgur_denied_once_is_no_new_album(up: Either) -> None:
    """A 404 that was wrong: the gate holds, and the next apply finds the album as it was."""
    before = up.look("world")
    ids = [album["id"] for album in before["albums"]]
    body = {"data": {"error": "not found"}, "success": False, "status": 404}
    paths = [f"/3/album/{album_id}" for album_id in ids] + ["/3/account/me/albums/*"]
    for path in paths:
        fault = {"match": {"method": "GET", "path": path}, "fault": "reply", "status": 404, "body": body}
        up.steer("faults", [fault])
    up.run("apply", "-y", "--refresh", code=None)
    up.calm()
    assert up.look("world") == before
    up.run("apply", "-y", "--refresh")
    assert up.look("world") == before
    up.put("cats/c9.png", 90)
    up.run("apply", "-y", "-q")
    up.settled("cats", "dogs")


def test_an_upload_that_may_have_happened_is_waited_for_then_told(up: Either) -> None:
    """7 with what is in doubt; the plan and the status say the same, and nothing is sent twice when it is over."""
    up.put("cats/c9.png", 90)
    up.steer("faults", [{"match": UPLOAD, "fault": "drop_before"}])
    told = up.run("apply", "-y", code=7)
    assert "the upload of c9.png may or may not have happened" in told.stdout + told.stderr
    assert "doubt" in up.run("status").stdout
    assert "c9.png" in up.run("plan", "--offline").stdout
    up.calm()
    for _ in range(3):
        if up.run("apply", "-y", "-q", code=None).returncode == 0:
            break
    up.settled("cats", "dogs")
    assert len(up.received()) == 9


@pytest.mark.parametrize("mode", MODES)
def test_readings_that_stay_behind_a_little_are_waited_for(mode: str, tmp_path: Path) -> None:
    """A first sync, then edits of every kind, each done by one apply that ends with 0."""
    with either(tmp_path, mode, lag=0.5, kind=Inside) as here:
        slow = {"IMGUR_SYNC_SETTLE_SECONDS": "4"}
        here.run("apply", "-y", "-q", environ=slow)
        here.put("cats/c0.png", 70)
        (here.folder / "cats/c1.png").rename(here.folder / "cats/c8.png")
        (here.folder / "dogs/d0.png").unlink()
        here.run("apply", "-y", "-q", environ=slow)
        here.check_equal("dogs")
        assert here.shown("cats") == here.wanted("cats")
        assert len(here.received()) == 9
