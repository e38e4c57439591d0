"""Headers of tables with keys that TOML does not take without quotes."""

from __future__ import annotations

import pytest

ALBUM = "write a key of a-z 0-9 . _ -, such as [albums.{}]; the name to be seen is its title"
QUOTE = "put quotes around it: [{}]"


@pytest.mark.parametrize(
    ("header", "named", "remedy"),
    [
        ("[albums.My Cats]", "My Cats", ALBUM.format("my-cats")),
        ("[albums.Kätzchen]", "Kätzchen", ALBUM.format("k-tzchen")),
        ("[albums.猫]", "猫", ALBUM.format("cats")),
        ("[ albums . cats! ]", "cats!", ALBUM.format("cats")),
        ("[albums.cats.images.my tom.jpg]", "my tom.jpg", QUOTE.format('albums.cats.images."my tom.jpg"')),
        ("[albums.cats.images.ä.jpg]", "ä.jpg", QUOTE.format('albums.cats.images."ä.jpg"')),
        ("[my defaults]", "my defaults", QUOTE.format('"my defaults"')),
    ],
)
def test_a_header_that_needs_quotes_is_told_with_what_to_write(problems, header, named, remedy) -> None:
    """An album's key gets no quotes: it is an address of its own, and its title is what people see."""
    (problem,) = problems(f'version = 1\n{header}\nfolder = "cats"\n')
    assert problem.line == 2
    assert problem.what == f'"{named}" holds characters that a key without quotes may not have'
    assert problem.remedy == remedy


@pytest.mark.parametrize("header", ["[albums.cats", "[albums.cats = 1", "[]", "[albums.]", "[.cats]", "[albums..cats]"])
def test_other_faults_of_a_header_are_told_as_they_were(problems, header) -> None:
    """A header that is not closed, or has an empty key."""
    (problem,) = problems(f"version = 1\n{header}\n")
    assert "quotes may not have" not in problem.what
    assert problem.remedy


def test_the_suggested_key_is_taken(load_text) -> None:
    """What the remedy says works."""
    text = 'version = 1\n[albums.my-cats]\nfolder = "cats"\ntitle = "My Cats"\n'
    assert load_text(text).albums[0].key == "my-cats"
