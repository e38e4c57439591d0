"""This machine's copy of a shared state: the bytes of state.db, and the file that they become."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from imgur_sync.errors import NewerStateError, StateError
from imgur_sync.state.disk import COPY, create_private, private_folder, sync_folder
from imgur_sync.state.store import find_store
from imgur_sync.state.synced import SqliteStore


def snapshot(store: SqliteStore) -> bytes:
    """The whole state as it is now."""
    with TemporaryDirectory(prefix="imgur-sync-") as folder:
        target = Path(folder) / "state.db"
        store.save_copy(target)
        return target.read_bytes()


def read_copy(content: bytes, lineage: str, place: str) -> SqliteStore:
    """A store in memory of that content. Raises `StateError`, naming the place, for what is no such state."""
    with TemporaryDirectory(prefix="imgur-sync-") as folder:
        file = Path(folder) / "state.db"
        create_private(file, content)
        try:
            store = find_store(file, lineage=lineage, read_only=True)
            assert store is not None, "it was just written"
            with store:
                return store.copy_to_memory()
        except NewerStateError as error:
            raise NewerStateError(error.message.replace(str(file), place), hint=error.hint) from error
        except StateError as error:
            raise StateError(error.message.replace(str(file), place), hint=error.hint) from error


def write_copy(content: bytes, path: Path, lineage: str, place: str) -> None:
    """Put that content in the place of the file. A state there that never was a copy is kept beside it.

    Nothing else may write to the file meanwhile. Raises as `read_copy`, and the file stays as it was then.
    """
    read_copy(content, lineage, place).close()
    private_folder(path.parent)
    fresh, mark = path.with_name(f".{path.name}.fetched"), path.with_name(path.name + COPY)
    fresh.unlink(missing_ok=True)
    create_private(fresh, content)
    aside = _free_name(path) if path.exists() and not mark.exists() else ""
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists() and aside:
            old.rename(path.with_name(f"{aside}{suffix}"))
        elif suffix:
            old.unlink(missing_ok=True)
    create_private(mark)
    fresh.replace(path)
    sync_folder(path.parent)


def _free_name(path: Path) -> str:
    """A name beside the file that nothing has."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    names = (
        f"{path.name}.{stamp}{more}" for more in itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    )
    return next(name for name in names if not path.with_name(name).exists())
