"""`fmt`: a manifest with the same values, the same comments and every line, in canonical spacing and order."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

ORDER = (
    *("account", "budget", "upload", "gates", "watch", "state", "defaults"),
    *("albums", "collections", "moved", "removed"),
)
"""The order of the tables. Those of other names come last; tables of one name stay in the order that they have, because
the order of albums means something."""

_PART = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*""")
_TOKENS = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*"{3,5}' + r"|'''(?:[^']|'(?!''))*'{3,5}" + r'|"(?:[^"\\\n]|\\.)*"|'
    r"'[^'\n]*'|\#[^\n]*|[\[\]{}\n]|[^\"'\#\[\]{}\n]+",
    re.S,
)


class Unchangeable(Exception):
    """The text cannot be formatted without changing what it says; it is left as it is."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One statement: a key with its value (which may go over several lines), a [table], a comment or nothing.

    `table` is the first word of a [table]'s name.
    """

    text: str
    table: str | None = None

    @property
    def blank(self) -> bool:
        """Whether there is nothing on it."""
        return not self.text

    @property
    def comment(self) -> bool:
        """Whether it is a comment of its own, not one that goes on from the line above."""
        return self.text.startswith("#")


def formatted(text: str) -> str:
    """The text, canonical: formatting it again changes nothing. It must be TOML whose lines end in a line feed.

    Raises `Unchangeable` rather than lose a comment or change a value.
    """
    lines = list(_lines(text))
    blocks = _blocks(lines)
    top, tables = blocks[0], blocks[1:]
    tables.sort(key=lambda block: _rank(block))
    new = "\n\n".join(filter(None, (_joined(block) for block in (top, *tables)))) + "\n"
    if _values(new) != _values(text) or sorted(comments(new)) != sorted(comments(text)):
        raise Unchangeable
    return new


def comments(text: str) -> list[str]:
    """Every comment of a TOML text, without blanks at its end."""
    return [token[0].rstrip() for token in _TOKENS.finditer(text) if token[0].startswith("#")]


def _values(text: str) -> dict[str, str]:
    """What the text says, by top-level key; the order of the keys below counts. NaN equals itself."""
    try:
        return {name: repr(value) for name, value in tomllib.loads(text).items()}
    except ValueError as error:
        raise Unchangeable from error


def _lines(text: str) -> Iterator[_Line]:
    for statement in _statements(text):
        stripped = statement.strip(" \t")
        if not stripped or stripped.startswith("#"):
            # An indented comment goes on with that of the line above: it stays where it is.
            yield _Line(statement.rstrip())
        elif stripped.startswith("["):
            yield _header(stripped)
        else:
            yield _Line(_pair(stripped))


def _statements(text: str) -> Iterator[str]:
    """The text cut at the line ends that stand outside of strings and brackets."""
    depth = start = end = 0
    for token in _TOKENS.finditer(text):
        if token.start() != end:
            raise Unchangeable
        end = token.end()
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and depth <= 0:
            yield text[start : token.start()]
            start, depth = end, 0
    if start < len(text):
        yield text[start:]


def _header(line: str) -> _Line:
    array = line.startswith("[[")
    opening, closing = ("[[", "]]") if array else ("[", "]")
    parts: list[str] = []
    at = len(opening)
    while (found := _PART.match(line, at)) is not None:
        parts.append(found[1])
        at = found.end()
        if line[at : at + 1] != ".":
            break
        at += 1
    if not parts or not line.startswith(closing, at):
        raise Unchangeable
    first = parts[0]
    name = str(next(iter(tomllib.loads(f"{first} = 0"))))
    return _Line(f"{opening}{'.'.join(parts)}{closing}{_tail(line[at + len(closing) :])}", name)


def _tail(rest: str) -> str:
    """The comment behind a statement, at least two blanks away unless it stood away already."""
    rest = rest.rstrip()
    return f"  {rest}" if rest.startswith("#") else rest


def _pair(line: str) -> str:
    at = 0
    parts: list[str] = []
    while (found := _PART.match(line, at)) is not None:
        parts.append(found[1])
        at = found.end()
        if line[at : at + 1] != ".":
            break
        at += 1
    if not parts or line[at : at + 1] != "=":
        raise Unchangeable
    first, newline, rest = line[at + 1 :].strip(" \t").partition("\n")
    # What stands inside a value of several lines is kept to the letter.
    value = f"{first}{newline}{rest}" if newline else first
    return f"{'.'.join(parts)} = {value}".rstrip()


def _blocks(lines: list[_Line]) -> list[list[_Line]]:
    """What stands above all tables, then each table with the comments right above it."""
    blocks: list[list[_Line]] = [[]]
    for line in lines:
        if line.table is None:
            blocks[-1].append(line)
            continue
        above: list[_Line] = []
        while blocks[-1] and blocks[-1][-1].comment:
            above.insert(0, blocks[-1].pop())
        blocks.append([*above, line])
    return blocks


def _rank(block: list[_Line]) -> int:
    table = next(line.table for line in block if line.table is not None)
    return ORDER.index(table) if table in ORDER else len(ORDER)


def _joined(block: list[_Line]) -> str:
    """The lines of one block, with no two empty ones in a row and none at its ends."""
    kept: list[str] = []
    for line in block:
        if line.blank and (not kept or not kept[-1]):
            continue
        kept.append(line.text)
    while kept and not kept[-1]:
        kept.pop()
    return "\n".join(kept)
