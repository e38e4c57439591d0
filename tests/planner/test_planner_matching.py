"""Matching inside one album: by content, as multisets, never by path alone."""

from __future__ import annotations

import pytest

from imgur_sync.planner.match import match
from tests.support.album_views import file, picture, sha

Rows = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[Rows, tuple[tuple[str, str, str], ...], str, dict[str, str], str, str]] = {
    # files (path, content) in wanted order; pictures (id, path, content); shown ids;
    # pairs by path; files left; pictures left
    "nothing": ((), (), "", {}, "", ""),
    "same path, same content": ((("a", "x"),), (("1", "a", "x"),), "1", {"a": "1"}, "", ""),
    "a rename": ((("b", "x"),), (("1", "a", "x"),), "1", {"b": "1"}, "", ""),
    "a swap uploads nothing": (
        (("a", "y"), ("b", "x")),
        (("1", "a", "x"), ("2", "b", "y")),
        "12",
        {"a": "2", "b": "1"},
        "",
        "",
    ),
    "a ring of three": (
        (("a", "z"), ("b", "x"), ("c", "y")),
        (("1", "a", "x"), ("2", "b", "y"), ("3", "c", "z")),
        "123",
        {"a": "3", "b": "1", "c": "2"},
        "",
        "",
    ),
    "new content at an old path": ((("a", "y"),), (("1", "a", "x"),), "1", {}, "a", "1"),
    "a rename over another": ((("b", "x"),), (("1", "a", "x"), ("2", "b", "y")), "12", {"b": "1"}, "", "2"),
    "more files than pictures: the same path first": (
        (("a", "x"), ("b", "x")),
        (("1", "b", "x"),),
        "1",
        {"b": "1"},
        "a",
        "",
    ),
    "more files than pictures: then path order": (
        (("a", "x"), ("b", "x")),
        (("1", "z", "x"),),
        "1",
        {"a": "1"},
        "b",
        "",
    ),
    "more pictures than files: the same path first": (
        (("b", "x"),),
        (("1", "a", "x"), ("2", "b", "x")),
        "12",
        {"b": "2"},
        "",
        "1",
    ),
    "more pictures than files: then path order": (
        (("c", "x"),),
        (("1", "b", "x"), ("2", "a", "x")),
        "12",
        {"c": "2"},
        "",
        "1",
    ),
    "of several at one path only one has the path": (
        (("a", "x"), ("b", "x")),
        (("1", "a", "x"), ("2", "a", "x"), ("3", "b", "x")),
        "123",
        {"a": "1", "b": "3"},
        "",
        "2",
    ),
    "of several at one path the first shown": (
        (("a", "x"),),
        (("1", "a", "x"), ("2", "a", "x")),
        "21",
        {"a": "2"},
        "",
        "1",
    ),
    "equal ones are paired as they are shown": (
        (("a", "x"), ("b", "x")),
        (("1", "a", "x"), ("2", "b", "x")),
        "21",
        {"a": "2", "b": "1"},
        "",
        "",
    ),
    "unshown ones last": (
        (("a", "x"), ("b", "x")),
        (("1", "a", "x"), ("2", "b", "x")),
        "2",
        {"a": "2", "b": "1"},
        "",
        "",
    ),
    "three equal files and two pictures": (
        (("a", "x"), ("b", "x"), ("c", "x")),
        (("1", "b", "x"), ("2", "c", "x")),
        "12",
        {"b": "1", "c": "2"},
        "a",
        "",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_files_and_pictures_are_matched_as_multisets(name: str) -> None:
    """Every row: the pairs, the files without a picture, the pictures without a file."""
    files, pictures, shown, pairs, left_files, left_pictures = CASES[name]
    found = match([file(*row) for row in files], [picture(*row) for row in pictures], shown)
    assert {path: p.id for path, p in found.pairs.items()} == pairs
    assert "".join(f.path for f in found.files) == left_files
    assert "".join(p.id for p in found.pictures) == left_pictures


def test_a_short_digest_of_a_rebuilt_state_stands_for_the_full_one() -> None:
    """Sixteen hex digits match the file whose digest begins with them, beside pictures with full digests."""
    short = picture("1", "a", digest=sha("x")[:16])
    full = picture("2", "b", "x")
    found = match([file("a", "x"), file("b", "x")], [short, full], ("1", "2"))
    assert {path: p.id for path, p in found.pairs.items()} == {"a": "1", "b": "2"}


def test_a_short_digest_without_its_file_stays_alone() -> None:
    """It matches no file of another content."""
    found = match([file("a", "y")], [picture("1", "a", digest=sha("x")[:16])], ("1",))
    assert (dict(found.pairs), [p.id for p in found.pictures]) == ({}, ["1"])


def test_the_order_of_files_and_pictures_given_does_not_matter() -> None:
    """Left-overs come in path order whatever the input order."""
    files = [file("b", "1"), file("a", "2")]
    pictures = [picture("q", "d", "3"), picture("p", "c", "4")]
    found = match(files, pictures, ())
    again = match(files[::-1], pictures[::-1], ())
    assert [f.path for f in found.files] == [f.path for f in again.files] == ["a", "b"]
    assert [p.id for p in found.pictures] == [p.id for p in again.pictures] == ["p", "q"]
