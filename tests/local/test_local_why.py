"""Why a path is left out: the rule that is named is the one that decides, and one is named exactly where one does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.local.patterns import Unmanaged
from imgur_sync.local.rules import album_rules
from imgur_sync.local.why import LeftOut, Rule, left_out
from imgur_sync.model.spec import AlbumSpec

NAMES = st.sampled_from(["a", "B.png", "c.PNG", "drafts", "x y.gif", "Thumbs.db", "d.jpg"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
PATTERNS = st.sampled_from(
    [
        "*.png",
        "!b.png",
        "a/",
        "/a/",
        "drafts/**",
        "!drafts/",
        "**/d.jpg",
        "x*",
        "a/*.gif",
        "!a/x y.gif",
        "*",
        "# no",
        "c.p?g",
    ]
)
LINES = st.lists(st.one_of(PATTERNS, st.just("")), max_size=4)


def spec(root: Path, **fields: Any) -> AlbumSpec:
    """An album whose folder is `root`."""
    return AlbumSpec(key="cats", folder="cats", root=root, **fields)


def write(root: Path, folder: str, lines: list[str]) -> None:
    """A pattern file in a folder of the album."""
    place = root / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / ".imgursyncignore").write_text("\n".join(lines))


@given(
    include=st.one_of(st.just(["**/*"]), st.lists(PATTERNS, min_size=1, max_size=3)),
    exclude=st.lists(PATTERNS, max_size=3),
    recursive=st.booleans(),
    top=st.one_of(st.none(), LINES),
    deep=st.one_of(st.none(), LINES),
    path=PATHS,
)
def test_a_rule_is_named_exactly_where_the_scan_leaves_out(
    tmp_path_factory: pytest.TempPathFactory,
    include: list[str],
    exclude: list[str],
    recursive: bool,
    top: list[str] | None,
    deep: list[str] | None,
    path: str,
) -> None:
    """Whatever the patterns, in the manifest and in two folders."""
    root = tmp_path_factory.mktemp("album")
    for folder, lines in (("", top), ("a", deep)):
        if lines is not None:
            write(root, folder, lines)
    album = spec(root, include=tuple(include), exclude=tuple(exclude), recursive=recursive)
    told = left_out(album, path)
    assert (told is not None) is Unmanaged(root, album_rules(album), os.open).leaves_out(path)


def test_a_pattern_that_names_the_file_decides_before_one_of_its_folder(tmp_path: Path) -> None:
    """As the scan sees it, whichever comes last."""
    told = left_out(spec(tmp_path, include=("!b.png", "a/")), "a/B.png")
    assert told is not None
    assert (told.rule, told.pattern, told.number) == (Rule.INCLUDE, "!b.png", 0)
    assert left_out(spec(tmp_path, include=("!b.png", "a/")), "a/c.png") is None


def test_each_rule_is_told_with_its_place(tmp_path: Path) -> None:
    """Number in the key, or file and line; the folder where that is what is left out."""
    write(tmp_path, "", ["# first", "", "*.gif", "!keep.gif"])
    write(tmp_path, "sub", ["deep.png\r"])
    album = spec(tmp_path, exclude=("x", "drafts/"))
    assert left_out(album, "a.png") is None
    assert left_out(album, "keep.gif") is None
    assert left_out(album, "drafts/a.png") == LeftOut(Rule.EXCLUDE, "drafts/", "drafts/", 1)
    assert left_out(album, "sub/A.GIF") == LeftOut(Rule.PATTERN_FILE, "sub/A.GIF", "*.gif", 3, ".imgursyncignore")
    told = left_out(album, "sub/deep.png")
    assert told == LeftOut(Rule.PATTERN_FILE, "sub/deep.png", "deep.png", 1, "sub/.imgursyncignore")
    assert left_out(album, ".git/a.png") == LeftOut(Rule.JUNK, ".git/")
    assert left_out(spec(tmp_path, recursive=False), "sub/a.png") == LeftOut(Rule.NOT_RECURSIVE, "sub/")
    assert left_out(spec(tmp_path, include=("*.jpg",)), "a.png") == LeftOut(Rule.INCLUDE, "a.png")
    private = spec(tmp_path, include=("**/*", "!private/"))
    assert left_out(private, "private/a.png") == LeftOut(Rule.INCLUDE, "private/", "!private/", 1)


def test_a_pattern_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Nobody knows what it leaves out."""
    (tmp_path / ".imgursyncignore").mkdir()
    assert left_out(spec(tmp_path), "a.png") is None
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / ".imgursyncignore").symlink_to("nowhere")
    with pytest.raises(ValueError, match="not a regular file"):
        left_out(spec(tmp_path), "sub/a.png")
