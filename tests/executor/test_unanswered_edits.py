"""An edit without an answer may never have come to Imgur: it does not count as one that Imgur ignored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.spec import Privacy
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of four pictures, in order on Imgur, each with a title, written long ago."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats", image_title="{stem}")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


CHANGES = {"order": "PUT /3/album/*", "texts": "PUT /3/image/*"}


def change(stage: SyncStage, what: str) -> None:
    """Something that takes one edit of that kind."""
    if what == "order":
        root = stage.albums["cats"].root
        (root / "0.png").rename(root / "9.png")
        stage.change("cats", image_title=None)
    else:
        stage.change("cats", image_title="a {stem}")


def equal(stage: SyncStage, what: str) -> bool:
    """Whether Imgur shows the change."""
    images = {image["id"]: image for image in stage.look("world")["images"]}
    titles = [images[image_id]["title"] for image_id in stage.remote("cats")["images"]]
    return stage.shown("cats") == stage.wanted("cats") if what == "order" else titles == [f"a {n}" for n in range(4)]


def edits(stage: SyncStage) -> list[str]:
    """The paths of all edits of albums that Imgur received."""
    sent = stage.look("history")["requests"]
    return [one["path"] for one in sent if one["method"] == "PUT" and one["path"].startswith("/3/album/")]


@pytest.mark.parametrize("what", CHANGES)
def test_edits_that_never_arrived_are_sent_again(stage: SyncStage, what: str) -> None:
    """Three runs lose them all: each ends with 7. The fourth, on a good line, puts the album in order."""
    change(stage, what)
    method, path = CHANGES[what].split()
    stage.steer("faults", [{"match": {"method": method, "path": path}, "fault": "drop_before"}])
    for _ in range(3):
        assert stage.apply().codes == (ExitCode.PARTIAL,)
        stage.clock.advance(600)
    stage.web.delete("/_simulator/faults")
    assert not equal(stage, what)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert equal(stage, what)


@pytest.mark.parametrize("what", CHANGES)
def test_runs_killed_at_the_same_edit_do_not_give_it_up(stage: SyncStage, what: str) -> None:
    """Four runs die right before their first edit is sent; the fifth sends it."""
    change(stage, what)
    for _ in range(4):
        before = stage.copy_state()
        assert any(stage.killed_apply(number) and stage.copy_state() != before for number in range(1, 12))
        stage.clock.advance(600)
    assert not equal(stage, what)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert equal(stage, what)


def test_a_lost_edit_to_secret_is_not_taken_for_done(stage: SyncStage) -> None:
    """No reading tells hidden and secret apart: only an answer does."""
    stage.change("cats", privacy=Privacy.SECRET)
    match = {"method": "PUT", "path": "/3/album/*", "nth": 1}
    stage.steer("faults", [{"match": match, "fault": "drop_before"}])
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.remote("cats")["privacy"] == "secret"


@pytest.mark.parametrize("how", ["drop_before", "drop_after"])
def test_a_privacy_that_is_taken_back_after_a_lost_edit_is_sent_once(stage: SyncStage, how: str) -> None:
    """Whether the album is secret now nobody can read: hidden is sent, and with its answer that is known."""
    stage.change("cats", privacy=Privacy.SECRET)
    cats = stage.remote("cats")["id"]
    stage.steer("faults", [{"match": {"method": "PUT", "path": "/3/album/*"}, "fault": how}])
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(600)
    stage.change("cats", privacy=Privacy.HIDDEN)
    before = len(edits(stage))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.remote("cats")["privacy"] == "hidden"
    assert edits(stage)[before:] == [f"/3/album/{cats}"]
    stage.clock.advance(600)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert len(edits(stage)) == before + 1
