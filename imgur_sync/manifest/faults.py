"""What is wrong with a manifest, first by the path of its keys, then by line and column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from imgur_sync.errors import ManifestError, ManifestProblem
from imgur_sync.manifest.places import Place, Places, TooDeepError, places
from imgur_sync.manifest.showing import KeyPath, Lines, escaped

MOST = 1000
"""The most problems that one error carries; a last one then tells how many more there are."""

TOO_DEEP = "this is too deeply nested"
TOO_DEEP_REMEDY = "a manifest needs five levels at most, as below [albums.cats.images.'tom.jpg']"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong at `path`, with its key (`on_key`) or with its value; the empty path is the whole file.

    `other` is a second path that the fault is about: its line is added to `what`.
    """

    path: KeyPath
    what: str
    remedy: str
    on_key: bool = False
    other: KeyPath | None = None


def located(faults: Iterable[Fault], text: str, path: Path) -> ManifestError:
    """The faults as one error, each at its line and column, in the order of the lines."""
    try:
        found = places(text)
    except TooDeepError as error:
        return at_offset(text, error.offset, TOO_DEEP, TOO_DEEP_REMEDY, path)
    lines = Lines(text)
    problems = {_problem(fault, found, lines): None for fault in faults}
    ordered = sorted(problems, key=lambda problem: (problem.line, problem.column))
    if len(ordered) > MOST:
        ordered[MOST:] = [ManifestProblem(0, 0, f"and {len(ordered) - MOST} more problems")]
    return ManifestError(escaped(str(path)), tuple(ordered))


def at_offset(text: str, offset: int, what: str, remedy: str, path: Path) -> ManifestError:
    """An error with one problem, at a place of the text."""
    line, column = Places(text).line_and_column(offset)
    problem = ManifestProblem(line, column, what, remedy, Lines(text).shown(line))
    return ManifestError(escaped(str(path)), (problem,))


def _problem(fault: Fault, found: Places, lines: Lines) -> ManifestProblem:
    place, whole = _place(fault.path, found)
    if place is None:
        return ManifestProblem(0, 0, fault.what, fault.remedy)
    line, column = found.line_and_column(place.key if fault.on_key or not whole else place.value)
    what = fault.what
    if fault.other is not None:
        second, _ = _place(fault.other, found)
        if second is not None:
            what += f" (line {found.line_and_column(second.value)[0]})"
    return ManifestProblem(line, column, what, fault.remedy, lines.shown(line))


def _place(path: KeyPath, found: Places) -> tuple[Place | None, bool]:
    """The place of the path, or of the nearest table around it, and whether it is the path itself."""
    for length in range(len(path), 0, -1):
        place = found.by_path.get(path[:length])
        if place is not None:
            return place, length == len(path)
    return None, False
