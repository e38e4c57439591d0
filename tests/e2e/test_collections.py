"""A collection: every sub-folder of a folder is an album, from sync.toml to Imgur and back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror

TRIPS = '[collections.trips]\nfolders = "trips/*"\ntitle = "{folder}"\n'


@pytest.fixture
def trips(tmp_path: Path) -> Iterator[Mirror]:
    """Two trips with pictures, an empty folder and litter; synced."""
    with mirror(tmp_path, kind=Inside) as made:
        for number in range(2):
            made.put(f"trips/alps/a{number}.png", number)
            made.put(f"trips/Bodensee 2024/b{number}.png", 10 + number)
        made.put("trips/.hidden/h.png", 20)
        made.put("trips/@eaDir/e.png", 21)
        (made.folder / "trips/empty").mkdir()
        (made.folder / "trips/link").symlink_to(made.folder / "cats")
        made.manifest(TRIPS)
        made.run("apply", "-y")
        yield made


def titles(made: Mirror) -> list[str]:
    return sorted(album["title"] for album in made.look("world")["albums"])


def test_each_sub_folder_with_pictures_is_an_album(trips: Mirror) -> None:
    """Empty, hidden and linked ones make none; a second apply changes nothing."""
    assert titles(trips) == ["Bodensee 2024", "alps"]
    assert trips.shown("alps") == trips.wanted("trips/alps")
    last = trips.last()
    assert "Nothing was changed" in trips.run("apply", "-y").stdout
    assert trips.writes(last) == []
    assert "trips/Bodensee 2024" in trips.run("status").stdout


def test_a_new_sub_folder_is_a_new_album_although_the_manifest_is_remembered(trips: Mirror) -> None:
    """The checked manifest beside the state does not hide it, and the others are left alone."""
    trips.run("plan", "--offline")
    assert (trips.folder / ".imgur-sync/manifest.checked").exists()
    trips.put("trips/aaa/n.png", 30)
    plan = trips.json("plan", "--offline")
    assert [album["album"] for album in plan["albums"]] == ["trips/aaa"]
    last = trips.last()
    trips.run("apply", "-y")
    assert titles(trips) == ["Bodensee 2024", "aaa", "alps"]
    ids = {album["id"] for album in trips.look("world")["albums"] if album["title"] == "alps"}
    assert not [write for write in trips.writes(last) if write.rpartition("/")[2] in ids]


def test_a_known_sub_folder_that_vanished_keeps_its_pictures(trips: Mirror) -> None:
    """Gate root: nothing of it is removed, and no number lets it through."""
    shutil.rmtree(trips.folder / "trips/alps")
    before = trips.album("alps")
    done = trips.run("apply", "-y", code=3)
    assert "gate root" in done.stdout
    assert "trips/alps is missing" in done.stdout
    trips.run("apply", "-y", "--approve", "root=2", code=3)
    assert trips.album("alps") == before
    assert trips.json("plan", "--offline")["albums"][0]["gates"][0]["name"] == "root"


def test_the_whole_folder_gone_holds_every_album(trips: Mirror) -> None:
    """Its disk is not mounted: no album is touched."""
    (trips.folder / "trips").rename(trips.folder / "elsewhere")
    plan = trips.json("plan")
    assert [gate["name"] for album in plan["albums"] for gate in album["gates"]] == ["root", "root"]
    assert [album["wanted"] for album in plan["albums"]] == [[], []]


def test_the_folder_of_a_collection_never_synced_must_be_there(tmp_path: Path) -> None:
    """65, with its name."""
    with mirror(tmp_path, kind=Inside) as made:
        made.manifest(TRIPS)
        assert "the folder trips does not exist" in made.run("plan", code=65).stderr
        assert "is not there" in made.run("validate", code=65).stderr


def test_a_table_of_its_own_overrides_one_sub_folder(trips: Mirror) -> None:
    """The album stays the same one."""
    trips.manifest(TRIPS + '[albums."trips/alps"]\nfolder = "trips/alps"\ntitle = "The Alps"\n')
    album = trips.album("alps")["id"]
    trips.run("apply", "-y")
    assert trips.album("The Alps")["id"] == album
    assert len(trips.received()) == 4


def test_a_dropped_collection_leaves_its_albums_alone(trips: Mirror) -> None:
    """They are un-managed and named."""
    trips.manifest('[albums.cats]\nfolder = "cats"\ntitle = "cats"\n')
    done = trips.run("apply", "-y")
    assert "trips/alps is not in the manifest any more" in done.stdout
    assert titles(trips) == ["Bodensee 2024", "alps", "cats"]
