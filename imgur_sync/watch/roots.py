"""The folders that a daemon watches: those of the albums, those of collections, and that of the manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from imgur_sync.model.hint import Hint, LookAtAll, WatchedRoot
from imgur_sync.model.spec import Manifest

MANIFEST = "(manifest)"


def is_special(album: str) -> bool:
    """Whether this stands in the place of an album's key, for the manifest's folder or that of a collection, whose
    sub-folders are albums; no key begins with a bracket."""
    return album.startswith("(")


def watched_roots(manifest: Manifest) -> tuple[WatchedRoot, ...]:
    """Each folder once, with all that it is the root of."""
    found: dict[tuple[Path, bool], list[str]] = {}
    for path, recursive, album in _wanted(manifest):
        found.setdefault((path, recursive), []).append(album)
    return tuple(WatchedRoot(path, tuple(albums), recursive) for (path, recursive), albums in found.items())


def _wanted(manifest: Manifest) -> Iterator[tuple[Path, bool, str]]:
    for spec in manifest.albums:
        yield spec.root, spec.recursive, spec.key
    for collection in manifest.collections:
        yield collection.root, False, f"({collection.name})"
    yield Path(os.path.realpath(manifest.path.parent)), False, MANIFEST


def without_own_noise(hint: Hint, manifest: Manifest) -> Hint | None:
    """The hint without the folder of the state, which is written in every pass; None where nothing is left."""
    if isinstance(hint, LookAtAll):
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
