"""TOML text → plain data, with its syntax errors in our words and places."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from imgur_sync.errors import ManifestError
from imgur_sync.manifest.faults import TOO_DEEP, TOO_DEEP_REMEDY, at_offset
from imgur_sync.manifest.headers import bad_header
from imgur_sync.manifest.places import DEPTH, TooDeepError, places
from imgur_sync.manifest.showing import dotted

_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_AT_THE_BACKSLASH = re.compile("Unescaped|Invalid hex|Escaped character")
_LONG_NUMBER = re.compile(r"(?<![0-9a-fA-F_])[0-9a-fA-F_]{600,}")
_REPEATED = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine", "Duplicate inline table key")
_QUOTES = "put quotes around a text, and write true, false and numbers without"
_WORDS = (
    ("Expected '=' after a key", "there is no = behind this key", "write: key = value"),
    ("Invalid value", "this is not a value", _QUOTES),
    ("Unterminated string", "the quotes of this text are not closed", "close them"),
    ("Illegal character", "this character may not stand here", "close the quotes on the line, or remove the character"),
    ("Found invalid character", "this character may not stand here", "remove it"),
    ("Unescaped", "a backslash between double quotes starts an escape", r"write \\, or use single quotes"),
    ("Invalid hex value", "this escape has no such digits", r"write \\ for a backslash, or use single quotes"),
    ("Escaped character", "this escape is not a character", "write the character itself"),
    (
        "Expected newline or end",
        "something stands behind the value",
        "one key = value on each line; a comment begins with #",
    ),
    ("Unclosed array", "this array is not closed", "put commas between the values and ] at the end"),
    ("Unclosed inline table", "this table is not closed", "put commas between its keys and } at the end, on one line"),
    ("Invalid statement", "this is neither a key nor a [table]", "write: key = value"),
    ("Expected ']", "this [table] is not closed", "close it on the same line"),
    ("Invalid initial character", "this is not a key", "a key of other letters than A-Z a-z 0-9 - _ stands in quotes"),
    ("Invalid date", "there is no such date or time", _QUOTES),
)


def parsed(text: str, path: Path) -> dict[str, Any]:
    """The data of a TOML text whose lines end in a line feed. ManifestError with one problem if it is none."""
    try:
        if max(line.count(".") for line in text.split("\n")) >= DEPTH:
            places(text)  # tomllib needs minutes for a key of 50,000 parts; the walk stops at the first too many
        return tomllib.loads(text)
    except TooDeepError as error:
        raise at_offset(text, error.offset, TOO_DEEP, TOO_DEEP_REMEDY, path) from None
    except RecursionError:
        raise at_offset(text, _deep_offset(text), TOO_DEEP, TOO_DEEP_REMEDY, path) from None
    except tomllib.TOMLDecodeError as error:
        raise _error(text, str(error), path) from None
    except ValueError:  # int() refuses thousands of digits, and tomllib passes that on
        found = _LONG_NUMBER.search(text)
        raise at_offset(
            text, found.start() if found else 0, "this number has too many digits", "write a smaller one", path
        ) from None


def _error(text: str, message: str, path: Path) -> ManifestError:
    offset = _offset(text, message)
    if message.startswith(_REPEATED):
        return _repeat(text, offset, path)
    what, remedy = "this is not valid TOML", "see https://toml.io for what may stand here"
    for start, its_what, its_remedy in _WORDS:
        if message.startswith(start):
            what, remedy = its_what, its_remedy
            break
    if message.startswith(("Expected ']", "Invalid initial character")):
        what, remedy = bad_header(text, offset) or (what, remedy)
    if _AT_THE_BACKSLASH.match(message):  # tomllib stops behind the escape
        offset = max(text.rfind("\\", 0, offset), 0)
    if _WHERE.search(message) is None:
        what = f"the file ends too early: {what}"
    return at_offset(text, offset, what, remedy, path)


def _repeat(text: str, offset: int, path: Path) -> ManifestError:
    """tomllib stops behind the second value; the walk up to the end of that line knows both keys."""
    remedy = "keep one of them"
    try:
        found = places(text[: _line_end(text, offset)])
    except TooDeepError as error:
        return at_offset(text, error.offset, TOO_DEEP, TOO_DEEP_REMEDY, path)
    if not found.repeats:
        start = text.rfind("\n", 0, offset) + 1
        offset = start + len(text[start:offset]) - len(text[start:offset].lstrip(" \t["))
        return at_offset(text, offset, "this was defined before, in another way", remedy, path)
    twice, first, second = found.repeats[0]
    line, _ = found.line_and_column(first)
    return at_offset(text, second, f"{dotted(twice)} is given twice: first on line {line}", remedy, path)


def _offset(text: str, message: str) -> int:
    found = _WHERE.search(message)
    if found is None:
        return len(text.rstrip("\n"))
    line, column = int(found[1]), int(found[2])
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def _deep_offset(text: str) -> int:
    try:
        places(text)
    except TooDeepError as error:
        return error.offset
    return 0
