"""An order and a cover that somebody changes on Imgur's site, told apart from what the user changed, in both modes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import Inside
from tests.support.mirror import table, until
from tests.support.modes import MODES, Either, either
from tests.support.shape_check import check_document

ORDER = "cats: the order was changed on Imgur"
COVER = "cats: the cover was changed on Imgur"


@pytest.fixture(params=MODES)
def up(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """The albums cats (five pictures) and dogs (three), mirrored."""
    with either(tmp_path, request.param, kind=Inside) as here:
        here.run("apply", "-y", "-q")
        yield here


def reorder(here: Either, *places: int) -> None:
    """Somebody puts the pictures of cats into this order, by where they stand now."""
    ids = here.album("cats")["images"]
    here.edit("order", title_of="cats", images=[ids[place] for place in places])


def choose(here: Either, place: int) -> None:
    """Somebody makes another picture of cats its cover."""
    here.edit("set_album", title_of="cats", cover=here.album("cats")["images"][place])


def parts(here: Either) -> tuple[list[str], list[str]]:
    """What `diff` tells under its two headings."""
    lines = here.run("diff", "--refresh").stdout.splitlines()
    mine, theirs = "You changed:", "Changed on Imgur:"
    end = lines.index(theirs) if theirs in lines else len(lines)
    return [line for line in lines[:end] if line and line != mine], lines[end + 1 :]


def reads(here: Either, *arguments: str) -> int:
    """How many requests a command takes; none of them is a write."""
    last = here.last()
    here.run(*arguments, code=None)
    assert here.writes(last) == []
    return len([request for request in here.requests(last) if request["method"] == "GET"])


def test_a_changed_order_is_told_everywhere_and_set_back(up: Either) -> None:
    """By drift, diff and plan, as text and as JSON; for no request more than a quiet album takes; then nothing is."""
    quiet = reads(up, "drift")
    reorder(up, 4, 3, 2, 1, 0)
    assert reads(up, "drift") == quiet
    told = up.run("drift", "--detailed-exitcode", code=2).stdout
    assert told == f"{ORDER}: it is set back\n", "that the first picture is the cover is no change of its own"
    document = up.json("drift")
    check_document(document, "drift")
    assert document["albums"][0]["drift"] == [{"what": "the order was changed on Imgur", "then": "it is set back"}]
    mine, theirs = parts(up)
    assert mine == []
    names = "c4.png, c3.png, c2.png, c1.png and 1 more → c0.png, c1.png, c2.png, c3.png and 1 more"
    assert theirs == [f"* cats  order: {names}"]
    assert [c["side"] for c in up.json("diff", "--refresh")["changes"]] == ["imgur"]
    assert "? the order was changed on Imgur: it is set back" in up.run("plan", "--refresh").stdout
    (album,) = up.json("plan", "--refresh")["albums"]
    assert (album["drift"], album["drift_answers"]) == (["the order was changed on Imgur"], ["it is set back"])
    up.run("apply", "-y", "-q", "--refresh")
    up.settled("cats", "dogs")
    assert up.run("drift", "--detailed-exitcode").stdout.startswith("Nothing was changed")


def test_a_changed_cover_is_told_everywhere_and_set_back(up: Either) -> None:
    """An unwatched header is enough to see it: without --refresh with an account."""
    choose(up, 2)
    assert up.run("drift", "--detailed-exitcode", code=2).stdout == f"{COVER}: it is set back\n"
    assert parts(up) == ([], ["* cats  cover: c2.png → c0.png"])
    assert "the cover was changed on Imgur: it is set back" in up.run("plan").stdout
    up.run("apply", "-y", "-q")
    assert up.album("cats")["cover"] == up.album("cats")["images"][0]
    assert up.run("drift", "--detailed-exitcode").returncode == 0


def test_what_you_changed_is_yours(up: Either) -> None:
    """Renamed files and another cover in the manifest: no drift, and listed under "You changed"."""
    up.manifest(table("cats", 'cover = "c3.png"', 'order = ["c2.png"]') + table("dogs"))
    assert up.run("drift", "--detailed-exitcode").returncode == 0
    mine, theirs = parts(up)
    assert [line.partition(":")[0] for line in mine] == ["* cats  cover", "* cats  order"]
    assert theirs == []
    up.run("apply", "-y", "-q")
    reorder(up, 1, 0, 2, 3, 4)
    assert up.run("drift").stdout == f"{ORDER}: it is set back\n"
    up.run("apply", "-y", "-q", "--refresh")
    assert up.shown("cats")[0] == up.wanted("cats")[2]


def test_both_at_once_are_told_apart(up: Either) -> None:
    """You ask for another order, somebody made one of their own; so with the cover."""
    reorder(up, 4, 0, 1, 2, 3)
    choose(up, 2)
    up.manifest(table("cats", 'cover = "c3.png"', 'order = ["c2.png"]') + table("dogs"))
    told = up.run("drift", "--detailed-exitcode", code=2).stdout
    then = "it is set as the manifest wants it now"
    assert told == f"{ORDER}: {then}\n{COVER}: {then}\n"
    mine, theirs = parts(up)
    assert mine == [
        "* cats  cover: c0.png → c3.png",
        "* cats  order: c0.png, c1.png, c2.png, c3.png and 1 more → c2.png, c0.png, c1.png, c3.png and 1 more",
    ]
    assert [line.partition(":")[0] for line in theirs] == ["* cats  cover", "* cats  order"]
    up.run("apply", "-y", "-q", "--refresh")
    assert up.run("drift", "--detailed-exitcode").returncode == 0


def test_an_order_that_is_the_wanted_one_is_told_once(up: Either) -> None:
    """Somebody puts it as a changed manifest wants it; there is nothing to set, and apply takes it for agreed."""
    up.manifest(table("cats", 'order = ["c1.png"]', 'cover = "c0.png"') + table("dogs"))
    reorder(up, 1, 0, 2, 3, 4)
    choose(up, 1)
    assert up.run("drift").stdout == f"{ORDER}: as the manifest wants it now\n"
    last = up.last()
    up.run("apply", "-y", "-q")
    assert up.writes(last) == []
    assert up.run("drift", "--detailed-exitcode").returncode == 0


def test_what_else_changes_is_no_change_of_the_order(up: Either) -> None:
    """New, replaced, renamed and removed files, one that goes to the other album, one that somebody deletes, takes
    out or adds: each is told as what it is."""
    ids = up.album("cats")["images"]
    up.edit("delete_image", id=ids[0])
    up.edit("remove_from_album", title_of="cats", images=[ids[1]])
    up.add("cats", 77)
    up.put("cats/a new one.png", 90)
    up.put("cats/c2.png", 91)
    (up.folder / "cats/c3.png").rename(up.folder / "dogs/c3.png")
    (up.folder / "cats/c4.png").rename(up.folder / "cats/b4.png")
    told = up.run("drift", "cats").stdout
    assert "1 picture was deleted on Imgur" in told
    assert "the order" not in told
    assert "the cover" not in told
    up.run("apply", "-y", "-q", "--refresh")
    after = up.run("drift", "--detailed-exitcode").stdout
    assert "the order" not in after
    assert "the cover" not in after


def test_a_picture_that_was_put_back_is_no_change_of_the_order(up: Either) -> None:
    """`restore` puts it at the end: there it is ours, not somebody's doing."""
    (up.folder / "cats/c1.png").unlink()
    up.run("apply", "-y", "-q")
    up.run("restore", "cats", "c1.png", "-y")
    assert "the order" not in up.run("drift").stdout


