"""A state older than the album: what was uploaded since says by its name that it is ours, and is not uploaded again."""

from __future__ import annotations

import shutil
from pathlib import Path

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import Warned
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import Upload
from tests.support.sync_stage import SyncStage


def test_an_older_copy_of_the_state_uploads_nothing_again(tmp_path: Path) -> None:
    """Somebody put yesterday's state.db in its place. The plan shows the same, and leaves the file as it is."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        stage.put("cats", "a.png", 1)
        assert stage.apply().codes == (ExitCode.DONE,)
        state = tmp_path / ".imgur-sync" / "state.db"
        shutil.copy(state, tmp_path / "yesterday.db")
        stage.put("cats", "b.png", 2)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 2

        shutil.copy(tmp_path / "yesterday.db", state)
        before = state.read_bytes()
        plan = stage.plan()
        assert not any(isinstance(step, Upload) for album in plan.albums for step in album.wanted)
        assert state.read_bytes() == before
        assert stage.apply().codes == (ExitCode.DONE,)
        told = [event.text for event in stage.events if isinstance(event, Warned)]
        assert sum("1 picture that the state does not know, recognised by name as ours" in text for text in told) == 1
        assert (stage.uploads(), stage.shown("cats")) == (2, stage.wanted("cats"))
        assert stage.plan().settled


def test_an_album_that_was_made_since_is_not_made_again(tmp_path: Path) -> None:
    """By its title and the names of its pictures it is ours. One of that title that shows nothing of ours is not."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        stage.put("cats", "a.png", 1)
        stage.apply()
        state = tmp_path / ".imgur-sync" / "state.db"
        shutil.copy(state, tmp_path / "yesterday.db")
        stage.album("dogs")
        for number in range(3):
            stage.put("dogs", f"{number}.png", 10 + number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)

        shutil.copy(tmp_path / "yesterday.db", state)
        stage.put("dogs", "last.png", 20)
        stage.album("cats too", title="dogs")
        stage.put("cats too", "b.png", 30)
        before = state.read_bytes()
        steps = {album.album: album.wanted for album in stage.plan().albums}
        assert [step.path for step in steps["dogs"] if isinstance(step, Upload)] == ["last.png"]
        assert state.read_bytes() == before
        assert stage.apply().codes == (ExitCode.DONE,)
        told = [event.text for event in stage.events if isinstance(event, Warned)]
        assert sum("recognised as ours by its title and its pictures" in text for text in told) == 1
        assert stage.uploads() == 6
        albums = sorted((album["title"], len(album["images"])) for album in stage.look("world")["albums"])
        assert albums == [("cats", 1), ("dogs", 1), ("dogs", 4)]
        assert stage.plan().settled


def test_one_album_is_not_taken_for_two(tmp_path: Path) -> None:
    """A picture of one key moved into the album of the other, and both albums have one title."""
    with SyncStage(tmp_path) as stage:
        stage.album("theirs")
        stage.put("theirs", "a.png", 1)
        stage.apply()
        state = tmp_path / ".imgur-sync" / "state.db"
        shutil.copy(state, tmp_path / "yesterday.db")
        for key, seed in (("cats", 10), ("dogs", 20)):
            stage.album(key, title="pets")
            for number in range(2):
                stage.put(key, f"{key}{number}.png", seed + number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        (tmp_path / "cats" / "cats0.png").rename(tmp_path / "dogs" / "cats0.png")
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)

        shutil.copy(tmp_path / "yesterday.db", state)
        assert stage.apply().codes == (ExitCode.DONE,)
        images = {image["id"]: image["sha256"] for image in stage.look("world")["images"]}
        shown = [{images[i] for i in a["images"]} for a in stage.look("world")["albums"] if a["title"] == "pets"]
        assert sorted(map(sorted, shown)) == sorted(sorted(stage.wanted(key)) for key in ("cats", "dogs"))


def test_no_album_is_made_beside_one_of_its_title_that_cannot_be_read(tmp_path: Path) -> None:
    """It may be the one that an older state does not know. Others go on; the next run makes it."""
    with SyncStage(tmp_path) as stage:
        for key in ("theirs", "cats"):
            stage.album(key)
            stage.put(key, "a.png", len(key))
        stage.apply()
        theirs = stage.remote("theirs")["id"]
        (tmp_path / ".imgur-sync" / "state.db").unlink()
        stage.lineage, stage.albums = "b7n4c1ws", {}
        for key, title in (("dogs", "theirs"), ("more", "more")):
            stage.album(key, title=title)
            stage.put(key, "b.png", len(title))
        fault = {"match": {"path": f"/3/album/{theirs}"}, "fault": "reply", "status": 500, "body": ""}
        stage.steer("faults", [fault])
        assert stage.apply().codes == (ExitCode.PARTIAL,)
        titles = sorted(album["title"] for album in stage.look("world")["albums"])
        assert titles == ["cats", "more", "theirs"]
        stage.web.delete("/_simulator/faults")
        assert stage.apply().codes == (ExitCode.DONE,)
        titles = sorted(album["title"] for album in stage.look("world")["albums"])
        assert titles == ["cats", "more", "theirs", "theirs"]


def test_a_file_that_is_gone_since_takes_its_recognised_picture_out(tmp_path: Path) -> None:
    """It is as much ours as the others."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"{number}.png", number)
        stage.apply()
        state = tmp_path / ".imgur-sync" / "state.db"
        shutil.copy(state, tmp_path / "yesterday.db")
        stage.put("cats", "b.png", 7)
        stage.apply()
        shutil.copy(tmp_path / "yesterday.db", state)
        (tmp_path / "cats" / "b.png").unlink()
        assert stage.apply().codes == (ExitCode.DONE,)
        assert (stage.uploads(), stage.shown("cats")) == (4, stage.wanted("cats"))


def test_what_moved_since_is_not_uploaded_again_where_nothing_leaves_an_album(tmp_path: Path) -> None:
    """By that state the picture stays in the first album, with `never` for good; but that does not show it any more."""
    with SyncStage(tmp_path) as stage:
        for key, seed in (("cats", 0), ("dogs", 10)):
            stage.album(key)
            for number in range(3):
                stage.put(key, f"{key}{number}.png", seed + number)
        assert stage.apply().codes == (ExitCode.DONE,)
        state = tmp_path / ".imgur-sync" / "state.db"
        shutil.copy(state, tmp_path / "yesterday.db")
        stage.clock.advance(5000)
        (stage.albums["cats"].root / "cats1.png").rename(stage.albums["dogs"].root / "cats1.png")
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)

        shutil.copy(tmp_path / "yesterday.db", state)
        for key in stage.albums:
            stage.change(key, prune=Prune.NEVER)
        for _ in range(2):
            assert stage.apply().codes == (ExitCode.DONE,)
            assert [stage.shown(key) for key in stage.albums] == [stage.wanted(key) for key in stage.albums]
            stage.clock.advance(5000)
        assert stage.uploads() == 6
