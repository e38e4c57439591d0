"""A picture that a file would take back without an upload is not deleted by `purge`."""

from __future__ import annotations

import os

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror, table
from tests.support.pictures import png

KIND = Inside

NOW = ("--older-than", "0s")


@pytest.fixture
def departed(synced: Mirror) -> Mirror:
    """Two pictures left cats: c1.png and c2.png."""
    for name in ("c1.png", "c2.png"):
        (synced.folder / "cats" / name).unlink()
    synced.run("apply", "-y", "-q")
    return synced


def test_what_a_file_takes_back_is_left_out_and_named(departed: Mirror) -> None:
    """In whatever folder and under whatever name the file is; the number counts the others only."""
    departed.put("dogs/again.png", 1)
    asked = departed.run("purge", *NOW, code=3)
    assert "1 picture is left out: the next apply puts it back without an upload" in asked.stdout
    assert asked.stdout.index("cats/c1.png") < asked.stdout.index("1 picture left more than 0s ago")
    assert "to delete it: imgur-sync purge --older-than 0s --approve purge=1" in asked.stderr
    departed.run("purge", *NOW, "--approve", "purge=2", code=3)
    done = departed.json("purge", *NOW, "--approve", "purge=1")
    assert [picture["path"] for picture in done["deleted"]] == ["c2.png"]
    mark = departed.last()
    departed.run("apply", "-y", "-q")
    assert "POST /3/upload" not in departed.writes(mark)
    departed.check_equal("cats", "dogs")


def test_nothing_else_to_delete(departed: Mirror) -> None:
    """Exit 0, and no request; a number that is given all the same is refused."""
    for number in (1, 2):
        departed.put(f"cats/c{number}.png", number)
    mark = departed.last()
    assert departed.run("purge", *NOW).stdout.endswith("Nothing else to delete.\n")
    refused = departed.run("purge", *NOW, "--approve", "purge=2", code=3)
    assert "leave --approve out" in refused.stderr
    assert departed.last() == mark


def test_as_many_as_there_are_files(synced: Mirror) -> None:
    """Of two pictures of one content, one file spares one."""
    synced.put("cats/twin.png", 0)
    synced.run("apply", "-y", "-q")
    (synced.folder / "cats" / "twin.png").unlink()
    (synced.folder / "cats" / "c0.png").unlink()
    synced.run("apply", "-y", "-q")
    synced.put("dogs/one.png", 0)
    done = synced.json("purge", *NOW, "--approve", "purge=1")
    assert len(done["deleted"]) == 1
    mark = synced.last()
    synced.run("apply", "-y", "-q")
    assert "POST /3/upload" not in synced.writes(mark)


def test_a_folder_that_cannot_be_looked_into_is_told(departed: Mirror) -> None:
    """Its files may want a picture back: the person is told before the number is typed."""
    os.rename(departed.folder / "dogs", departed.folder / "away")
    asked = departed.run("purge", *NOW, code=3)
    assert "note: the folder dogs cannot be read whole" in asked.stderr
    assert departed.run("purge", *NOW, "-q", code=3).stderr.count("note: ") == 0


def test_another_picture_under_the_old_name_spares_nothing(departed: Mirror) -> None:
    """It is the content that counts."""
    departed.put("cats/c1.png", png(seed=99))
    assert len(departed.json("purge", *NOW, "--approve", "purge=2")["deleted"]) == 2


def test_albums_outside_the_manifest_ask_for_nothing(departed: Mirror) -> None:
    """A folder without a table wants no picture."""
    departed.put("birds/c1.png", 1)
    departed.manifest(table("cats") + table("dogs"))
    assert len(departed.json("purge", *NOW, "--approve", "purge=2")["deleted"]) == 2
