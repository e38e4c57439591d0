"""Private files and folders: made 0700 and 0600 whatever the umask, synced, and never on a network file system."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from imgur_sync.errors import StateError
from imgur_sync.mounts import NETWORK_TYPES, file_system, read_mounts

OWN_FOLDER = ".imgur-sync"
COPY = ".shared"
"""Behind the name of a state's file: it is this machine's copy of a state that lives elsewhere."""


def refuse_network(path: Path, mounts: Callable[[], str] = read_mounts) -> None:
    """Raise `StateError` when `path` lies on a network file system, where SQLite's locks cannot be trusted."""
    kind = file_system(path, mounts())
    if kind in NETWORK_TYPES:
        raise StateError(
            f"{path} lies on a network file system ({kind}), where locks cannot be trusted",
            hint="Keep it on a local disk: [state] path in sync.toml, IMGUR_SYNC_STATE_DIR for the ledger and tokens.",
        )


def private_folder(path: Path) -> None:
    """Make the folder and its missing parents, each 0700. A folder that is there is left as it is.

    A folder named `.imgur-sync` also gets a `.gitignore` that ignores all of it. Raises `StateError`.
    """
    try:
        _make_folders(path)
        if path.name == OWN_FOLDER and not (path / ".gitignore").exists():
            create_private(path / ".gitignore", b"*\n")
    except OSError as error:
        raise StateError(
            f"the folder {path} cannot be made: {error.strerror or error}",
            hint="Nothing was changed or sent. Name another: IMGUR_SYNC_STATE_DIR, or [state] path in sync.toml.",
        ) from error


def _make_folders(path: Path) -> None:
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue  # another process was faster
        folder.chmod(0o700)
        _sync_name(folder)
    if not path.is_dir():
        raise NotADirectoryError(20, "not a folder", str(path))


def _sync_name(folder: Path) -> None:
    """Make the name of a new folder durable: what is synced inside is lost with it. Where the folder above may be
    written but not read, that cannot be asked for."""
    with suppress(PermissionError):
        sync_folder(folder.parent)


def create_private(path: Path, content: bytes = b"") -> bool:
    """Make a new 0600 file with that content, synced; False when something of that name is there already.

    Never follows a link and never opens what exists.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        return False
    try:
        os.fchmod(descriptor, 0o600)
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


def sync_folder(path: Path) -> None:
    """Make names that were created, replaced or removed in the folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(temporary: Path, final: Path) -> bool:
    """Give a complete, synced file its lasting name, durably; False (nothing is overwritten) when it is taken."""
    try:
        os.link(temporary, final, follow_symlinks=False)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(final.parent)
    return True