def test_a_state_that_does_not_remember_says_nothing_wrong(up: Either) -> None:
    """One of the version before: no drift, no blame; the next apply remembers, without a request more."""
    forget(up)
    up.run("apply", "-y", "-q")
    reorder(up, 1, 0, 2, 3, 4)
    assert up.run("drift", "--detailed-exitcode", code=2).stdout == f"{ORDER}: it is set back\n"
    forget(up)
    assert up.run("drift", "--detailed-exitcode").returncode == 0
    mine, theirs = parts(up)
    assert [line.rpartition("(")[2] for line in mine] == ["nobody knows who changed it)"]
    assert theirs == []
    last = up.last()
    up.run("apply", "-y", "-q", "--refresh")
    assert len(up.writes(last)) == 1
    up.settled("cats", "dogs")
    assert (up.folder / ".imgur-sync/state.db.backup-v4").exists()


def forget(here: Either) -> None:
    """Make the state one of version 4, which remembered no order and no cover."""
    with closing(sqlite3.connect(here.folder / ".imgur-sync/state.db", isolation_level=None)) as connection:
        for table in ("agreed", "reviewed", "consumed"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 4")


def test_pictures_of_others_are_told_as_long_as_they_are_there(up: Either) -> None:
    """Of an album that is in order otherwise: by drift and plan, for no request more, and they count as no change."""

    written = max(file.stat().st_ctime for file in up.folder.glob("*/*.png"))
    # Files that were written less than two seconds ago are read again, and their album is no unchanged one.
    until(lambda: time.time() - written > 2.1)
    up.run("apply", "-y", "-q")
    quiet = reads(up, "drift"), reads(up, "plan")
    up.add("cats", 77)
    for _ in range(3):
        told = up.run("drift", "--detailed-exitcode").stdout
        assert told == "Nothing was changed on Imgur (2 albums looked at).\ncats: 1 picture of others in it: kept\n"
        up.run("apply", "-y", "-q")
    assert reads(up, "drift") <= quiet[0]
    assert reads(up, "plan") <= quiet[1]
    document = up.json("drift")
    check_document(document, "drift")
    assert [(album["album"], album["foreign"], album["drift"]) for album in document["albums"]] == [("cats", 1, [])]
    assert document["unchanged"] == 1
    text = up.run("plan").stdout
    assert "Nothing to do: 2 albums as wanted, with 8 pictures." in text
    assert "Pictures that imgur-sync did not put there stay: 1 in cats" in text
    document = up.json("plan")
    check_document(document, "plan")
    assert document["unchanged"]["foreign"] == {"cats": 1}
    assert "stay: 1 in cats" in up.run("plan", "--offline").stdout
    up.edit("order", title_of="cats", images=[up.album("cats")["images"][place] for place in (5, 0, 1, 2, 3, 4)])
    moved = up.run("drift").stdout
    assert ("the order was changed" in moved) is not up.anonymous, "without an account no edit can name it"


def test_nothing_but_the_state_holds_what_was_agreed_on(up: Either) -> None:
    """No id of a picture gets into what the commands print."""
    reorder(up, 4, 3, 2, 1, 0)
    choose(up, 2)
    ids: list[Any] = up.album("cats")["images"]
    for command in (("drift",), ("drift", "--json"), ("diff", "--refresh", "--json"), ("plan", "--refresh", "--json")):
        text = up.run(*command, code=None).stdout
        assert not [image_id for image_id in ids if image_id in text]
