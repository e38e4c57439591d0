"""What is in doubt while Imgur does not let it be found out: it stays in doubt, nothing is sent twice, a calm run ends
equal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode, ImgurSyncError
from imgur_sync.model.event import TwinRemoved
from imgur_sync.model.gate import GateName
from imgur_sync.model.spec import Prune, Texts
from imgur_sync.model.synced import IntentKind, IntentStatus
from imgur_sync.simulator import Limits
from tests.executor.test_reversals_in_trouble import drain, refused, writes
from tests.support.lifecycle_stage import LifecycleStage

UPLOAD = {"method": "POST", "path": "/3/upload"}
CREATE = {"method": "POST", "path": "/3/album"}
EDIT = {"method": "PUT", "path": "/3/album/*"}
ALBUM = {"method": "GET", "path": "/3/album/*"}
IMAGES = {"method": "GET", "path": "/3/account/me/images/*"}
ALBUMS = {"method": "GET", "path": "/3/account/me/albums/*"}
IMAGE = {"method": "GET", "path": "/3/image/*"}
DELETE_IMAGE = {"method": "DELETE", "path": "/3/image/*"}
DELETE_ALBUM = {"method": "DELETE", "path": "/3/album/*"}
EDIT_IMAGE = {"method": "PUT", "path": "/3/image/*"}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[LifecycleStage]:
    """An album of three pictures, in order on Imgur, written long ago."""
    with LifecycleStage(tmp_path) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def open_ones(stage: LifecycleStage) -> list[IntentKind]:
    """What is in doubt."""
    return [intent.kind for intent in stage.ask(lambda store: store.intents(IntentStatus.OPEN)) or ()]


def at_last(stage: LifecycleStage) -> int:
    """The number of the last request."""
    return max(int(one["n"]) for one in stage.look("history")["requests"])


def leave_in_doubt(stage: LifecycleStage, match: dict[str, Any], how: str = "drop_after") -> None:
    """A run whose answer to such a request is lost, and which is killed before it finds out."""
    stage.steer("faults", [{"match": {**match, "nth": 1}, "fault": how}])
    for job in range(1, 40):
        before = stage.copy_state()
        if not stage.killed_apply(job, after=True):
            break
        if open_ones(stage):
            break
        (stage.base / ".imgur-sync" / "state.db").write_bytes(before)
    stage.web.delete("/_simulator/faults")
    assert open_ones(stage), "no kill left it in doubt"


def troubled(stage: LifecycleStage, *rules: dict[str, Any]) -> list[str]:
    """A run, after the time to settle, under these faults; what it sent that is no reading."""
    stage.clock.advance(200)
    stage.steer("faults", list(rules))
    since = at_last(stage)
    with contextlib.suppress(ImgurSyncError):
        stage.apply()
    stage.web.delete("/_simulator/faults")
    return writes(stage, since)


def ends_equal(stage: LifecycleStage, key: str = "cats") -> None:
    """A calm run ends with the album as its folder is, and no picture twice."""
    stage.clock.advance(4000)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert open_ones(stage) == []
    assert stage.shown(key) == stage.wanted(key)
    digests = [image["sha256"] for image in stage.look("world")["images"]]
    assert len(digests) == len(set(digests))


def test_an_upload_in_doubt_is_not_sent_again_while_the_list_cannot_be_read(stage: LifecycleStage) -> None:
    """It may be there."""
    stage.put("cats", "new.png", 50)
    leave_in_doubt(stage, UPLOAD)
    assert "POST" not in troubled(stage, refused(IMAGES, 400))
    assert open_ones(stage) == [IntentKind.UPLOAD]
    ends_equal(stage)
    assert stage.uploads() == 4


def test_an_album_in_doubt_is_not_made_again_while_the_lists_cannot_be_read(stage: LifecycleStage) -> None:
    """One album, one marker."""
    stage.album("dogs")
    stage.put("dogs", "d.png", 60)
    leave_in_doubt(stage, CREATE)
    assert "POST" not in troubled(stage, refused(ALBUMS, 400))
    ends_equal(stage, "dogs")
    assert len(stage.look("world")["albums"]) == 2


def test_an_album_that_was_made_twice_keeps_one(stage: LifecycleStage) -> None:
    """Imgur carried out one request two times: the second one, empty, is deleted."""
    stage.album("dogs")
    stage.put("dogs", "d.png", 60)
    leave_in_doubt(stage, CREATE)
    (made,) = (one for one in stage.look("world")["albums"] if one["title"] == "dogs")
    bearer = {"Authorization": f"Bearer {stage.demo.access_token}"}
    twin = {"title": "dogs", "description": made["description"]}
    stage.web.post("/3/album", data=twin, headers=bearer).raise_for_status()
    ends_equal(stage, "dogs")
    assert any(isinstance(event, TwinRemoved) for event in stage.events)
    late = {"title": "dogs", "description": made["description"]}
    stage.web.post("/3/album", data=late, headers=bearer).raise_for_status()
    stage.put("dogs", "e.png", 61)
    ends_equal(stage, "dogs")
    stage.album("owls")
    stage.put("owls", "o.png", 62)
    leave_in_doubt(stage, CREATE)
    ends_equal(stage, "owls")
    assert sorted(one["title"] for one in stage.look("world")["albums"]) == ["cats", "dogs", "owls"]


def test_a_twin_that_cannot_be_deleted_now_is_deleted_later(stage: LifecycleStage) -> None:
    """Its deletion is not answered and does not happen: the one in use stays, the other one goes when it can."""
    stage.album("dogs")
    stage.put("dogs", "d.png", 60)
    leave_in_doubt(stage, CREATE)
    (made,) = (one for one in stage.look("world")["albums"] if one["title"] == "dogs")
    bearer = {"Authorization": f"Bearer {stage.demo.access_token}"}
    twin = {"title": "dogs", "description": made["description"]}
    stage.web.post("/3/album", data=twin, headers=bearer).raise_for_status()
    assert "DELETE" in troubled(stage, {"match": DELETE_ALBUM, "fault": "drop_before"})
    assert len(stage.look("world")["albums"]) == 3
    ends_equal(stage, "dogs")
    assert [one["id"] for one in stage.look("world")["albums"]][1:] in ([made["id"]], [stage.there("dogs")["id"]])


def test_an_edit_in_doubt_stays_so_while_its_album_cannot_be_read(stage: LifecycleStage) -> None:
    """Nothing is edited over it."""
    stage.change("cats", title="Kittens")
    leave_in_doubt(stage, EDIT)
    assert troubled(stage, refused(ALBUM, 400)) == []
    assert open_ones(stage) == [IntentKind.EDIT_ALBUM]
    stage.change("cats", title="Kittens")
    ends_equal(stage)


def test_a_deletion_in_doubt_stays_so_while_nobody_says_what_became_of_it(stage: LifecycleStage) -> None:
    """Asked again by the next run."""
    stage.change("cats", prune=Prune.DELETE)
    (stage.albums["cats"].root / "c1.png").unlink()
    leave_in_doubt(stage, DELETE_IMAGE)
    assert "DELETE" not in troubled(stage, refused(IMAGE, 400))
    ends_equal(stage)
    assert stage.uploads() == 2


def test_deletions_wait_for_uploads_that_the_album_does_not_show(stage: LifecycleStage) -> None:
    """What replaces nothing yet is no reason to delete anything."""
    stage.change("cats", prune=Prune.DELETE)
    (stage.albums["cats"].root / "c1.png").unlink()
    stage.put("cats", "new.png", 70)
    stage.steer("knobs", {"lag": 5000})
    since = at_last(stage)
    stage.apply()
    assert "DELETE" not in writes(stage, since)
    stage.steer("knobs", {"lag": 0})
    ends_equal(stage)


def test_texts_that_imgur_refuses_are_told_and_the_rest_is_done(stage: LifecycleStage) -> None:
    """7, once a run; the new picture goes up all the same."""
    stage.change("cats", images=(("c1.png", Texts(title="Tom")),))
    stage.put("cats", "new.png", 70)
    stage.steer("faults", [refused(EDIT_IMAGE, 400)])
    finished = stage.apply()
    assert finished.codes == (ExitCode.PARTIAL,)
    assert any("the texts of c1.png could not be changed" in text for text in finished.albums[0].problems)
    stage.web.delete("/_simulator/faults")
    ends_equal(stage)
    titles = {image["sha256"]: image["title"] for image in stage.look("world")["images"]}
    assert titles[stage.wanted("cats")[1]] == "Tom"


@pytest.mark.parametrize("gone", ["nothing", "the picture", "the album"])
def test_texts_in_doubt_are_settled_whatever_became_of_the_picture(gone: str, stage: LifecycleStage) -> None:
    """By the album, or by the picture itself; as long as neither can be read they stay in doubt."""
    stage.change("cats", images=(("c1.png", Texts(title="Tom")),))
    album = stage.remote("cats")
    leave_in_doubt(stage, EDIT_IMAGE)
    if gone != "nothing":
        op = {"op": "delete_image", "id": album["images"][1]} if gone == "the picture" else None
        stage.steer("edit", op or {"op": "delete_album", "id": album["id"]})
    troubled(stage, refused(IMAGE, 400), refused(ALBUM, 400))
    assert IntentKind.EDIT_IMAGE in open_ones(stage)
    stage.clock.advance(4000)
    stage.apply({GateName.RESTORE: 3} if gone == "the album" else None)
    assert open_ones(stage) == []
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize(
    ("fault", "problem"),
    [(refused(DELETE_ALBUM, 403), True), ({"match": DELETE_ALBUM, "fault": "drop_before"}, False)],
    ids=["refused", "no answer"],
)
def test_an_album_that_could_not_be_deleted_is_deleted_by_the_next_run(
    fault: dict[str, Any], problem: bool, stage: LifecycleStage
) -> None:
    """Its pictures live on, as the manifest says; what was refused is told."""
    stage.remove("cats")
    stage.steer("faults", [fault])
    finished = stage.apply({GateName.PRUNE: 3})
    told = [text for album in finished.albums for text in album.problems]
    assert any("the album could not be deleted" in text for text in told) is problem
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(4000)
    stage.apply({GateName.PRUNE: 3})
    assert stage.look("world")["albums"] == []
    assert stage.uploads() == 3


def test_an_album_to_remove_into_which_somebody_put_a_picture_stays(stage: LifecycleStage) -> None:
    """Between the plan and its deletion: the next plan tells it."""
    stage.remove("cats")
    found = stage.found(80)
    picture = next(one for one in stage.look("world")["albums"] if one["id"] == found)["images"]
    album = next(one for one in stage.look("world")["albums"] if one["title"] == "cats")["id"]
    bearer = {"Authorization": f"Bearer {stage.demo.access_token}"}
    happened: list[bool] = []
    made = stage._ports

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)

        def strike(count: int) -> None:
            if not happened and count == 3:
                happened.append(True)
                added = {"ids[]": picture}
                stage.web.post(f"/3/album/{album}/add", data=added, headers=bearer).raise_for_status()

        ports.workers.before_job = strike
        return ports

    stage._ports = ports
    stage.apply({GateName.PRUNE: 3})
    assert album in [one["id"] for one in stage.look("world")["albums"]]


def test_an_album_gone_before_it_was_removed_is_no_work(stage: LifecycleStage) -> None:
    """Its making anew was refused, then its table went: nothing is sent, and its pictures live on outside of it."""
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    stage.steer("faults", [refused(CREATE, 400)])
    stage.apply()
    stage.web.delete("/_simulator/faults")
    stage.remove("cats")
    since = at_last(stage)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert writes(stage, since) == []
    assert len(stage.left("cats")) == 3


def test_a_limit_stops_texts_and_leaves_them_for_later(tmp_path: Path) -> None:
    """Nothing is begun that cannot be read back."""
    with LifecycleStage(tmp_path, limits=Limits(300, 0, 0, 0)) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(100)
        stage.change("cats", image_title="{stem}")
        drain(stage, 3)
        with_limit = stage.apply()
        assert ExitCode.BUDGET in with_limit.codes
        stage.clock.advance(4000)
        assert stage.apply_in_time().codes == (ExitCode.DONE,)
        assert sorted(str(image["title"]) for image in stage.look("world")["images"]) == ["c0", "c1", "c2"]
