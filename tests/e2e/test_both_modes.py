"""Every capability of the manifest and every command about what was synced, with an account and without one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.test_local_taken import exif, jpeg_with
from tests.support.inside import Inside
from tests.support.mirror import table
from tests.support.modes import MODES, Either, either

CATS = table("cats")
DOGS = table("dogs")
TRIPS = '[collections.trips]\nfolders = "trips/*"\ntitle = "{folder}"\n'
TEXTS = """[albums.cats.images."c1.png"]
title = "Tom"
description = "asleep"
"""


@pytest.fixture(params=MODES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """Nothing sent yet."""
    with either(tmp_path, request.param, kind=Inside) as here:
        yield here


@pytest.fixture
def up(both: Either) -> Either:
    """The same after a first apply."""
    both.run("apply", "-y", "-q")
    return both


def titles(here: Either, album: str) -> list[tuple[str | None, str | None]]:
    """Title and description of what an album shows, in its order."""
    images = {image["id"]: image for image in here.look("world")["images"]}
    return [(images[i]["title"], images[i]["description"]) for i in here.album(album)["images"]]


def albums(here: Either) -> list[str]:
    """The titles of all albums."""
    return sorted(album["title"] for album in here.look("world")["albums"])


def test_texts_and_templates_are_sent_changed_and_set_back(both: Either) -> None:
    """With the uploads; for a credit each afterwards; and somebody else's edit is undone."""
    cats = table("cats", 'image_title = "{index}: {stem}"')
    both.manifest(cats + TEXTS + DOGS)
    both.run("apply", "-y", "-q")
    assert titles(both, "cats")[:3] == [("1: c0", None), ("Tom", "asleep"), ("3: c2", None)]
    both.manifest(cats + TEXTS.replace("asleep", "awake") + DOGS)
    both.run("apply", "-y", "-q")
    assert titles(both, "cats")[1] == ("Tom", "awake")
    changed = both.album("cats")["images"][1]
    both.edit("set_image", id=changed, title="Jerry")
    assert "the title of c1.png was changed on Imgur" in both.run("drift").stdout
    both.run("apply", "-y", "-q", "--refresh")
    assert titles(both, "cats")[1] == ("Tom", "awake")
    assert len(both.received()) == 8
    both.settled("cats", "dogs")


@pytest.mark.parametrize(
    ("order", "expected"),
    [('"taken"', "cab"), ('["b.jpg"]', "bac"), ('"natural"', "abc"), ('"name"', "abc"), ('"modified"', "bca")],
)
def test_orders(order: str, expected: str, both: Either) -> None:
    """From the pictures, from a list, from the names, from the times; a new order is one edit."""
    for number, name in enumerate("abc"):
        date = f"{(2022, 2023, 2021)[number]}:05:01 10:11:12"
        path = both.put(f"shots/{name}.jpg", jpeg_with(exif(date, "+02:00"), number))
        seconds = (3, 1, 2)[number] * 1_000_000_000
        os.utime(path, ns=(seconds, seconds))
    both.manifest(table("shots", 'order = ["c.jpg", "b.jpg", "a.jpg"]'))
    both.run("apply", "-y", "-q")
    last = both.last()
    both.manifest(table("shots", f"order = {order}", 'cover = "newest"'))
    both.run("apply", "-y", "-q")
    wanted = dict(zip("abc", both.wanted("shots"), strict=True))
    assert both.shown("shots") == [wanted[letter] for letter in expected]
    assert len(both.writes(last)) == 1
    assert both.json("plan", "--refresh")["empty"] is True


def test_collections(both: Either) -> None:
    """A folder, an album; a new one is found, a table of its own overrides, one that vanished is held."""
    both.put("trips/alps/a0.png", 30)
    both.put("trips/Bodensee 2024/b0.png", 31)
    both.manifest(TRIPS)
    both.run("apply", "-y", "-q")
    assert albums(both) == ["Bodensee 2024", "alps"]
    both.put("trips/coast/c0.png", 32)
    both.manifest(TRIPS + '[albums."trips/alps"]\nfolder = "trips/alps"\ntitle = "The Alps"\n')
    both.run("apply", "-y", "-q")
    assert albums(both) == ["Bodensee 2024", "The Alps", "coast"]
    assert len(both.received()) == 3
    shutil.rmtree(both.folder / "trips/Bodensee 2024")
    last = both.last()
    assert "gate root" in both.run("apply", "-y", code=3).stdout
    both.run("apply", "-y", "--approve", "root=1", code=3)
    assert both.writes(last) == []


