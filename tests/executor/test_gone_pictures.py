"""A picture that is gone from Imgur is that of its file; when the file leaves too, its record ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.spec import OnRemoteDelete, Prune
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of four pictures, in order on Imgur, written long ago; deletions there are respected."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats", on_remote_delete=OnRemoteDelete.RESPECT)
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        later(stage)
        yield stage


def later(stage: SyncStage) -> None:
    """Long after."""
    stage.clock.advance(5000)


def lose(stage: SyncStage, number: int) -> None:
    """Somebody deletes a picture on the site; a run sees it."""
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][number]})
    assert stage.apply(refresh=True).codes == (ExitCode.DONE,)
    later(stage)


def test_a_new_copy_is_uploaded_and_the_deleted_one_stays_respected(stage: SyncStage) -> None:
    """The same content at another path is another file."""
    lose(stage, 1)
    stage.put("cats", "copy.png", 1)
    assert stage.apply().uploaded == 1
    assert len(stage.shown("cats")) == 4
    later(stage)
    assert stage.plan().settled


def test_a_renamed_file_stays_respected_in_every_run(stage: SyncStage) -> None:
    """Its picture was deleted on the site on purpose; a new name changes nothing of that."""
    lose(stage, 1)
    root = stage.albums["cats"].root
    (root / "1.png").rename(root / "7.png")
    for _ in range(3):
        finished = stage.apply()
        assert (finished.codes, finished.uploaded) == ((ExitCode.DONE,), 0)
        later(stage)


def test_a_file_that_left_and_comes_back_later_is_a_new_one(stage: SyncStage) -> None:
    """Gone from both sides, the record ends; what comes later is uploaded like any file."""
    lose(stage, 1)
    data = (stage.albums["cats"].root / "1.png").read_bytes()
    (stage.albums["cats"].root / "1.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    later(stage)
    (stage.albums["cats"].root / "1.png").write_bytes(data)
    assert stage.apply().uploaded == 1
    assert stage.shown("cats") == stage.wanted("cats")


def test_an_empty_folder_ends_no_record(stage: SyncStage) -> None:
    """A disk that is not mounted looks like it: when it is back, the deleted picture is respected as before."""
    lose(stage, 1)
    root = stage.albums["cats"].root
    root.rename(root.with_name("away"))
    root.mkdir()
    assert stage.apply().codes == (ExitCode.GATE,)
    later(stage)
    root.rmdir()
    root.with_name("away").rename(root)
    finished = stage.apply()
    assert (finished.codes, finished.uploaded) == ((ExitCode.DONE,), 0)


def test_the_record_of_a_picture_ends_when_its_file_leaves_too(stage: SyncStage) -> None:
    """Restored once, then its file left; a copy that comes long after is no file whose deletion is respected."""
    stage.change("cats", on_remote_delete=OnRemoteDelete.RESTORE)
    lose(stage, 1)
    assert stage.shown("cats") == stage.wanted("cats")
    first, copied = stage.remote("cats")["images"], stage.albums["cats"].root / "z.png"
    data = (stage.albums["cats"].root / "1.png").read_bytes()
    (stage.albums["cats"].root / "1.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    later(stage)
    stage.steer("edit", {"op": "delete_image", "id": first[1]})
    stage.change("cats", on_remote_delete=OnRemoteDelete.RESPECT)
    assert stage.apply().codes == (ExitCode.DONE,)
    later(stage)
    copied.write_bytes(data)
    assert stage.apply().uploaded == 1
    assert stage.shown("cats") == stage.wanted("cats")


NOT_FOUND = {"fault": "reply", "status": 404, "body": "<html>not found</html>"}
"""A page that Imgur answers with now and then for what is there."""


def test_one_404_does_not_make_a_picture_a_deleted_one(stage: SyncStage) -> None:
    """Somebody took it out of the album; it lives, and comes back without an upload."""
    album = stage.remote("cats")
    stage.steer("edit", {"op": "remove_from_album", "id": album["id"], "images": album["images"][1:2]})
    stage.steer("faults", [{"match": {"method": "GET", "path": "/3/image/*", "nth": 1}, **NOT_FOUND}])
    finished = stage.apply(refresh=True)
    assert (finished.codes, finished.uploaded) == ((ExitCode.DONE,), 0)
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("status", [404, 400])
def test_one_refusal_does_not_end_the_record_of_a_picture_without_a_file(stage: SyncStage, status: int) -> None:
    """A file wants it, Imgur answers once that it is gone, or nobody's to see, and then that it lives: nothing is sent
    twice."""
    data = (stage.albums["cats"].root / "1.png").read_bytes()
    (stage.albums["cats"].root / "1.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    later(stage)
    (stage.albums["cats"].root / "1.png").write_bytes(data)
    stage.steer("faults", [{"match": {"method": "GET", "path": "/3/image/*", "nth": 1}, **NOT_FOUND, "status": status}])
    finished = stage.apply()
    assert (finished.codes, finished.uploaded) == ((ExitCode.DONE,), 0)
    assert stage.shown("cats") == stage.wanted("cats")


def test_what_went_on_both_sides_is_not_asked_for_again(stage: SyncStage) -> None:
    """The file left, and its picture is gone: its record ends with that look, and nothing is to be deleted."""
    stage.change("cats", on_remote_delete=OnRemoteDelete.RESTORE, prune=Prune.DELETE)
    picture = stage.remote("cats")["images"][1]
    stage.steer("edit", {"op": "delete_image", "id": picture})
    (stage.albums["cats"].root / "1.png").unlink()
    assert stage.apply(refresh=True).codes == (ExitCode.DONE,)
    later(stage)
    stage.put("cats", "9.png", 9)
    since = len(stage.look("history")["requests"])
    assert stage.apply().codes == (ExitCode.DONE,)
    asked = [entry["path"] for entry in stage.look("history")["requests"][since:]]
    assert f"/3/image/{picture}" not in asked
    assert stage.shown("cats") == stage.wanted("cats")
