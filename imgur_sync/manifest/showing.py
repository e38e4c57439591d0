"""How values, keys and lines of a manifest are shown to people: short, harmless on a terminal, without secrets."""

from __future__ import annotations

import datetime
import math
import re

KeyPath = tuple[str | int, ...]

ECHO = 60
"""The longest echo of a value, in characters."""
LINE = 160
"""The longest source line shown, in characters."""

SECRET_KEY = re.compile(
    r"secret|token|passw|passphrase|api[_-]?key|deletehash|authoriz|cookie|credential|bearer|client[_-]?id", re.I
)
"""Found in the names of keys whose values are never shown."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ASSIGNED = re.compile(r"""([\w-]*)["']?\s*=""")
_LONG_SECRET = re.compile(
    rf"""(?:{SECRET_KEY.pattern})[\w-]{{0,64}}["']?[ \t]{{0,64}}=[ \t]{{0,64}}(\"{{3}}|'{{3}}|\[|\{{)""", re.I
)
_CLOSING = {'"""': '"""', "'''": "'''", "[": "]", "{": "}"}
_LONG_WORD = re.compile(rf"\S{{{ECHO + 1},}}")


def escaped(text: str, limit: int | None = None) -> str:
    """`text` with everything that is not printable as escapes, first cut to `limit` with an ellipsis."""
    if limit is not None and len(text) > limit:
        text = text[:limit] + "…"
    return text if text.isprintable() else "".join(map(_escape, text))


def shown(value: object) -> str:
    """A TOML value as it would be written, cut to `ECHO` characters; arrays and tables only by kind."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{escaped(value, ECHO)}"'
        case int():
            return _whole(value)
        case float():
            return repr(value) if math.isfinite(value) else str(value)
        case datetime.date() | datetime.time():
            return f"the date or time {value.isoformat()}"
        case list():
            return "an array" if value else "an empty array"
        case _:
            return "a table"


def dotted(path: KeyPath) -> str:
    """A path of keys as one writes it: `albums.cats.include[2]`, with quotes around what is no bare key."""
    words = ""
    for part in path:
        if isinstance(part, int):
            words += f"[{part}]"
        else:
            words += ("." if words else "") + key(part)
    return words


def key(name: str) -> str:
    """One key: bare if TOML allows it, else quoted, cut to `ECHO` characters."""
    return escaped(name, ECHO) if _BARE.fullmatch(name) else shown(name)


class Lines:
    """The lines of a text as they are shown under a problem: no secrets, no control characters, bounded."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._hidden: set[int] = set()
        line = end = 0
        for found in _LONG_SECRET.finditer(text):
            if found.end() < end:
                continue
            line += text.count("\n", end, found.end())
            end = text.find(_CLOSING[found[1]], found.end())
            end = len(text) if end < 0 else end
            last = line + text.count("\n", found.end(), end)
            self._hidden.update(range(line + 2, last + 2))
            line = last

    def shown(self, number: int) -> str:
        """Line `number`, counted from 1; empty if there is no such line."""
        if not 1 <= number <= len(self._lines):
            return ""
        if number in self._hidden:
            return "…"
        line = self._lines[number - 1][: 2 * LINE].expandtabs(1)
        for found in _ASSIGNED.finditer(line):
            if SECRET_KEY.search(found[1]):
                line = line[: found.end()] + " …"
                break
        return escaped(_LONG_WORD.sub(lambda word: word[0][:ECHO] + "…", line), LINE)


def _escape(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    named = {9: "\\t", 10: "\\n", 13: "\\r"}.get(code)
    return named or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}")


def _whole(value: int) -> str:
    """Python refuses to print integers of thousands of digits."""
    return str(value) if value.bit_length() < 192 else "a number of very many digits"
