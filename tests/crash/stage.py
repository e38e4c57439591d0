"""A `SyncStage` put together as the installed command puts it together, every port of which can kill the run."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from imgur_sync.executor import Options as RunOptions
from imgur_sync.executor import Ports, apply
from imgur_sync.executor.history import recorded_run
from imgur_sync.executor.rebuilding import rebuild
from imgur_sync.executor.session import Session
from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.keys import ByDeletehash, ById
from imgur_sync.imgur.transport import READ_ONLY, READ_WRITE, Transport
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.event import RunFinished
from imgur_sync.model.plan import GateName
from imgur_sync.model.secret import Secret
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.lock import FileLock
from imgur_sync.state.schema import STEPS
from imgur_sync.state.store import SqliteStore, find_store, open_store
from imgur_sync.state.tokens import FileTokens
from tests.crash.striker import LEDGER, LOCAL, STORE, TOKENS, Striker, Struck
from tests.support.inline_workers import InlineWorkers
from tests.support.lifecycle_stage import LifecycleStage
from tests.support.memory_tokens import MemoryTokens
from tests.support.sync_stage import LINEAGE, Killed
from tests.support.wsgi import ORIGIN, InProcess

Watch = Callable[[httpx.Request], None]


class StruckWire(InProcess):
    """The network of a run: hits before a request leaves and after its reply came. `before` and `after` see each."""

    def __init__(self, app: Any, striker: Striker) -> None:
        super().__init__(app)
        self.striker = striker
        self.landing = False
        self.before: Watch = lambda request: None
        self.after: Watch = lambda request: None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass it on, unless the run dies. A request that was under way when the run died arrives all the same."""
        if not self.landing:
            self.striker.hit(f"before {request.method} {request.url.path}")
        request.read()
        self.before(request)
        try:
            response = super().handle_request(request)
        finally:
            self.after(request)
        if not self.landing:
            self.striker.hit(f"after {request.method} {request.url.path}")
        return response


class MortalCache(SqliteCache):
    """A cache whose owner can die before and after each write; a dead owner writes nothing more."""

    def __init__(self, path: Path, striker: Striker) -> None:
        self._striker = striker
        super().__init__(path)

    def flush(self) -> None:
        """Commit, or die."""
        if self._striker.dead:
            self._pending.clear()
        if not self._pending:
            return
        self._striker.hit("before cache.flush")
        super().flush()
        self._striker.hit("after cache.flush")


