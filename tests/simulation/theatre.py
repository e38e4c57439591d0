"""The whole program in one process, and all that can befall it: a stage whose runs are struck by number."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx

from imgur_sync.errors import ExitCode, ImgurSyncError
from imgur_sync.executor import Options as RunOptions
from imgur_sync.executor import Ports, apply, make_plan
from imgur_sync.executor.history import recorded_run
from imgur_sync.executor.in_albums import NO_DIGEST
from imgur_sync.executor.rebuilding import rebuild
from imgur_sync.executor.session import Session
from imgur_sync.executor.taken_back import taken_back
from imgur_sync.executor.tasks import Task
from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.keys import ByDeletehash, ById
from imgur_sync.imgur.reader import ImgurReader
from imgur_sync.imgur.transport import READ_ONLY, READ_WRITE, Transport
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.local.collections import expanded
from imgur_sync.local.folders import Folders
from imgur_sync.model.change import RootAccepted
from imgur_sync.model.event import Event, Planned, RunFinished
from imgur_sync.model.local import LocalAlbum
from imgur_sync.model.plan import GateName, Plan
from imgur_sync.model.reviewed import Expected
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import BudgetSpec, CollectionSpec, GateLimits, Manifest
from imgur_sync.model.synced import SyncedPicture
from imgur_sync.planner.gates import scan_print
from imgur_sync.simulator import Clock, Knobs, Limits, Options, World
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.store import SqliteStore, find_store, open_store
from tests.simulation.counter import Counter as Served
from tests.simulation.labour import Labour
from tests.simulation.looking import StruckFolders
from tests.simulation.times import TwoClocks
from tests.simulation.tripwires import LEDGER_WRITES, STORE_WRITES, Guarded, Tripwire
from tests.simulation.weather import Weather
from tests.support.lifecycle_stage import LifecycleStage
from tests.support.memory_tokens import MemoryTokens
from tests.support.sync_stage import LINEAGE, Killed, SyncStage
from tests.support.wsgi import ORIGIN, InProcess

T = TypeVar("T")


@dataclass(slots=True)
class Run:
    """What became of one run of the program. `ended` is "done", "killed" or the name of an error's class."""

    command: str
    ended: str = "done"
    events: list[Event] = field(default_factory=list)
    finished: RunFinished | None = None
    plan: Plan | None = None
    error: BaseException | None = None
    struck: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    approvals: Mapping[GateName, int] = field(default_factory=dict)
    expect: Plan | None = None
    """The plan that was looked at before, where the run was asked to compare."""
    waits: bool = False
    """Whether it was asked to wait for the budget."""
    began: float = 0.0
    ended_at: float = 0.0

    @property
    def codes(self) -> tuple[int, ...]:
        """The exit codes; of an error of ours its own."""
        if isinstance(self.error, ImgurSyncError):
            return (self.error.exit_code.value,)
        return tuple(code.value for code in self.finished.codes) if self.finished is not None else ()


