"""Puts the implementations behind the ports. The only module that knows all of them; each is imported when needed.

Offline nothing of Imgur is imported, and neither are the settings: that path is to start fast.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from imgur_sync.cli.clock import watching_clock
from imgur_sync.cli.known_tokens import KnownTokens
from imgur_sync.cli.ledgers import ledger_of
from imgur_sync.cli.manifests import load_manifest
from imgur_sync.cli.sharing import look_up, shared, sharing_store, sharing_tokens
from imgur_sync.cli.signals import Stopper
from imgur_sync.cli.states import back_up, copy_place, find_state, keep_aside, make_state, remove
from imgur_sync.cli.turns import turn
from imgur_sync.errors import UsageError
from imgur_sync.executor import Options, Ports, SystemClock, ThreadWorkers
from imgur_sync.model.ports import Ledger, RemoteReader, RemoteWriter
from imgur_sync.model.spec import AccountSpec, BudgetSpec, Manifest
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.store import SqliteStore, new_lineage, open_store

if TYPE_CHECKING:
    from imgur_sync.cli.session import Session
    from imgur_sync.imgur.transport import Transport
    from imgur_sync.settings import Settings
    from imgur_sync.state.activity import SqliteActivity
    from imgur_sync.state.git_share import SharedState
    from imgur_sync.state.ledger import SqliteLedger
    from imgur_sync.state.lock import FileLock

T = TypeVar("T")

SPARE_WORKERS = 2
"""Threads beside those that upload: a reading or a hash goes on while all uploads are under way."""


@dataclasses.dataclass(frozen=True, slots=True)
class Bench:
    """What a plan is made with. `options` are the caller's, and whether the state has to be rebuilt."""

    manifest: Manifest
    ports: Ports
    options: Options
    stopper: Stopper


@dataclasses.dataclass(frozen=True, slots=True)
class ApplyBench(Bench):
    """What a run is made with, and the user's hook."""

    writer: RemoteWriter
    hook: tuple[str, ...] = ()


@contextmanager
def planning(
    session: Session,
    options: Options,
    *,
    max_credits: int | None,
    manifest: Manifest | None = None,
    priced: bool = False,
) -> Iterator[Bench]:
    """Everything that a plan needs; there is nothing in it to write to Imgur with.

    The state is read, never written: what a reading settles is kept in memory. Without a state one is begun in memory.
    The manifest is that of the command line, unless one is given. `priced` plans know the budget, also offline.
    """
    manifest = manifest or load_manifest(session)
    with ExitStack() as stack:
        reader, ledger, share = None, None, None
        if priced or not options.offline:
            settings = _settings(manifest.account)
            manifest = _settled(manifest, settings)
            ledger = stack.enter_context(ledger_of(manifest.budget, settings, max_credits, manifest.account, options))
        if ledger is not None and not options.offline:
            dated = stack.enter_context(watching_clock(session, ledger))
            share = stack.enter_context(shared(manifest))
            transport = _transport(settings, dated, manifest.account, writing=False, share=share)
            reader = _reader(stack.enter_context(transport))
        found = look_up(manifest, share) if share is not None else find_state(manifest, read_only=True)
        kept = found.record_aside() if found is not None else None
        store = stack.enter_context(kept or SqliteStore.in_memory(manifest.lineage or new_lineage()))
        lost = found is None and manifest.lineage is not None and not manifest.account.anonymous
        options = dataclasses.replace(options, rebuild=lost, copy=copy_place(manifest, found))
        workers = _workers(manifest, stack)
        ports = _ports(manifest, store, workers, stack, reader, ledger)
        yield Bench(manifest, ports, options, Stopper(workers.request_stop))