class CrashStage(LifecycleStage):
    """`kill(at)` is an apply that dies at its `at`-th hit. What it had under way is lost, arrives at the moment of its
    death, or later: at hit number `late` of the run after it."""

    fresh_token = True
    token_files = False
    old_state = False
    ticking = False

    def __init__(self, base: Path, **knobs: Any) -> None:
        super().__init__(base, **knobs)
        self.striker = Striker()
        self.wire = StruckWire(self.wire.app, self.striker)
        self.flying: list[tuple[int, Callable[[], object]]] = []
        self.crew: InlineWorkers | None = None
        self.landing = "lost"
        self.landed = 0

    def kill(self, at: int, agreed: dict[GateName, int], landing: str = "lost") -> str | None:
        """An apply that dies at its `at`-th hit: where it died; None when it ended before."""
        self.landing = landing
        self.striker.arm(at)
        self.striker.dying = self._die
        try:
            self.apply(agreed)
        except Killed as killed:
            return str(killed)
        finally:
            self.striker.arm(0)
        return None

    def agreed(self) -> dict[GateName, int]:
        """What a person would approve: every gate by the number that a plan shows. Not part of the run that dies."""
        striker, wire = self.striker, self.wire
        self.striker, self.wire = Striker(), StruckWire(wire.app, Striker())
        try:
            counts: dict[GateName, int] = {}
            for album in self.plan().albums:
                for gate in album.gates:
                    counts[gate.name] = counts.get(gate.name, 0) + gate.count
        finally:
            self.striker, self.wire = striker, wire
        return counts

    def _die(self) -> None:
        """What the workers had in hand."""
        assert isinstance(self.wire, StruckWire)
        self.flying += self.crew._jobs if self.crew is not None else []
        if self.landing == "landed":
            self.land()

    def land(self) -> None:
        """Requests of a dead run arrive; their answers reach nobody, and nothing is written down."""
        jobs, self.flying = self.flying, []
        dead, self.striker.dead = self.striker.dead, True
        self.wire.landing = True
        for _, job in jobs:
            sent = len(self.wire.sent)
            with suppress(Killed):
                job()
            self.landed += len(self.wire.sent) - sent
        self.wire.landing = False
        self.striker.dead = dead

    def late(self, at: int) -> None:
        """What the dead run had under way arrives at the `at`-th hit of the next one."""

        def passing(hits: int) -> None:
            if hits == at and self.flying:
                self.land()

        self.striker.passing = passing

    # One apply, as the command does it

    def apply(self, approvals: Any = None, **options: Any) -> RunFinished:
        """One `apply -y` in a process of its own, with lock, history and, without an account, a copy of the state."""
        manifest = self.manifest()
        wanted = RunOptions(approvals=approvals or {}, **options)
        self.events = []
        with ExitStack() as stack:
            ledger = stack.enter_context(self._ledger())
            transport = stack.enter_context(self._transport(ledger, writing=True))
            stack.enter_context(self._locked())
            store = self._state(ledger, transport)
            stack.enter_context(store)
            cache = stack.enter_context(MortalCache(self.base / ".imgur-sync" / "cache.db", self.striker))
            ports = self._ports(store, cache, ledger, transport)
            keys = ByDeletehash(store.deletehashes()) if self.anonymous else ById()
            with recorded_run(ports, "apply") as record:
                writer = ImgurWriter(transport, keys)
                for event in apply(ports, writer, manifest, wanted, lambda plan: True):
                    self.events.append(event)
                finished = self.events[-1]
                assert isinstance(finished, RunFinished)
                record.exit_codes = finished.codes
            if self.anonymous and store.albums():
                ports.store.save_copy(self.base / "backup.db")
        return finished

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.striker.hit("before the lock")
        with FileLock(self.base / ".imgur-sync" / "run.lock", now=self.clock.now).hold("apply"):
            self.striker.hit("after the lock")
            yield

    def _state(self, ledger: Any, transport: Transport) -> SqliteStore:
        manifest = self.manifest()
        steps = tuple(self._step(step) for step in STEPS) if self.old_state else STEPS
        found = find_store(manifest.state_path, lineage=LINEAGE, steps=steps)
        if found is not None:
            return found
        if not self.anonymous:
            self._fill_new(manifest, ledger, transport)
            self.striker.hit("before the new state is named")
            fresh = manifest.state_path.with_name("state.db.rebuilt")
            fresh.rename(manifest.state_path)
            self.striker.hit("after the new state is named")
        mode = "anonymous" if self.anonymous else "account"
        return open_store(manifest.state_path, lineage=LINEAGE, create=self.anonymous, mode=mode)

    def _fill_new(self, manifest: Any, ledger: Any, transport: Transport) -> None:
        fresh = manifest.state_path.with_name("state.db.rebuilt")
        for suffix in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
        with (
            open_store(fresh, lineage=LINEAGE, create=True) as store,
            MortalCache(self.base / ".imgur-sync" / "cache.db", self.striker) as cache,
        ):
            run = Session(self._ports(store, cache, ledger, transport), manifest, RunOptions())
            self.events = list(run.scheduler.drive(rebuild(run)))

    def _step(self, step: Callable[[sqlite3.Connection], None]) -> Callable[[sqlite3.Connection], None]:
        def struck(connection: sqlite3.Connection) -> None:
            file = connection.execute("PRAGMA database_list").fetchone()[2]
            if file:
                self.striker.hit(f"before {step.__name__}")
            step(connection)
            if file:
                self.striker.hit(f"after {step.__name__}")

        return struck

    # The ports

    def _ports(self, store: Any, cache: Any, ledger: Any, transport: Transport) -> Ports:
        ports = super()._ports(Struck(store, self.striker, "store", STORE), cache, ledger, transport)
        assert isinstance(ports.workers, InlineWorkers)
        self.crew = ports.workers
        self.crew.before_job = lambda count: self.striker.hit("before a job")
        self.crew.after_job = lambda count: self.striker.hit("after a job")
        local: Any = Struck(ports.local, self.striker, "local", LOCAL)
        return Ports(
            local, ports.store, cache, ports.clock, ports.workers, ports.reader, ports.ledger, chance=ports.chance
        )

    def _ledger(self, most: int | None = None) -> Any:
        return Struck(super()._ledger(most), self.striker, "ledger", LEDGER)

    def _transport(self, ledger: Any, *, writing: bool) -> Transport:
        demo = self.demo
        access = Secret(demo.access_token) if self.fresh_token else None
        secrets = (Secret(demo.client_secret), Secret(demo.refresh_token), access)
        credentials = Credentials(demo.client_id, *(() if self.anonymous else secrets), anonymous=self.anonymous)
        tokens: Any = MemoryTokens()
        if self.token_files:
            files = FileTokens(
                self.base / "tokens", origin=ORIGIN, client_id=demo.client_id, profile="default", keyring=lambda: None
            )
            tokens = Struck(files, self.striker, "tokens", TOKENS)
        allow = READ_WRITE if writing else READ_ONLY
        return Transport(ORIGIN, credentials, ledger, tokens, self.clock, allow=allow, http=self.wire)
