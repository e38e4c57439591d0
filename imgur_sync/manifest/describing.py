"""The JSON Schema of sync.toml, made from the very models that check it."""

from __future__ import annotations

import json
from typing import Any

from pydantic import PlainValidator

from imgur_sync.manifest.amounts import DURATION, SIZE, Duration, Size
from imgur_sync.manifest.rules import ALBUM_KEY, COLLECTION_KEY
from imgur_sync.manifest.schema import Document, Table

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that the TOML plug-ins of editors know."""


def json_schema() -> str:
    """The schema as JSON, ending in a newline: the same on every machine.

    What TOML cannot say (null) is left out; durations and sizes have their pattern. What only a look at the folders or
    at several tables shows is not in it: `validate` tells that.
    """
    raw = Document.model_json_schema()
    tables = {table.__name__: table for table in _tables(Table)}
    definitions = {
        name: _table(table, tables[name]) for name, table in _renamed(raw.pop("$defs")).items() if name in tables
    }
    whole = _table(_renamed(raw), Document)
    names = {"albums": f"^{ALBUM_KEY}(/.+)?$", "collections": f"^{COLLECTION_KEY}$"}
    for name, pattern in names.items():
        whole["properties"][name]["propertyNames"] = {"pattern": pattern}
    schema = {"$schema": DRAFT, "title": "sync.toml of imgur-sync", **whole, "definitions": definitions}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _tables(base: type[Table]) -> list[type[Table]]:
    return [base, *(table for below in base.__subclasses__() for table in _tables(below))]


def _renamed(value: Any) -> Any:
    """With references as draft 7 has them."""
    if isinstance(value, dict):
        return {name: _renamed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    return value.replace("#/$defs/", "#/definitions/") if isinstance(value, str) else value


def _table(plain: dict[str, Any], table: type[Table]) -> dict[str, Any]:
    """One table: without null, default and title, each key with what may be written for it."""
    properties: dict[str, Any] = {}
    for name, value in plain.get("properties", {}).items():
        kinds = [one for one in value.get("anyOf", [value]) if one.get("type") != "null"]
        whole = {**value, **kinds[0]} if len(kinds) == 1 else dict(value)
        for word in ("anyOf", "default", "title"):
            whole.pop(word, None)
        if len(kinds) > 1:
            whole["anyOf"] = kinds
        amount = _amount(table, name)
        if amount is not None:
            low, high, rule = amount.low, amount.high, amount.rule
            pattern = DURATION if isinstance(amount, Duration) else SIZE
            number = {"type": "number" if isinstance(amount, Duration) else "integer", "minimum": low, "maximum": high}
            whole = {"anyOf": [number, {"type": "string", "pattern": f"^{pattern}$"}], "description": rule}
        properties[name] = whole
    kept = {name: value for name, value in plain.items() if name not in ("title", "default")}
    return {**kept, "properties": properties}


def _amount(table: type[Table], name: str) -> Duration | Size | None:
    """The validator of a duration or size, None for other keys."""
    field = table.model_fields[name]
    kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
    extras = [*field.metadata, *(extra for kind in kinds for extra in getattr(kind, "__metadata__", ()))]
    for extra in extras:
        if isinstance(extra, PlainValidator) and isinstance(extra.func, Duration | Size):
            return extra.func
    return None
