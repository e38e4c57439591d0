"""Where the rule stands that leaves a path out: the line of the manifest or of a pattern file, in words."""

from __future__ import annotations

from typing import assert_never

from imgur_sync.local.names import IGNORE_FILE
from imgur_sync.local.why import LeftOut, Rule
from imgur_sync.manifest.places import TooDeepError, places
from imgur_sync.model.spec import AlbumSpec, Manifest


def rule_text(manifest: Manifest, spec: AlbumSpec, found: LeftOut) -> str:
    """One sentence: what leaves the path out, and where that is written."""
    match found.rule:
        case Rule.JUNK:
            return f"{found.path} is never looked at: a name of systems, editors or of this tool"
        case Rule.NOT_RECURSIVE:
            return f"{found.path} lies in a folder below, and {_key(manifest, spec, 'recursive')} is false"
        case Rule.INCLUDE if not found.pattern:
            return f"no pattern of {_key(manifest, spec, 'include')} takes {found.path}"
        case Rule.INCLUDE:
            return f'{found.path} is taken back by "{found.pattern}" in {_key(manifest, spec, "include", found.number)}'
        case Rule.EXCLUDE:
            return f'{found.path} matches "{found.pattern}" in {_key(manifest, spec, "exclude", found.number)}'
        case Rule.PATTERN_FILE:
            folder = found.file.removesuffix(IGNORE_FILE).rstrip("/")
            where = f"{spec.folder}/{folder}".rstrip("/")
            return f'{found.path} matches "{found.pattern}" in {where}/{IGNORE_FILE}, line {found.number}'
    assert_never(found.rule)


def _key(manifest: Manifest, spec: AlbumSpec, name: str, number: int | None = None) -> str:
    """The key as it stands in the manifest: in the album's table or among the defaults, with its line."""
    try:
        found = places(manifest.path.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
    except (OSError, ValueError, TooDeepError):
        return f"`{name}` of the album {spec.key}"
    for table in (("albums", spec.key), ("defaults",)):
        item = (*table, name, number) if number is not None else (*table, name)
        place = found.by_path.get(item)
        if place is not None:
            line, _ = found.line_and_column(place.value)
            return f"`{name}` of [{'.'.join(table)}], {manifest.path.name} line {line}"
    return f"`{name}` of the album {spec.key}"
