"""A month in the life of a daemon: folders and what people do to them, drawn from a seed, on virtual time."""

from __future__ import annotations

import hashlib
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imgur_sync.errors import ImgurSyncError, ManifestError, ManifestProblem
from imgur_sync.executor import Options, Ports
from imgur_sync.model.hint import Deaf
from imgur_sync.model.spec import BudgetSpec, Manifest
from imgur_sync.simulator import Limits
from imgur_sync.simulator.changes import Change
from imgur_sync.watch.site import PassBench, RoomWanted
from tests.simulation.times import TwoClocks
from tests.simulation.watching import Deed, Watcher
from tests.support.inline_workers import InlineWorkers
from tests.support.pictures import png
from tests.support.sync_stage import Killed
from tests.support.watched_days import SIGTERM, WatchedDays

HOUR, DAY = 3600.0, 86400.0
LIMITS = Limits(user_credits=2000, client_credits=12_500, posts=1_250, uploads=50)


@dataclass
class Gone:
    """A content that left an album's folder: when, and whether its file was simply removed."""

    at: float
    removed: bool


class Noting(Watcher):
    """A `Watcher` that tells each deed as it is done."""

    noted: Callable[[Deed], object] = staticmethod(lambda deed: None)

    def _watched(self, transaction: Sequence[Change], at: float) -> None:
        before = len(self.deeds)
        super()._watched(transaction, at)
        for deed in self.deeds[before:]:
            self.noted(deed)


