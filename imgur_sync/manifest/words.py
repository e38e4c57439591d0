"""pydantic's errors → faults in our words. Nothing of pydantic's own text goes out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import PlainValidator, ValidationError
from pydantic.fields import FieldInfo

from imgur_sync.manifest.faults import Fault
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
from imgur_sync.manifest.showing import SECRET_KEY, KeyPath, dotted, key, shown

_NAMED: Mapping[str, type[Table]] = {
    "albums": AlbumTable,
    "collections": CollectionTable,
    "moved": MovedTable,
    "removed": RemovedTable,
}
"""The models of the tables that stand below a name or in an array."""

GUESSES = 200
"""How many unknown keys get a guess at what was meant; each costs half a millisecond."""

_OWN_WORDS = ("cover", "include", "exclude", "title", "description", "order", "image_title", "id")
_SETTINGS_REMEDY = "a manifest runs no commands: put it into config.toml or IMGUR_SYNC_HOOK (help environment)"
_SECRET_REMEDY = "keep secrets out of sync.toml: use the environment"


def faults(error: ValidationError) -> Iterable[Fault]:
    """One fault for each error that pydantic found."""
    for number, one in enumerate(error.errors(include_url=False)):
        path: KeyPath = one["loc"]
        match one["type"]:
            case "extra_forbidden":
                yield _unknown(path, guess=number < GUESSES)
            case "missing":
                yield _missing(path)
            case "model_type" | "model_attributes_type" | "dict_type":
                yield _no_table(path)
            case "value_error" if _own_words(path):
                remedy = str(one["ctx"]["error"])
                value = "this list" if isinstance(one["input"], list) else shown(one["input"])
                yield Fault(path, f"{dotted(path)} cannot be {value}", remedy)
            case _:
                yield _wrong(path, one["input"])


def _unknown(path: KeyPath, *, guess: bool) -> Fault:
    name, table = str(path[-1]), table_at(path[:-1])
    if SECRET_KEY.search(name):
        return Fault(path, f"{dotted(path)} does not belong in a manifest", _SECRET_REMEDY, on_key=True)
    if name in ("hook", "hooks"):
        return Fault(path, f"unknown key {dotted(path)}", _SETTINGS_REMEDY, on_key=True)
    return Fault(path, f"unknown key {dotted(path)}", _meant(path, name, table) if guess else "remove it", on_key=True)


def _meant(path: KeyPath, name: str, table: type[Table]) -> str:
    home = next((where for where, its in _homes() if name in its.model_fields), None)
    if home is not None:
        return f"{key(name)} belongs in {home}"
    near = difflib.get_close_matches(name[:100].lower(), table.model_fields, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    if not path[:-1]:
        return "the tables are " + ", ".join(f"[{one}]" for one in _tables())
    return "the keys here are " + ", ".join(table.model_fields)


def _missing(path: KeyPath) -> Fault:
    if path == ("version",):
        return Fault((), "version is missing", "add as the first line: version = 1")
    return Fault(path, f"{dotted(path)} is missing", f"add {path[-1]} = {_example(path)}", on_key=True)


def _example(path: KeyPath) -> str:
    if path[-1] == "folders":
        return '"photos/trips/*", whose sub-folders are the albums'
    if path[0] in ("moved", "removed"):
        return '"KEY", the key of an album'
    return '"photos/cats", the folder of this album' if path[-1] == "folder" else "…"


def _no_table(path: KeyPath) -> Fault:
    if len(path) == 2 and path[0] == "albums" and str(path[1]) in AlbumTable.model_fields:
        return Fault(path, f"{dotted(path)} stands outside an album", "write it below [albums.NAME]", on_key=True)
    if path[0] in ("moved", "removed"):
        return Fault(path, f"{dotted(path)} must be a table", f"write [[{path[0]}]] with its keys below it", True)
    return Fault(path, f"{dotted(path)} must be a table", f"write [{dotted(path)}] with its keys below it", on_key=True)


def _wrong(path: KeyPath, value: object) -> Fault:
    return Fault(path, f"{dotted(path)} cannot be {shown(value)}", f"write {rule(path)}")


def table_at(path: KeyPath) -> type[Table]:
    """The model of the table at a path of known keys."""
    table: type[Table] = Document
    for number, part in enumerate(path):
        if path[0] in _NAMED and (number or path[0] in ("moved", "removed")):
            images = path[0] == "albums" and len(path) > 3 and path[2] == "images"
            return ImageTable if images else _NAMED[str(path[0])]
        inner = _model(table.model_fields.get(str(part)))
        table = inner or table
    return table


def rule(path: KeyPath) -> str:
    """What the key at the path, or the array that the path is in, takes; for people."""
    last = max(number for number, part in enumerate(path) if isinstance(part, str))
    field = table_at(path[:last]).model_fields.get(str(path[last]))
    return "something else" if field is None else _field_rule(field)


def _field_rule(field: FieldInfo) -> str:
    if field.description:
        return field.description
    for kind in _kinds(field.annotation):
        if get_origin(kind) is Literal:
            words = [shown(word) for word in get_args(kind)]
            return " or ".join(", ".join(words).rsplit(", ", 1))
        if kind is bool:
            return "true or false"
        for extra in getattr(kind, "__metadata__", ()):
            if isinstance(extra, PlainValidator):
                return str(getattr(extra.func, "rule", ""))
    limits = {name: getattr(one, name) for one in field.metadata for name in ("ge", "le") if hasattr(one, name)}
    return f"a whole number from {limits['ge']} to {limits['le']}"


def _kinds(annotation: Any) -> tuple[Any, ...]:
    """The members of a union, or the annotation itself."""
    if get_origin(annotation) is Literal or not get_args(annotation) or hasattr(annotation, "__metadata__"):
        return (annotation,)
    return get_args(annotation)


def _model(field: FieldInfo | None) -> type[Table] | None:
    kinds = _kinds(field.annotation) if field is not None else ()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Table)), None)


def _own_words(path: KeyPath) -> bool:
    """Whether the field's validator raises what to write; amounts do not."""
    return path[-1 if isinstance(path[-1], str) else -2] in _OWN_WORDS


def _tables() -> list[str]:
    return [name for name in Document.model_fields if name not in ("version", "lineage")]


def _homes() -> list[tuple[str, type[Table]]]:
    """The tables that a key may have been meant for, the likeliest first."""
    named = [(f"[{name}]", _model(Document.model_fields[name])) for name in _tables()]
    inner = [(where, table) for where, table in named if table is not None and table is not DefaultsTable]
    return [("the top of the file", Document), ("[albums.NAME]", AlbumTable), *inner]