@contextmanager
def applying(
    session: Session,
    options: Options,
    *,
    max_credits: int | None,
    adopt: Callable[[Bench], object],
    manifest: Manifest | None = None,
    command: str = "apply",
) -> Iterator[ApplyBench]:
    """Everything that a run needs, with the run's lock held for `command`.

    The manifest is that of the command line, unless one is given.

    Where there is no state but the manifest names a lineage, `adopt` first fills a new one with what is ours on Imgur;
    it gets its name only when it is complete, so that a kill on the way is no loss of what carries our markers.
    """
    manifest = manifest or load_manifest(session)
    with ExitStack() as stack:
        settings = _settings(manifest.account)
        manifest = _settled(manifest, settings)
        ledger = stack.enter_context(ledger_of(manifest.budget, settings, max_credits, manifest.account, options))
        dated = stack.enter_context(watching_clock(session, ledger))
        share = stack.enter_context(shared(manifest))
        transport = stack.enter_context(_transport(settings, dated, manifest.account, writing=True, share=share))
        reader = _reader(transport)
        stack.enter_context(turn(session, manifest, command, share))
        found = find_state(manifest)
        rebuilds = found is None and manifest.lineage is not None and not manifest.account.anonymous
        if rebuilds:
            _rebuilt(manifest, reader, ledger, adopt)
        store = found or (find_state(manifest) if rebuilds else None) or make_state(manifest)
        store = sharing_store(store, share)
        stack.enter_context(store)
        stack.callback(back_up, store, manifest)
        workers = _workers(manifest, stack)
        ports = _ports(manifest, store, workers, stack, reader, ledger)
        writer = _writer(transport, store, manifest.account)
        options = dataclasses.replace(options, copy=copy_place(manifest, store))
        yield ApplyBench(manifest, ports, options, Stopper(workers.request_stop), writer, settings.hook)


def rebuild_state(session: Session, adopt: Callable[[Bench], T]) -> tuple[T, Path | None]:
    """Let `adopt` fill a new state, which then takes the place of the one there, with the run's lock held.

    Returns what `adopt` returned, and the name under which the state before is kept. Raises `UsageError` where the
    manifest names no lineage. If `adopt` raises, the state stays as it was.
    """
    manifest = load_manifest(session)
    if manifest.lineage is None:
        raise UsageError(
            "the manifest names no lineage, and without it our pictures cannot be told from others",
            hint='write the line lineage = "…" into it, as the lost state or an older manifest had it',
        )
    if manifest.account.anonymous:
        raise UsageError(
            "without an account nothing on Imgur tells what is ours: the state cannot be rebuilt",
            hint="put the copy that was made after the last apply in its place: imgur-sync state recover",
        )
    settings = _settings(manifest.account)
    manifest = _settled(manifest, settings)
    with ExitStack() as stack:
        ledger = stack.enter_context(ledger_of(manifest.budget, settings, None, manifest.account))
        share = stack.enter_context(shared(manifest))
        transport = stack.enter_context(_transport(settings, ledger, manifest.account, writing=False, share=share))
        stack.enter_context(turn(session, manifest, "state rebuild", share, anew=True))
        return _rebuilt(manifest, _reader(transport), ledger, adopt)


def _rebuilt(
    manifest: Manifest, reader: RemoteReader, ledger: SqliteLedger, adopt: Callable[[Bench], T]
) -> tuple[T, Path | None]:
    """A new state under another name, filled, closed and put in place; what was there is kept."""
    fresh = manifest.state_path.with_name(f"{manifest.state_path.name}.rebuilt")
    remove(fresh)
    try:
        with ExitStack() as stack:
            store = stack.enter_context(open_store(fresh, lineage=manifest.lineage, create=True))
            workers = _workers(manifest, stack)
            ports = _ports(manifest, store, workers, stack, reader, ledger)
            value = adopt(Bench(manifest, ports, Options(rebuild=True), Stopper(workers.request_stop)))
        kept = keep_aside(manifest.state_path)
        fresh.rename(manifest.state_path)
    finally:
        remove(fresh)
    return value, kept


