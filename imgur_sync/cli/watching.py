"""Puts the implementations behind the ports of the daemon."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from importlib import metadata

from imgur_sync.cli.adopting import adopt
from imgur_sync.cli.manifests import load_manifest
from imgur_sync.cli.session import Session
from imgur_sync.cli.shown_folders import shown_on
from imgur_sync.cli.wiring import applying, planning
from imgur_sync.executor import Options, Ports, SystemClock
from imgur_sync.local.folders import Folders
from imgur_sync.local.stillness import Stillness
from imgur_sync.local.watching import FolderWatcher
from imgur_sync.model.activity import WATCH
from imgur_sync.model.spec import Manifest
from imgur_sync.report.live import LiveActivity, living
from imgur_sync.state.activity import SqliteActivity
from imgur_sync.state.lock import FileLock
from imgur_sync.state.watch_memory import SqliteWatchMemory
from imgur_sync.watch.absences import Absences, HeldFolders
from imgur_sync.watch.daemon import Daemon
from imgur_sync.watch.site import PassBench, RoomWanted, Site
from imgur_sync.watch.unheard import Unheard, WitnessedFolders


class Stops:
    """Asks for the end, whatever is going on: a sleep wakes up, a pass ends after its requests in flight."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.number = 0
        self._wake = wake
        self._running: list[Callable[[int], None]] = []

    def request(self, number: int) -> None:
        """What a signal handler calls. Takes no lock."""
        self.number = number
        for stop in tuple(self._running):
            stop(number)
        self._wake()

    @contextmanager
    def reaching(self, stop: Callable[[int], None]) -> Iterator[None]:
        """What is under way in the block is asked, too."""
        self._running.append(stop)
        try:
            if self.number:
                stop(self.number)
            yield
        finally:
            self._running.remove(stop)


Reading = Callable[[Manifest, Ports], AbstractContextManager[None]]
"""Surrounds each look and each pass, while the state is open: it may be read there."""


@contextmanager
def watching(
    session: Session,
    alive: Callable[[], None],
    pulse: float,
    reading: Reading = lambda manifest, ports: nullcontext(),
) -> Iterator[tuple[Daemon, Stops, LiveActivity]]:
    """A daemon for the manifest of the command line, with the lock of daemons held, and where it shows what it does.

    `alive` is called while all is well, at least every `pulse` seconds. Raises `LockHeldError` where another daemon of
    this state runs.
    """
    manifest = load_manifest(session)
    beside = manifest.state_path.with_name
    with ExitStack() as stack:
        stack.enter_context(FileLock(beside("watch.lock")).hold("watch"))
        clock, board = SystemClock(), SqliteActivity(beside("activity.db"))
        live = stack.enter_context(living(board, clock, WATCH))
        watcher = stack.enter_context(closing(FolderWatcher(clock)))
        stops = Stops(watcher.wake)
        still, unheard = Stillness(clock, manifest.watch.quiet), Unheard(clock)
        absences = Absences(clock, manifest.watch.removal_hold)
        benches = _Benches(session, stops, still, absences, unheard, reading, live)
        site = Site(
            clock=clock,
            watcher=watcher,
            board=board,
            memory=SqliteWatchMemory(beside("activity.db")),
            load=lambda: load_manifest(session),
            peeking=benches.peeking,
            looking=benches.looking,
            passing=benches.passing,
            stillness=still,
            absences=absences,
            unheard=unheard,
            stopping=lambda: stops.number,
            alive=alive,
            pulse=pulse,
            outdated=_outdated(),
        )
        yield Daemon(site, manifest), stops, live


def _outdated() -> Callable[[], bool]:
    """Whether another version is installed now than when this was called. While one is being replaced: not yet. Where
    it was not known then, nothing can be said."""
    began = _installed()
    return lambda: bool(began) and _installed() not in ("", began)


def _installed() -> str:
    """The version that is installed, "" where that cannot be told: in the middle of an installation the package may be
    gone, or be there with files that are missing, empty or half written."""
    try:
        return metadata.version("imgur-sync") or ""
    except (metadata.PackageNotFoundError, OSError, LookupError, ValueError):
        return ""


@dataclasses.dataclass(frozen=True, slots=True)
class _Benches:
    """Opens what looks and passes need, with the daemon's own view of the folders."""

    session: Session
    stops: Stops
    stillness: Stillness
    absences: Absences
    unheard: Unheard
    reading: Reading
    live: LiveActivity

    @contextmanager
    def peeking(self, manifest: Manifest) -> Iterator[Ports]:
        """As `Site.peeking`."""
        options = Options(offline=True)
        with (
            planning(self.session, options, max_credits=None, manifest=manifest, priced=True) as bench,
            self.stops.reaching(bench.stopper.request),
            self.reading(manifest, bench.ports),
        ):
            yield self._dressed(bench.ports, frozenset())

    @contextmanager
    def looking(self, manifest: Manifest, most: int) -> Iterator[Ports]:
        """As `Site.looking`."""
        with (
            planning(self.session, Options(), max_credits=most, manifest=manifest) as bench,
            self.stops.reaching(bench.stopper.request),
        ):
            yield bench.ports

    @contextmanager
    def passing(
        self, manifest: Manifest, options: Options, room_wanted: RoomWanted, left_out: frozenset[str]
    ) -> Iterator[PassBench]:
        """As `Site.passing`."""
        session = self.session
        with applying(
            session,
            options,
            max_credits=None,
            adopt=lambda fresh: adopt(session, fresh),
            manifest=manifest,
            command=WATCH,
        ) as bench:
            ports = dataclasses.replace(self._dressed(bench.ports, left_out), room_wanted=room_wanted)
            with self.stops.reaching(bench.stopper.request), self.reading(manifest, ports):
                yield PassBench(bench.manifest, ports, bench.options, bench.writer)

    def _dressed(self, ports: Ports, left_out: frozenset[str]) -> Ports:
        read = Folders(ports.cache, ports.clock, stillness=self.stillness)
        folders = WitnessedFolders(read, self.unheard, ports.clock)
        held = HeldFolders(folders, ports.store, self.absences, left_out)
        return shown_on(self.live, dataclasses.replace(ports, local=held))
