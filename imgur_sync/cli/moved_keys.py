"""Albums told of by the keys that the manifest gives them now, also before an apply has followed its [[moved]]."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imgur_sync.errors import ImgurSyncError, ManifestError

if TYPE_CHECKING:
    from imgur_sync.cli.session import Session
    from imgur_sync.cli.stored import Place
    from imgur_sync.model.spec import Manifest
    from imgur_sync.state.store import SqliteStore


@contextmanager
def by_new_keys(session: Session, where: Place, store: SqliteStore) -> Iterator[SqliteStore]:
    """The state, open for as long as this lasts; where keys moved a copy in memory that has followed them.

    Nothing is written. A manifest that is not whole, or whose moves cannot be followed, is no obstacle to telling what
    the state knows: then by the keys that stand in it. What is wrong is for `validate` and `plan` to say.
    """
    with store:
        manifest = _manifest(session) if where.manifest.get("moved") else None
        if manifest is None:
            yield store
            return
        with store.copy_to_memory() as copy:
            yield copy if _followed(copy, manifest) else store


def _manifest(session: Session) -> Manifest | None:
    from imgur_sync.cli.manifests import load_manifest

    if session.file == "-":  # what the state is told by lies in the current directory; stdin is left alone
        return None
    try:
        return load_manifest(session)
    except ImgurSyncError:
        return None


def _followed(store: SqliteStore, manifest: Manifest) -> bool:
    from imgur_sync.executor.renaming import follow

    try:
        follow(store, manifest)
    except ManifestError:
        return False
    return True
