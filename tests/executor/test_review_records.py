"""What a run remembers: gates for its whole length, places only with their edit, old addresses, what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import BudgetSpec, Prune
from imgur_sync.state.store import find_store
from tests.support.sync_stage import LINEAGE, SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of twelve pictures, in order on Imgur, written long ago."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        for seed in range(12):
            stage.put("cats", f"{seed:02}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def remove(stage: SyncStage, *numbers: int) -> None:
    """Delete these files."""
    for number in numbers:
        (stage.albums["cats"].root / f"{number:02}.png").unlink()


def at_request(stage: SyncStage, number: int, happens: Any) -> None:
    """Let something happen right before the `number`-th request or file read of the next runs."""
    made = stage._ports

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)
        before = ports.workers.before_job

        def strike(count: int) -> None:
            if count == number:
                happens()
            before(count)

        ports.workers.before_job = strike
        return ports

    stage._ports = ports


def test_a_gate_holds_although_the_run_adds_pictures(stage: SyncStage) -> None:
    """Four of twelve would leave: withheld, also when thirty new ones make four a small part."""
    remove(stage, 0, 1, 2, 3)
    for seed in range(30):
        stage.put("cats", f"n{seed}.png", 100 + seed)
    assert stage.apply().codes == (ExitCode.GATE,)
    assert len(stage.shown("cats")) == 42


def test_an_approval_is_used_up_by_what_was_removed(stage: SyncStage) -> None:
    """Four approved; four more files leave while the run uploads: those need a number of their own."""
    remove(stage, 0, 1, 2, 3)
    for seed in range(3):
        stage.put("cats", f"n{seed}.png", 100 + seed)
    at_request(stage, 9, lambda: remove(stage, 4, 5, 6, 7) if len(stage.wanted("cats")) == 11 else None)
    assert stage.apply({GateName.PRUNE: 4}).codes == (ExitCode.GATE,)
    assert len(stage.shown("cats")) == 12 - 4 + 3


def test_a_restored_picture_does_not_count_twice(stage: SyncStage) -> None:
    """What is gone and was restored is no picture of the album: all of the others leaving is all of it."""
    remove(stage, *range(3, 12))
    assert stage.apply({GateName.PRUNE: 9}).codes == (ExitCode.DONE,)
    stage.clock.advance(5000)
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][1]})
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(5000)
    remove(stage, 0, 1, 2)
    stage.put("cats", "z.png", 500)
    finished = stage.apply()
    assert finished.codes == (ExitCode.GATE,)
    assert len(stage.shown("cats")) == 4


def test_a_place_is_recorded_only_with_the_edit_that_makes_it(stage: SyncStage) -> None:
    """A move into an album whose edit has to wait for the budget: exit 6 at once, nothing waited for, none sent
    twice."""
    stage.album("dogs")
    stage.put("dogs", "d.png", 50)
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(5000)
    (stage.albums["cats"].root / "01.png").rename(stage.albums["dogs"].root / "01.png")
    for seed in range(8):
        stage.put("dogs", f"n{seed}.png", 100 + seed)
    stage.budget = BudgetSpec(uploads_per_hour=3)
    began = stage.clock.now()
    assert stage.apply().codes == (ExitCode.BUDGET,)
    assert stage.clock.now() - began < 30
    for _ in range(2):
        stage.clock.advance(3700)
        finished = stage.apply()
    assert finished.codes == (ExitCode.DONE,)
    assert stage.shown("dogs") == stage.wanted("dogs")
    assert stage.uploads() == 12 + 1 + 8


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_the_address_of_a_replaced_picture_survives_a_lost_answer(stage: SyncStage, fault: str) -> None:
    """The edit of a replacement is in doubt: the old and the new address are recorded and told all the same."""
    stage.put("cats", "02.png", 77)
    stage.steer("faults", [{"match": {"method": "PUT", "path": "/3/album/*", "nth": 1}, "fault": fault}])
    finished = stage.apply()
    assert finished.codes == (ExitCode.DONE,)
    assert [url.path for url in finished.retired] == ["02.png"]
    store = find_store(stage.manifest().state_path, lineage=LINEAGE)
    assert store is not None
    with store:
        assert store.retired("cats") == finished.retired


def test_pictures_of_unknown_place_are_each_deleted_once(stage: SyncStage) -> None:
    """After a lost state no path is known: three pictures to delete are three requests."""
    stage.change("cats", prune=Prune.DELETE)
    for path in (stage.base / ".imgur-sync").iterdir():
        path.unlink()
    remove(stage, 0, 1, 2)
    assert stage.apply().codes == (ExitCode.DONE,)
    deletions = [e for e in stage.look("history")["requests"] if e["method"] == "DELETE"]
    assert [entry["status"] for entry in deletions] == [200, 200, 200]
    assert stage.shown("cats") == stage.wanted("cats")


def test_an_unmanaged_picture_is_not_taken_by_another_album(stage: SyncStage) -> None:
    """A file that the rules now leave out keeps its picture in the album; an equal file elsewhere gets its own."""
    stage.album("dogs")
    stage.put("dogs", "01.png", 1)
    stage.change("cats", exclude=("01.png",))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert len(stage.shown("cats")) == 12
    assert stage.shown("dogs") == stage.wanted("dogs")


@pytest.mark.parametrize("kill", [6, 8])
def test_waiting_does_not_use_up_the_rounds(tmp_path: Path, kill: int) -> None:
    """With readings half a minute old and a kill in the middle, the run goes on waiting until all is settled."""
    with SyncStage(tmp_path, lag=30) as stage:
        for key in ("cats", "dogs"):
            stage.album(key)
        for seed in (0, 1, 2, 3):
            stage.put("cats", f"{seed}.png", seed)
        stage.put("dogs", "d.png", 20)
        stage.apply()
        stage.clock.advance(100)
        cats, dogs = stage.albums["cats"].root, stage.albums["dogs"].root
        (cats / "0.png").rename(cats / "9.png")
        stage.put("cats", "2.png", 77)
        (cats / "3.png").unlink()
        stage.put("cats", "6.png", 78)
        (cats / "1.png").rename(dogs / "1.png")
        assert stage.killed_apply(kill, after=True)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(100)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.shown("dogs") == stage.wanted("dogs")


def test_the_marker_of_a_creation_goes_although_the_first_edit_only_narrowed(tmp_path: Path) -> None:
    """Narrowed, filled, and the edit refused: the marker in the description is cleared by the next edit."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        stage.put("cats", "0.png", 0)
        kill = 1
        while not stage.look("world")["albums"]:
            stage.killed_apply(kill, after=True)
            kill += 1
        (album,) = stage.look("world")["albums"]
        stage.steer("edit", {"op": "set_album", "id": album["id"], "privacy": "public"})
        body = {"data": {"error": "no"}, "success": False, "status": 400}
        match = {"method": "PUT", "path": "/3/album/*", "nth": 2}
        stage.steer("faults", [{"match": match, "fault": "reply", "status": 400, "body": body}])
        stage.apply()
        assert stage.apply().codes == (ExitCode.DONE,)
        assert not stage.remote("cats")["description"]
        assert stage.remote("cats")["privacy"] == "hidden"
        assert stage.shown("cats") == stage.wanted("cats")


