"""The installed command, from an empty folder to a mirror that is kept, as Imgur sees it."""

from __future__ import annotations

import base64
import csv
import json
import tomllib
from io import StringIO
from pathlib import Path

import pytest

from tests.support.mirror import Mirror, mirror, table
from tests.support.pictures import gif

SHAPES = ("mixed", "legacy", "v1")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_mirror_from_init_to_its_first_edits(shape: str, tmp_path: Path) -> None:
    """A user's first session, whichever way Imgur answers: each command does what it says, what is on Imgur is what
    lies in the folders, and only new bytes are ever sent."""
    with mirror(tmp_path, shape=shape) as here:
        draft(here)
        assert "8 uploads" in here.run("plan", "--detailed-exitcode", code=2).stdout
        assert here.writes() == []
        assert "8 pictures uploaded" in here.run("apply", "-y").stdout
        here.check_equal("cats", "dogs")
        assert here.writes().count("POST /3/upload") == 8
        assert {album["privacy"] for album in here.look("world")["albums"]} == {"hidden"}
        status = here.json("status")
        assert {album["key"]: album["pictures"] for album in status["albums"]} == {"cats": 5, "dogs": 3}
        assert status["open_intents"] == []
        assert here.json("credits")["used_today"] == here.look("ledger")["credits"]

        before, new = here.last(), edit_folders(here)
        plan = here.json("plan")
        assert plan["price"]["uploads"] == new
        assert here.writes(before) == []
        here.run("apply", "-y", "-q")
        here.check_equal("cats", "dogs")
        assert len(here.received()) == 8 + new
        if shape == "mixed":
            check_links(here)
        after = here.last()
        assert "nothing to do" in here.run("plan", "--detailed-exitcode").stdout.lower()
        here.run("apply", "-y", "-q")
        assert {request["method"] for request in here.requests(after)} == {"GET"}


def draft(here: Mirror) -> None:
    """Have the manifest written and checked by the command."""
    (here.folder / "sync.toml").unlink()
    here.run("init", "cats", "dogs")
    drafted = tomllib.loads((here.folder / "sync.toml").read_text())
    assert set(drafted["albums"]) == {"cats", "dogs"}
    assert "2 albums" in here.run("validate").stdout


def edit_folders(here: Mirror) -> int:
    """One of everything that happens to files: added, renamed, swapped, replaced, moved to the other album, deleted.
    Returns how many pictures are new to Imgur."""
    cats, dogs = here.folder / "cats", here.folder / "dogs"
    here.put("cats/c7.png", 70)
    (cats / "c0.png").rename(cats / "c9.png")
    first, second = (cats / "c1.png").read_bytes(), (cats / "c2.png").read_bytes()
    (cats / "c1.png").write_bytes(second)
    (cats / "c2.png").write_bytes(first)
    here.put("cats/c3.png", 73)
    (cats / "c4.png").rename(dogs / "moved.png")
    (dogs / "d2.png").unlink()
    return 2


def check_links(here: Mirror) -> None:
    """Every format names every picture's link, in the folder's order; each link serves the bytes of its file."""
    files = sorted((here.folder / "cats").iterdir())
    links = here.run("links", "cats").stdout.split()
    assert [here.web.get(link).content for link in links] == [path.read_bytes() for path in files]
    for form in ("markdown", "bbcode", "html"):
        text = here.run("links", "cats", "--format", form).stdout
        places = [text.find(link) for link in links]
        assert -1 not in places, f"{form} lacks a link"
        assert places == sorted(places)
    rows = list(csv.DictReader(StringIO(here.run("links", "--format", "csv").stdout)))
    assert [row["link"] for row in rows if row["album"] == "cats"] == links
    albums = json.loads(here.run("links", "--format", "json").stdout)["albums"]
    pictures = {album["album"]: album["pictures"] for album in albums}
    assert [picture["path"] for picture in pictures["cats"]] == [path.name for path in files]
    assert [picture["link"] for picture in pictures["cats"]] == links
    assert [picture["path"] for picture in pictures["dogs"]] == ["d0.png", "d1.png", "moved.png"]


