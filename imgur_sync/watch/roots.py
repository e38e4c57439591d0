"""The folders that a daemon watches: those of the albums, those of collections, and those that the manifest is in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from imgur_sync.model.hint import Hint, LookAtAll, WatchedRoot
from imgur_sync.model.spec import Manifest

MANIFEST = "(manifest)"
STATE = "(state)"
RUN_LOCK = "run.lock"
"""The lock of runs, beside the state: each run takes it, and writes into it who has it."""
MOST_LINKS = 40
"""So many links the kernel follows on the way to a file."""


def is_special(album: str) -> bool:
    """Whether this stands in the place of an album's key, for a folder of the manifest, that of the state, or that of a
    collection, whose sub-folders are albums; no key begins with a bracket."""
    return album.startswith("(")


def watched_roots(manifest: Manifest) -> tuple[WatchedRoot, ...]:
    """Each folder once, with all that it is the root of; and those of which only some files matter."""
    found: dict[tuple[Path, bool, frozenset[str]], list[str]] = {}
    for path, recursive, album, names in _wanted(manifest):
        found.setdefault((path, recursive, names), []).append(album)
    return tuple(WatchedRoot(path, tuple(albums), deep, names) for (path, deep, names), albums in found.items())


def _wanted(manifest: Manifest) -> Iterator[tuple[Path, bool, str, frozenset[str]]]:
    for spec in manifest.albums:
        yield spec.root, spec.recursive, spec.key, frozenset()
    for collection in manifest.collections:
        yield collection.root, False, f"({collection.name})", frozenset()
    for folder, names in _links_of(manifest).items():
        yield folder, False, f"{MANIFEST} {folder}", names
    yield manifest.state_path.parent, False, STATE, frozenset({RUN_LOCK})


def ways_to(path: Path) -> dict[Path, frozenset[str]]:
    """The folders in which something can happen that puts another file at `path`: that of the file, and those of all
    links on the way to it, each with the names that matter there. Real paths; also where the way leads nowhere now."""
    found, end = _followed(path)
    folder, name = os.path.split(end)
    return _merged(found, {Path(folder): frozenset({name})})


def _links_of(manifest: Manifest) -> dict[Path, frozenset[str]]:
    """What leads to the manifest, and the links on the ways to what it names, folders and the state: either can make
    it mean something else without a change of its text."""
    named = dict.fromkeys((*(spec.folder for spec in manifest.albums), manifest.state.path))
    links = (_followed(manifest.path.parent / name)[0] for name in named)
    return _merged(ways_to(manifest.path), *links)


def _merged(*found: dict[Path, frozenset[str]]) -> dict[Path, frozenset[str]]:
    merged: dict[Path, frozenset[str]] = {}
    for one in found:
        merged |= {folder: merged.get(folder, frozenset()) | names for folder, names in one.items()}
    return merged


def _followed(path: Path) -> tuple[dict[Path, frozenset[str]], str]:
    """The folders in which there are links on the way to `path`, each with their names; and where the way ends."""
    found: dict[Path, frozenset[str]] = {}
    steps = _steps(os.path.join(os.getcwd(), path))
    at, links = "/", 0
    while steps and links <= MOST_LINKS:
        name = steps.pop()
        if name == "..":
            at = os.path.dirname(at)
            continue
        try:
            target = os.readlink(os.path.join(at, name))
        except OSError:
            at = os.path.join(at, name)
            continue
        found[Path(at)] = found.get(Path(at), frozenset()) | {name}
        links += 1
        at = "/" if target.startswith("/") else at
        steps += _steps(target)
    return found, at


def _steps(path: str) -> list[str]:
    """The names in a path, the last one first."""
    return [name for name in reversed(path.split("/")) if name not in ("", ".")]


def without_own_noise(hint: Hint | None, manifest: Manifest) -> Hint | None:
    """The hint without the folder of the state, which is written in every pass; None where nothing is left."""
    if hint is None or isinstance(hint, LookAtAll):
        return hint
    spec = manifest.album(hint.album)
    if spec is None:
        return hint
    try:
        own = str(manifest.state_path.parent.relative_to(spec.root))
    except ValueError:
        return hint
    if own == ".":
        return hint
    kept = tuple(folder for folder in hint.folders if folder != own and not folder.startswith(f"{own}/"))
    return replace(hint, folders=kept) if kept else None
