"""Compares a JSON document with its documented shape: no field too many, none missing, each of its type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from imgur_sync.report.jsons import FORMAT_VERSION
from imgur_sync.report.shapes import SHAPES, Shape

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def check_document(document: Any, kind: str) -> None:
    """The document is of that kind and of the shape that is documented for it."""
    assert document["format_version"] == FORMAT_VERSION
    assert document["kind"] == kind
    content = {name: value for name, value in document.items() if name not in ("format_version", "kind")}
    _check(content, SHAPES[kind], kind)


def _check(value: Any, shape: Shape, where: str) -> None:
    if isinstance(shape, str):
        assert _is(value, shape), f"{where} is no {shape}: {value!r}"
    elif isinstance(shape, Mapping):
        if value is None:
            return
        assert isinstance(value, dict), f"{where} is no table: {value!r}"
        missing = {name for name in shape if not name.endswith("?")} - value.keys() - {"*"}
        assert not missing, f"{where} lacks {missing}"
        shape = {name.removesuffix("?"): inner for name, inner in shape.items()}
        unknown = value.keys() - shape.keys()
        assert "*" in shape or not unknown, f"{where} has {unknown}, which are not documented"
        for name, inner in value.items():
            _check(inner, shape.get(name, shape.get("*", "any")), f"{where}.{name}")
    else:
        assert isinstance(value, list), f"{where} is no list: {value!r}"
        for number, item in enumerate(value):
            _check(item, shape[0], f"{where}[{number}]")


def _is(value: Any, word: str) -> bool:
    if word == "any":
        return True
    if word.endswith("?") and value is None:
        return True
    match word.removesuffix("?"):
        case "text":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "flag":
            return isinstance(value, bool)
        case "time":
            return value is None or (isinstance(value, str) and _TIME.fullmatch(value) is not None)
        case other:
            raise AssertionError(f"no such word: {other}")
