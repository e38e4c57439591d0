"""Collections, moved keys, removed albums and adopted ids in sync.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.manifest import dump, load_dumped
from imgur_sync.model.spec import Moved, Privacy, Removal, folder_key

HEAD = 'version = 1\nlineage = "k3v9x2mq"\n'
CATS = '[albums.cats]\nfolder = "cats"\n'
TRIPS = '[collections.trips]\nfolders = "photos/trips/*"\ntitle = "{folder}!"\n'


def test_a_collection_gives_its_albums_its_keys(load_text, tmp_path: Path) -> None:
    """As defaults for each; [defaults] stand behind them."""
    manifest = load_text(f'{HEAD}[defaults]\nprivacy = "secret"\nrecursive = false\n{TRIPS}privacy = "public"\n')
    (trips,) = manifest.collections
    assert (trips.name, trips.folder, trips.root) == ("trips", "photos/trips", tmp_path / "photos" / "trips")
    assert (trips.template.title, trips.template.privacy, trips.template.recursive) == ("{folder}!", "public", False)
    assert manifest.albums == ()
    assert manifest.warnings == ()


def test_a_sub_folder_with_a_table_of_its_own_says_otherwise_what_it_wants(load_text) -> None:
    """What it does not say comes from its collection."""
    own = '[albums."trips/alps"]\nfolder = "photos/trips/alps"\nprivacy = "secret"\n'
    (alps,) = load_text(f"{HEAD}{TRIPS}priority = 3\n{own}").albums
    assert (alps.key, alps.title, alps.priority, alps.privacy) == ("trips/alps", "alps!", 3, Privacy.SECRET)
    assert alps.collection == "trips"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[collections.trips]\nfolders = "photos"\n', 4, "does not name the sub-folders"),
        ('[collections.trips]\nfolders = "ph*/*"\n', 4, "does not name the sub-folders"),
        ('[collections.trips]\nfolders = "photos/**"\n', 4, "does not name the sub-folders"),
        ('[collections.trips]\nfolders = "../x/*"\n', 4, "contains .."),
        ('[collections.trips]\ntitle = "x"\n', 3, "folders is missing"),
        ('[collections.trips]\nfolders = "x/*"\ntitle = "{year}"\n', 5, "cannot be"),
        ('[collections."a/b"]\nfolders = "x/*"\n', 3, "cannot be the name"),
        ('[collections.a]\nfolders = "x/*"\n[collections.b]\nfolders = "x/*"\n', 6, "overlap (line 4)"),
        (
            f'{TRIPS}[albums.alps]\nfolder = "photos/trips/alps"\n',
            7,
            "overlaps with those of collections.trips (line 4)",
        ),
        (f'{TRIPS}[albums.all]\nfolder = "photos"\n', 7, "with those of collections.trips (line 4)"),
        (f'{TRIPS}[albums."trips/alps"]\nfolder = "alps"\n', 7, "is no sub-folder of collections.trips"),
        ('[albums."trips/alps"]\nfolder = "alps"\n', 3, "cannot be the name of an album"),
        (f'{CATS}[[moved]]\nfrom = "kitties"\nto = "cat"\n', 7, "is no album"),
        (f'{CATS}[[moved]]\nfrom = "cats"\nto = "cats"\n', 7, "cannot move to itself"),
        (
            f'{CATS}[albums.kitties]\nfolder = "k"\n[[moved]]\nfrom = "kitties"\nto = "cats"\n',
            8,
            "is still an album itself (line 5)",
        ),
        (
            f'{CATS}[[moved]]\nfrom = "a"\nto = "cats"\n[[moved]]\nfrom = "a"\nto = "cats"\n',
            9,
            "moves twice (line 6)",
        ),
        (
            f'{CATS}[[moved]]\nfrom = "a"\nto = "b"\n[[moved]]\nfrom = "b"\nto = "cats"\n',
            9,
            "do not follow each other (line 7)",
        ),
        (
            f'{CATS}[[moved]]\nfrom = "a"\nto = "b"\n[[moved]]\nfrom = "b"\nto = "a"\n',
            6,
            "do not follow each other (line 10)",
        ),
        (f'{CATS}[[removed]]\nalbum = "cats"\n', 6, "is removed and still an album (line 3)"),
        ('[[removed]]\nalbum = "a"\n[[removed]]\nalbum = "a"\n', 6, "is removed twice (line 4)"),
        ('[[removed]]\nalbum = "a"\npictures = "keep"\n', 5, "removed[0].pictures cannot be"),
        ('[[removed]]\npictures = "delete"\n', 3, "album is missing"),
        (f'{CATS}id = "not an id"\n', 5, "cannot be"),
        (
            f'{CATS}id = "AbC1234"\n[albums.dogs]\nfolder = "dogs"\nid = "https://imgur.com/a/AbC1234"\n',
            8,
            "is the same album as that of albums.cats (line 5)",
        ),
    ],
)
def test_what_does_not_go_together_is_told_at_its_line(problems, text: str, line: int, words: str) -> None:
    """With the line of the other table, where there are two."""
    found = problems(HEAD + text)
    assert [problem for problem in found if problem.line == line and words in problem.what], found


def test_a_wrong_value_in_a_table_of_an_array_is_told_with_what_to_write(problems) -> None:
    """As everywhere else."""
    text = f'{HEAD}{CATS}[[moved]]\nfrom = 3\nto = "cats"\n[[removed]]\nalbum = "a"\npictures = "keep"\n'
    assert [problem.remedy for problem in problems(text)] == ["write the key of an album", 'write "detach" or "delete"']


@pytest.mark.parametrize(
    "written",
    [
        "AbC1234",
        "https://imgur.com/a/AbC1234",
        "https://imgur.com/a/cats-asleep-AbC1234",
        "http://127.0.0.1:1/a/AbC1234/",
    ],
)
def test_an_id_is_also_taken_from_the_address_of_its_page(load_text, written: str) -> None:
    """With or without the words that Imgur puts before it."""
    assert load_text(f'{HEAD}{CATS}id = "{written}"\n').albums[0].id == "AbC1234"


def test_moved_and_removed_are_read(load_text) -> None:
    """And all of it comes back from a remembered manifest."""
    text = f"{HEAD}{CATS}{TRIPS}"
    text += '[[moved]]\nfrom = "kitties"\nto = "cats"\n[[removed]]\nalbum = "old"\npictures = "delete"\n'
    manifest = load_text(text)
    assert manifest.moved == (Moved("kitties", "cats"),)
    assert manifest.removed == (Removal("old", True),)
    assert load_dumped(dump(manifest)) == manifest


def test_no_two_folders_have_the_same_key() -> None:
    """Readable names are kept, everything else is written byte by byte."""
    assert folder_key("Alps 2024 – Zürich") == "Alps 2024 – Zürich"
    names = ["a\nb", "a%0Ab", "a%b", "a%25b", "a\udcffb", "a%FFb", "a\u202eb", "a b", "a\u00a0b"]
    keys = [folder_key(name) for name in names]
    assert len(set(keys)) == len(names)
    assert all(key.isprintable() for key in keys)
