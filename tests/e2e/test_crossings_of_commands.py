"""Commands where several wishes of the manifest meet, as installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table

MOVED = '[[moved]]\nfrom = "cats"\nto = "katzen"\n'


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Mirror]:
    """Cats and dogs, synced; then a file of cats left its folder."""
    with mirror(tmp_path, kind=Inside) as made:
        made.run("apply", "-y", "-q")
        (made.folder / "cats" / "c1.png").unlink()
        made.run("apply", "-y", "-q")
        yield made


def test_what_left_a_moved_album_is_known_by_its_new_key(left: Mirror) -> None:
    """Before any apply followed the move: listed, put back and deleted under the key that the manifest has now."""
    left.manifest(table("katzen", folder="cats") + table("dogs") + MOVED)
    assert "katzen/c1.png" in left.run("restore").stdout
    assert 'no album "cats" was synced here' in left.run("restore", "cats", "--all", "-y", code=64).stderr
    left.run("restore", "katzen", "--all", "-y")
    assert left.json("plan")["empty"] is True
    assert len(left.album("cats")["images"]) == 5


def test_a_picture_of_a_moved_album_is_explained_by_its_new_key(left: Mirror) -> None:
    """Before any apply followed the move: it is as wanted, and not a file that Imgur would not take."""
    left.manifest(table("katzen", folder="cats") + table("dogs") + MOVED)
    told = left.json("explain", "katzen/c0.png")
    assert (told["verdict"], len(told["pictures"])) == (left.json("explain", "dogs/d0.png")["verdict"], 1)
    assert left.json("explain", "katzen/c1.png")["pictures"]


def test_what_left_a_moved_album_is_deleted_under_its_new_key(left: Mirror) -> None:
    """And an album that is protected under its new name keeps it."""
    left.manifest(table("katzen", "protect = true", folder="cats") + table("dogs") + MOVED)
    assert "Nothing to delete" in left.run("purge", "--older-than", "0s").stdout
    left.manifest(table("katzen", folder="cats") + table("dogs") + MOVED)
    left.run("purge", "katzen", "--older-than", "0s", "--approve", "purge=1")
    assert len(left.look("world")["images"]) == 7


def test_a_moved_album_is_not_forgotten_under_its_old_key(left: Mirror) -> None:
    """The manifest names it: forgotten, all of it would be uploaded again."""
    left.manifest(table("katzen", folder="cats") + table("dogs") + MOVED)
    assert 'no album "cats" was synced here' in left.run("forget", "cats", "--confirm", "cats", code=64).stderr
    assert "out of the manifest" in left.run("forget", "katzen", "--confirm", "katzen", code=64).stderr
    assert left.json("plan")["empty"] is True


def test_protection_that_outlives_its_table_keeps_what_left_too(left: Mirror) -> None:
    """`purge` heeds what the state remembers; after forgetting the album nothing is there to delete."""
    left.manifest(table("cats", "protect = true") + table("dogs"))
    left.run("apply", "-y", "-q")
    left.manifest(table("dogs"))
    assert "Nothing to delete" in left.run("purge", "--older-than", "0s").stdout
    assert len(left.look("world")["images"]) == 8


def test_what_a_removed_album_left_behind_can_be_let_go_of(left: Mirror) -> None:
    """Its pictures are listed and forgotten, though the album is no more."""
    left.manifest(table("cats") + '[[removed]]\nalbum = "dogs"\n')
    left.run("apply", "-y", "-q", "--approve", "prune=3")
    assert left.run("restore", "dogs").stdout.count("dogs/") == 3
    assert "the album dogs is gone" in left.run("restore", "dogs", "--all", "-y", code=7).stderr
    left.run("forget", "dogs", "--confirm", "dogs")
    assert left.run("restore").stdout.count("dogs/") == 0
    assert len(left.look("world")["images"]) == 8


def test_an_album_cannot_be_adopted_without_an_account(left: Mirror) -> None:
    """65 with the place, and nothing is sent."""
    left.manifest(table("cats", 'id = "AbC1234"'), head='version = 1\n[account]\nmode = "anonymous"\n')
    mark = left.last()
    told = left.run("plan", code=65).stderr
    assert "albums.cats.id" in told
    assert "deletehash" in told
    assert left.requests(mark) == []