def test_a_moved_album_keeps_its_pictures(up: Either) -> None:
    """No write; its restorable pictures, its history and its status go by the new key."""
    (up.folder / "dogs/d0.png").unlink()
    up.run("apply", "-y", "-q")
    last = up.last()
    up.manifest(CATS + table("hounds", folder="dogs") + '[[moved]]\nfrom = "dogs"\nto = "hounds"\n')
    up.run("apply", "-y", "-q")
    assert up.writes(last) == []
    assert "hounds" in up.run("status").stdout
    assert [picture["album"] for picture in up.json("restore")["pictures"]] == ["hounds"]
    up.settled("cats", "dogs")


@pytest.mark.parametrize("pictures", ["detach", "delete"])
def test_a_removed_album_goes_by_its_exact_number(pictures: str, up: Either) -> None:
    """Not without it, not with another one."""
    up.manifest(CATS + f'[[removed]]\nalbum = "dogs"\npictures = "{pictures}"\n')
    last = up.last()
    assert "--approve prune=3" in up.run("apply", "-y", code=3).stdout
    up.run("apply", "-y", "--approve", "prune=2", code=3)
    assert up.writes(last) == []
    up.run("apply", "-y", "-q", "--approve", "prune=3")
    assert albums(up) == ["cats"]
    assert len(up.look("world")["images"]) == (8 if pictures == "detach" else 5)
    assert up.json("plan", "--refresh")["empty"] is True


def test_a_table_that_is_gone_removes_nothing(up: Either) -> None:
    """The album is un-managed, named, and managed again when the table is back."""
    before = up.album("dogs")
    up.manifest(CATS)
    assert "dogs is not in the manifest any more" in up.run("apply", "-y").stderr
    assert "dogs is not in the manifest any more" in up.run("plan", "--offline").stdout
    assert up.album("dogs") == before
    up.manifest(CATS + DOGS)
    up.settled("cats", "dogs")


def test_protection_outlives_its_table(up: Either) -> None:
    """Removals are blocked while it stands, also when its key was renamed or its table left and asked for removal."""
    up.manifest(CATS + table("dogs", "protect = true"))
    (up.folder / "dogs/d0.png").unlink()
    up.run("apply", "-y", "-q", code=3)
    assert len(up.shown("dogs")) == 3
    up.manifest(CATS + '[[removed]]\nalbum = "dogs"\npictures = "delete"\n')
    last = up.last()
    told = up.run("apply", "-y", code=3)
    assert "protect" in told.stdout
    up.run("apply", "-y", "--approve", "prune=3", code=3)
    assert up.writes(last) == []
    assert len(up.shown("dogs")) == 3


def test_a_folder_that_was_emptied_is_accepted_by_its_key(up: Either) -> None:
    """`root accept` at a terminal, then the number."""
    shutil.rmtree(up.folder / "cats")
    (up.folder / "cats").mkdir()
    assert "gate root" in up.run("apply", "-y", code=3).stdout
    assert up.typed("cat", "root", "accept", "cats", "--empty").returncode == 10
    assert up.typed("cats", "root", "accept", "cats", "--empty").returncode == 0
    assert "--approve prune=5" in up.run("apply", "-y", code=3).stdout
    up.run("apply", "-y", "--approve", "prune=4", code=3)
    assert len(up.shown("cats")) == 5
    up.run("apply", "-y", "-q", "--approve", "prune=5")
    assert up.shown("cats") == []
    up.settled("cats", "dogs")


