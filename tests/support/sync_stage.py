"""The whole program in one process: everything real but Imgur, which is simulated, and time, which moves by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from imgur_sync.errors import ExitCode
from imgur_sync.executor import Options as RunOptions
from imgur_sync.executor import Ports, apply, make_plan
from imgur_sync.executor.rebuilding import rebuild
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.keys import ByDeletehash, ById
from imgur_sync.imgur.reader import ImgurReader
from imgur_sync.imgur.transport import READ_ONLY, READ_WRITE, Transport
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.local.folders import Folders
from imgur_sync.model.event import Event, Planned, RunFinished
from imgur_sync.model.plan import GateName, Plan
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import AccountSpec, AlbumSpec, BudgetSpec, GateLimits, Manifest, UploadSpec
from imgur_sync.simulator import Clock, Knobs, Limits, Options, Windows, World, create_app
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.ledger import Caps, SqliteLedger
from imgur_sync.state.store import SqliteStore, find_store, open_store
from tests.support.hand_clock import HandClock
from tests.support.inline_workers import InlineWorkers
from tests.support.memory_tokens import MemoryTokens
from tests.support.pictures import png
from tests.support.wsgi import ORIGIN, InProcess

LINEAGE = "k3v9x2mq"
NO_LIMITS = Limits(0, 0, 0, 0)


class Killed(BaseException):
    """The process dies here: nothing in it goes on."""


class SyncStage:
    """Folders below `base`, an Imgur, and runs between them. Each run opens the state anew, as a new process would."""

    lineage = LINEAGE

    def __init__(
        self,
        base: Path,
        *,
        clock: HandClock | None = None,
        limits: Limits = NO_LIMITS,
        settle: float = 90.0,
        seed: int = 0,
        anonymous: bool = False,
        windows: Windows = "fixed",
        latency: float = 0.0,
        **knobs: Any,
    ) -> None:
        self.base = base
        self.seed = seed
        self.clock = clock or HandClock()
        self.world = World(clock=Clock(self.clock.true), seed=f"stage-{seed}")
        self.demo = self.world.demo()
        options = Options(knobs=Knobs(**knobs), limits=limits, windows=windows, latency=latency)
        self.wire = InProcess(create_app(self.world, options, self.clock.advance))
        self.web = httpx.Client(transport=InProcess(self.wire.app), base_url=ORIGIN)
        self.albums: dict[str, AlbumSpec] = {}
        self.settle = settle
        self.budget = BudgetSpec(uploads_per_hour=0)
        self.gates = GateLimits()
        self.in_flight = 4
        self.anonymous = anonymous
        self.events: list[Event] = []
        self.kill_at = 0
        self.kill_after = False
        self.jobs = 0

    def __enter__(self) -> SyncStage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.web.close()
        self.world.close()

    # The folders and the manifest

    def album(self, key: str, **fields: Any) -> Path:
        """An album of that key with a folder of its own; further calls change its fields."""
        root = self.base / fields.pop("folder", key)
        root.mkdir(parents=True, exist_ok=True)
        before = self.albums.get(key)
        position = before.position if before is not None else len(self.albums)
        folder = str(root.relative_to(self.base))
        self.albums[key] = AlbumSpec(key=key, folder=folder, root=root, position=position, **{"title": key, **fields})
        return root

    def put(self, key: str, name: str, seed: int) -> bytes:
        """A PNG of that seed in the album's folder, older than the racy window."""
        data = png(seed=seed)
        path = self.albums[key].root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return data

    def manifest(self) -> Manifest:
        """The manifest as it stands."""
        return Manifest(
            path=self.base / "sync.toml",
            digest=hashlib.sha256(repr(sorted(self.albums.items())).encode()).hexdigest(),
            albums=tuple(self.albums.values()),
            state_path=self.base / ".imgur-sync" / "state.db",
            lineage=self.lineage,
            account=AccountSpec("anonymous" if self.anonymous else "account"),
            budget=self.budget,
            upload=UploadSpec(in_flight=self.in_flight, settle_seconds=self.settle),
            gates=self.gates,
        )

    # Runs

    def apply(self, approvals: Mapping[GateName, int] | None = None, **options: Any) -> RunFinished:
        """One `apply -y` in a process of its own; what it yields stands in `events`."""
        manifest = self.manifest()
        store = self._opened(manifest)
        wanted = RunOptions(approvals=approvals or {}, **options)
        self.events = []
        with store, self._ledger() as ledger, SqliteCache(self.base / ".imgur-sync" / "cache.db") as cache:
            transport = self._transport(ledger, writing=True)
            try:
                ports = self._ports(store, cache, ledger, transport)
                keys = ByDeletehash(store.deletehashes()) if self.anonymous else ById()
                for event in apply(ports, ImgurWriter(transport, keys), manifest, wanted, lambda plan: True):
                    self.events.append(event)
            finally:
                transport.close()
        finished = self.events[-1]
        assert isinstance(finished, RunFinished)
        return finished

    def apply_in_time(self, most: int = 20) -> RunFinished:
        """One `apply` after the other, each when the one before said that it can go on; the last one's end."""
        for _ in range(most):
            finished = self.apply()
            if ExitCode.BUDGET not in finished.codes or finished.resume_at is None:
                break
            self.clock.advance(max(1.0, finished.resume_at - self.clock.now() + 1))
        return finished

    def act(self, work: Callable[[Session], Task[None]], *, kill_at: int = 0, after: bool = False) -> bool:
        """A command that is no apply, in a process of its own; False when it was killed before (or right after) its
        `kill_at`-th request."""
        self.kill_at, self.kill_after = kill_at, after
        manifest = self.manifest()
        store = open_store(manifest.state_path, lineage=self.lineage, create=False)
        with store, self._ledger() as ledger, SqliteCache(self.base / ".imgur-sync" / "cache.db") as cache:
            transport = self._transport(ledger, writing=True)
            try:
                ports = self._ports(store, cache, ledger, transport)
                keys = ByDeletehash(store.deletehashes()) if self.anonymous else ById()
                run = Session(ports, manifest, RunOptions(), ImgurWriter(transport, keys))
                self.events = list(run.scheduler.drive(work(run)))
            except Killed:
                return False
            finally:
                self.kill_at = 0
                transport.close()
        return True

    def _opened(self, manifest: Manifest) -> SqliteStore:
        """The state, made or rebuilt where there is none."""
        found = find_store(manifest.state_path, lineage=self.lineage)
        if found is None and self.anonymous:
            found = open_store(manifest.state_path, lineage=self.lineage, create=True, mode="anonymous")
        return found or self._rebuilt(manifest)

    def _rebuilt(self, manifest: Manifest) -> SqliteStore:
        """A state filled from Imgur under another name, and put in place when it is whole, as the command does it."""
        fresh = manifest.state_path.with_name("state.db.rebuilt")
        fresh.unlink(missing_ok=True)
        with (
            open_store(fresh, lineage=self.lineage, create=True) as store,
            self._ledger() as ledger,
            SqliteCache(self.base / ".imgur-sync" / "cache.db") as cache,
        ):
            transport = self._transport(ledger, writing=False)
            try:
                run = Session(self._ports(store, cache, ledger, transport), manifest, RunOptions())
                self.events = list(run.scheduler.drive(rebuild(run)))
            finally:
                transport.close()
        fresh.rename(manifest.state_path)
        return open_store(manifest.state_path, lineage=self.lineage, create=False)

    def plan(self, approvals: Mapping[GateName, int] | None = None, **options: Any) -> Plan:
        """One `plan`: reads only, the state untouched."""
        manifest = self.manifest()
        found = find_store(manifest.state_path, lineage=self.lineage, read_only=True)
        lost = found is None
        store = found.record_aside() if found is not None else SqliteStore.in_memory(self.lineage)
        wanted = RunOptions(approvals=approvals or {}, rebuild=lost and not self.anonymous, **options)
        with store, self._ledger() as ledger, SqliteCache(self.base / ".imgur-sync" / "cache.db") as cache:
            transport = self._transport(ledger, writing=False)
            try:
                events = list(make_plan(self._ports(store, cache, ledger, transport), manifest, wanted))
            finally:
                transport.close()
        last = events[-1]
        assert isinstance(last, Planned)
        return last.plan

    def killed_apply(self, at_job: int, *, after: bool = False) -> bool:
        """An apply that is killed before (or right after) its `at_job`-th request or file read; whether it came that
        far."""
        self.kill_at, self.kill_after = at_job, after
        try:
            self.apply()
        except Killed:
            return True
        finally:
            self.kill_at = 0
        return False

    def _ports(self, store: SqliteStore, cache: SqliteCache, ledger: SqliteLedger, transport: Transport) -> Ports:
        workers = InlineWorkers(self.clock, self.seed)

        def strike(count: int) -> None:
            self.jobs = count
            if count == self.kill_at:
                raise Killed

        if self.kill_after:
            workers.after_job = strike
        else:
            workers.before_job = strike
        return Ports(
            local=Folders(cache, self.clock),
            store=store,
            cache=cache,
            clock=self.clock,
            workers=workers,
            reader=ImgurReader(transport),
            ledger=ledger,
            chance=lambda: 0.0,
        )

    def _ledger(self, most: int | None = None) -> SqliteLedger:
        cap = most or self.budget.max_credits_per_run
        caps = Caps(self.budget.reserve_credits, self.budget.uploads_per_hour, cap)
        return SqliteLedger(
            self.base / "ledger.db",
            origin=ORIGIN,
            client_id=self.demo.client_id,
            account="default",
            caps=caps,
            clock=self.clock,
        )

    def _transport(self, ledger: SqliteLedger, *, writing: bool) -> Transport:
        demo = self.demo
        secrets = (Secret(demo.client_secret), Secret(demo.refresh_token), Secret(demo.access_token))
        credentials = Credentials(demo.client_id, *(() if self.anonymous else secrets), anonymous=self.anonymous)
        allow = READ_WRITE if writing else READ_ONLY
        return Transport(ORIGIN, credentials, ledger, MemoryTokens(), self.clock, allow=allow, http=self.wire)

    # Imgur, from outside

    def steer(self, what: str, sent: Any) -> Any:
        """Turn something of the simulator: knobs, faults, edit."""
        reply = self.web.post(f"/_simulator/{what}", json=sent)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def look(self, what: str) -> Any:
        """What the simulator knows: world, ledger, history."""
        return self.web.get(f"/_simulator/{what}").json()

    def remote(self, key: str) -> dict[str, Any]:
        """The album of that key as Imgur holds it, found by its title."""
        title = self.albums[key].title
        found = [album for album in self.look("world")["albums"] if album["title"] == title]
        if self.anonymous and len(found) > 1:  # those whose answer was lost stay behind, empty
            found = [album for album in found if album["images"]]
        assert len(found) == 1, f"{len(found)} albums titled {title}"
        return dict(found[0])

    def shown(self, key: str) -> list[str]:
        """The SHA-256 of what the album shows, in its order."""
        images = {image["id"]: image for image in self.look("world")["images"]}
        return [images[image_id]["sha256"] for image_id in self.remote(key)["images"]]

    def wanted(self, key: str) -> list[str]:
        """The SHA-256 of the folder's files, in the order of their names."""
        root = self.albums[key].root
        files = sorted(path for path in root.rglob("*") if path.is_file())
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]

    def uploads(self) -> int:
        """How many uploads Imgur ever received."""
        return len(self.look("world")["images"])

    def copy_state(self) -> bytes:
        """The bytes of the state file."""
        return (self.base / ".imgur-sync" / "state.db").read_bytes()

    def change(self, key: str, **fields: Any) -> None:
        """Change fields of an album's entry."""
        self.albums[key] = replace(self.albums[key], **fields)
