"""The demo's referee finds every way in which albums can differ from their folders, and counts rightly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgur_sync.cli.demo_check import Figures, addresses, ask, differences, duplicates, figures
from imgur_sync.cli.demo_folder import ALBUMS, contents, write_folders
from imgur_sync.errors import ImgurSyncError


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """The demo's folders, freshly written."""
    write_folders(tmp_path)
    return tmp_path


def world_of(root: Path) -> dict[str, Any]:
    """A world whose albums are what the folders say."""
    images = {digest: f"i{number}" for number, digest in enumerate(d for a in ALBUMS for d in contents(root, a))}
    albums = [
        {
            "id": album.key,
            "title": album.title,
            "privacy": album.privacy,
            "images": [images[digest] for digest in contents(root, album)],
        }
        for album in ALBUMS
    ]
    return {"albums": albums, "images": [{"id": name, "sha256": digest} for digest, name in images.items()]}


def test_albums_that_equal_their_folders_differ_in_nothing(folders: Path) -> None:
    """The same digests in the same order under the same titles."""
    assert differences(world_of(folders), folders) == ()


def test_another_order_is_found(folders: Path) -> None:
    """Two pictures of one album changed places."""
    world = world_of(folders)
    shown = world["albums"][0]["images"]
    shown[0], shown[1] = shown[1], shown[0]
    assert differences(world, folders) == ("Cats: the order is not the folder's",)


def test_a_missing_and_a_foreign_picture_are_found(folders: Path) -> None:
    """One picture lacks, and one that no file has is shown in its place."""
    world = world_of(folders)
    world["images"].append({"id": "foreign", "sha256": "0" * 64})
    world["albums"][1]["images"][3] = "foreign"
    assert differences(world, folders) == ("Trips: lacks 1 picture and shows 1 other",)


def test_a_picture_shown_twice_is_found(folders: Path) -> None:
    """The album shows the right pictures, and one of them once more."""
    world = world_of(folders)
    world["albums"][1]["images"].append(world["albums"][1]["images"][0])
    assert differences(world, folders) == ("Trips: lacks 0 pictures and shows 1 other",)


def test_a_picture_stored_twice_is_found(folders: Path) -> None:
    """Equal bytes under two ids are a duplicate, also outside every album."""
    world = world_of(folders)
    world["images"].append({"id": "twin", "sha256": world["images"][0]["sha256"]})
    assert duplicates(world) == 1
    assert differences(world, folders) == ("1 picture too many: stored more than once",)


def test_wrong_privacy_and_a_missing_and_a_surplus_album_are_found(folders: Path) -> None:
    """Each is named."""
    world = world_of(folders)
    world["albums"][2]["privacy"] = "hidden"
    del world["albums"][0]
    assert differences(world, folders) == (
        "Cats: not one album has this title but 0",
        "Patterns: is hidden instead of public",
        "there are 2 albums instead of 3",
    )


def test_a_file_changed_after_the_run_is_found(folders: Path) -> None:
    """What counts is what the folder holds now."""
    world = world_of(folders)
    (folders / "photos/cats/cat-1.png").write_bytes(b"other")
    assert differences(world, folders) == ("Cats: lacks 1 picture and shows 1 other",)


def test_pages_are_named_by_title(folders: Path) -> None:
    """The address is that of the album's page."""
    assert addresses(world_of(folders), "http://127.0.0.1:1")["Trips"] == "http://127.0.0.1:1/a/trips"


def test_figures_count_the_calls_of_one_client() -> None:
    """Uploads are told apart from other writes; getting a token and other clients' calls do not count."""
    mine = {
        "credits": 23,
        "uploads": 2,
        "calls": {"GET /3/album/x": 2, "POST /3/image": 2, "PUT /3/album/x": 1, "POST /oauth2/token": 1},
    }
    ledger = {"clients": {"me": mine, "other": {"credits": 9, "uploads": 9, "calls": {"GET /3/credits": 9}}}}
    assert figures(ledger, "me") == Figures(credits=23, uploads=2, edits=1, reads=2)
    assert figures(ledger, "nobody") == Figures(0, 0, 0, 0)
    assert figures(ledger, "me").since(Figures(10, 1, 1, 0)) == Figures(13, 1, 0, 2)


def test_a_local_imgur_that_is_gone_is_one_of_our_errors() -> None:
    """Nothing listens on port 1 of this machine."""
    with pytest.raises(ImgurSyncError, match="did not answer /_simulator/world"):
        ask("http://127.0.0.1:1", "/_simulator/world")


def test_figures_are_told_in_words() -> None:
    """One of a kind is singular."""
    assert str(Figures(1_012, 1, 2, 0)) == "1,012 credits: 1 upload, 2 other writes, 0 reads"
