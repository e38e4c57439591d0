"""Album keys that changed their names: what the state knows follows them before anything is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from imgur_sync.errors import ManifestError, ManifestProblem
from imgur_sync.model.ports import StateStore
from imgur_sync.model.spec import Manifest, Moved
from imgur_sync.model.synced import IntentStatus


def pending(store: StateStore, manifest: Manifest) -> tuple[Moved, ...]:
    """The moves of the manifest whose old key the state still knows."""
    return tuple(move for move in manifest.moved if _knows(store, move.source))


def follow(store: StateStore, manifest: Manifest) -> None:
    """Record the moves that are pending, all together. Raises `ManifestError` where old and new key are two albums."""
    moves = pending(store, manifest)
    problems = tuple(_problems(store, manifest, moves))
    if problems:
        raise ManifestError(str(manifest.path), problems)
    if moves:
        from imgur_sync.model.change import AlbumRenamed

        store.record(*(AlbumRenamed(move.source, move.target) for move in moves))


def _knows(store: StateStore, key: str) -> bool:
    return bool(store.pictures(key)) or _lives(store, key)


def _lives(store: StateStore, key: str) -> bool:
    """Whether there is an album of that key, or may be. Of one that was removed only loose pictures are left."""
    if store.album(key) is not None:
        return True
    return any(intent.album == key for intent in store.intents(IntentStatus.OPEN, IntentStatus.SUSPECT))


def _problems(store: StateStore, manifest: Manifest, moves: tuple[Moved, ...]) -> Iterator[ManifestProblem]:
    for move in moves:
        if manifest.album(move.source) is not None:
            what = f"[[moved]] from {move.source}: there is an album of this key still (its sub-folder is there)"
            yield ManifestProblem(0, 0, what, "remove the table, or the folder")
        elif _lives(store, move.target):
            what = f"[[moved]] from {move.source} to {move.target}: both were synced, and they stay two albums"
            yield ManifestProblem(0, 0, what, "remove this table")
