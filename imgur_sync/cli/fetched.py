"""`plan --lfs pull`: folders as they are once git lfs has fetched what is not here, so that a plan tells the price."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from imgur_sync.model.local import LocalAlbum, Presence
from imgur_sync.model.ports import LocalFiles

if TYPE_CHECKING:
    from imgur_sync.executor import Ports
    from imgur_sync.model.local import Content, LocalFile, UnchangedFolder
    from imgur_sync.model.spec import AlbumSpec


class FetchedFolders(LocalFiles):
    """Other folders, whose pointers of Git LFS count as the files that they stand for. For plans only: nothing is
    read."""

    def __init__(self, folders: LocalFiles) -> None:
        self._folders = folders

    def scan(
        self,
        spec: AlbumSpec,
        *,
        unchanged_if: str = "",
        checksum: bool = False,
        on_hashed: Callable[[str, int], None] = lambda path, size: None,
        between: Callable[[], None] = lambda: None,
    ) -> LocalAlbum | UnchangedFolder:
        """One pass; as `LocalFiles.scan` says."""
        from imgur_sync.local.lfs import is_lfs

        found = self._folders.scan(
            spec, unchanged_if=unchanged_if, checksum=checksum, on_hashed=on_hashed, between=between
        )
        if not isinstance(found, LocalAlbum) or all(file.content is Presence.PRESENT for file in found.files):
            return found
        files = (
            dataclasses.replace(file, content=Presence.PROMISED)
            if file.content is Presence.POINTER and is_lfs(spec.root, file.path)
            else file
            for file in found.files
        )
        return dataclasses.replace(found, files=tuple(files))

    def ignored(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that the rules leave out."""
        return self._folders.ignored(spec, paths)

    def gone(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths at which nothing can be found now."""
        return self._folders.gone(spec, paths)

    def read(self, spec: AlbumSpec, file: LocalFile) -> Content:
        """The bytes to send, of what is here."""
        return self._folders.read(spec, file)


def fetched_on(ports: Ports) -> Ports:
    """The ports, with such folders."""
    return dataclasses.replace(ports, local=FetchedFolders(ports.local))
