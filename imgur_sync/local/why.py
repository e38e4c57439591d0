"""Why an album leaves a path out: which rule, from which file and line. For people; the scan decides by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imgur_sync.local.names import IGNORE_FILE, is_junk
from imgur_sync.local.patterns import kind_of_patterns, read_patterns
from imgur_sync.local.rules import ALL, BYTE_ORDER_MARK, deciding
from imgur_sync.local.walk import open_folder
from imgur_sync.model.spec import AlbumSpec


class Rule(StrEnum):
    """What leaves a path out."""

    JUNK = "junk"
    NOT_RECURSIVE = "recursive"
    INCLUDE = "include"
    EXCLUDE = "exclude"
    PATTERN_FILE = "pattern_file"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The rule that leaves `path` out: the path asked for, or a folder that it lies in (with "/" at its end).

    `pattern` is as it was written, "" where no single one decides. `number` is its place in the key `include` or
    `exclude` of the album, from 0, or its line in the pattern file `file` (relative to the folder), from 1.
    """

    rule: Rule
    path: str
    pattern: str = ""
    number: int = 0
    file: str = ""


def left_out(spec: AlbumSpec, path: str) -> LeftOut | None:
    """The rule that leaves out the file at `path`, which need not exist; None when none does.

    Raises `OSError` or `ValueError` where a pattern file cannot be read.
    """
    parts = path.split("/")
    files: list[tuple[str, list[str]]] = []
    for count in range(len(parts)):
        folder = "/".join(parts[:count])
        if folder:
            found = _judge(spec, folder, parts[count - 1], files, is_folder=True)
            if found is not None:
                return found
        lines = _lines(spec.root, folder)
        if lines is not None:
            files.insert(0, (folder, lines))
    return _judge(spec, path, parts[-1], files, is_folder=False)


def _judge(
    spec: AlbumSpec, path: str, name: str, files: list[tuple[str, list[str]]], *, is_folder: bool
) -> LeftOut | None:
    told = f"{path}/" if is_folder else path
    if is_junk(name):
        return LeftOut(Rule.JUNK, told)
    if not spec.recursive and (is_folder or "/" in path):
        return LeftOut(Rule.NOT_RECURSIVE, told)
    if not is_folder and spec.include != ALL:
        verdict = deciding(spec.include, told)
        if verdict is None or not verdict[1]:
            pattern = "" if verdict is None else spec.include[verdict[0]]
            return LeftOut(Rule.INCLUDE, told, pattern, 0 if verdict is None else verdict[0])
    return next(_excluding(spec, path, told, files), None)


def _excluding(spec: AlbumSpec, path: str, told: str, files: list[tuple[str, list[str]]]) -> Iterator[LeftOut]:
    """What excludes the path: `exclude`, a folder that `include` takes back, the deepest pattern file that decides."""
    verdict = deciding(spec.exclude, told)
    if verdict is not None and verdict[1]:
        yield LeftOut(Rule.EXCLUDE, told, spec.exclude[verdict[0]], verdict[0])
    for number, line in enumerate(spec.include):
        if line.startswith("!") and line.rstrip().endswith("/") and deciding([line[1:]], told):
            yield LeftOut(Rule.INCLUDE, told, line, number)
    for folder, lines in files:
        prefix = len(folder) + 1 if folder else 0
        verdict = deciding(lines, told[prefix:])
        if verdict is not None:
            name = f"{folder}/{IGNORE_FILE}" if folder else IGNORE_FILE
            if verdict[1]:
                yield LeftOut(Rule.PATTERN_FILE, told, lines[verdict[0]], verdict[0] + 1, name)
            return


def _lines(root: Path, folder: str) -> list[str] | None:
    """The lines of the pattern file of a folder, None where there is none."""
    with ExitStack() as stack:
        try:
            fd = open_folder(root, folder, os.open, stack)
        except (FileNotFoundError, NotADirectoryError):
            return None
        data = read_patterns(fd, kind_of_patterns(fd), os.open)
    if data is None:
        return None
    text = data.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "surrogateescape")
    return [line.removesuffix("\r") for line in text.split("\n")]
