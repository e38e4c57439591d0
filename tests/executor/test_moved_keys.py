"""[[moved]]: an album has another key; its pictures follow, whatever was lost or in doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.errors import ManifestError
from imgur_sync.model.spec import Manifest, Moved
from tests.support.sync_stage import SyncStage


class MovingStage(SyncStage):
    """A stage whose manifest has [[moved]] tables."""

    moved: tuple[Moved, ...] = ()

    def manifest(self) -> Manifest:
        return replace(super().manifest(), moved=self.moved)

    def rename(self, old: str, new: str) -> None:
        """The table of the album gets another key, and a [[moved]]."""
        self.albums = {new: replace(self.albums[old], key=new, title=new)}
        self.moved = (Moved(old, new),)


@pytest.fixture
def stage(tmp_path: Path):
    with MovingStage(tmp_path) as made:
        made.album("kitties", folder="pictures")
        for number in range(3):
            made.put("kitties", f"{number}.png", number)
        yield made


def test_the_pictures_follow_the_key_and_nothing_is_uploaded(stage) -> None:
    """The album is the same one, only its title changes; the table may stay."""
    stage.apply()
    album = stage.remote("kitties")["id"]
    stage.rename("kitties", "cats")
    assert [type(step).__name__ for step in stage.plan().albums[0].wanted] == ["EditAlbum"]
    stage.apply()
    assert stage.remote("cats")["id"] == album
    assert stage.uploads() == 3
    assert stage.plan().settled
    stage.moved = ()
    assert stage.plan().settled


def test_a_plan_of_a_move_leaves_the_state_as_it_is(stage) -> None:
    """The state file is untouched until an apply."""
    stage.apply()
    stage.rename("kitties", "cats")
    before = stage.copy_state()
    stage.plan(offline=True)
    assert stage.copy_state() == before


def test_a_lost_state_is_rebuilt_from_the_markers_of_the_old_key(stage) -> None:
    """Every `from` is tried."""
    stage.apply()
    stage.rename("kitties", "cats")
    (stage.base / ".imgur-sync" / "state.db").unlink()
    finished = stage.apply()
    assert finished.uploaded == 0
    assert stage.uploads() == 3
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("after", [False, True])
def test_what_was_in_doubt_under_the_old_key_is_settled_under_the_new(stage, after: bool) -> None:
    """Killed anywhere in the first apply, then moved: every picture is there once."""
    assert stage.killed_apply(6, after=after)
    stage.rename("kitties", "cats")
    for _ in range(3):
        stage.apply()
        stage.clock.advance(200)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.uploads() == 3
    assert len(stage.look("world")["albums"]) == 1


def test_two_albums_that_were_both_synced_stay_two(stage) -> None:
    """The move is refused, with both keys."""
    stage.apply()
    old = stage.albums["kitties"]
    stage.album("cats")
    stage.put("cats", "c.png", 9)
    stage.apply()
    stage.albums = {"cats": replace(stage.albums["cats"])}
    assert old.key == "kitties"
    stage.moved = (Moved("kitties", "cats"),)
    with pytest.raises(ManifestError) as caught:
        stage.plan()
    assert "from kitties to cats: both were synced" in caught.value.problems[0].what
