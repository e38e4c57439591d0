"""Rows of one dataclass as JSON, column by column: half the size of a line each, and read five times as fast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from itertools import repeat
from typing import Any

WERE = {"blob": "sha256"}
"""Fields that had another name in earlier versions."""
Rows = Iterable[tuple[Any, ...]]


def names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass, in their order."""
    found: tuple[str, ...] = kind.__match_args__
    return found


def packed(kind: type[Any], rows: Rows) -> dict[str, Any]:
    """The rows, ready for JSON."""
    columns = list(zip(*rows, strict=True))
    return {
        "count": len(columns[0]) if columns else 0,
        "columns": {name: _column(values) for name, values in zip(names(kind), columns, strict=False)},
    }


def unpacked(kind: type[Any], sent: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that `packed` was given. A field that is not there yet has its default, one that is no more is left out.

    Lists are tuples again. KeyError, TypeError or ValueError if it is none of ours.
    """
    count = sent["count"]
    if not count:
        return []
    held = sent["columns"]
    for now, before in WERE.items():
        if before in held:
            held.setdefault(now, held[before])
    columns = [
        _values(held[field.name], count) if field.name in held else repeat(_default(field), count)
        for field in fields(kind)
    ]
    return list(zip(*columns, strict=True))


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    raise KeyError(field.name)


def _column(values: Sequence[Any]) -> dict[str, Any]:
    first = values[0]
    if all(value is first or (type(value) is type(first) and value == first) for value in values):
        return {"all": first}
    if all(isinstance(value, str) and value and " " not in value for value in values):
        return {"words": " ".join(values)}
    kind = "tuples" if any(isinstance(value, tuple | list) for value in values) else "each"
    return {kind: values}


def _values(column: dict[str, Any], count: int) -> Iterable[Any]:
    if "all" in column:
        only = column["all"]
        return repeat(tuple(only) if isinstance(only, list) else only, count)
    if "words" in column:
        words: list[str] = column["words"].split(" ")
        return words
    if "tuples" in column:
        return [tuple(value) if isinstance(value, list) else value for value in column["tuples"]]
    each: list[Any] = column["each"]
    return each
