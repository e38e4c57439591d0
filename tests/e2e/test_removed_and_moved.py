"""[[removed]], [[moved]] and `id` from sync.toml to Imgur, with the installed command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Mirror]:
    """Cats and dogs, synced."""
    with mirror(tmp_path, kind=Inside) as made:
        made.run("apply", "-y")
        yield made


def test_a_removed_album_is_told_before_and_after(both: Mirror) -> None:
    """The plan says what goes and what to type; the run says what it did."""
    both.manifest(table("cats") + '[[removed]]\nalbum = "dogs"\n')
    plan = both.run("plan").stdout
    assert "the album is deleted; its pictures stay on Imgur" in plan
    assert "--approve prune=3" in plan
    assert "0 pictures in the folder" not in plan
    assert both.run("plan", "--offline").stdout.count("the album is deleted") == 1
    done = both.run("apply", "-y", "--approve", "prune=3").stdout
    assert "1 album deleted" in done
    assert "Nothing was changed" not in done
    assert [album["title"] for album in both.look("world")["albums"]] == ["cats"]
    assert both.run("apply", "-y").returncode == 0


def test_pictures_that_go_with_their_album_are_counted(both: Mirror) -> None:
    """Three deletions, then the album."""
    both.manifest(table("cats") + '[[removed]]\nalbum = "dogs"\npictures = "delete"\n')
    assert "3 are deleted" in both.run("plan").stdout
    last = both.last()
    assert "3 deleted, 1 album deleted" in both.run("apply", "-y", "--approve", "prune=3").stdout
    assert [write.split()[0] for write in both.writes(last)] == ["DELETE"] * 4
    assert both.writes(last)[-1].startswith("DELETE /3/album/")


def test_a_moved_key_uploads_nothing(both: Mirror) -> None:
    """The title that goes with it is one edit."""
    before = both.album("dogs")["id"]
    moved = '[[moved]]\nfrom = "dogs"\nto = "hounds"\n'
    both.manifest(table("cats") + table("hounds", folder="dogs") + moved)
    last = both.last()
    both.run("apply", "-y")
    assert both.writes(last) == []
    assert both.album("dogs")["id"] == before
    assert "hounds" in both.run("status").stdout
    assert both.json("plan")["empty"] is True


def test_a_plan_of_a_moved_key_needs_no_apply_first(both: Mirror) -> None:
    """It is planned in memory: the state file stays as it is."""
    state = both.folder / ".imgur-sync/state.db"
    before = state.read_bytes()
    both.manifest(table("cats") + table("hounds", folder="dogs") + '[[moved]]\nfrom = "dogs"\nto = "hounds"\n')
    assert both.json("plan", "--offline")["empty"] is True
    assert both.run("validate").returncode == 0
    assert state.read_bytes() == before
