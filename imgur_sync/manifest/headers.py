"""Table headers that TOML refuses for a character in a key, as in [albums.My Cats]: what to write instead."""

from __future__ import annotations

import re

from imgur_sync.manifest.rules import suggestion
from imgur_sync.manifest.showing import escaped

_HEADER = re.compile(r"[ \t]*\[{1,2}([^\[\]\n]*)\]")
_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^."']*)\s*(?:\.|\Z)""")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def bad_header(text: str, offset: int) -> tuple[str, str] | None:
    """What is wrong and the remedy, where `offset` lies in a header that is closed but holds a key that needs quotes.

    None for any other line.
    """
    start = text.rfind("\n", 0, offset) + 1
    found = _HEADER.match(text, start)
    if found is None:
        return None
    parts = _parts(found[1])
    odd = next((n for n, part in enumerate(parts) if not (_BARE.fullmatch(part) or part[:1] in ("'", '"'))), None)
    if odd is None or not parts[odd]:
        return None
    what = f'"{escaped(parts[odd], 60)}" holds characters that a key without quotes may not have'
    if parts[0] == "albums" and len(parts) == 2:
        better = suggestion(parts[1])
        return what, f"write a key of a-z 0-9 . _ -, such as [albums.{better}]; the name to be seen is its title"
    quoted = [part if n != odd else '"' + part.replace("\\", "\\\\") + '"' for n, part in enumerate(parts)]
    return what, f"put quotes around it: [{escaped('.'.join(quoted), 120)}]"


def _parts(inner: str) -> list[str]:
    """The parts of a dotted key as they are written. What follows the third is one part: the path of a file."""
    parts: list[str] = []
    at = 0
    while at < len(inner) and len(parts) < 3:
        found = _PART.match(inner, at)
        if found is None or found.end() == at:
            break
        parts.append(found[1].strip())
        at = found.end()
    rest = inner[at:].strip()
    return [*parts, rest] if rest else parts
