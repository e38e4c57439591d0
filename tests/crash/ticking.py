"""A `CrashStage` whose runs are ticks of the daemon: from its start to the moment when all is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from imgur_sync.executor import Options, Ports
from imgur_sync.imgur.keys import ByDeletehash, ById
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.event import RunFinished
from imgur_sync.model.spec import Manifest
from imgur_sync.state.store import SqliteStore, find_store
from imgur_sync.watch.site import PassBench, RoomWanted, Site
from tests.crash.stage import CrashStage, MortalCache
from tests.crash.striker import LOCAL, MEMORY, Struck
from tests.support.watched_days import WatchedDays

TICK = 400.0
"""Seconds that a daemon lives: it sends, holds a removal back, lets the picture go, and settles what was in doubt."""


class TickStage(CrashStage, WatchedDays):
    """`apply` is an apply until `ticking` is set, and from then on a daemon that lives for a while."""

    def apply(self, approvals: Any = None, **options: Any) -> RunFinished:
        """One life of a daemon; how its last pass ended."""
        if not self.ticking:
            return super().apply(approvals, **options)
        self.events = list(self.watch(self.elapsed + TICK))
        ended = [event for event in self.events if isinstance(event, RunFinished)]
        if not ended:  # nothing was to be done: an apply finds the same
            ended = [super().apply(approvals, **options)]
            assert (ended[0].uploaded, ended[0].edited, ended[0].deleted) == (0, 0, 0), ended[0]
        return ended[-1]

    def _site(self) -> Site:
        site = super()._site()
        memory: Any = Struck(site.memory, self.striker, "memory", MEMORY)
        return replace(site, memory=memory)

    @contextmanager
    def _peeking(self, manifest: Manifest) -> Iterator[Ports]:
        found = find_store(manifest.state_path, lineage=self.lineage, read_only=True)
        store = found.record_aside() if found is not None else SqliteStore.in_memory(self.lineage)
        with ExitStack() as stack:
            stack.enter_context(store)
            ledger = stack.enter_context(self._ledger())
            cache = stack.enter_context(MortalCache(self.base / ".imgur-sync" / "cache.db", self.striker))
            transport = stack.enter_context(self._transport(ledger, writing=False))
            yield replace(self._dressed(self._ports(store, cache, ledger, transport)), reader=None)

    @contextmanager
    def _looking(self, manifest: Manifest, most: int) -> Iterator[Ports]:
        found = find_store(manifest.state_path, lineage=self.lineage, read_only=True)
        store = found.record_aside() if found is not None else SqliteStore.in_memory(self.lineage)
        with ExitStack() as stack:
            stack.enter_context(store)
            ledger = stack.enter_context(self._ledger(most))
            cache = stack.enter_context(MortalCache(self.base / ".imgur-sync" / "cache.db", self.striker))
            transport = stack.enter_context(self._transport(ledger, writing=False))
            yield self._ports(store, cache, ledger, transport)

    @contextmanager
    def _passing(
        self, manifest: Manifest, options: Options, room_wanted: RoomWanted, left_out: frozenset[str]
    ) -> Iterator[PassBench]:
        with ExitStack() as stack:
            ledger = stack.enter_context(self._ledger())
            transport = stack.enter_context(self._transport(ledger, writing=True))
            stack.enter_context(self._locked())
            store = self._state(ledger, transport)
            stack.enter_context(store)
            cache = stack.enter_context(MortalCache(self.base / ".imgur-sync" / "cache.db", self.striker))
            ports = self._dressed(self._ports(store, cache, ledger, transport), left_out)
            ports = replace(ports, room_wanted=room_wanted)
            keys = ByDeletehash(store.deletehashes()) if self.anonymous else ById()
            yield PassBench(manifest, ports, options, ImgurWriter(transport, keys))

    def _dressed(self, ports: Ports, left_out: frozenset[str] = frozenset()) -> Ports:
        dressed = super()._dressed(ports, left_out)
        local: Any = Struck(dressed.local, self.striker, "local", LOCAL)
        return replace(dressed, local=local)
