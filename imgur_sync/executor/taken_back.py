"""Pictures that left their albums and that files in the folders would take back: the next apply needs no upload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from imgur_sync.model.local import LocalAlbum
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.planner.marker import SHORT

if TYPE_CHECKING:
    from imgur_sync.model.ports import LocalFiles, StateStore
    from imgur_sync.model.spec import Manifest


def taken_back(
    local: LocalFiles, store: StateStore, manifest: Manifest, left: Iterable[SyncedPicture]
) -> tuple[frozenset[str], tuple[str, ...]]:
    """The ids of those of `left` that files without a picture would take, and the folders that cannot be looked into.

    Only folders are looked at; nothing is sent. Of several pictures of one content those of the same album and path
    come first, and no more are named than there are files.
    """
    wanted: Counter[str] = Counter()
    places: set[tuple[str, str, str]] = set()
    closed: list[str] = []
    for spec in manifest.albums:
        found = local.scan(spec)
        assert isinstance(found, LocalAlbum), "without a mark to compare with, a folder is read"
        if found.errors or found.root is None:
            closed.append(spec.folder)
        have = Counter(p.digest[:SHORT] for p in store.pictures(spec.key) if p.standing is Standing.PLACED)
        wanted += Counter(file.digest[:SHORT] for file in found.files if file.digest) - have
        places |= {(spec.key, file.path, file.digest[:SHORT]) for file in found.files}
    taken: set[str] = set()
    for picture in sorted(left, key=lambda p: ((p.album, p.path, p.digest[:SHORT]) not in places, p.album, p.id)):
        short = picture.digest[:SHORT]
        if wanted[short]:
            wanted[short] -= 1
            taken.add(picture.id)
    return frozenset(taken), tuple(closed)
