"""A remote in memory, as quick as tests of what stands on it need it. The real one: `tests/state/test_git_ref.py`."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping

from imgur_sync.errors import TryAgainLaterError
from imgur_sync.state.git_ref import Held, Moved


class MemoryRemote:
    """One ref, and which files each write changed (the lease aside). While it is `away` nobody reaches it."""

    def __init__(self) -> None:
        self.held = Held("")
        self.writes: list[tuple[str, ...]] = []
        self.away = False
        self.mutex = threading.Lock()
        self.numbers = itertools.count(1)


class MemoryRef:
    """What `GitRef` is for one machine."""

    def __init__(self, remote: MemoryRemote) -> None:
        self.remote = remote
        self.name = self.place = "the ref"

    def read(self) -> Held:
        """What the ref holds now."""
        with self.remote.mutex:
            self._reach()
            return self.remote.held

    def write(self, files: Mapping[str, bytes], old: str, message: str) -> str:
        """Replace it, in the place of `old` only."""
        assert message
        with self.remote.mutex:
            self._reach()
            if self.remote.held.commit != old:
                raise Moved
            before = self.remote.held.files
            self.remote.writes.append(
                tuple(sorted(name for name in files if name != "lease.json" and before.get(name) != files[name]))
            )
            self.remote.held = Held(f"c{next(self.remote.numbers)}", dict(files))
            return self.remote.held.commit

    def close(self) -> None:
        """Nothing to do."""

    def _reach(self) -> None:
        if self.remote.away:
            raise TryAgainLaterError("git could not reach the remote")
