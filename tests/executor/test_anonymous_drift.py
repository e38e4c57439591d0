"""Without an account: what was deleted on Imgur, what comes back there, and what is written and not shown yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ApprovalError, ExitCode
from imgur_sync.model.event import Waiting
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import OnRemoteDelete
from imgur_sync.model.texts import Texts
from tests.executor.test_anonymous_apply import SHAPES, check_equal, fill, requests
from tests.executor.test_exactly_once import UPLOAD
from tests.support.sync_stage import SyncStage

DONE = (ExitCode.DONE,)
NOT_FOUND = {"data": {"error": "Unable to find an album with the id"}, "success": False, "status": 404}


@pytest.fixture(params=SHAPES)
def stage(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SyncStage]:
    """Two albums of four and three pictures, synced some time ago."""
    with SyncStage(tmp_path, anonymous=True, shape=request.param) as stage:
        fill(stage)
        assert stage.apply().codes == DONE
        stage.clock.advance(4000)
        yield stage


def respect(stage: SyncStage) -> None:
    """What is deleted on Imgur stays deleted."""
    for key in stage.albums:
        stage.change(key, on_remote_delete=OnRemoteDelete.RESPECT)


def writes(stage: SyncStage, since: int = 0) -> list[str]:
    """The requests but the first `since` that are no readings."""
    return [f"{one['method']} {one['path']}" for one in requests(stage)[since:] if one["method"] != "GET"]


def delete(stage: SyncStage, key: str, *places: int) -> None:
    """Pictures of an album are deleted on Imgur, or purged by it."""
    ids = stage.remote(key)["images"]
    for place in places:
        stage.steer("edit", {"op": "delete_image", "id": ids[place]})


def test_a_deleted_picture_is_respected_for_good(stage: SyncStage) -> None:
    """However many: told, nothing sent, exit 0, in this run and in later ones; a changed file is sent as a new one."""
    respect(stage)
    delete(stage, "cats", 0, 2, 3)
    (plan,) = stage.plan().albums
    assert [drift.then for drift in plan.drift] == ["stays deleted"]
    assert not plan.gates
    before = len(requests(stage))
    for _ in range(2):
        assert stage.apply().codes == DONE
        stage.clock.advance(4000)
    assert writes(stage, before) == []
    assert stage.shown("cats") == stage.wanted("cats")[1:2]
    assert stage.plan().empty
    stage.put("cats", "2.png", 92)
    assert stage.apply().codes == DONE
    assert stage.shown("cats") == stage.wanted("cats")[1:3]
    assert stage.uploads() == 5


def test_deleted_pictures_wait_for_their_number_and_vanish_once_more_at_most(stage: SyncStage) -> None:
    """The gate restore; then a restored picture that is deleted again is blocked, 7, and never sent a third time."""
    for seed in range(4, 8):
        stage.put("cats", f"{seed}.png", seed)
    stage.apply()
    stage.clock.advance(4000)
    delete(stage, "cats", 0, 1, 2, 3)
    assert stage.apply().codes == (ExitCode.GATE,)
    with pytest.raises(ApprovalError):
        stage.apply({GateName.RESTORE: 3})
    assert len(stage.shown("cats")) == 4
    finished = stage.apply({GateName.RESTORE: 4})
    assert (finished.codes, finished.uploaded) == (DONE, 4)
    check_equal(stage)
    stage.clock.advance(4000)
    delete(stage, "cats", 0)
    before = len(requests(stage))
    for _ in range(2):
        finished = stage.apply()
        assert finished.codes == (ExitCode.PARTIAL,)
        assert "0.png: uploaded again once and deleted on Imgur again" in finished.albums[0].problems
        stage.clock.advance(4000)
    assert writes(stage, before) == []


def test_a_deleted_album_is_respected_and_comes_back_when_the_wish_changes(stage: SyncStage) -> None:
    """Nothing is made while it is respected; with the number a new album shows the same pictures, without an upload."""
    respect(stage)
    ids = stage.remote("dogs")["images"]
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("dogs")["id"]})
    before = len(requests(stage))
    for _ in range(2):
        assert stage.apply().codes == DONE
        stage.clock.advance(4000)
    assert writes(stage, before) == []
    stage.change("dogs", on_remote_delete=OnRemoteDelete.RESTORE)
    assert stage.apply().codes == (ExitCode.GATE,)
    assert stage.apply({GateName.RESTORE: 3}).codes == DONE
    assert stage.remote("dogs")["images"] == ids
    check_equal(stage)
    assert stage.uploads() == 7


@pytest.mark.parametrize("wish", list(OnRemoteDelete))
def test_an_album_that_imgur_denied_once_is_found_again(stage: SyncStage, wish: OnRemoteDelete) -> None:
    """A 404 is taken for what it says; an album that answers later is the same album, with all its pictures."""
    stage.change("cats", on_remote_delete=wish)
    before = stage.remote("cats")
    fault = {"match": {"method": "GET", "path": f"/3/album/{before['id']}"}, "fault": "reply", "status": 404}
    stage.steer("faults", [{**fault, "body": NOT_FOUND}])
    expected = DONE if wish is OnRemoteDelete.RESPECT else (ExitCode.GATE,)
    assert stage.apply().codes == expected
    assert stage.apply().codes == expected
    stage.web.delete("/_simulator/faults")
    assert stage.plan().empty
    assert stage.apply().codes == DONE
    assert stage.remote("cats") == before
    stage.put("cats", "9.png", 99)
    assert stage.apply().codes == DONE
    assert stage.remote("cats")["id"] == before["id"]
    check_equal(stage)
    assert len(stage.look("world")["albums"]) == 2


def test_a_purged_picture_without_its_deletehash_is_sent_again_and_has_one(tmp_path: Path) -> None:
    """Nobody could delete it, but Imgur may: the new one can be managed."""
    with SyncStage(tmp_path, anonymous=True) as stage:
        stage.in_flight = 1
        fill(stage)
        stage.albums.pop("dogs")
        stage.steer("faults", [{"match": UPLOAD, "fault": "drop_after"}])
        assert stage.apply().codes == DONE
        assert [picture for picture in _pictures(stage) if picture.deletehash is None]
        stage.clock.advance(4000)
        lost = next(picture.id for picture in _pictures(stage) if picture.deletehash is None)
        stage.steer("edit", {"op": "delete_image", "id": lost})
        assert stage.apply().codes == DONE
        check_equal(stage)
        placed = [picture for picture in _pictures(stage) if picture.standing == "placed"]
        assert len(placed) == 4
        assert all(picture.deletehash is not None for picture in placed)


def _pictures(stage: SyncStage) -> tuple[Any, ...]:
    from imgur_sync.state.store import open_store
    from tests.support.sync_stage import LINEAGE

    with open_store(stage.manifest().state_path, lineage=LINEAGE, create=False, read_only=True) as store:
        return store.pictures("cats")


@pytest.mark.parametrize("lag", [3, 30, 80])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_written_and_not_shown_yet_is_waited_for(tmp_path: Path, shape: str, lag: int) -> None:
    """With readings that are up to 80 s old: one apply ends with 0, albums equal folders, nothing is sent twice."""
    with SyncStage(tmp_path, anonymous=True, shape=shape, lag=lag) as stage:
        fill(stage)
        stage.change("cats", description="of the house", image_title="{stem}")
        stage.clock.advance(200)
        assert stage.apply().codes == DONE
        assert lag < 10 or any(isinstance(event, Waiting) for event in stage.events)
        cats = stage.albums["cats"].root
        (cats / "0.png").rename(cats / "9.png")
        stage.put("cats", "2.png", 70)
        (stage.albums["dogs"].root / "d1.png").unlink()
        assert stage.apply().codes == DONE
        stage.clock.advance(200)
        check_equal(stage)
        images = {image["id"]: image["title"] for image in stage.look("world")["images"]}
        assert [images[i] for i in stage.remote("cats")["images"]] == ["1", "2", "3", "9"]
        assert stage.uploads() == 8
        assert len(stage.look("world")["albums"]) == 2


def test_what_is_not_shown_for_longer_ends_with_7_and_is_not_sent_again(tmp_path: Path) -> None:
    """Readings that stay behind for longer than the time to settle: 7, with what is waited for. When they catch up, no
    picture is missing or there twice; an order that seemed ignored is tried again when it is wished otherwise."""
    with SyncStage(tmp_path, anonymous=True) as stage:
        fill(stage)
        assert stage.apply().codes == DONE
        stage.clock.advance(4000)
        stage.steer("knobs", {"lag": 2000})
        stage.put("cats", "9.png", 99)
        plan = stage.plan()
        assert plan.total.uploads == 1
        for _ in range(3):
            finished = stage.apply()
            assert finished.codes == (ExitCode.PARTIAL,)
            assert "9.png is not shown in the album yet" in finished.albums[0].problems
        assert len(stage.look("history")["uploads"]) == 8
        stage.steer("knobs", {"lag": 0})
        stage.clock.advance(100)
        stage.apply()
        assert sorted(stage.shown("cats")) == sorted(stage.wanted("cats"))
        stage.change("cats", listed=("9.png",))
        assert stage.apply().codes == DONE
        stage.clock.advance(100)
        stage.change("cats", listed=())
        assert stage.apply().codes == DONE
        check_equal(stage)
        assert stage.uploads() == 8


def test_texts_that_are_not_shown_yet_are_not_sent_again(stage: SyncStage) -> None:
    """One edit; the plan right after it says that they are waited for."""
    stage.steer("knobs", {"lag": 60})
    stage.change("cats", images=(("1.png", Texts("Tom")),))
    before = len(requests(stage))
    assert stage.apply().codes == DONE
    assert any(isinstance(event, Waiting) for event in stage.events)
    assert len(writes(stage, before)) == 1
    stage.clock.advance(200)
    assert stage.plan().empty