class Life(WatchedDays):
    """A stage that is lived in. What happens in folders is told to the daemon as its `ears` let it: "open", "twice",
    "late" (out of order), or "shut"."""

    def __init__(self, base: Path, seed: int) -> None:
        clock = TwoClocks()
        super().__init__(base, clock=clock, limits=LIMITS, latency=0.4, seed=seed, windows="sliding")
        self.two = clock
        self.chance = random.Random(f"life-{seed}")
        self.budget = BudgetSpec()
        self.deeds = Noting(self.world)
        self.ears = "open"
        self.unplugged: dict[str, Path] = {}
        self.gone: dict[tuple[str, str], Gone] = {}
        self.came: dict[tuple[str, str], float] = {}
        self.most: Counter[str] = Counter()
        """How often each content was in the folders at the same time, at most."""
        self.done: Counter[str] = Counter()
        self.in_pass = False
        self.sleeps = 0
        self.restarts: list[float] = []
        self.down_for = 0.0
        self.deaths = 0
        self.crew: InlineWorkers | None = None
        self.parked = base / "parked"
        self.parked.mkdir()
        self.foreign: set[str] = set()
        self.vanished: set[str] = set()
        self._death: int | None = None
        self._held: list[Path] = []
        self._bytes: dict[Path, str] = {}
        self._serial = 0

    # Living

    def live(self, until: float) -> None:
        """Daemons, one after the other, until so many seconds after the beginning."""
        while self.elapsed < until:
            self.restarts.append(self.elapsed)
            self.down_for = 0.0
            try:
                self.watch(until)
            except Killed:
                self.deaths += 1
            self.board = type(self.board)()
            self._idle(min(until, self.elapsed + self.down_for))

    def _idle(self, until: float) -> None:
        """Time without a daemon: people go on."""
        while self._plot and self._plot[0][0] <= until:
            at, _, act = self._plot.pop(0)
            self.clock.advance(max(0.0, at - self.elapsed))
            act()
        self.clock.advance(max(0.0, until - self.elapsed))

    def _happens(self, deadline: float | None, until: float) -> None:
        if deadline is not None and deadline > self.clock.monotonic():
            self.sleeps += 1
            if self._death is not None:
                self._death = None
                raise Killed
        super()._happens(deadline, until)

    # What the daemon is made of

    @contextmanager
    def _passing(
        self, manifest: Manifest, options: Options, room_wanted: RoomWanted, left_out: frozenset[str]
    ) -> Iterator[PassBench]:
        with super()._passing(manifest, options, room_wanted, left_out) as bench:
            self.in_pass = True
            try:
                yield bench
            finally:
                self.in_pass = False

    def _ports(self, *given: Any) -> Ports:
        ports = super()._ports(*given)
        assert isinstance(ports.workers, InlineWorkers)
        self.crew = ports.workers
        before = self.crew.before_job

        def strike(count: int) -> None:
            before(count)
            if self._death is not None:
                self._death -= 1
                if self._death <= 0:
                    self._death = None
                    raise Killed

        self.crew.before_job = strike
        if self.chance.random() < 0.5:  # the answer came, and nobody was told
            self.crew.before_job, self.crew.after_job = before, strike
        return ports

    # The folders

    def root(self, key: str) -> Path | None:
        """The folder of an album while it is plugged in."""
        return self.albums[key].root if key in self.albums and key not in self.unplugged else None

    def files(self, key: str) -> list[Path]:
        """Its files."""
        root = self.root(key)
        return sorted(path for path in root.rglob("*") if path.is_file()) if root is not None else []

    def fresh(self) -> bytes:
        """A picture that never was."""
        self._serial += 1
        return png(seed=self.seed * 100_000 + self._serial)

    def write(self, path: Path, data: bytes) -> None:
        """Save a file as editors do: written aside and put in place. No inode ever comes back."""
        self._park(path)
        self._serial += 1
        aside = self.parked / f"new-{self._serial}"
        aside.write_bytes(data)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.rename(path)
        self.came[path.relative_to(self.base).parts[0], hashlib.sha256(data).hexdigest()] = self.elapsed
        self._told(path)

    def leave(self, path: Path, *, removed: bool = False) -> bytes:
        """A file goes; what it held."""
        data = path.read_bytes()
        self._park(path)
        key = path.relative_to(self.base).parts[0]
        self.gone[key, hashlib.sha256(data).hexdigest()] = Gone(self.elapsed, removed)
        self._told(path)
        return data

    def _park(self, path: Path) -> None:
        if path.exists():
            data = path.read_bytes()
            self.gone[path.relative_to(self.base).parts[0], hashlib.sha256(data).hexdigest()] = Gone(
                self.elapsed, removed=False
            )
            self._serial += 1
            path.rename(self.parked / f"old-{self._serial}")

    def digest(self, path: Path) -> str:
        """The SHA-256 of a file; every inode is read once."""
        stat = path.stat()
        mark = Path(f"{stat.st_dev}/{stat.st_ino}")
        if mark not in self._bytes:
            self._bytes[mark] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self._bytes[mark]

    def counted(self) -> None:
        """Take note of what the folders hold now."""
        now = Counter(self.digest(path) for key in self.albums for path in self._anywhere(key))
        self.most |= now

    def _anywhere(self, key: str) -> list[Path]:
        root = self.unplugged.get(key, self.albums[key].root)
        return [path for path in root.rglob("*") if path.is_file()]

    # Events

    def _told(self, path: Path) -> None:
        """The daemon hears of it, or not."""
        watcher = getattr(self, "watcher", None)
        if watcher is None or self.ears == "shut":
            return
        if self.ears == "late":
            self._held.append(path)
            if len(self._held) < 4:
                return
            self.chance.shuffle(self._held)
            for held in self._held:
                watcher.happen(held)
            self._held.clear()
            return
        for _ in range(2 if self.ears == "twice" else 1):
            watcher.happen(path)

    # The daemon's lot

    def die(self, jobs: int, down_for: float) -> None:
        """The daemon is killed at its next sleep, or that many requests from now."""
        self._death, self.down_for = jobs, down_for

    def stop(self, down_for: float) -> None:
        """The daemon is asked to stop."""
        self._stop, self.down_for = SIGTERM, down_for
        if self.crew is not None and self.in_pass:
            self.crew.stopping = SIGTERM
        self.watcher.wake()

    def unplug(self, key: str) -> None:
        """The disk of an album is pulled out."""
        root = self.root(key)
        if root is not None:
            away = self.base / f"away-{key}"
            root.rename(away)
            self.unplugged[key] = away
            if self._listening(root):
                self.watcher.unwatch(root, Deaf.GONE)

    def plug(self, key: str) -> None:
        """It is back."""
        away = self.unplugged.pop(key, None)
        if away is not None:
            root = self.albums[key].root
            away.rename(root)
            if root in {one.root for one in self.watcher.unwatched()}:
                self.watcher.rewatch(root)

    def _listening(self, root: Path) -> bool:
        return self.ears != "shut" and root in {one.path for one in self.watcher._roots}

    def spoil(self) -> None:
        """An edit of the manifest that cannot be used."""
        self.load_error = ManifestError("sync.toml", (ManifestProblem(1, 1, "broken", "mend it"),))
        self._told(self.base / "sync.toml")

    def mend(self) -> None:
        """The manifest can be used."""
        self.load_error = None
        self._told(self.base / "sync.toml")

    def edit(self, key: str, **fields: Any) -> None:
        """A good edit of the manifest."""
        self.albums[key] = replace(self.albums[key], **fields)
        self._told(self.base / "sync.toml")

    def approve(self) -> None:
        """A person looks at the plan and types what it says. Waits while a pass has the lock of runs."""
        if self.in_pass:
            self.at(self.elapsed + 300.0, self.approve)
            return
        if self.load_error is not None or self.wire.down:
            return
        try:
            counts: Counter[Any] = Counter()
            for album in self.plan().albums:
                for gate in album.gates:
                    if gate.name.approvable:
                        counts[gate.name] += gate.count
            if counts:
                self.done["approved"] += 1
                self.apply(dict(counts))
        except ImgurSyncError:
            self.done["approval failed"] += 1

    # Imgur

    def others(self, act: Callable[[], object]) -> None:
        """Something that people do on the web site."""
        before, self.deeds.by = self.deeds.by, "site"
        try:
            act()
        finally:
            self.deeds.by = before

    def suspended(self, seconds: float) -> None:
        """The machine sleeps."""
        self.clock.sleep(seconds)

    def album_id(self, key: str) -> str | None:
        """The id of an album of ours, by its title."""
        title = self.albums[key].title
        found = [album.id for album in self.world.albums.values() if album.title == title]
        return found[0] if len(found) == 1 else None

    def digests(self, key: str) -> list[str]:
        """What the album has to show."""
        root = self.albums[key].root
        return [
            self.digest(path) for path in sorted(self.files(key), key=lambda path: os.fspath(path.relative_to(root)))
        ]
