"""`explain` of the files of an album that [[removed]] names, or that has no table any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import Inside
from tests.support.mirror import UPLOAD, table
from tests.support.modes import MODES, Either, either

CATS = table("cats")
REMOVED = '[[removed]]\nalbum = "dogs"\n'


@pytest.fixture(params=MODES)
def up(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """Two albums, synced."""
    with either(tmp_path, request.param, kind=Inside) as here:
        here.run("apply", "-y", "-q")
        yield here


def told(here: Either, path: str, *options: str) -> tuple[str, str]:
    """The verdict, and the reasons in one text; nothing is sent without --online, and no write ever."""
    last = here.last()
    found: dict[str, Any] = here.json("explain", path, *options)
    assert here.writes(last) == []
    assert options or here.last() == last
    assert (found["album"], found["kind"]) == ("dogs", "explain")
    return found["verdict"], " ".join(found["because"])


@pytest.mark.parametrize("pictures", ["detach", "delete"])
def test_a_file_of_a_removed_album_waits_for_the_number_then_is_gone(pictures: str, up: Either) -> None:
    """By path, by place and by link; also without the file; with the gate and what to type."""
    up.manifest(CATS + f'{REMOVED}pictures = "{pictures}"\n')
    link = up.json("links", "dogs")["albums"][0]["pictures"][0]["link"]
    (up.folder / "dogs/d0.png").unlink()
    for asked in ("dogs/d0.png", str(up.folder / "dogs/d1.png"), link):
        verdict, why = told(up, asked)
        assert verdict == "withheld"
        assert "[[removed]] names its album dogs" in why
        assert ("its link goes on working" in why) is (pictures == "detach")
    assert told(up, "dogs/d1.png", "--online")[0] == "withheld"
    found = up.json("explain", "dogs/d1.png")
    assert (found["gate"], found["approve"]) == ("prune", "prune=3")
    up.run("apply", "-y", "-q", "--approve", "prune=3")
    verdict, why = told(up, "dogs/d1.png")
    if pictures == "detach":
        assert verdict == "gone"
        assert "its picture is detached" in why
    else:
        assert verdict == "unmanaged"
        assert "nothing of this folder is sent" in why


def test_a_new_file_in_the_folder_of_a_removed_album_is_not_sent(up: Either) -> None:
    """And says so."""
    up.put("dogs/new.png", 60)
    up.manifest(CATS + REMOVED)
    verdict, why = told(up, "dogs/new.png")
    assert verdict == "unmanaged"
    assert "nothing of this folder is sent" in why
    up.run("explain", "dogs/none.png", code=0)
    up.run("explain", "birds/none.png", code=64)


def test_a_file_that_another_album_takes_is_moved(up: Either) -> None:
    """Before the album goes."""
    (up.folder / "dogs/d1.png").rename(up.folder / "cats/rex.png")
    up.manifest(CATS + REMOVED)
    verdict, why = told(up, "dogs/d1.png")
    assert verdict == "moved"
    assert "dogs/d1.png is now cats/rex.png" in why


def test_what_keeps_a_removed_album_is_told(up: Either) -> None:
    """Protection, and a picture of others that was seen in it."""
    up.manifest(CATS + table("dogs", "protect = true"))
    up.run("apply", "-y", "-q")
    up.manifest(CATS + REMOVED)
    assert told(up, "dogs/d1.png") == ("blocked", "the album is protected: it is not deleted")
    up.manifest(CATS + table("dogs", "protect = false"))
    up.run("apply", "-y", "-q")
    up.add("dogs", 80)
    up.manifest(CATS + REMOVED)
    verdict, why = told(up, "dogs/d1.png", "--online")
    assert verdict == "blocked"
    assert "did not put there" in why


def test_a_dropped_table_is_told_by_path_and_place(up: Either) -> None:
    """Not managed any more, and nothing else is claimed."""
    up.manifest(CATS)
    for asked in ("dogs/d1.png", str(up.folder / "dogs/d1.png")):
        assert told(up, asked) == ("unmanaged", "its album is not in the manifest any more")


def test_pictures_that_cannot_be_deleted_with_their_album_are_told(tmp_path: Path) -> None:
    """Without an account: one whose deletehash was lost stays, and what stays outside of albums may be purged."""
    with either(tmp_path, "anonymous", kind=Inside) as here:
        here.manifest(table("dogs"))
        here.steer("faults", [{"match": {**UPLOAD, "nth": 3}, "fault": "drop_after"}])
        here.run("apply", "-y", "-q")
        here.calm()
        here.manifest(CATS + REMOVED + 'pictures = "delete"\n')
        here.run("apply", "-y", "-q", code=3)
        plan = here.run("plan").stdout
        assert "2 pictures with it, for good; 1 picture would stay on Imgur" in plan
        assert "Imgur may remove a picture of no account that is in no album" in plan
        reasons = [" ".join(here.json("explain", f"dogs/d{n}.png")["because"]) for n in range(3)]
        assert [("it cannot be deleted with the album" in why) for why in reasons].count(True) == 1
        here.run("apply", "-y", "-q", "--approve", "prune=3")
        left = [image["sha256"] for image in here.look("world")["images"] if image["sha256"] in here.wanted("dogs")]
        assert len(left) == 1
