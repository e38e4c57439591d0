"""The installed command, from an empty folder to a mirror that is kept, as Imgur sees it."""

from __future__ import annotations

import csv
import json
import tomllib
from io import StringIO
from pathlib import Path

import pytest

from tests.support.mirror import Mirror, mirror, table

SHAPES = ("mixed", "legacy", "v1")


@pytest.mark.parametrize("shape", SHAPES)
def test_from_init_to_links_in_every_shape_of_replies(shape: str, tmp_path: Path) -> None:
    """A user's first session: each step does what it says, and what is on Imgur is what lies in the folders."""
    with mirror(tmp_path, shape=shape) as here:
        (here.folder / "sync.toml").unlink()
        here.run("init", "cats", "dogs")
        drafted = tomllib.loads((here.folder / "sync.toml").read_text())
        assert set(drafted["albums"]) == {"cats", "dogs"}
        assert "2 albums" in here.run("validate").stdout
        assert "8 uploads" in here.run("plan", "--detailed-exitcode", code=2).stdout
        assert here.writes() == []
        done = here.run("apply", "-y")
        assert "8 pictures uploaded" in done.stdout
        here.check_equal("cats", "dogs")
        assert here.writes().count("POST /3/upload") == 8
        assert {album["privacy"] for album in here.look("world")["albums"]} == {"hidden"}
        status = here.json("status")
        assert {album["key"]: album["pictures"] for album in status["albums"]} == {"cats": 5, "dogs": 3}
        assert status["open_intents"] == []
        check_links(here)
        left = here.json("credits")
        assert left["used_today"] == here.look("ledger")["credits"]
        assert "nothing to do" in here.run("plan", "--detailed-exitcode").stdout.lower()


def check_links(here: Mirror) -> None:
    """Every format names every picture's link, in the folder's order; each link serves the bytes of its file."""
    links = here.run("links", "cats").stdout.split()
    assert [here.web.get(link).content for link in links] == [
        path.read_bytes() for path in sorted((here.folder / "cats").iterdir())
    ]
    for form in ("markdown", "bbcode", "html", "csv", "json"):
        text = here.run("links", "cats", "--format", form).stdout
        places = [text.find(link) for link in links]
        assert -1 not in places, f"{form} lacks a link"
        assert places == sorted(places)
    rows = list(csv.DictReader(StringIO(here.run("links", "--format", "csv").stdout)))
    assert [Path(row["path"]).name for row in rows if row["album"] == "cats"] == [f"c{n}.png" for n in range(5)]
    pictures = json.loads(here.run("links", "dogs", "--format", "json").stdout)["albums"][0]["pictures"]
    assert [picture["path"] for picture in pictures] == ["d0.png", "d1.png", "d2.png"]


def edit_folders(here: Mirror) -> int:
    """One of everything that happens to files. Returns how many pictures are new to Imgur."""
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


@pytest.mark.parametrize("shape", SHAPES)
def test_edits_of_the_folders_reach_the_albums_for_the_least_uploads(shape: str, tmp_path: Path) -> None:
    """Added, renamed, swapped, replaced, moved to the other album, deleted: only new bytes are sent."""
    with mirror(tmp_path, shape=shape) as here:
        here.run("apply", "-y", "-q")
        before, uploads = here.last(), len(here.received())
        new = edit_folders(here)
        plan = here.json("plan")
        assert plan["price"]["uploads"] == new
        assert sum(len(album["moves"]) for album in plan["albums"]) >= 2
        assert here.writes(before) == []
        here.run("apply", "-y", "-q")
        here.check_equal("cats", "dogs")
        assert len(here.received()) == uploads + new
        after = here.last()
        here.run("plan", "--detailed-exitcode", "-q")
        here.run("apply", "-y", "-q")
        assert {request["method"] for request in here.requests(after)} == {"GET"}


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
    assert synced.web.get(links[1]).status_code == 404
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
    """Title, description, privacy, cover and an explicit order; then a change of each."""
    wish = ['description = "all of them"', 'privacy = "secret"', 'cover = "c3.png"', 'order = ["c4.png", "c1.png"]']
    here.manifest(table("cats", *wish) + table("dogs"))
    here.run("apply", "-y", "-q")
    album, wanted = here.album("cats"), here.wanted("cats")
    assert (album["description"], album["privacy"]) == ("all of them", "secret")
    assert here.shown("cats") == [wanted[4], wanted[1], wanted[0], wanted[2], wanted[3]]
    assert album["images"].index(album["cover"]) == 4
    here.manifest(table("cats", 'description = ""', 'privacy = "hidden"') + table("dogs"))
    here.run("apply", "-y", "-q")
    album = here.album("cats")
    assert (album["description"] or "", album["privacy"]) == ("", "hidden")
    assert here.shown("cats") == wanted
    here.run("plan", "--detailed-exitcode", "-q")


def test_titles_of_pictures_come_from_a_template_or_the_manifest(here: Mirror) -> None:
    """Names are sent only when the manifest asks for it."""
    lines = ('image_title = "{stem} of {folder}"', '[albums.cats.images."c1.png"]', 'title = "Tom"')
    here.manifest(table("dogs") + table("cats", *lines))
    here.run("apply", "-y", "-q")
    titles = {image["sha256"]: image["title"] for image in here.look("world")["images"]}
    assert [titles[digest] for digest in here.shown("cats")] == ["c0 of cats", "Tom", *(f"c{n} of cats" for n in (2, 3, 4))]
    assert not any(titles[digest] for digest in here.shown("dogs"))
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
    import base64

    from tests.support.pictures import gif

    stranger = synced.steer("edit", {"op": "add", "id": album, "image_base64": base64.b64encode(gif(seed=99)).decode()})
    synced.put("cats/c8.png", 80)
    synced.run("apply", "-y", "-q", "--refresh")
    images = synced.album("cats")["images"]
    assert images[-1] == stranger["id"]
    assert synced.shown("cats")[:-1] == synced.wanted("cats")
    assert "1 picture that imgur-sync did not put there stays" in synced.run("plan", "--refresh").stdout
