"""Symlinks: which of them lead out of the album's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import pictures
from tests.support.album_folder import AlbumFolder


@pytest.fixture
def album(tmp_path: Path) -> AlbumFolder:
    """A folder with a picture in a sub-folder."""
    made = AlbumFolder(tmp_path / "cats")
    made.write("sub/a.png", pictures.png())
    return made


@pytest.mark.parametrize(
    ("place", "target", "outside"),
    [
        ("a.png", "sub/a.png", False),
        ("sub/b.png", "../sub/a.png", False),
        ("sub/b.png", "../../cats/sub/a.png", False),
        ("sub/b.png", "../../elsewhere.png", True),
        ("b.png", "../elsewhere.png", True),
        ("b.png", "../cats-too/b.png", True),
        ("b.png", "/etc/passwd", True),
        ("folder", "..", True),
        ("folder", ".", False),
        ("notes.txt", "../notes.txt", True),
        ("nowhere.png", "nowhere", False),
    ],
)
def test_a_link_that_leads_out_is_named(place: str, target: str, outside: bool, album: AlbumFolder) -> None:
    """By what it says, whether anything is there or not; nothing behind it is read or sent."""
    (album.root / place).symlink_to(target)
    found = album.scan()
    said = f"1 link leads out of the album's folder and is not followed: {place}"
    assert found.warnings == ((said,) if outside else ())
    assert [file.path for file in found.files] == ["sub/a.png"]
    assert found.skipped == (not outside)


def test_an_absolute_link_into_the_folder_stays_inside(album: AlbumFolder) -> None:
    """However it is written."""
    (album.root / "b.png").symlink_to(album.root / "sub" / "a.png")
    assert album.scan().warnings == ()


def test_many_links_are_one_sentence(album: AlbumFolder) -> None:
    """With a few names, also when the cache knows them."""
    for number in range(5):
        (album.root / f"{number}.png").symlink_to("../elsewhere.png")
    for _ in range(2):
        (said,) = album.scan().warnings
        assert said == ("5 links lead out of the album's folder and are not followed: 0.png, 1.png, 2.png and 2 more")
