"""Texts of single pictures, templates and orders in sync.toml: what is taken, what is refused and how it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imgur_sync.manifest import dump, load_dumped
from imgur_sync.model.spec import Order
from imgur_sync.model.texts import Texts
from imgur_sync.report.jsons import validate_json
from tests.readme import blocks

HEAD = 'version = 1\nlineage = "k3v9x2mq"\n'
CATS = '[albums.cats]\nfolder = "cats"\n'


def test_texts_and_template_arrive(album) -> None:
    """An absent text is not managed, "" is kept empty; paths stay as they are written."""
    spec = album(
        'image_title = "{index}: {stem}"\nimages."a.jpg" = { title = "" }\nimages."c.jpg" = {}\n'
        '[albums.cats.images."b/ü 2.jpg"]\ntitle = "Tom"\ndescription = "a\\nb"\n'
    )
    assert spec.image_title == "{index}: {stem}"
    assert dict(spec.images) == {"a.jpg": Texts(""), "c.jpg": Texts(), "b/ü 2.jpg": Texts("Tom", "a\nb")}


@pytest.mark.parametrize("word", ["natural", "name", "modified", "taken"])
def test_orders_by_word(album, word: str) -> None:
    """Nothing is listed."""
    spec = album(f'order = "{word}"')
    assert (spec.order, spec.listed) == (Order(word), ())


def test_an_order_by_list_and_what_defaults_say(load_text) -> None:
    """A list puts the rest in natural order; a word of an album comes before a list of the defaults, and the other way
    round."""
    text = f'{HEAD}[defaults]\norder = ["b.jpg", "a.jpg"]\nimage_title = "{{stem}}"\n'
    text += '[albums.a]\nfolder = "a"\n[albums.b]\nfolder = "b"\norder = "taken"\nimage_title = ""\n'
    manifest = load_text(text)
    assert [(s.order, s.listed, s.image_title) for s in manifest.albums] == [
        (Order.NATURAL, ("b.jpg", "a.jpg"), "{stem}"),
        (Order.TAKEN, (), ""),
    ]
    text = f'{HEAD}[defaults]\norder = "taken"\n[albums.a]\nfolder = "a"\norder = ["b.jpg"]\n'
    assert (load_text(text).albums[0].order, load_text(text).albums[0].listed) == (Order.NATURAL, ("b.jpg",))
    shown = json.loads(validate_json(manifest))
    assert [one["order"] for one in shown["albums"]] == [["b.jpg", "a.jpg"], "taken"]


def test_a_dump_keeps_texts_and_lists(load_text) -> None:
    """In their own types."""
    text = f'{HEAD}{CATS}order = ["b", "a"]\nimage_title = "{{name}}"\n[albums.cats.images.b]\ntitle = "B"\n'
    manifest = load_text(text)
    again = load_dumped(dump(manifest))
    assert again == manifest
    assert repr(again) == repr(manifest)


WRONG = [
    ('order = "nautral"', "order", '"natural", "name", "modified", "taken" or a list of files'),
    ("order = 3", "order", '"natural", "name"'),
    ("order = []", "order", '"natural", "name"'),
    ('order = ["a", 1]', "order", '"natural", "name"'),
    ('order = ["../a"]', "order", '"natural", "name"'),
    ('order = ["a", "b", "a"]', "order", '"a" is there twice'),
    ('image_title = "{titel}"', "image_title", "the placeholders are {stem}, {name}, {folder}, {index}"),
    ('image_title = "{stem"', "image_title", "{{ or }}"),
    ('image_title = "{stem.__class__}"', "image_title", "the placeholders are"),
    ('image_title = "a\\nb"', "image_title", "one line"),
    ("image_title = 1", "image_title", "a text of up to 1000 characters"),
    ("images = 1", "images", "must be a table"),
    ('images."a.jpg" = "Tom"', 'images."a.jpg"', "must be a table"),
    ('images."a.jpg".titel = "Tom"', "titel", "did you mean title?"),
    ('images."a.jpg".title = "a\\nb"', "title", "one line"),
    ('images."a.jpg".title = 1', "title", "a text of up to 1000 characters"),
    ('images."/a.jpg".title = "Tom"', '"/a.jpg"', "the path of a file in the folder"),
    ('images."../a.jpg".title = "Tom"', '"../a.jpg"', "the path of a file in the folder"),
    ('images."caf\u00e9.jpg" = {}\nimages."cafe\u0301.jpg" = {}', "other code points", "keep one of them"),
]


@pytest.mark.parametrize(("lines", "what", "remedy"), WRONG)
def test_what_is_wrong_is_said_with_its_place(problems, lines: str, what: str, remedy: str) -> None:
    """One problem, at the line of the key, with what to write instead."""
    (problem,) = problems(f"{HEAD}{CATS}{lines}\n")
    said = repr(problem)
    assert what.replace('"', "") in said.replace('"', "").replace("\\", "")
    assert remedy.replace('"', "") in said.replace('"', "").replace("\\", "")
    assert problem.line == 4 + lines.count("\n") + 1


def test_images_do_not_belong_into_the_defaults(problems) -> None:
    """A path is of one folder."""
    (problem,) = problems(f'{HEAD}[defaults.images."a.jpg"]\ntitle = "A"\n')
    assert "[albums.NAME]" in repr(problem)


def test_files_that_are_not_there_are_warned_about_when_folders_are_checked(load_text, tmp_path: Path) -> None:
    """Not when they need not be there, and not for another composition of the same name."""
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "cafe\u0301.jpg").touch()
    text = f'{HEAD}{CATS}order = ["caf\u00e9.jpg", "gone.jpg"]\nimages."caf\u00e9.jpg" = {{}}\nimages."no.jpg" = {{}}\n'
    assert load_text(text).warnings == ()
    assert load_text(text, check_folders=True).warnings == (
        "albums.cats.images names no.jpg, which is no file in cats",
        "albums.cats.order names gone.jpg, which is no file in cats",
    )


def test_the_readme_shows_texts_as_they_are_written(load_text) -> None:
    """In a manifest of its own."""
    shown = [block.text for block in blocks() if block.language == "toml" and "image_title" in block.text]
    assert len(shown) == 1
    spec = load_text(shown[0]).albums[0]
    assert (spec.order, spec.image_title, dict(spec.images)["tom.jpg"].title) == (Order.TAKEN, "{stem}", "Tom")
