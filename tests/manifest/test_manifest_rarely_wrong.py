"""Mistakes that few manifests have, each told at its line with what to write instead."""

from __future__ import annotations

import pytest

from tests.manifest.conftest import HEAD

NOBODYS = f'{HEAD}[account]\nmode = "anonymous"\n'
CATS = '[albums.cats]\nfolder = "cats"\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f'{NOBODYS}[defaults]\nprivacy = "secret"\n{CATS}', 6, "needs an account"),
        (f'{NOBODYS}{CATS}privacy = "secret"\n', 7, "needs an account"),
        (f'{NOBODYS}{CATS}id = "AbC1234"\n', 7, "needs an account"),
        (f'{NOBODYS}[collections.trips]\nfolders = "trips/*"\nprivacy = "secret"\n', 7, "needs an account"),
        (f'{HEAD}[collections.trips]\nfolders = ".imgur-sync/*"\n', 4, "holds no pictures"),
        (
            f'{HEAD}{CATS}[[removed]]\nalbum = "dogs"\n[[moved]]\nfrom = "dogs"\nto = "cats"\n',
            6,
            "moved to another key",
        ),
        (f'{HEAD}removed = ["dogs"]\n{CATS}', 3, "must be a table"),
    ],
)
def test_it_is_told_where_it_stands(problems, text: str, line: int, words: str) -> None:
    """The line is that of the key."""
    found = [(problem.line, problem.what) for problem in problems(text)]
    assert any(at == line and words in what for at, what in found), found


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [("x" * 1001, "up to 1000 characters"), ("a\\u0007b", "without control characters")],
)
def test_a_pattern_that_no_file_is_named_by_is_refused(problems, pattern: str, remedy: str) -> None:
    """With what to write instead."""
    found = problems(f'{HEAD}{CATS}exclude = ["{pattern}"]\n')
    assert any(remedy in problem.remedy for problem in found), found
