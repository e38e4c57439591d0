"""The first manifest of a folder: text with comments, written from the folders that exist."""

from __future__ import annotations

import base64
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from imgur_sync.errors import UsageError
from imgur_sync.manifest.folders import OWN, is_literal, within
from imgur_sync.manifest.showing import escaped

PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".apng", ".mp4", ".webm")
"""Names that let a folder be proposed as an album. What is sent is decided by content, elsewhere."""

ALBUMS = 1000
"""The most albums that a draft proposes."""

_DEPTH = 16
_LENGTH = 200_000
"""Characters; far enough below the largest manifest, in bytes."""

_TITLE = 1000
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

_HEAD = """\
# What imgur-sync mirrors to Imgur. See what would happen: imgur-sync plan
version = 1
# Names this mirror for ever: keep it, and do not copy it into another manifest.
lineage = {lineage}

# [budget]
# reserve_credits = 500   # credits of the application's day left for others
# uploads_per_hour = 45   # our own cap; 0 = none of our own

[defaults]                # for every album below; each can say otherwise
privacy = "hidden"        # "hidden", "secret": whoever has the link · "public"
order = "natural"         # "natural" (2 < 10) · "name" · "modified" · "taken"
prune = "detach"          # file gone: "detach" its picture · "delete" · "never"
"""
_NO_ALBUM = """
# [albums.cats]           # the lasting name of the album
# folder = "photos/cats"  # relative to this file
# title = "Cats"
"""


def new_lineage(random_bytes: bytes) -> str:
    """A lineage of 16 characters from at least 10 random bytes."""
    if len(random_bytes) < 10:
        raise ValueError("a lineage needs 10 random bytes")
    return base64.b32encode(random_bytes[:10]).decode().lower()


def draft(directory: Path, folders: Sequence[Path] = (), *, lineage: str) -> str:
    """The text of a manifest for `directory`, which loads without a problem.

    Its albums are `folders` (relative to `directory`, or absolute and inside it), or without any the topmost folders
    below `directory` that hold files named like pictures; `directory` itself if there is no other. UsageError if one
    of `folders` is no folder inside `directory` or lies in another.
    """
    base = os.path.realpath(directory)
    chosen = [_inside(base, folder) for folder in folders] if folders else sorted(_found(base), key=_natural)
    chosen = list(dict.fromkeys(chosen))
    _refuse_overlaps(chosen)
    writable = [folder for folder in chosen if _is_text(folder)]
    text = _HEAD.format(lineage=quoted(lineage))
    keys: set[str] = set()
    written = 0
    while written < min(len(writable), ALBUMS) and len(text) < _LENGTH:
        text += _album(writable[written], _unique(writable[written], base, keys), base)
        written += 1
    if not writable:
        text += _NO_ALBUM
    for folder in chosen:
        if not _is_text(folder):
            text += f"\n# left out, because its name is not UTF-8: {escaped(ascii(folder))}\n"
    if len(writable) > written:
        text += f"\n# left out: {len(writable) - written} more folders\n"
    return text


def quoted(text: str) -> str:
    """A TOML basic string on one line, with escapes for whatever a terminal could take amiss."""
    plain = json.dumps(text, ensure_ascii=False)  # of JSON's escapes TOML knows all but that of the slash
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)


def _album(folder: str, key: str, base: str) -> str:
    name = os.path.basename(folder) or os.path.basename(base)
    title = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", name).split())[:_TITLE]
    lines = [f"[albums.{key}]" if "." not in key else f'[albums."{key}"]', f"folder = {quoted(_written(folder))}"]
    if title and _is_text(title):
        lines.append(f"title = {quoted(title)}")
    return "\n" + "\n".join(lines) + "\n"


def _written(folder: str) -> str:
    if not folder:
        return "."
    return folder if is_literal(folder) else f"./{folder}"


def _unique(folder: str, base: str, taken: set[str]) -> str:
    """A key from the folder's name; with the name of its parent, then with a number, if that is taken."""
    parts = folder.split("/") if folder else [os.path.basename(base)]
    slug = _slug(parts[-1]) or "album"
    if slug in taken and len(parts) > 1:
        slug = _slug("-".join(parts[-2:])) or slug
    key, number = slug, 1
    while key in taken:
        number += 1
        key = f"{slug}-{number}"
    taken.add(key)
    return key


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def _inside(base: str, folder: Path) -> str:
    """The folder relative to `base`, "" for `base` itself."""
    given = os.path.abspath(os.path.join(base, folder))
    path = os.path.realpath(given)
    if not os.path.isdir(path):
        raise UsageError(f"{escaped(str(folder))} is not a folder", hint="name folders that exist")
    if not within(path, base) or within(path, os.path.join(base, OWN)):
        message = f"{escaped(str(folder))} does not lie in {escaped(base)}"
        raise UsageError(message, hint="write the manifest into a folder above it")
    return "" if path == base else os.path.relpath(path, base)


def _refuse_overlaps(folders: Sequence[str]) -> None:
    known = set(folders)
    for folder in folders:
        parts = folder.split("/") if folder else []
        for length in range(len(parts)):
            outer = "/".join(parts[:length])
            if outer in known:
                message = f"{escaped(folder)} lies inside {escaped(outer or 'the folder of the manifest')}"
                raise UsageError(message, hint="name one of them")


def _found(base: str) -> Iterator[str]:
    """The topmost folders below `base` that hold pictures, else "" if `base` does."""
    queue = [("", 0)]
    here = any_below = False
    while queue:
        folder, depth = queue.pop()
        holds, inner = _look(os.path.join(base, folder))
        if holds and folder:
            any_below = True
            yield folder
            continue
        here = here or holds
        if depth < _DEPTH:
            queue.extend((f"{folder}/{name}".lstrip("/"), depth + 1) for name in inner)
    if here and not any_below:
        yield ""


def _look(folder: str) -> tuple[bool, list[str]]:
    """Whether files named like pictures lie in the folder, and its folders; hidden ones and links are left out."""
    holds, inner = False, []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.name)
                elif entry.name.lower().endswith(PICTURES) and entry.is_file(follow_symlinks=False):
                    holds = True
    except OSError:  # a folder that may not be read is not proposed
        return False, []
    return holds, inner


def _is_text(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """2 before 10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"([0-9]+)", name) if part]
