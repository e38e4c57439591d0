"""Shows the reading of folders while it goes on: hours on a large folder, and nothing else is told meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from imgur_sync.executor.tasks import RunStopped
from imgur_sync.model.event import Hashing
from imgur_sync.model.ports import LocalFiles, Workers

if TYPE_CHECKING:
    from imgur_sync.executor import Ports
    from imgur_sync.model.local import Content, LocalAlbum, LocalFile, UnchangedFolder
    from imgur_sync.model.spec import AlbumSpec
    from imgur_sync.report.progress import Display


class ShownFolders(LocalFiles):
    """Other folders, whose scans show what they hash at once and end as soon as a stop was asked for.

    A scan runs on the control thread, between two waits: what it emits as events comes only after its end, and a
    signal is heeded only at the next wait.
    """

    def __init__(self, folders: LocalFiles, screen: Display, workers: Workers) -> None:
        self._folders = folders
        self._screen = screen
        self._workers = workers

    def scan(
        self,
        spec: AlbumSpec,
        *,
        unchanged_if: str = "",
        checksum: bool = False,
        on_hashed: Callable[[str, int], None] = lambda path, size: None,
        between: Callable[[], None] = lambda: None,
    ) -> LocalAlbum | UnchangedFolder:
        """One pass. `on_hashed` is not called, so that nothing is shown twice. Raises `RunStopped` after a signal."""

        def hashed(path: str, size: int) -> None:
            if self._workers.stopping:
                raise RunStopped
            self._screen.show(Hashing(spec.key, path, size))

        return self._folders.scan(spec, unchanged_if=unchanged_if, checksum=checksum, on_hashed=hashed, between=between)

    def ignored(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that the rules leave out."""
        return self._folders.ignored(spec, paths)

    def gone(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths at which nothing can be found now."""
        return self._folders.gone(spec, paths)

    def read(self, spec: AlbumSpec, file: LocalFile) -> Content:
        """The bytes to send."""
        return self._folders.read(spec, file)


def shown_on(screen: Display, ports: Ports) -> Ports:
    """The ports, with folders that show on this screen how they are read."""
    return dataclasses.replace(ports, local=ShownFolders(ports.local, screen, ports.workers))
