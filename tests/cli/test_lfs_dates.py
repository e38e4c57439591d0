"""The order "taken" in a checkout of Git LFS pointers: dates are in files that are not here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.local.test_local_taken import exif
from tests.support.fake_lfs import FakeLfs, repository
from tests.support.mirror import Mirror, table
from tests.support.pictures import webp

NAMES = ("d", "a", "c", "b")


@pytest.fixture
def lfs(tmp_path: Path) -> FakeLfs:
    """A store and a git-lfs."""
    return FakeLfs(tmp_path / "lfs")


def dated(day: int) -> bytes:
    """A picture that was taken on that day."""
    return webp(seed=day, exif=exif(f"2024:05:{day:02} 10:11:12"))


def test_pointers_move_nothing(unsynced: Mirror, lfs: FakeLfs) -> None:
    """Of an album that was made where all files are here, the runner that has none of them wants nothing, now or after
    a pull; a new picture comes last until it is here, and the plan says so."""
    repository(unsynced.folder)
    unsynced.manifest(table("trip", 'order = "taken"', 'cover = "newest"'))
    for day, name in enumerate(NAMES, 1):
        unsynced.put(f"trip/{name}.webp", dated(day))
    unsynced.run("apply", "-y", "-q")
    shown = unsynced.shown("trip")
    for day, name in enumerate(NAMES, 1):
        lfs.put(unsynced.folder / "trip" / f"{name}.webp", dated(day))
    for more in ((), ("--lfs", "pull"), ("--refresh",)):
        assert unsynced.json("plan", *more)["empty"]
    assert unsynced.run("drift", "--detailed-exitcode").returncode == 0
    lfs.put(unsynced.folder / "trip" / "e.webp", dated(9))
    for more in ((), ("--lfs", "pull")):
        plan = unsynced.json("plan", *more)
        (edit,) = [step for step in plan["albums"][0]["wanted"] if step["kind"] == "edit_album"]
        assert [place["path"][0] for place in edit["places"]] == [*NAMES, "e"]
        assert "the dates in the pictures, and 1 of those that are sent is not here" in plan["albums"][0]["warnings"][0]
    unsynced.run("apply", "--lfs", "pull", "-y", "-q", environ=lfs.environ)
    assert unsynced.shown("trip")[:-1] == shown
    assert unsynced.json("plan")["empty"]
