"""sync.example.toml shows every key, explains each, and loads."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from imgur_sync.manifest import load
from imgur_sync.manifest.schema import (
    AlbumTable,
    CollectionTable,
    DefaultsTable,
    Document,
    ImageTable,
    MovedTable,
    RemovedTable,
    Table,
)
from imgur_sync.model.spec import AccountSpec, AlbumSpec, BudgetSpec, GateLimits, UploadSpec
from imgur_sync.model.texts import Texts

EXAMPLE = Path(__file__).parents[1] / "sync.example.toml"


def keys_of(table: type[Table]) -> Iterator[tuple[type[Table], str]]:
    for name, field in table.model_fields.items():
        yield table, name
        for kind in get_args(field.annotation):
            if isinstance(kind, type) and issubclass(kind, Table):
                yield from keys_of(kind)


NAMED = (AlbumTable, ImageTable, CollectionTable, MovedTable, RemovedTable)
KEYS = sorted({(table.__name__, name) for start in (Document, *NAMED) for table, name in keys_of(start)})


def tables(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield data
    for value in data.values():
        if isinstance(value, dict):
            yield from tables(value)


def test_the_example_loads_without_a_warning() -> None:
    """As it stands, but for the folder, which a reader has to name."""
    manifest = load(EXAMPLE, directory=EXAMPLE.parent)
    assert manifest.warnings == ()
    assert [one.key for one in manifest.albums] == ["cats", "zoo"]
    assert [one.name for one in manifest.collections] == ["trips"]


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_every_key_of_the_models_occurs_in_the_example(table: str, key: str) -> None:
    """In its own table; the keys of [defaults] are those of an album, so they are shown there."""
    data = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    album = {**data["albums"]["zoo"], **data["albums"]["cats"]}
    homes = {
        "Document": data,
        "AccountTable": data["account"],
        "BudgetTable": data["budget"],
        "UploadTable": data["upload"],
        "StateTable": data["state"],
        "WatchTable": data["watch"],
        "GatesTable": data["gates"],
        "PruneGateTable": data["gates"]["prune"],
        "CountGateTable": data["gates"]["restore"],
        DefaultsTable.__name__: album,
        AlbumTable.__name__: album,
        ImageTable.__name__: album["images"]["tom.jpg"],
        CollectionTable.__name__: {**album, **data["collections"]["trips"]},
        MovedTable.__name__: data["moved"][0],
        RemovedTable.__name__: data["removed"][0],
    }
    assert key in homes[table]


def test_every_key_of_the_example_is_explained() -> None:
    """Each line that gives a value, or opens the table of albums, says what it is for."""
    lines = EXAMPLE.read_text(encoding="utf-8").split("\n")
    gives = [line for line in lines if re.match(r"\w+ = ", line)]
    quoted_by_the_table = [line for line in gives if line.startswith(("privacy", "order")) and "#" not in line]
    assert len(gives) > 30
    assert [line for line in gives if "#" not in line and line not in quoted_by_the_table] == []


def test_the_example_shows_the_defaults() -> None:
    """But for the keys whose comment says that they have none, or another."""
    manifest = load(EXAMPLE, directory=EXAMPLE.parent)
    assert manifest.account == AccountSpec()
    assert manifest.upload == UploadSpec()
    assert manifest.gates == GateLimits()
    assert manifest.budget == BudgetSpec(max_credits_per_run=5000)
    spec = manifest.albums[0]
    assert spec == AlbumSpec(
        "cats",
        "photos/cats",
        spec.root,
        title="Cats",
        description="Asleep, mostly.",
        exclude=("drafts/",),
        images=(("tom.jpg", Texts("Tom", "Asleep.")),),
    )
