"""`init`: the manifest that is written from the folders that exist."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imgur_sync.errors import UsageError
from imgur_sync.manifest import draft, load, new_lineage
from imgur_sync.model.spec import AlbumSpec

LINEAGE = "k3v9x2mq"


def pictures(directory: Path, *paths: str) -> None:
    for path in paths:
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")


def drafted(directory: Path, *folders: Path) -> tuple[AlbumSpec, ...]:
    (directory / "sync.toml").write_text(draft(directory, folders, lineage=LINEAGE), encoding="utf-8")
    manifest = load(None, directory=directory, check_folders=True)
    assert manifest.lineage == LINEAGE
    return manifest.albums


def test_each_topmost_folder_with_pictures_becomes_an_album(tmp_path: Path) -> None:
    """In natural order; folders below it belong to it; names of pictures in any case."""
    pictures(
        tmp_path, "photos/trip 10/a.JPG", "photos/trip 2/b.png", "photos/trip 2/raw/c.webp", "docs/readme.md", "z/d.mp4"
    )
    assert [(one.key, one.folder, one.title) for one in drafted(tmp_path)] == [
        ("trip-2", "photos/trip 2", "trip 2"),
        ("trip-10", "photos/trip 10", "trip 10"),
        ("z", "z", "z"),
    ]


def test_the_folder_itself_is_the_album_if_no_other_is(tmp_path: Path) -> None:
    """Pictures beside albums are not drafted: folders would overlap."""
    base = tmp_path / "My Cats"
    pictures(base, "a.jpg")
    assert [(one.key, one.folder, one.title) for one in drafted(base)] == [("my-cats", ".", "My Cats")]
    pictures(base, "sub/a.jpg")
    assert [one.folder for one in drafted(base)] == ["sub"]


def test_hidden_folders_links_and_our_own_folder_are_left_out(tmp_path: Path) -> None:
    """A picture by name is a regular file."""
    pictures(tmp_path, ".git/a.jpg", ".imgur-sync/b.jpg", "good/c.jpg", "elsewhere/d.txt")
    (tmp_path / "link").symlink_to("good")
    (tmp_path / "elsewhere" / "e.jpg").symlink_to("../good/c.jpg")
    (tmp_path / "elsewhere" / "f.jpg").mkdir()
    assert [one.folder for one in drafted(tmp_path)] == ["good"]


def test_without_pictures_the_draft_shows_how_an_album_is_written(tmp_path: Path) -> None:
    """It still loads, with the warning that it names no album."""
    assert drafted(tmp_path) == ()
    assert "# [albums.cats]" in (tmp_path / "sync.toml").read_text()


def test_keys_are_unique_and_plain(tmp_path: Path) -> None:
    """Accents go, the parent's name tells two apart, then a number; a name without letters is an album."""
    pictures(tmp_path, "a/Été/1.jpg", "b/ete/1.jpg", "b/ETE!/1.jpg", "c/日本/1.jpg", "d/🐱/1.jpg")
    keys = [one.key for one in drafted(tmp_path)]
    assert sorted(keys) == sorted({"ete", "b-ete", "b-ete-2", "album", "d"} | set(keys))
    assert len(set(keys)) == 5
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", key) for key in keys)


def test_named_folders_are_the_albums_in_their_order(tmp_path: Path) -> None:
    """Relative or absolute, with or without pictures, each once."""
    (tmp_path / "b").mkdir()
    (tmp_path / "a").mkdir()
    assert [one.folder for one in drafted(tmp_path, Path("b"), tmp_path / "a", Path("./b/"))] == ["b", "a"]


@pytest.mark.parametrize("folder", ["gone", "file", "..", "/usr", "out", ".imgur-sync"])
def test_a_named_folder_that_cannot_be_an_album_is_refused(tmp_path: Path, folder: str) -> None:
    """Before anything is written."""
    (tmp_path / "file").write_text("")
    (tmp_path / "out").symlink_to("/usr")
    (tmp_path / ".imgur-sync").mkdir()
    with pytest.raises(UsageError):
        draft(tmp_path, [Path(folder)], lineage=LINEAGE)


def test_named_folders_that_overlap_are_refused(tmp_path: Path) -> None:
    """The manifest would not load."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(UsageError, match="a/b lies inside a"):
        draft(tmp_path, [Path("a/b"), Path("a")], lineage=LINEAGE)


def test_a_name_that_is_not_utf_8_is_left_out_with_a_word(tmp_path: Path) -> None:
    """TOML cannot name it."""
    os.makedirs(os.fsencode(tmp_path) + b"/bad\xff")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff")) / "a.jpg").write_bytes(b"")
    pictures(tmp_path, "good/a.jpg")
    assert [one.folder for one in drafted(tmp_path)] == ["good"]
    assert "not UTF-8" in (tmp_path / "sync.toml").read_text()


ODD = [
    "~",
    "~x",
    "$HOME",
    "a$B",
    "%A%",
    "C:\\x",
    '"',
    "'",
    "a\nb",
    "a\x1b[2Jb",
    "\x7f",
    "#",
    "a = 1",
    "-x",
    "\\",
    "\u202e",
    "]",
]


@pytest.mark.parametrize("name", ODD)
def test_any_name_of_a_folder_is_written_so_that_it_means_itself(tmp_path: Path, name: str) -> None:
    """And no character of it reaches the terminal or breaks out of its quotes."""
    pictures(tmp_path, f"{name}/a.jpg")
    (spec,) = drafted(tmp_path)
    assert spec.root == tmp_path.resolve() / name
    text = (tmp_path / "sync.toml").read_text()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=30).filter(
    lambda name: len(name.encode()) < 200 and not name.startswith(".")
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_a_draft_always_loads(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """For any folders a file system can hold and TOML can name."""
    directory = tmp_path_factory.mktemp("draft")
    for name in names:
        (directory / name).mkdir(exist_ok=True)
        (directory / name / "a.jpg").write_bytes(b"")
    assert {one.root.name for one in drafted(directory)} == set(names)


def test_a_draft_stays_far_below_the_largest_manifest(tmp_path: Path) -> None:
    """More folders than a manifest should hold are counted, not written."""
    for number in range(1002):
        pictures(tmp_path, f"f{number}/a.jpg")
    assert len(drafted(tmp_path)) == 1000
    assert "# left out: 2 more folders" in (tmp_path / "sync.toml").read_text()


def test_a_lineage_is_made_of_the_given_random_bytes() -> None:
    """16 characters that a manifest takes; fewer than 80 random bits are refused."""
    assert new_lineage(bytes(10)) == "a" * 16
    assert new_lineage(bytes(range(10))) != new_lineage(bytes(range(1, 11)))
    assert re.fullmatch(r"[a-z0-9]{8,32}", new_lineage(os.urandom(32)))
    with pytest.raises(ValueError, match="10 random bytes"):
        new_lineage(bytes(9))
