"""An album that is gone from Imgur is asked for in one run; what lives of it comes back when that is approved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName
from imgur_sync.state.store import find_store
from tests.support.sync_stage import LINEAGE, SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """Two albums, in order on Imgur, written long ago."""
    with SyncStage(tmp_path) as stage:
        for key, seeds in (("cats", range(4)), ("dogs", range(20, 22))):
            stage.album(key)
            for seed in seeds:
                stage.put(key, f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def asked(stage: SyncStage, album: str, since: int) -> int:
    """How often that album was read by its id after the first `since` requests."""
    requests = stage.look("history")["requests"][since:]
    return sum((entry["method"], entry["path"]) == ("GET", f"/3/album/{album}") for entry in requests)


def gone(stage: SyncStage, key: str) -> bool:
    """Whether the state holds the album for gone."""
    store = find_store(stage.manifest().state_path, lineage=LINEAGE)
    assert store is not None
    with store:
        album = store.album(key)
        assert album is not None
        return album.gone


@pytest.mark.parametrize("wrong", [1, 2])
def test_a_wrong_404_or_two_make_no_new_album(stage: SyncStage, wrong: int) -> None:
    """As a page of another machine: what is there keeps its address; the plan asks as often."""
    album = stage.remote("cats")["id"]
    page = {"fault": "reply", "status": 404, "body": "<html><h1>404 Not Found</h1></html>"}
    for run in (stage.plan, stage.apply):
        stage.put("cats", f"{run.__name__}.png", 9 + len(run.__name__))
        matches = [{"method": "GET", "path": f"/3/album/{album}", "nth": number + 1} for number in range(wrong)]
        stage.steer("faults", [{"match": match, **page} for match in matches])
        since = len(stage.look("history")["requests"])
        done = run()
        assert asked(stage, album, since) >= wrong + 1
    assert done.codes == (ExitCode.DONE,)
    assert stage.remote("cats")["id"] == album
    assert len(stage.look("world")["albums"]) == 2


def test_a_gone_album_is_asked_for_in_one_run(stage: SyncStage) -> None:
    """Proven by three 404 by id and recorded; later runs spend nothing on it, and the gate goes on holding."""
    album = stage.remote("cats")["id"]
    stage.steer("edit", {"op": "delete_album", "id": album})
    since = len(stage.look("history")["requests"])
    assert stage.apply().codes == (ExitCode.GATE,)
    first = asked(stage, album, since)
    assert gone(stage, "cats")
    for _ in range(3):
        stage.clock.advance(5000)
        assert stage.apply().codes == (ExitCode.GATE,)
    assert (first, asked(stage, album, since)) == (3, 3)
    finished = stage.apply({GateName.RESTORE: 4})
    assert (finished.codes, finished.uploaded) == ((ExitCode.DONE,), 0)
    assert stage.shown("cats") == stage.wanted("cats")
    assert not gone(stage, "cats")
    assert stage.plan().settled


def test_a_plan_records_nothing_of_it(stage: SyncStage) -> None:
    """Only a run that may write keeps what it found."""
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    plan = stage.plan()
    assert [gate.name for album in plan.albums for gate in album.gates] == [GateName.RESTORE]
    assert not gone(stage, "cats")


def test_an_album_made_a_moment_ago_is_not_gone(tmp_path: Path) -> None:
    """Imgur does not show a new album at once: a 404 within the time to settle proves nothing."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        stage.put("cats", "0.png", 0)
        body = {"data": {"error": "Unable to find"}, "success": False, "status": 404}
        match = {"method": "GET", "path": "/3/album/*", "nth": 1}
        stage.steer("faults", [{"match": match, "fault": "reply", "status": 404, "body": body}])
        assert stage.apply().codes == (ExitCode.DONE,)
        assert not gone(stage, "cats")
        assert len(stage.look("world")["albums"]) == 1


def test_an_album_that_the_account_shows_again_is_there_again(stage: SyncStage) -> None:
    """Imgur said 404 for an hour: nothing is made anew, and the album goes on where it was."""
    album = stage.remote("cats")["id"]
    body = {"data": {"error": "Unable to find"}, "success": False, "status": 404}
    albums = {"data": [], "success": True, "status": 200}
    lost = {"match": {"method": "GET", "path": f"/3/album/{album}"}, "fault": "reply", "status": 404, "body": body}
    none = {
        "match": {"method": "GET", "path": "/3/account/me/albums*"},
        "fault": "reply",
        "status": 200,
        "body": albums,
    }
    stage.steer("faults", [lost, none])
    assert stage.apply().codes == (ExitCode.GATE,)
    assert gone(stage, "cats")
    stage.web.delete("/_simulator/faults")
    stage.put("cats", "9.png", 9)
    assert stage.plan().total.uploads == 1
    assert stage.apply().codes == (ExitCode.DONE,)
    assert not gone(stage, "cats")
    assert stage.remote("cats")["id"] == album
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.plan().settled


def test_pictures_that_live_are_not_asked_for_at_every_look_of_one_run(stage: SyncStage) -> None:
    """While another album waits for an upload in doubt, the one that is gone waits for an approval."""
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    stage.clock.advance(5000)
    stage.put("dogs", "9.png", 30)
    stage.steer("faults", [{"fault": "drop_before", "match": {"method": "POST", "path": "/3/upload", "nth": 1}}])
    since = len(stage.look("history")["requests"])
    assert stage.apply().codes == (ExitCode.GATE,)
    paths = [entry["path"] for entry in stage.look("history")["requests"][since:] if entry["method"] == "GET"]
    asked = [path for path in paths if path.startswith("/3/image/")]
    assert len(set(asked)) == 4
    assert len(asked) <= 2 * 4


def test_pictures_that_are_gone_are_not_asked_for_at_every_look_of_one_run(stage: SyncStage) -> None:
    """While an upload into another album is in doubt, they wait for an approval: two answers are enough."""
    for image in stage.remote("cats")["images"]:
        stage.steer("edit", {"op": "delete_image", "id": image})
    stage.clock.advance(5000)
    stage.put("dogs", "9.png", 30)
    stage.steer("faults", [{"fault": "drop_before", "match": {"method": "POST", "path": "/3/upload", "nth": 1}}])
    since = len(stage.look("history")["requests"])
    assert stage.apply().codes == (ExitCode.GATE,)
    paths = [entry["path"] for entry in stage.look("history")["requests"][since:] if entry["method"] == "GET"]
    asked = [path for path in paths if path.startswith("/3/image/")]
    assert (len(set(asked)), len(asked)) == (4, 8)


def test_a_file_that_moved_from_a_gone_album_takes_its_picture_along(stage: SyncStage) -> None:
    """The picture outlived its album. Whatever becomes of that one, nothing is uploaded beside it."""
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    (stage.albums["cats"].root / "0.png").rename(stage.albums["dogs"].root / "0.png")
    assert ExitCode.GATE in stage.apply().codes
    assert stage.shown("dogs") == stage.wanted("dogs")
    assert stage.uploads() == 6
    assert stage.apply({GateName.RESTORE: 3}).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.uploads() == 6
