"""The documented shapes of JSON documents as lines for people: `help json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imgur_sync.report.shapes import PLAN, SHAPES, Shape


def shape_lines(kind: str) -> Iterator[str]:
    """The shape of one kind, a line a field, indented below its table; a plan within a run is not repeated."""
    yield from _fields(SHAPES[kind], 2)


def _fields(table: Mapping[str, Shape], indent: int) -> Iterator[str]:
    for name, shape in table.items():
        yield from _field("…" if name == "*" else name, shape, indent, "")


def _field(name: str, shape: Shape, indent: int, mark: str) -> Iterator[str]:
    head = f"{' ' * indent}{name}{mark}"
    if isinstance(shape, str):
        yield f"{head}: {shape}"
    elif shape is PLAN:
        yield f"{head}: as the fields of a plan"
    elif isinstance(shape, Mapping):
        if set(shape) == {"*"}:
            yield f"{head}: names with a {shape['*']} each"
        elif all(inner == "text" for inner in shape.values()):
            yield f"{head}: {', '.join(shape)} (texts)"
        else:
            yield f"{head}:"
            yield from _fields(shape, indent + 2)
    else:
        yield from _field(name, shape[0], indent, f"{mark}[]")