def test_a_picture_deleted_between_plan_and_edit_is_restored_in_the_same_run(stage: SyncStage) -> None:
    """Imgur refuses an edit that names it; looked at again, it is gone and uploaded once more."""
    stage.put("cats", "z.png", 77)
    doomed = stage.remote("cats")["images"][2]
    at_request(
        stage,
        5,
        lambda: doomed in stage.remote("cats")["images"] and stage.steer("edit", {"op": "delete_image", "id": doomed}),
    )
    finished = stage.apply()
    assert finished.codes == (ExitCode.DONE,)
    assert all(album.done for album in finished.albums)
    assert stage.shown("cats") == stage.wanted("cats")
    refused = [e for e in stage.look("history")["requests"] if e["method"] == "PUT" and e["status"] == 403]
    assert len(refused) <= 2


def test_an_album_that_left_the_manifest_is_told_and_left_alone(stage: SyncStage) -> None:
    """Nothing of it is changed; the plan names it; back in the manifest it goes on where it was."""
    stage.album("dogs")
    stage.put("dogs", "d.png", 50)
    stage.apply()
    stage.clock.advance(5000)
    spec = stage.albums.pop("cats")
    before = len(stage.look("history")["requests"])
    assert any("cats" in note for note in stage.plan().notes)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert {e["method"] for e in stage.look("history")["requests"][before:]} == {"GET"}
    stage.albums["cats"] = spec
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    assert not stage.plan().notes


def test_an_album_that_waits_for_its_first_picture_keeps_its_marker(stage: SyncStage) -> None:
    """Made by a run that was killed and then had no upload left: after a lost state it is known again, not made
    twice."""
    stage.album("dogs")
    stage.put("dogs", "d.png", 50)
    stage.put("dogs", "e.png", 51)
    kill = 1
    while len(stage.look("world")["albums"]) < 2:
        stage.killed_apply(kill, after=True)
        kill += 1
    stage.put("cats", "new.png", 60)
    stage.clock.advance(5000)
    stage.budget = BudgetSpec(uploads_per_hour=1)
    assert stage.apply().codes == (ExitCode.BUDGET,)
    for path in (stage.base / ".imgur-sync").iterdir():
        path.unlink()
    stage.clock.advance(5000)
    stage.budget = BudgetSpec(uploads_per_hour=0)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("dogs") == stage.wanted("dogs")
