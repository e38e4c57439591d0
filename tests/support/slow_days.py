"""The daemon on virtual time with folders on a slow disk: whatever cannot be broken off takes a while there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from imgur_sync.executor import Options, Ports
from imgur_sync.local.folders import Folders
from imgur_sync.model.local import LocalAlbum, UnchangedFolder
from imgur_sync.model.spec import AlbumSpec, Manifest
from imgur_sync.watch.absences import HeldFolders
from imgur_sync.watch.site import PassBench, RoomWanted, Site
from tests.support.inline_workers import InlineWorkers
from tests.support.watched_days import SIGTERM, WatchedDays


class SlowFolders(Folders):
    """Real folders; each call of `between` comes after what took the stage's `step` seconds."""

    stage: SlowDays

    def scan(
        self,
        spec: AlbumSpec,
        *,
        unchanged_if: str = "",
        checksum: bool = False,
        on_hashed: Callable[[str, int], None] = lambda path, size: None,
        between: Callable[[], None] = lambda: None,
    ) -> LocalAlbum | UnchangedFolder:
        """One pass, slowly."""
        stage = self.stage

        def slowly() -> None:
            stage.clock.advance(stage.step)
            between()

        def counted(path: str, size: int) -> None:
            stage.hashed[path] += size
            on_hashed(path, size)

        return super().scan(spec, unchanged_if=unchanged_if, checksum=checksum, on_hashed=counted, between=slowly)


class Stoppable(InlineWorkers):
    """Workers that a signal reaches as soon as it comes."""

    stage: SlowDays

    @property
    def stopping(self) -> int:
        """The signal, 0 if none."""
        return self.stage.signal

    @stopping.setter
    def stopping(self, number: int) -> None:
        """The stage knows it."""


class SlowDays(WatchedDays):
    """`step` is how many seconds each thing takes that a scan does between two calls of `between`. `hashed` counts the
    bytes that were hashed, by path; `lived` are the moments of the signs of life, `held` when it held the lock."""

    def __init__(self, base: Path, *, step: float = 0.0, **options: Any) -> None:
        super().__init__(base, **options)
        self.step = step
        self.hashed: Counter[str] = Counter()
        self.lived: list[float] = []
        self.held: list[tuple[float, float]] = []

    @property
    def signal(self) -> int:
        """The signal that asked for the end, 0 if none."""
        return self._stop

    def longest_silence(self, since: float, until: float) -> float:
        """The longest time without a sign of life within that span."""
        moments = [since, *(at for at in self.lived if since <= at <= until), until]
        return max(late - early for early, late in pairwise(moments))

    def busy_at(self, seconds: float) -> bool:
        """Whether a pass held the lock at that moment."""
        return any(since < seconds < until for since, until in self.held)

    def wished_at(self, seconds: float, lasts: float) -> None:
        """An `apply` asks for its turn then, and withdraws after so many seconds."""
        wish = self.board.wish("apply")
        self.at(seconds, wish.__enter__)
        self.at(seconds + lasts, lambda: wish.__exit__(None, None, None))

    def kill_now(self) -> None:
        """SIGTERM, in the midst of what is going on."""
        self._stop = SIGTERM

    def _site(self) -> Site:
        return replace(super()._site(), alive=lambda: self.lived.append(self.elapsed))

    def _ports(self, *arguments: Any) -> Ports:
        ports = super()._ports(*arguments)
        assert isinstance(ports.workers, InlineWorkers)
        workers = Stoppable(self.clock, self.seed)
        workers.stage = self
        workers.before_job, workers.after_job = ports.workers.before_job, ports.workers.after_job
        return replace(ports, workers=workers)

    @contextmanager
    def _passing(
        self, manifest: Manifest, options: Options, room_wanted: RoomWanted, left_out: frozenset[str]
    ) -> Iterator[PassBench]:
        since = self.elapsed
        try:
            with super()._passing(manifest, options, room_wanted, left_out) as bench:
                yield bench
        finally:
            self.held.append((since, self.elapsed))

    def _dressed(self, ports: Ports, left_out: frozenset[str] = frozenset()) -> Ports:
        local = SlowFolders(ports.cache, self.clock, stillness=self.stillness)
        local.stage = self
        return replace(ports, local=HeldFolders(local, ports.store, self.absences, left_out))
