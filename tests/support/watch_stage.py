"""A real watcher of real folders, for tests that wait for what it tells."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from imgur_sync.executor import SystemClock
from imgur_sync.local.watching import FolderWatcher, Pace
from imgur_sync.model.hint import Cause, Hint, LookAtAll, Touched, WatchedRoot
from imgur_sync.mounts import read_mounts

PATIENCE = 120.0
"""Seconds that a hint may take on a machine that is busy otherwise."""
QUICK = Pace(check=0.05, poll=1000.0, retry=1000.0, calm=0.05, spacing=0.0)


class WatchStage:
    """The album "cats" in the folder `root`; all hints that were taken are in `seen`."""

    def __init__(
        self,
        base: Path,
        pace: Pace = QUICK,
        *,
        mounts: Callable[[], str] = read_mounts,
        look: Callable[[str], os.stat_result] = os.lstat,
    ) -> None:
        self.base = Path(os.path.realpath(base))
        self.root = self.base / "cats"
        self.clock = SystemClock()
        self.watcher = FolderWatcher(self.clock, pace, mounts=mounts, look=look)
        self.seen: list[Hint] = []
        self._count = 0

    def start(self, *albums: str, recursive: bool = True) -> None:
        """Make the root where it is missing, watch it, and take what is told at the start."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.watcher.watch([WatchedRoot(self.root, albums or ("cats",), recursive)])
        self.until(Cause.START)
        self.seen.clear()

    def until(self, *causes: Cause) -> LookAtAll:
        """Take hints until one says for one of these causes that everything is to be looked at."""
        return next(hint for hint in self._taken() if isinstance(hint, LookAtAll) and hint.cause in causes)

    def touched(self, *folders: str, album: str = "cats") -> None:
        """Take hints until all these folders were told (each one, or all of the album)."""
        missing = set(folders)
        for hint in self._taken():
            if isinstance(hint, Touched) and hint.album == album:
                missing -= set(hint.folders)
            elif isinstance(hint, LookAtAll) and album in hint.albums:
                missing.clear()
            if not missing:
                return

    def settle(self) -> None:
        """Take all hints about what was done so far: events keep their order."""
        self._count += 1
        (self.root / f"settled {self._count}").mkdir()
        self.touched(f"settled {self._count}")
        self.seen.clear()

    def only(self, folder: str) -> None:
        """Put a link into that folder, which makes one event, and take hints until it is told: since all was settled
        nothing was told of any other folder."""
        self._count += 1
        (self.root / folder / f"link {self._count}").symlink_to("nowhere")
        self.touched(folder)
        assert all(isinstance(hint, Touched) and set(hint.folders) == {folder} for hint in self.seen), self.seen
        self.seen.clear()

    def put(self, path: Path, content: bytes = b"x") -> None:
        """Write a file; the folders around it are made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def make(self, path: Path) -> None:
        """Make a folder, and those around it."""
        path.mkdir(parents=True, exist_ok=True)

    def remove(self, path: Path) -> None:
        """Remove a folder with all in it."""
        shutil.rmtree(path)

    def _taken(self) -> TakenHints:
        return TakenHints(self)


class TakenHints:
    """Hints as they come; an error when none comes any more."""

    def __init__(self, stage: WatchStage) -> None:
        self._stage = stage
        self._end = stage.clock.monotonic() + PATIENCE

    def __iter__(self) -> TakenHints:
        return self

    def __next__(self) -> Hint:
        hint = self._stage.watcher.next(self._end)
        assert hint is not None, f"nothing came any more: {self._stage.seen[-20:]}"
        self._stage.seen.append(hint)
        return hint


def paced(**seconds: float) -> Pace:
    """The quick pace, but for these."""
    return replace(QUICK, **seconds)
