"""The JSON Schema of sync.toml says what the program says, as far as a schema can."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from imgur_sync.manifest.describing import json_schema
from imgur_sync.manifest.schema import Document, Table

SCHEMA = json.loads(json_schema())
EXAMPLE = (Path(__file__).parents[2] / "sync.example.toml").read_text(encoding="utf-8")


def faults(text: str) -> list[str]:
    """What the schema finds wrong, as paths."""
    found = Draft7Validator(SCHEMA).iter_errors(tomllib.loads(text))
    return ["/".join(map(str, error.absolute_path)) for error in found]


def test_it_is_a_schema_of_the_draft_that_editors_know() -> None:
    """And the same each time."""
    Draft7Validator.check_schema(SCHEMA)
    assert json_schema() == json_schema()


def test_the_example_fits() -> None:
    """Every key, as we show it."""
    assert faults(EXAMPLE) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("lineage = 'k3v9x2mq'\n", ""),
        ("version = 2\n", "version"),
        ("version = 1\n[budget]\nreserve = 1\n", "budget"),
        ("version = 1\n[budget]\nremote_max_age = '1 hour'\n", "budget/remote_max_age"),
        ("version = 1\n[upload]\nbytes_in_flight = '64 MB'\n", "upload/bytes_in_flight"),
        ("version = 1\n[albums.cats]\ntitle = 'x'\n", "albums/cats"),
        ("version = 1\n[albums.cats]\nfolder = 'x'\nprivacy = 'private'\n", "albums/cats/privacy"),
        ("version = 1\n[albums.Cats]\nfolder = 'x'\n", "albums"),
        ("version = 1\n[collections.trips]\nfolder = 'x'\n", "collections/trips"),
        ("version = 1\n[[moved]]\nfrom = 'a'\n", "moved/0"),
        ("version = 1\n[[removed]]\nalbum = 'a'\npictures = 'keep'\n", "removed/0/pictures"),
    ],
)
def test_what_the_program_refuses_an_editor_marks(problems, text: str, place: str) -> None:
    """Both, at the same table."""
    assert problems(text)
    assert place in faults(text)


def test_every_key_of_the_models_is_described_without_null() -> None:
    """TOML has no null, so no key offers it."""

    def values(node: Any) -> list[Any]:
        below = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
        return [node, *(value for one in below for value in values(one))]

    assert "null" not in [value for value in values(SCHEMA) if isinstance(value, str)]
    assert set(SCHEMA["properties"]) == set(Document.model_fields)
    known = {table.__name__: set(table.model_fields) for table in Table.__subclasses__()}
    for name, definition in SCHEMA["definitions"].items():
        if name in known:
            assert set(definition["properties"]) == known[name]


@pytest.mark.parametrize("value", ["90", "'90s'", "'1.5h'", "0.5"])
def test_durations_may_be_numbers_or_texts(value: str) -> None:
    """As in the program."""
    assert faults(f"version = 1\n[upload]\nmax_wait = {value}\n") == []
