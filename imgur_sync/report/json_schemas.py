"""The documented shapes of JSON documents as JSON Schema, for programs that check what they are given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from imgur_sync.report.shapes import SHAPES, Shape

_WORDS: Mapping[str, str] = {"text": "string", "number": "number", "flag": "boolean"}


def schema_text(title: str, kinds: Sequence[str], version: int) -> str:
    """The JSON Schema of a document that is of one of these kinds, ending in a newline. Further fields may come."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "oneOf": [_document(kind, version) for kind in kinds],
    }
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _document(kind: str, version: int) -> dict[str, object]:
    table = _table(SHAPES[kind])
    fixed = {"format_version": {"const": version}, "kind": {"const": kind}}
    properties, always = table["properties"], table["required"]
    if not isinstance(properties, dict) or not isinstance(always, list):
        raise AssertionError(f"{kind} is no table of fields")
    return {**table, "properties": {**properties, **fixed}, "required": sorted({*always, *fixed})}


def _schema(shape: Shape) -> dict[str, object]:
    if isinstance(shape, str):
        return _word(shape)
    if isinstance(shape, Mapping):
        return {"anyOf": [_table(shape), {"type": "null"}]}
    return {"type": "array", "items": _table(shape[0]) if isinstance(shape[0], Mapping) else _schema(shape[0])}


def _table(fields: Mapping[str, Shape]) -> dict[str, object]:
    named = {name.removesuffix("?"): _schema(shape) for name, shape in fields.items() if name != "*"}
    always = sorted(name for name in fields if name != "*" and not name.endswith("?"))
    rest = {"additionalProperties": _schema(fields["*"])} if "*" in fields else {}
    return {"type": "object", "properties": named, "required": always, **rest}


def _word(word: str) -> dict[str, object]:
    if word == "any":
        return {}
    if word == "time":
        return {"type": ["string", "null"], "format": "date-time"}
    kind = _WORDS[word.removesuffix("?")]
    return {"type": [kind, "null"] if word.endswith("?") else kind}