def test_what_leaves_the_folder_stays_on_imgur_unless_deletion_is_asked_for(synced: Mirror) -> None:
    """`detach` leaves the picture and its link alive, `delete` ends it, `never` leaves it in the album."""
    links = synced.run("links", "cats").stdout.split()
    (synced.folder / "cats" / "c0.png").unlink()
    synced.run("apply", "-y", "-q")
    assert synced.shown("cats") == synced.wanted("cats")
    assert synced.web.get(links[0]).status_code == 200

    synced.manifest(table("cats", 'prune = "delete"') + table("dogs", 'prune = "never"'))
    (synced.folder / "cats" / "c1.png").unlink()
    (synced.folder / "dogs" / "d0.png").unlink()
    synced.run("apply", "-y", "-q")
    assert synced.shown("cats") == synced.wanted("cats")
    assert synced.web.get(links[1]).headers["location"].endswith("removed.png")
    assert len(synced.shown("dogs")) == 3
    synced.run("plan", "--detailed-exitcode", "-q")


def test_a_picture_put_back_costs_no_second_upload(synced: Mirror) -> None:
    """A detached picture is attached again."""
    path = synced.folder / "cats" / "c0.png"
    data, uploads = path.read_bytes(), len(synced.received())
    path.unlink()
    synced.run("apply", "-y", "-q")
    path.write_bytes(data)
    synced.run("apply", "-y", "-q")
    synced.check_equal("cats", "dogs")
    assert len(synced.received()) == uploads


def test_header_wishes_reach_imgur_and_stay_as_sent(here: Mirror) -> None:
    """Description, privacy and cover; then a change of each, of which the wider privacy needs a yes of its own."""
    wish = ('description = "all of them"', 'privacy = "secret"', 'cover = "c3.png"')
    here.manifest(table("cats", *wish) + table("dogs"))
    here.run("apply", "-y", "-q")
    album = here.album("cats")
    assert (album["description"], album["privacy"]) == ("all of them", "secret")
    assert album["images"].index(album["cover"]) == 3
    here.manifest(table("cats", 'description = ""', 'privacy = "hidden"') + table("dogs"))
    assert "--approve publish=1" in here.run("apply", "-y", "-q", code=3).stdout
    assert here.album("cats")["privacy"] == "secret"
    here.run("apply", "-y", "-q", "--approve", "publish=1")
    album = here.album("cats")
    assert (album["description"] or "", album["privacy"]) == ("", "hidden")
    assert album["images"].index(album["cover"]) == 0
    here.check_equal("cats", "dogs")
    here.run("plan", "--detailed-exitcode", "-q")


def test_a_lost_state_is_rebuilt_without_an_upload(synced: Mirror) -> None:
    """The markers on Imgur are enough: no twin, no removal, nothing left to do."""
    uploads = len(synced.received())
    for path in (synced.folder / ".imgur-sync").iterdir():
        path.unlink()
    synced.run("apply", "-y", "-q")
    synced.check_equal("cats", "dogs")
    assert len(synced.received()) == uploads
    synced.run("plan", "--detailed-exitcode", "-q")


def test_strangers_pictures_and_albums_are_left_alone(synced: Mirror) -> None:
    """What somebody put in by hand stays, at the end; albums of others are never touched."""
    album = synced.album("cats")["id"]
    stranger = synced.steer("edit", {"op": "add", "id": album, "image_base64": base64.b64encode(gif(seed=99)).decode()})
    synced.put("cats/c8.png", 80)
    synced.run("apply", "-y", "-q", "--refresh")
    images = synced.album("cats")["images"]
    assert images[-1] == stranger["id"]
    assert synced.shown("cats")[:-1] == synced.wanted("cats")
    synced.put("cats/c9.png", 81)  # an album in order is one line of the plan: there is nothing to tell of it
    assert "1 picture that imgur-sync did not put there stays" in synced.run("plan", "--refresh").stdout
