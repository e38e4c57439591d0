"""An approval is for what the first plan withheld: what comes to it while the run goes on needs a number of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ApprovalError, ExitCode
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import Privacy
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of fourteen pictures, in order on Imgur, written long ago."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        for seed in range(14):
            stage.put("cats", f"{seed:02}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def before_each_request(stage: SyncStage, happens: Callable[[], bool]) -> None:
    """Call `happens` before every request or file read until it says that it has happened."""
    made = stage._ports
    done: list[bool] = []

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)
        before = ports.workers.before_job

        def strike(count: int) -> None:
            if not done and happens():
                done.append(True)
            before(count)

        ports.workers.before_job = strike
        return ports

    stage._ports = ports


def delete_on_imgur(stage: SyncStage, images: list[str]) -> None:
    """Somebody deletes these pictures on the site."""
    for image in images:
        stage.steer("edit", {"op": "delete_image", "id": image})


def writes(stage: SyncStage, method: str) -> int:
    """How many such requests Imgur received."""
    return sum(entry["method"] == method for entry in stage.look("history")["requests"])


def test_more_pictures_that_vanish_while_the_run_restores_need_a_number_too(stage: SyncStage) -> None:
    """Four approved and restored; four more are deleted meanwhile."""
    images = stage.remote("cats")["images"]
    delete_on_imgur(stage, images[:4])

    def more() -> bool:
        if stage.uploads() < 14:  # four of fourteen are deleted, all four are up again
            return False
        delete_on_imgur(stage, images[4:8])
        return True

    before_each_request(stage, more)
    with pytest.raises(ApprovalError):
        stage.apply({GateName.RESTORE: 3}, refresh=True)
    assert ExitCode.GATE in stage.apply({GateName.RESTORE: 4}, refresh=True).codes
    assert stage.uploads() == 14 - 4
    assert writes(stage, "POST") - 1 == 14 + 4
    stage.clock.advance(5000)
    assert stage.apply({GateName.RESTORE: 4}, refresh=True).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_more_files_that_change_while_the_run_replaces_need_a_number_too(stage: SyncStage) -> None:
    """Six approved and replaced; six more change meanwhile."""
    for number in range(6):
        stage.put("cats", f"{number:02}.png", 100 + number)
    edits = writes(stage, "PUT")

    def more() -> bool:
        if writes(stage, "PUT") == edits:
            return False
        for number in range(6, 12):
            stage.put("cats", f"{number:02}.png", 100 + number)
        return True

    before_each_request(stage, more)
    assert stage.apply({GateName.REPLACE: 6}).codes == (ExitCode.GATE,)
    assert stage.uploads() == 14 + 6
    stage.clock.advance(5000)
    assert stage.apply({GateName.REPLACE: 6}).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_an_approval_to_publish_one_album_does_not_publish_another(stage: SyncStage) -> None:
    """Cats as approved; the owner of dogs, public until now, hides them meanwhile: they are asked about again."""
    stage.album("dogs", privacy=Privacy.PUBLIC)
    stage.put("dogs", "0.png", 50)
    assert stage.apply({GateName.PUBLISH: 1}).codes == (ExitCode.DONE,)
    stage.clock.advance(5000)
    stage.change("cats", privacy=Privacy.PUBLIC)
    stage.put("dogs", "1.png", 51)
    uploads = stage.uploads()

    def hide() -> bool:
        if stage.uploads() == uploads:
            return False
        stage.steer("edit", {"op": "set_album", "id": stage.remote("dogs")["id"], "privacy": "hidden"})
        return True

    before_each_request(stage, hide)
    assert stage.apply({GateName.PUBLISH: 1}).codes == (ExitCode.GATE,)
    assert stage.remote("cats")["privacy"] == "public"
    assert stage.remote("dogs")["privacy"] == "hidden"
    assert stage.shown("dogs") == stage.wanted("dogs")


def test_an_approved_restore_that_takes_several_rounds_is_finished(stage: SyncStage) -> None:
    """One of the uploads is in doubt and settled before it is sent again: the four stay approved to the last."""
    delete_on_imgur(stage, stage.remote("cats")["images"][:4])
    lost = {"match": {"method": "POST", "path": "/3/upload", "nth": 2}, "fault": "drop_before"}
    stage.steer("faults", [lost])
    assert stage.apply({GateName.RESTORE: 4}, refresh=True).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_an_approved_album_that_is_made_anew_in_several_rounds_is_finished(stage: SyncStage) -> None:
    """The album is gone with two of its pictures; the first edit of the new one is in doubt."""
    images = stage.remote("cats")["images"]
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    delete_on_imgur(stage, images[:2])
    stage.steer("faults", [{"match": {"method": "PUT", "path": "/3/album/*", "nth": 1}, "fault": "drop_before"}])
    assert stage.apply({GateName.RESTORE: 14}).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