@contextmanager
def accounting(session: Session) -> Iterator[tuple[SqliteLedger, RemoteReader]]:
    """The ledger of the application and account, and a reader to ask Imgur with, also while the ledger takes it for
    granted that Imgur refuses. Works without a manifest, too."""
    from imgur_sync.cli.reaching import has_account
    from imgur_sync.cli.stored import NAMES

    here = session.file is not None or any(os.path.lexists(name) for name in NAMES)
    manifest = load_manifest(session) if here else None
    account, budget = (manifest.account, manifest.budget) if manifest is not None else (AccountSpec(), BudgetSpec())
    settings = _settings(account)
    if manifest is None and not has_account(settings):
        account = dataclasses.replace(account, mode="anonymous")
    with (
        ledger_of(budget, settings, None, account, asks_anyway=True) as ledger,
        _transport(settings, ledger, account, writing=False) as transport,
    ):
        yield ledger, _reader(transport)


def run_lock(state_path: Path) -> FileLock:
    """The lock that one run of a state holds."""
    from imgur_sync.state.lock import FileLock

    return FileLock(state_path.with_name("run.lock"))


def board(state_path: Path) -> SqliteActivity:
    """Where the processes of a state tell what they do."""
    from imgur_sync.state.activity import SqliteActivity

    return SqliteActivity(state_path.with_name("activity.db"))


def _settings(account: AccountSpec) -> Settings:
    """The settings; every secret among them is blotted out of all output from now on."""
    from imgur_sync.cli.credentials import known_settings

    return known_settings(account.profile)


def _settled(manifest: Manifest, settings: Settings) -> Manifest:
    """The manifest with the settle time that the environment rules."""
    if settings.settle_seconds is None:
        return manifest
    upload = dataclasses.replace(manifest.upload, settle_seconds=settings.settle_seconds)
    return dataclasses.replace(manifest, upload=upload)


@contextmanager
def _transport(
    settings: Settings, ledger: Ledger, account: AccountSpec, *, writing: bool, share: SharedState | None = None
) -> Iterator[Transport]:
    from imgur_sync.cli.credentials import token_store
    from imgur_sync.cli.reaching import credentials_of, reaching
    from imgur_sync.imgur.transport import READ_ONLY, READ_WRITE, Transport

    with reaching(settings):
        credentials = credentials_of(settings, account)
        tokens = KnownTokens(sharing_tokens(token_store(settings), settings, share))
        allow = READ_WRITE if writing else READ_ONLY
        with Transport(settings.api_url, credentials, ledger, tokens, SystemClock(), allow=allow) as transport:
            yield transport


def _reader(transport: Transport) -> RemoteReader:
    from imgur_sync.imgur.reader import ImgurReader

    return ImgurReader(transport)


def _writer(transport: Transport, store: SqliteStore, account: AccountSpec) -> RemoteWriter:
    from imgur_sync.imgur.keys import ByDeletehash, ById
    from imgur_sync.imgur.writer import ImgurWriter

    return ImgurWriter(transport, ByDeletehash(store.deletehashes()) if account.anonymous else ById())


def _workers(manifest: Manifest, stack: ExitStack) -> ThreadWorkers:
    workers = ThreadWorkers(manifest.upload.in_flight + SPARE_WORKERS)
    stack.callback(workers.close)
    return workers


def _ports(
    manifest: Manifest,
    store: SqliteStore,
    workers: ThreadWorkers,
    stack: ExitStack,
    reader: RemoteReader | None,
    ledger: SqliteLedger | None,
) -> Ports:
    from imgur_sync.local.folders import Folders

    clock = SystemClock()
    cache = stack.enter_context(SqliteCache(manifest.state_path.with_name("cache.db")))
    return Ports(
        local=Folders(cache, clock),
        store=store,
        cache=cache,
        clock=clock,
        workers=workers,
        reader=reader,
        ledger=ledger,
    )
