"""Patterns match what they match in pathspec, in a time that no pattern makes long."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from imgur_sync.local.gitignore import gitignore
from tests.fuzz.amounts import examples

PIECES = [
    "a",
    "b",
    "*",
    "**",
    "/",
    "/**/",
    "**/",
    "?",
    "[ab]",
    "[b-a]",
    "[a-c]",
    "[a--]",
    "[&&|~~[]",
    "\\*",
    "!",
    "x*y",
    "[",
    "]",
    "\\",
    ".",
    "^",
]
PATTERNS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join)
NAMES = st.text("abx*y.^[\\", min_size=1, max_size=5)
PATHS = st.tuples(st.lists(NAMES, min_size=1, max_size=6).map("/".join), st.sampled_from(["", "/"])).map("".join)


@examples(400)
@given(PATTERNS, st.lists(PATHS, min_size=1, max_size=8))
def test_a_pattern_says_what_pathspec_says(pattern: str, paths: list[str]) -> None:
    """The same verdict, from the same part of the path: the end of that part tells folders from files."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # theirs warns of "[[ab]"; ours must not
            theirs = GitIgnoreSpec.from_lines([pattern], backend="simple")
    except (ValueError, re.error):
        with pytest.raises((ValueError, re.error)):
            gitignore([pattern])
        return
    ours = gitignore([pattern])
    for path in paths:
        assert ours.check_file(path).include == theirs.check_file(path).include
        for mine, other in zip(ours.patterns, theirs.patterns, strict=True):
            found, wanted = (one.regex.search(path) if one.regex else None for one in (mine, other))
            assert (found and (found.span(), found.groupdict())) == (wanted and (wanted.span(), wanted.groupdict()))


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 12 + "b", "a" * 250),
        ("?*" * 12 + "z", "a" * 250),
        ("*" * 200 + "z", "a" * 250),
        ("a/**/" * 12 + "b", "a/" * 500 + "c"),
        ("**/a/**/a/**/a/**/a/**/a/**/a/**/b", "a/" * 500 + "c"),
        ("*a*a*/**/*a*a*/**/*a*a*/**/*a*a*z", "aaaaaaaa/" * 100 + "c"),
        ("[!b]*" * 12 + "z", "a" * 250),
    ],
)
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    """The first of them took pathspec longer than anybody waits; a test that hangs fails by its time limit."""
    spec = gitignore([pattern])
    for _ in range(20):
        assert spec.check_file(path).include is None


def test_brackets_stand_for_no_slash() -> None:
    """As in git: "a[!x]b" is not a/b."""
    assert gitignore(["/a[!x]b"]).check_file("a/b").include is None
    assert gitignore(["/a[!x]b"]).check_file("ayb").include is True
    assert gitignore(["/a[+-9]b"]).check_file("a/b").include is None


def test_odd_brackets_warn_of_nothing() -> None:
    """Python warns of "[[" and the like in a regular expression; here every warning is an error."""
    assert gitignore(["[[ab]"]).check_file("[").include is True
    assert gitignore(["[a&&b~~c||d]x"]).check_file("&x").include is True
    assert gitignore(["[+--]"]).check_file(",").include is True
