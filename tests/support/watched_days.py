"""The daemon on virtual time: real but for Imgur, which is simulated, events, which are told by hand, and time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from imgur_sync.errors import ImgurSyncError, InterruptedRun
from imgur_sync.executor import Options, Ports
from imgur_sync.imgur.keys import ByDeletehash, ById
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.local.folders import Folders
from imgur_sync.local.stillness import Stillness
from imgur_sync.model.event import RunFinished
from imgur_sync.model.spec import Manifest, Removal, WatchSpec
from imgur_sync.report.live import LiveActivity, beginning
from imgur_sync.report.text import Moment
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.store import SqliteStore, find_store
from imgur_sync.state.watch_memory import SqliteWatchMemory
from imgur_sync.watch.absences import Absences, HeldFolders
from imgur_sync.watch.daemon import Daemon
from imgur_sync.watch.events import WatchEvent
from imgur_sync.watch.showing import Shown
from imgur_sync.watch.site import PassBench, RoomWanted, Site
from imgur_sync.watch.telling import Line, told
from imgur_sync.watch.unheard import Unheard, WitnessedFolders
from tests.support.hand_watcher import HandWatcher
from tests.support.memory_activity import MemoryActivity
from tests.support.sync_stage import SyncStage

SIGTERM = 15


class WatchedDays(SyncStage):
    """Folders and an Imgur with a daemon between them, which lives as long as it is told to.

    What happens is scheduled with `at`; `watch` lets time pass. Each `watch` is a process of its own.
    """

    def __init__(self, base: Path, **options: Any) -> None:
        super().__init__(base, **options)
        self.pace = WatchSpec()
        self.board = MemoryActivity()
        self.told: list[tuple[float, WatchEvent]] = []
        self.log: list[Line] = []
        self.load_error: ImgurSyncError | None = None
        self.wakes = 0
        self.looks: list[tuple[float, int]] = []
        """Looks at one album on Imgur: when, and the credits that each cost."""
        self.removals: tuple[Removal, ...] = ()
        self.state_path: Path | None = None
        self.outdated = False
        self._plot: list[tuple[float, int, Callable[[], object]]] = []
        self._began = self.clock.monotonic()
        self._stop = 0

    def manifest(self) -> Manifest:
        """The manifest as it stands, with the daemon's pace."""
        made = replace(super().manifest(), watch=self.pace, removed=self.removals)
        return replace(made, state_path=self.state_path) if self.state_path is not None else made

    @property
    def elapsed(self) -> float:
        """Seconds since the stage was set up."""
        return self.clock.monotonic() - self._began

    def at(self, seconds: float, act: Callable[[], object]) -> None:
        """Have that happen so many seconds after the stage was set up."""
        self._plot.append((seconds, len(self._plot), act))
        self._plot.sort(key=lambda row: row[:2])

    def watch(self, until: float, manifest: Manifest | None = None) -> list[WatchEvent]:
        """Run a daemon until so many seconds after the stage was set up; what it tells."""
        self._stop = 0
        first = len(self.told)
        self.watcher = HandWatcher(self.clock)
        self.watcher.before_waiting = lambda deadline: self._happens(deadline, until)
        self.daemon = Daemon(self._site(), manifest or self.manifest())
        live = LiveActivity(self.board, self.clock, beginning("watch", self.clock))
        shown = Shown(live, self.daemon)
        try:
            for event in self.daemon.run():
                self.told.append((self.elapsed, event))
                self.log.append(told(event, Moment(self.clock.now(), UTC)))
                shown.show(event)
                self.activity = live.activity
        except InterruptedRun:
            pass
        finally:
            self.watcher.close()
        return [event for _, event in self.told[first:]]

    def stop(self) -> None:
        """SIGTERM, as the handler passes it on."""
        self._stop = SIGTERM
        self.watcher.wake()

    def add(self, key: str, name: str, seed: int) -> None:
        """A picture appears in the album's folder, and an event tells of it."""
        self.put(key, name, seed)
        self.watcher.happen(self.albums[key].root / name)

    def remove(self, key: str, name: str) -> None:
        """A file leaves the album's folder, and an event tells of it."""
        path = self.albums[key].root / name
        path.unlink()
        self.watcher.happen(path)

    def runs(self) -> list[tuple[float, RunFinished]]:
        """The ends of all passes, with when they were told."""
        return [(at, event) for at, event in self.told if isinstance(event, RunFinished)]

    def of(self, kind: type[Any]) -> list[Any]:
        """All events of a kind."""
        return [event for _, event in self.told if isinstance(event, kind)]

    def _happens(self, deadline: float | None, until: float) -> None:
        """What is scheduled before the deadline happens; at the end the daemon is asked to stop."""
        self.wakes += 1
        assert deadline is not None, "the daemon would sleep for ever"
        upto = min(deadline - self._began, until)
        while self._plot and self._plot[0][0] <= upto:
            at, _, act = self._plot.pop(0)
            self.clock.advance(max(0.0, at - self.elapsed))
            act()
            if self.watcher.told:
                return
        if until <= deadline - self._began:
            self.clock.advance(max(0.0, until - self.elapsed))
            self._stop = SIGTERM
            self.watcher.wake()

    def _site(self) -> Site:
        self.stillness = Stillness(self.clock, self.pace.quiet)
        self.absences = Absences(self.clock, self.pace.removal_hold)
        self.unheard = Unheard(self.clock)
        return Site(
            clock=self.clock,
            watcher=self.watcher,
            board=self.board,
            load=self._load,
            memory=SqliteWatchMemory(self.base / ".imgur-sync" / "activity.db"),
            peeking=self._peeking,
            looking=self._looking,
            passing=self._passing,
            stillness=self.stillness,
            absences=self.absences,
            unheard=self.unheard,
            stopping=lambda: self._stop,
            chance=lambda: 0.5,
            outdated=lambda: self.outdated,
        )

    def _load(self) -> Manifest:
        if self.load_error is not None:
            raise self.load_error
        return self.manifest()

    @contextmanager
    def _peeking(self, manifest: Manifest) -> Iterator[Ports]:
        found = find_store(manifest.state_path, lineage=self.lineage, read_only=True)
        store = found.record_aside() if found is not None else SqliteStore.in_memory(self.lineage)
        with store, self._ledger() as ledger, SqliteCache(self.base / ".imgur-sync" / "cache.db") as cache:
            transport = self._transport(ledger, writing=False)
            try:
                yield replace(self._dressed(self._ports(store, cache, ledger, transport)), reader=None)
            finally:
                transport.close()

    @contextmanager
    def _looking(self, manifest: Manifest, most: int) -> Iterator[Ports]:
        found = find_store(manifest.state_path, lineage=self.lineage, read_only=True)
        store = found.record_aside() if found is not None else SqliteStore.in_memory(self.lineage)
        with store, self._ledger(most) as ledger, SqliteCache(self.base / ".imgur-sync" / "cache.db") as cache:
            transport = self._transport(ledger, writing=False)
            try:
                yield self._ports(store, cache, ledger, transport)
            finally:
                transport.close()
                self.looks.append((self.elapsed, ledger.spent()))

    @contextmanager
    def _passing(
        self, manifest: Manifest, options: Options, room_wanted: RoomWanted, left_out: frozenset[str]
    ) -> Iterator[PassBench]:
        store = self._opened(manifest)
        with store, self._ledger() as ledger, SqliteCache(self.base / ".imgur-sync" / "cache.db") as cache:
            transport = self._transport(ledger, writing=True)
            try:
                ports = self._dressed(self._ports(store, cache, ledger, transport), left_out)
                ports = replace(ports, room_wanted=room_wanted)
                keys = ByDeletehash(store.deletehashes()) if self.anonymous else ById()
                yield PassBench(manifest, ports, options, ImgurWriter(transport, keys))
            finally:
                transport.close()

    def _dressed(self, ports: Ports, left_out: frozenset[str] = frozenset()) -> Ports:
        read = Folders(ports.cache, self.clock, stillness=self.stillness)
        local = WitnessedFolders(read, self.unheard, self.clock)
        return replace(ports, local=HeldFolders(local, ports.store, self.absences, left_out))

    def pictures(self, key: str, names: Iterable[str]) -> None:
        """Pictures that are there before anything begins."""
        for number, name in enumerate(names):
            self.put(key, name, 1000 + number)
