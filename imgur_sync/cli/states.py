"""The state that a manifest stands for: found, of the right mode, copied; and what helps where it is not to be had."""

from __future__ import annotations

import os
import time
from pathlib import Path

from imgur_sync.cli.session import note
from imgur_sync.directories import directories
from imgur_sync.errors import ImgurSyncError, StateError, UsageError
from imgur_sync.model.spec import Manifest
from imgur_sync.model.synced import IntentStatus
from imgur_sync.state.store import SqliteStore, find_store, open_store

RECOVER = "imgur-sync state recover"


def backup_path(lineage: str) -> Path:
    """Where the copy of a state without an account is kept."""
    return directories(os.environ).state / "backups" / f"{lineage}.db"


def copy_place(manifest: Manifest, store: SqliteStore | None) -> str:
    """For people: the file that each apply copies the state to, its folder where no lineage is known yet; "" with an
    account, where no copy is made."""
    if not manifest.account.anonymous:
        return ""
    lineage = store.lineage if store is not None else manifest.lineage
    return str(backup_path(lineage) if lineage is not None else backup_path("").parent)


def find_state(manifest: Manifest, *, read_only: bool = False) -> SqliteStore | None:
    """The state of the manifest; None where there is none yet.

    Raises `StateError` for one of the other mode, and in anonymous mode, where nothing can be rebuilt, for one that is
    missing or damaged while there is a copy of it: the way out is `state recover`.
    """
    copied = manifest.account.anonymous and manifest.lineage is not None and backup_path(manifest.lineage).exists()
    try:
        found = find_store(manifest.state_path, lineage=manifest.lineage, read_only=read_only)
    except StateError as error:
        if manifest.account.anonymous and "state rebuild" in error.hint:
            error.hint = f"Nothing was changed. {_way_out(copied=copied)}"
        raise
    if found is None:
        if copied:
            hint = f"put the copy in its place: {RECOVER}"
            raise StateError(f"{manifest.state_path}: the state is missing, and there is a copy of it", hint=hint)
        return None
    try:
        check_mode(found, manifest, read_only=read_only)
    except BaseException:
        found.close()
        raise
    return found


def _way_out(*, copied: bool) -> str:
    if copied:
        return f"Put the copy that was made after the last apply in its place: {RECOVER}"
    return "There is no copy of it. Without an account it cannot be rebuilt; move it aside to begin anew"


def check_mode(store: SqliteStore, manifest: Manifest, *, read_only: bool) -> None:
    """Raise `StateError` for a state of the other mode with something in it; one with nothing becomes one of this."""
    mode = manifest.account.mode
    if store.mode == mode:
        return
    if store.albums() or store.intents(*IntentStatus):
        raise StateError(
            f"{manifest.state_path}: was made in {store.mode} mode, but the manifest says {mode}: what was uploaded in "
            "one mode cannot be managed in the other",
            hint=f'write mode = "{store.mode}" again, or begin a new mirror with another lineage and [state] path',
        )
    if not read_only:
        store.set_mode(mode)


def make_state(manifest: Manifest) -> SqliteStore:
    """A new state for the manifest."""
    return open_store(manifest.state_path, lineage=manifest.lineage, create=True, mode=manifest.account.mode)


def back_up(store: SqliteStore, manifest: Manifest) -> None:
    """Keep a copy of a state without an account, of which there is nothing else to make it from. A copy that cannot be
    made is told, and no reason to fail."""
    if not manifest.account.anonymous or not store.albums():
        return
    target = backup_path(store.lineage)
    try:
        store.save_copy(target)
    except (ImgurSyncError, OSError) as error:
        note(f"warning: the copy of the state could not be written to {target.parent}: {error}")


def recover(manifest: Manifest) -> tuple[Path, Path | None]:
    """Put the copy in the place of the state. Returns the copy, and the name under which the state before is kept.

    Raises `UsageError` for a state that can be read, and `StateError` where there is no copy that can.
    """
    if manifest.lineage is None:
        raise UsageError("the manifest names no lineage, and copies are kept by it", hint='write lineage = "…" into it')
    copy = backup_path(manifest.lineage)
    try:
        standing = find_store(manifest.state_path, lineage=manifest.lineage, read_only=True)
        if standing is not None:
            with standing:
                standing.deletehashes()
            raise UsageError(
                f"{manifest.state_path} can be read: there is nothing to recover",
                hint="if you want the copy all the same, move the state aside first",
            )
    except StateError:
        pass
    found = find_store(copy, lineage=manifest.lineage, read_only=True)
    if found is None:
        raise StateError(f"there is no copy of the state: {copy} is missing", hint=_rest(manifest))
    with found:
        found.deletehashes()
        kept = keep_aside(manifest.state_path)
        found.save_copy(manifest.state_path)
    return copy, kept


def _rest(manifest: Manifest) -> str:
    if manifest.account.anonymous:
        return "without an account there is no other way to what was uploaded"
    return "make a new state from what is on Imgur: imgur-sync state rebuild"


def remove(path: Path) -> None:
    """Remove a half-made state with its log."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def keep_aside(path: Path) -> Path | None:
    """Rename a state and its log; nothing is removed. Returns the state's new name, None when there was none."""
    kept: Path | None = None
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            kept = path.with_name(f"{path.name}.{stamp}{suffix}")
            old.rename(kept)
    return kept