def test_what_left_is_put_back_purged_and_forgotten(up: Either) -> None:
    """The same link; the exact number; nothing but the state."""
    before = up.shown("cats")
    for name in ("c0.png", "c1.png", "c2.png"):
        (up.folder / "cats" / name).unlink()
    up.run("apply", "-y", "-q")
    last = up.last()
    up.run("restore", "cats", "c1.png", "-y")
    assert up.shown("cats") == [*before[3:], before[1]]
    assert len(up.writes(last)) == 1
    assert up.json("plan", "--refresh")["empty"] is True
    last = up.last()
    assert "--approve purge=2" in up.run("purge", "--older-than", "0s", code=3).stderr
    up.run("purge", "--older-than", "0s", "--approve", "purge=1", code=3)
    assert up.writes(last) == []
    up.run("purge", "--older-than", "0s", "--approve", "purge=2")
    assert len(up.look("world")["images"]) == 6
    up.manifest(DOGS)
    world = up.look("world")
    up.run("forget", "cats", "--confirm", "cats")
    assert up.look("world") == world
    assert "cats" not in up.run("status").stdout
    up.run("apply", "-y", "-q")


def test_one_album_of_two(both: Either) -> None:
    """Planned, applied, compared, told about: the other is not touched, and not asked about."""
    assert [album["album"] for album in both.json("plan", "dogs")["albums"]] == ["dogs"]
    both.run("apply", "d*", "-y", "-q")
    assert albums(both) == ["dogs"]
    assert both.run("diff", "dogs", "--detailed-exitcode").returncode == 0
    told = both.run("diff", "cats", "--detailed-exitcode", code=2).stdout
    assert "c0.png" in told
    assert "d0.png" not in told
    assert [run["albums"] for run in both.json("history")["runs"]] == [["dogs"]]
    both.run("plan", "birds", code=64)
    both.run("apply", "-y", "-q")
    both.settled("cats", "dogs")


def test_drift_is_told_and_answered(up: Either) -> None:
    """A text, a picture taken out, one deleted, one of others; an unmanaged text is nobody's business."""
    images = up.album("cats")["images"]
    shown = up.shown("cats")
    up.edit("remove_from_album", title_of="cats", images=[images[2]])
    up.edit("delete_image", id=images[0])
    up.add("cats", 90)
    up.edit("set_album", id=up.album("cats")["id"], description="kept")
    up.edit("set_album", id=up.album("cats")["id"], title="Hacked")
    last = up.last()
    told = up.run("drift", "--detailed-exitcode", code=2).stdout
    assert up.writes(last) == []
    for line in ("the title was changed", "1 picture was deleted", "1 picture was taken out", "1 picture of others"):
        assert f"cats: {line}" in told
    up.run("apply", "-y", "-q", "--refresh")
    # Without its deletehash, a picture of others can only be left where it is.
    foreign = [digest for digest in up.shown("cats") if digest not in shown]
    assert up.shown("cats") == ([*foreign, *shown] if up.anonymous else [*shown, *foreign])
    assert len(foreign) == 1
    assert up.album("cats")["description"] == "kept"
    assert len(up.received()) == 9
    assert up.run("drift", "--detailed-exitcode").returncode == 0


def test_a_file_and_the_runs_are_explained(up: Either) -> None:
    """By path, by link; each run with what it did; replaced links stay listed."""
    up.put("cats/c0.png", 91)
    (up.folder / "cats/c1.png").unlink()
    assert up.json("explain", "cats/c0.png")["verdict"] == "replaced"
    assert up.json("explain", "cats/c1.png", "--online")["verdict"] == "leaves"
    up.run("apply", "-y", "-q")
    old, new = up.run("links", "--retired").stdout.split()
    assert up.json("explain", old)["because"][0].startswith("another picture took its place")
    assert new in up.run("links", "cats").stdout
    last, first = up.json("history")["runs"]
    assert (first["done"]["uploaded"], last["done"]["replaced"], last["done"]["detached"]) == (8, 1, 1)
    assert f"{old} is now {new}" in up.run("history", "-v", "cats", "--limit", "1").stdout


def test_editing_sync_toml_by_program_changes_nothing_on_imgur(up: Either) -> None:
    """`fmt` tidies, `schema` knows the mode, and the next plan is as empty as before."""
    text = (up.folder / "sync.toml").read_text()
    (up.folder / "sync.toml").write_text("# mine\n" + text.replace(" = ", "="))
    up.run("fmt", "--check", code=1)
    up.run("fmt")
    assert (up.folder / "sync.toml").read_text().startswith("# mine\n")
    assert up.json("plan")["empty"] is True
    assert '"anonymous"' in up.run("schema").stdout
    told = up.run("doctor", code=None)
    assert told.returncode == 0, told.stdout
