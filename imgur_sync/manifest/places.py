"""Where each key and value of a TOML text stands: line and column, which tomllib does not tell.

The walk is lenient: the text was parsed by tomllib before, or is about to be refused. It runs only if there is
something to report.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from dataclasses import dataclass, field

from imgur_sync.manifest.showing import KeyPath

DEPTH = 64
"""The deepest nesting, and the most parts of one key, that a manifest may have."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_LINE = re.compile(r"[^\n]*")
_STRINGS = (
    re.compile(r'"""(?:[^\\"]|\\.|"(?!""))*"{3,5}', re.S),
    re.compile(r"'''(?:[^']|'(?!''))*'{3,5}", re.S),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


class TooDeepError(Exception):
    """The text nests deeper than `DEPTH` at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__("too deep")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Place:
    """Offsets, in characters, of a key and of its value; a table's value is its key, an array item's key its value."""

    key: int
    value: int


@dataclass(slots=True)
class Places:
    """Every place of a text by the path of its keys, and every key that is written twice."""

    text: str
    by_path: dict[KeyPath, Place] = field(default_factory=dict)
    repeats: list[tuple[KeyPath, int, int]] = field(default_factory=list)
    """(path, offset of the first, offset of the second)"""
    _starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Both from 1; columns in characters."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def places(text: str) -> Places:
    """The places of a text whose lines end in a line feed. TooDeepError is the only error."""
    found = Places(text)
    _Walk(found).document()
    return found


class _Walk:
    """One pass over the text; `at` is the offset that is read next."""

    def __init__(self, found: Places) -> None:
        self._text = found.text
        self._found = found
        self._at = 0
        self._explicit: dict[KeyPath, int] = {}
        self._arrays: dict[KeyPath, int] = {}

    def document(self) -> None:
        """Notes every key of the text, from its beginning to its end."""
        table: KeyPath = ()
        while self._skip(_BLANK) < len(self._text):
            if self._peek() == "[":
                table = self._header()
            elif not self._pair(table, 0):
                self._skip(_LINE)

    def _header(self) -> KeyPath:
        array = self._text.startswith("[[", self._at)
        self._at += 2 if array else 1
        parts = self._key()
        self._skip(_LINE)
        path: KeyPath = ()
        for number, (name, offset) in enumerate(parts):
            path = (*path, name)
            last = number == len(parts) - 1
            if array and last:
                self._note(path, offset)
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
            self._note(path, offset, explicit=last)
        return path

    def _pair(self, table: KeyPath, depth: int) -> bool:
        """Reads `key = value`; False, with nothing promised about `at`, if there is none."""
        parts = self._key()
        if not parts or self._peek() != "=":
            return False
        self._at += 1
        self._skip(_SPACE)
        path = table
        for name, offset in parts[:-1]:
            path = (*path, name)
            self._note(path, offset)
        name, offset = parts[-1]
        path = (*path, name)
        self._note(path, offset, value=self._at, explicit=True)
        self._value(path, depth + 1)
        return True

    def _key(self) -> list[tuple[str, int]]:
        """The parts of a dotted key with their offsets; leaves `at` behind the blanks that follow."""
        parts: list[tuple[str, int]] = []
        while True:
            self._skip(_SPACE)
            found = _PART.match(self._text, self._at)
            if found is None:
                return parts
            if len(parts) == DEPTH:
                raise TooDeepError(self._at)
            parts.append((_name(found[0]), self._at))
            self._at = found.end()
            self._skip(_SPACE)
            if self._peek() != ".":
                return parts
            self._at += 1

    def _value(self, path: KeyPath, depth: int) -> None:
        if depth > DEPTH:
            raise TooDeepError(self._at)
        match self._peek():
            case "[":
                self._array(path, depth)
            case "{":
                self._inline(path, depth)
            case '"' | "'":
                if not any(self._take(pattern) for pattern in _STRINGS):
                    self._skip(_LINE)
            case _:
                self._skip(_SCALAR)

    def _array(self, path: KeyPath, depth: int) -> None:
        self._at += 1
        number = 0
        while self._skip(_BLANK) < len(self._text) and self._peek() != "]":
            before = self._at
            self._note((*path, number), self._at)
            self._value((*path, number), depth + 1)
            self._skip(_BLANK)
            if self._peek() == ",":
                self._at += 1
            elif self._at == before:
                return
            number += 1
        self._at += 1

    def _inline(self, path: KeyPath, depth: int) -> None:
        self._at += 1
        while self._skip(_BLANK) < len(self._text) and self._peek() != "}":
            if not self._pair(path, depth):
                return
            self._skip(_BLANK)
            if self._peek() == ",":
                self._at += 1
        self._at += 1

    def _note(self, path: KeyPath, key: int, *, value: int | None = None, explicit: bool = False) -> None:
        known = self._found.by_path
        if explicit:
            if path in self._explicit:
                self._found.repeats.append((path, self._explicit[path], key))
                return
            self._explicit[path] = key
            known[path] = Place(key, key if value is None else value)
        elif path not in known:
            known[path] = Place(key, key)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return self._at

    def _take(self, pattern: re.Pattern[str]) -> bool:
        before = self._at
        return self._skip(pattern) > before


def _name(written: str) -> str:
    """The name that a part of a key stands for."""
    if written[0] == '"' and "\\" in written:
        try:
            return str(tomllib.loads(f"k = {written}")["k"])
        except ValueError:
            return written
    return written[1:-1] if written[0] in "\"'" else written
