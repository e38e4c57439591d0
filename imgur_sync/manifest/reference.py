"""The tables and keys of sync.toml with what each takes, read off the models that check it: it cannot drift."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from typing import Any, get_args, get_origin

from imgur_sync.manifest.amounts import MIB, duration_text, size_text
from imgur_sync.manifest.schema import CollectionTable, DefaultsTable, Document, Table
from imgur_sync.manifest.showing import KeyPath
from imgur_sync.manifest.words import rule
from imgur_sync.model.spec import AccountSpec, AlbumSpec, BudgetSpec, GateLimits, StateSpec, UploadSpec, WatchSpec

_DEFAULTS = {
    "account": AccountSpec,
    "budget": BudgetSpec,
    "upload": UploadSpec,
    "watch": WatchSpec,
    "state": StateSpec,
    "albums": AlbumSpec,
}
_OTHER_DEFAULTS = {"path": '".imgur-sync/state.db"', "pictures": '"detach"'}
"""Those that no field of a specification holds as they are written."""


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """One key: its table as it is written, its name, what it takes ("" where that has no short form), and its default
    ("" where there is none)."""

    table: str
    name: str
    takes: str
    default: str


def keys() -> Iterator[Key]:
    """Every key of every table, in the order of the models; those of [defaults], which collections have too, are told
    with the album's."""
    for name, field in Document.model_fields.items():
        table, container = _inside(field.annotation)
        if table is None:
            yield Key("", name, _rule((name,)), "")
        elif name != "defaults":
            heading = {dict: f"[{name}.NAME]", list: f"[[{name}]]"}.get(container, f"[{name}]")
            inner: KeyPath = (name, "NAME") if container is dict else (name,)
            yield from _table(table, heading, inner)


def _table(table: type[Table], heading: str, path: KeyPath) -> Iterator[Key]:
    """The keys of a table, then those of the tables by path in it."""
    later: list[Key] = []
    for name, field in table.model_fields.items():
        inner, container = _inside(field.annotation)
        if table is CollectionTable and name in DefaultsTable.model_fields:
            continue
        if inner is not None and container is dict:
            later += _table(inner, f'{heading[:-1]}.{name}."PATH"]', (*path, name, "PATH"))
        elif inner is not None:
            for one in _table(inner, heading, (*path, name)):
                yield dataclasses.replace(one, name=f"{name}.{one.name}")
        else:
            yield Key(heading, name, _rule((*path, name)), _default((*path, name)))
    yield from later


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


def _default(path: KeyPath) -> str:
    table, name = str(path[0]), str(path[-1])
    if table == "gates":
        limits = GateLimits()
        return str(limits.prune_run if name == "run" else getattr(getattr(limits, str(path[1])), name))
    fields = {field.name: field.default for field in dataclasses.fields(_DEFAULTS[table])} if table in _DEFAULTS else {}
    match fields.get(name):
        case bool() as value:
            return str(value).lower()
        case Enum() as value:
            return f'"{value.value}"'
        case float() as value:
            return duration_text(value)
        case int() as value:
            return size_text(value) if value >= MIB else str(value)
        case str() as value if value or name == "image_title":
            return f'"{value}"'
        case tuple() as value:
            return "[" + ", ".join(f'"{one}"' for one in value) + "]"
        case _:
            return _OTHER_DEFAULTS.get(name, "") if table in ("state", "removed") else ""