def _expecting(plan: Plan | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """What the run is asked for: that plan by its "file" where there is one, else by its digest."""
    asked = {name: value for name, value in options.items() if name != "file"}
    return asked if plan is None else {**asked, "expect": options.get("file") or Expected(plan.digest)}


class Theatre(LifecycleStage):
    """A stage for one history. `setup` are its knobs as JSON values, all of them optional."""

    def __init__(self, base: Path, setup: Mapping[str, Any], seed: int) -> None:
        self.base = base
        self.seed = seed & 0x7FFFFFFF
        self.clock: TwoClocks = TwoClocks()
        self.world = World(clock=Clock(self.clock.true), seed=f"sim-{seed}")
        self.demo = self.world.demo()
        limits = Limits(*setup.get("limits", (0, 0, 0, 0)))
        self.options = Options(
            knobs=Knobs(**setup.get("knobs", {})),
            limits=limits,
            windows=setup.get("windows", "fixed"),
            latency=setup.get("latency", 0.0),
        )
        self.served = Served(self.world, self.options, self.clock.advance)
        self.wire = InProcess(self.served)
        self.web = httpx.Client(transport=self.wire, base_url=ORIGIN)
        self.weather = Weather(self.wire, self.world, self.clock, self._steered)
        self.albums = {}
        self.settle = setup.get("settle", 90.0)
        self.budget = BudgetSpec(**setup.get("budget", {"uploads_per_hour": 0}))
        self.gates = GateLimits()
        self.in_flight = setup.get("in_flight", 4)
        self.anonymous = setup.get("anonymous", False)
        self.events = []
        self.tokens = MemoryTokens()
        self.site: Any = None
        """Does a step of somebody on the web site; set by who plays the history."""
        self.folders = StruckFolders()
        self.runs = 0
        self.struck_ever: set[str] = set()
        self._copy: SqliteStore | None = None
        self._copied = b""
        self._made: dict[str, list[str]] = {}
        self.key_of: dict[str, str] = {}
        """The key that each album was made for, also of one that a loss made nobody's."""
        self.streets: dict[str, str] = {}
        """The key of a history by the key that the manifest has for it, or had, where that is another one."""
        knobs = setup.get("knobs", {})
        if knobs:
            self.steer("knobs", knobs)

    def __exit__(self, *raised: Any) -> None:
        self._forget_copy()
        super().__exit__(*raised)

    def _steered(self, what: str, sent: Any) -> Any:
        if what == "no faults":
            return self.served.clear_faults()
        if what == "faults":
            return self.served.add_faults(sent)
        return self.site(sent)

    def manifest(self) -> Manifest:
        """The manifest as it stands: sub-folders of the collection are found, not named."""
        plain = tuple(spec for spec in self.albums.values() if not spec.collection)
        whole = replace(SyncStage.manifest(self), albums=plain, moved=self.moved, removed=self.removed)
        if self.collection is None:
            return whole
        trips = CollectionSpec("trips", "trips", self.base / "trips", self.collection)
        return expanded(replace(whole, collections=(trips,)))

    # One process each

    def run_apply(self, step: Mapping[str, Any], approvals: Mapping[GateName, int], options: Mapping[str, Any]) -> Run:
        """One `apply -y` in a process of its own, struck as the step says."""
        run = Run("apply", approvals=approvals, expect=options.get("expect"), waits=options.get("wait", False))
        with self._process(step, run) as (stack, wire, labour):
            manifest = self.manifest()
            ledger = self._guarded_ledger(stack, wire)
            cache = stack.enter_context(SqliteCache(self.base / ".imgur-sync" / "cache.db"))
            transport = stack.enter_context(self._weathered(ledger, writing=True))
            store = self._state(stack, cache, ledger, transport, labour)
            guarded = Guarded(store, wire, STORE_WRITES, "state.db")
            ports = self._built(guarded, cache, ledger, transport, labour)
            keys = ByDeletehash(store.deletehashes()) if self.anonymous else ById()
            wanted = RunOptions(approvals=approvals, **_expecting(run.expect, options))
            stack.callback(self._back_up, store)
            with recorded_run(ports, "apply") as record:
                for event in apply(ports, ImgurWriter(transport, keys), manifest, wanted, lambda plan: True):
                    run.events.append(event)
                    if isinstance(event, RunFinished):
                        run.finished = event
                if run.finished is not None:
                    record.exit_codes = run.finished.codes
        return run

    def run_plan(self, step: Mapping[str, Any], options: Mapping[str, Any]) -> Run:
        """One `plan`; what readings settle is kept in memory, as the command does it."""
        run = Run("plan")
        with self._process(step, run) as (stack, wire, labour):
            manifest = self.manifest()
            found = find_store(manifest.state_path, lineage=LINEAGE, read_only=True)
            lost = found is None
            kept = found.record_aside() if found is not None else None
            store = stack.enter_context(kept or SqliteStore.in_memory(LINEAGE))
            wanted = RunOptions(rebuild=lost and not self.anonymous, **options)
            ledger = self._guarded_ledger(stack, wire)
            cache = stack.enter_context(SqliteCache(self.base / ".imgur-sync" / "cache.db"))
            transport = stack.enter_context(self._weathered(ledger, writing=False))
            ports = self._built(store, cache, ledger, transport, labour)
            for event in make_plan(ports, manifest, wanted):
                run.events.append(event)
                if isinstance(event, Planned):
                    run.plan = event.plan
        return run

    def run_command(self, step: Mapping[str, Any], work: Callable[[Session], Task[None]]) -> Run:
        """A command that is no apply and writes, in a process of its own; without a state there is nothing to do."""
        run = Run(step["do"])
        with self._process(step, run) as (stack, wire, labour):
            manifest = self.manifest()
            found = find_store(manifest.state_path, lineage=LINEAGE)
            if found is None:
                return run
            store = stack.enter_context(found)
            ledger = self._guarded_ledger(stack, wire)
            cache = stack.enter_context(SqliteCache(self.base / ".imgur-sync" / "cache.db"))
            transport = stack.enter_context(self._weathered(ledger, writing=True))
            guarded = Guarded(store, wire, STORE_WRITES, "state.db")
            ports = self._built(guarded, cache, ledger, transport, labour)
            keys = ByDeletehash(store.deletehashes()) if self.anonymous else ById()
            stack.callback(self._back_up, store)
            with recorded_run(ports, step["do"]) as record:
                session = Session(ports, manifest, RunOptions(), ImgurWriter(transport, keys))
                for event in session.scheduler.drive(work(session)):
                    run.events.append(event)
                record.exit_codes = (ExitCode.DONE,)
        return run

    @contextmanager
    def _process(self, step: Mapping[str, Any], run: Run) -> Iterator[tuple[ExitStack, Tripwire, Labour]]:
        """The life of one process: what it raises ends up in `run`; what is not its own passes."""
        self.runs += 1
        self.weather.begin((int(number), item) for number, item in step.get("faults", ()))
        errors = [(number, kind, bool(good)) for number, kind, good in step.get("errors", ())]
        wire = Tripwire(step.get("kill", 0), after=step.get("after", False), errors=errors)
        accidents = {number: (kind, seconds) for number, kind, seconds in step.get("accidents", ())}
        seed = self.seed + self.runs
        labour = Labour(
            self.clock, wire, seed, stop_at=step.get("stop", 0), signal=step.get("signal", 2), accidents=accidents
        )
        self.folders.begin(step.get("local", ()), self._files_touched)
        self.weather.guard(wire)
        run.began = self.clock.monotonic()
        try:
            with ExitStack() as stack:
                yield stack, wire, labour
        except Killed as error:
            run.ended, run.error = "killed", error
            run.struck["kill"] += 1
        except Exception as error:
            run.ended, run.error = type(error).__name__, error
        finally:
            run.calls = wire.calls
            run.ended_at = self.clock.monotonic()
            run.struck.update(wire.struck)
            run.struck.update(labour.struck)
            run.struck.update(self.folders.struck)
            run.struck.update(self.weather.struck)
            self.weather.struck.clear()
            self.struck_ever |= set(run.struck)
            self._remember_albums()

    def _files_touched(self, action: Mapping[str, Any], album: str, path: str) -> None:
        """Something happens to a file while the run looks at it; told to who models the folders."""
        self.site({"do": "touch", **action, "album": self.street(album), "path": path})

    # Keys: an album of a history keeps its own, whatever the manifest calls it

    def street(self, key: str) -> str:
        """The history's key of the album that the manifest, or the state, has under `key`."""
        return self.streets.get(key, key)

    def name(self, key: str) -> str:
        """What the manifest calls the album that the history knows as `key`."""
        return self.albums[key].key if key in self.albums else key

    def rename_key(self, key: str, new: str) -> None:
        """The table gets another key, and a [[moved]] tells."""
        old = self.albums[key].key
        self.streets[new] = key
        self.albums[key] = replace(self.albums[key], key=new)
        self.tell_move(old, new)

    def _state(
        self, stack: ExitStack, cache: SqliteCache, ledger: Any, transport: Transport, labour: Labour
    ) -> SqliteStore:
        """The state as `apply` finds it, makes it, or rebuilds it."""
        manifest = self.manifest()
        found = find_store(manifest.state_path, lineage=LINEAGE)
        if found is None and not self.anonymous:
            fresh = manifest.state_path.with_name("state.db.rebuilt")
            for suffix in ("", "-wal", "-shm"):
                fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
            with open_store(fresh, lineage=LINEAGE, create=True) as store:
                session = Session(self._built(store, cache, ledger, transport, labour), manifest, RunOptions())
                self.events = list(session.scheduler.drive(rebuild(session)))
            fresh.rename(manifest.state_path)
            found = open_store(manifest.state_path, lineage=LINEAGE, create=False)
        mode = "anonymous" if self.anonymous else "account"
        found = found or open_store(manifest.state_path, lineage=LINEAGE, create=True, mode=mode)
        return stack.enter_context(found)

    def _back_up(self, store: SqliteStore) -> None:
        """What every apply without an account does at its end, unless it was killed."""
        if self.anonymous and store.albums() and not self.weather.dead:
            store.save_copy(self.base / "backup.db")

    def _guarded_ledger(self, stack: ExitStack, wire: Tripwire) -> Any:
        (self.base / ".imgur-sync").mkdir(parents=True, exist_ok=True)
        return Guarded(stack.enter_context(self._ledger()), wire, LEDGER_WRITES, "ledger.db")

    def _weathered(self, ledger: Any, *, writing: bool) -> Transport:
        demo = self.demo
        secrets = (Secret(demo.client_secret), Secret(demo.refresh_token), Secret(demo.access_token))
        credentials = Credentials(demo.client_id, *(() if self.anonymous else secrets), anonymous=self.anonymous)
        allow = READ_WRITE if writing else READ_ONLY
        return Transport(ORIGIN, credentials, ledger, self.tokens, self.clock, allow=allow, http=self.weather)

    def _built(self, store: Any, cache: SqliteCache, ledger: Any, transport: Transport, labour: Labour) -> Ports:
        return Ports(
            local=self.folders.over(Folders(cache, self.clock, self.folders.open_file)),
            store=store,
            cache=cache,
            clock=self.clock,
            workers=labour,
            reader=ImgurReader(transport),
            ledger=ledger,
            chance=lambda: 0.0,
        )

    # What lies on disk

    def ask(self, question: Callable[[SqliteStore], T]) -> T | None:
        """What the state answers; None where there is none. It is opened and checked once as long as it is the same."""
        found = self.state_bytes()
        if self._copy is None or self._copied != found:
            self._forget_copy()
            store = find_store(self.manifest().state_path, lineage=LINEAGE, read_only=True)
            if store is None:
                return None
            with store:
                self._copy, self._copied = store.copy_to_memory(), found
        return question(self._copy)

    def _forget_copy(self) -> None:
        if self._copy is not None:
            self._copy.close()
        self._copy, self._copied = None, b""

    def charged_since(self, number: int) -> tuple[int, int]:
        """The credits that the ledger's rows after `number` hold, and the highest number."""
        path = self.base / "ledger.db"
        if not path.exists():
            return 0, 0
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            total = connection.execute("SELECT COALESCE(SUM(credits), 0) FROM charge WHERE number > ?", (number,))
            highest = connection.execute("SELECT COALESCE(MAX(number), 0) FROM charge")
            return int(total.fetchone()[0]), int(highest.fetchone()[0])
        finally:
            connection.close()

    def _remember_albums(self) -> None:
        """Which album was made for which key, as the state records it when a run has ended."""
        path = self.manifest().state_path
        if not path.exists():
            return
        for album in self.ask(lambda store: store.albums()) or ():
            made = self._made.setdefault(self.street(album.key), [])
            self.key_of.setdefault(album.id, self.street(album.key))
            if album.id not in made:
                made.append(album.id)

    def keyless(self, key: str) -> set[str]:
        """The album's pictures whose deletehash never arrived."""
        if not self.anonymous:
            return set()
        name = self.name(key)
        return self.ask(lambda store: {p.id for p in store.pictures(name) if p.deletehash is None}) or set()

    def placed(self, key: str) -> int:
        """How many pictures the state has placed in that album."""
        name = self.name(key)
        album = self.ask(lambda store: store.album(name))
        return album.placed if album is not None else 0

    def is_album(self, name: str, album_id: str) -> bool:
        """Whether the state holds the album of that id under that key of the manifest."""
        album = self.ask(lambda store: store.album(name))
        return album is not None and album.id == album_id

    def all_placed(self) -> dict[str, int]:
        """How many pictures the state has placed in each album."""
        return {self.street(album.key): album.placed for album in self.ask(lambda store: store.albums()) or ()}

    def forget_albums(self) -> None:
        """After a loss: an album that nothing tells of is nobody's."""
        known = {album.id for album in self.ask(lambda store: store.albums()) or ()}
        self._made = {key: [one for one in albums if one in known] for key, albums in self._made.items()}

    def albums_made(self) -> dict[str, list[str]]:
        """Key to the ids of the albums that it ever had, newest last."""
        return self._made

    def known_ids(self) -> set[str]:
        """The pictures that the state has a record of."""

        def ids(store: SqliteStore) -> set[str]:
            found = {picture.id for album in store.albums() for picture in store.pictures(album.key)}
            return found | {one.picture.id for one in store.departures()}

        return self.ask(ids) or set()

    def ever_known(self, ids: set[str]) -> frozenset[str]:
        """Those of these pictures that the state has a record of, or had: not what was let go of."""
        found = self.ask(lambda store: store.known(ids) - store.forgotten(ids))
        return found if found is not None else frozenset()

    def strays(self) -> set[str]:
        """The pictures without an account of which nobody could tell what they show."""

        def ids(store: SqliteStore) -> set[str]:
            every = (picture for album in store.albums() for picture in store.pictures(album.key))
            left = (one.picture for one in store.departures())
            return {picture.id for picture in (*every, *left) if picture.sent_digest == NO_DIGEST}

        return self.ask(ids) or set()

    def known_albums(self) -> set[str]:
        """The albums that the state has."""
        return {album.id for album in self.ask(lambda store: store.albums()) or ()}

    def any_failed(self) -> bool:
        """Whether the state holds files that are not tried again by themselves."""
        return bool(self.ask(lambda store: any(store.failed(s.key) for s in self.albums.values())))

    def accept_root(self, key: str) -> None:
        """`root accept KEY --empty`, typed by a person who looked."""
        manifest = self.manifest()
        store = find_store(manifest.state_path, lineage=LINEAGE)
        spec = manifest.album(key)
        assert spec is not None
        if store is None:
            return  # nothing was synced here yet, says the command: an apply comes first
        with store, SqliteCache(manifest.state_path.with_name("cache.db")) as cache:
            local = Folders(cache, self.clock).scan(spec)
            assert isinstance(local, LocalAlbum)
            store.record(RootAccepted(key, scan_print(local)))

    def purgeable(self) -> list[SyncedPicture]:
        """What `purge` would delete: not what a folder would take back, nor anything of protected albums."""
        manifest, found = self.manifest(), self.left()
        protected = {spec.key for spec in manifest.albums if spec.protect}
        protected |= self.ask(lambda store: store.protected()) or frozenset()
        found = [picture for picture in found if picture.album not in protected]
        if not found:
            return []
        store = find_store(manifest.state_path, lineage=LINEAGE, read_only=True)
        assert store is not None
        with store, SqliteCache(manifest.state_path.with_name("cache.db")) as cache:
            kept, _ = taken_back(Folders(cache, self.clock), store, manifest, found)
        return [picture for picture in found if picture.id not in kept]

    def lose_state(self) -> None:
        """The state is gone."""
        for path in (self.base / ".imgur-sync").glob("state.db*"):
            path.unlink()

    def keep_copy(self) -> bool:
        """Somebody makes a copy of the state; whether there was one."""
        path = self.manifest().state_path
        if path.exists():
            (self.base / "copy.db").write_bytes(path.read_bytes())
        return path.exists()

    def put_back_copy(self) -> None:
        """That copy takes the place of the state."""
        self.lose_state()
        self.manifest().state_path.write_bytes((self.base / "copy.db").read_bytes())
        os.chmod(self.manifest().state_path, 0o600)

    def recover(self) -> bool:
        """`state recover` of a mirror without an account; whether there was a copy."""
        copy = self.base / "backup.db"
        if not copy.exists():
            return False
        self.lose_state()
        self.manifest().state_path.write_bytes(copy.read_bytes())
        os.chmod(self.manifest().state_path, 0o600)
        return True

    def state_bytes(self) -> bytes:
        """What the state's files hold."""
        path = self.manifest().state_path
        parts = [p.read_bytes() for p in (path, path.with_name(path.name + "-wal")) if p.exists()]
        return b"|".join(parts)

    def log_in_again(self) -> None:
        """The user logs in: new tokens."""
        self.demo = self.world.demo()
        self.tokens = MemoryTokens()


def as_json(value: Any) -> str:
    """One line of JSON, keys sorted."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
