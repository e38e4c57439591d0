"""The tables and keys of sync.toml with what each takes, read off the models that check it: it cannot drift."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from typing import Any, get_args, get_origin

from imgur_sync.manifest.schema import Document, Table
from imgur_sync.manifest.showing import KeyPath
from imgur_sync.manifest.words import rule
from imgur_sync.model.spec import AccountSpec, AlbumSpec, BudgetSpec, UploadSpec

_DEFAULTS = {"account": AccountSpec, "budget": BudgetSpec, "upload": UploadSpec, "albums": AlbumSpec}


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """One key: its table as it is written, its name, what it takes ("" where that has no short form), and its default
    ("" where there is none or it is not a plain value). Durations are seconds, sizes bytes."""

    table: str
    name: str
    takes: str
    default: str


def keys() -> Iterator[Key]:
    """Every key of every table, in the order of the models; those of [defaults] are told with the album's."""
    for name, field in Document.model_fields.items():
        table, container = _inside(field.annotation)
        if table is None:
            yield Key("", name, _rule((name,)), "")
        elif name != "defaults":
            heading = {dict: f"[{name}.NAME]", list: f"[[{name}]]"}.get(container, f"[{name}]")
            inner: KeyPath = (name, "NAME") if container is dict else (name,)
            yield from _table(table, heading, inner)


def _table(table: type[Table], heading: str, path: KeyPath) -> Iterator[Key]:
    for name, field in table.model_fields.items():
        inner, _ = _inside(field.annotation)
        if inner is not None:
            yield from (
                dataclasses.replace(key, name=f"{name}.{key.name}") for key in _table(inner, heading, (*path, name))
            )
        else:
            yield Key(heading, name, _rule((*path, name)), _default(str(path[0]), name))


def _inside(annotation: Any) -> tuple[type[Table] | None, Any]:
    """The table in an annotation, and whether it comes in a dict or a list."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return annotation, None
    container = get_origin(annotation)
    for one in get_args(annotation):
        table, inner = _inside(one)
        if table is not None:
            return table, container if container in (dict, list) else inner
    return None, None


def _rule(path: KeyPath) -> str:
    with suppress(KeyError, IndexError, AttributeError, TypeError):
        return rule(path)
    return ""


def _default(table: str, name: str) -> str:
    fields = {field.name: field.default for field in dataclasses.fields(_DEFAULTS[table])} if table in _DEFAULTS else {}
    match fields.get(name):
        case bool() as value:
            return str(value).lower()
        case Enum() as value:
            return f'"{value.value}"'
        case int() | float() as value:
            return f"{value:g}" if value < 1e5 else str(int(value))
        case str() as value if value:
            return f'"{value}"'
        case _:
            return ""
