"""A `SyncStage` on which things happen while a run waits: clocks jump, machines sleep, folders change, signals come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from imgur_sync.executor import Ports
from imgur_sync.imgur.transport import Transport
from imgur_sync.model.ports import Completion
from imgur_sync.simulator import Clock
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.ledger import SqliteLedger
from imgur_sync.state.store import SqliteStore
from tests.support.hand_clock import HandClock
from tests.support.inline_workers import InlineWorkers
from tests.support.sync_stage import SyncStage


class _Waiters(InlineWorkers):
    """Time passes where nothing runs, but not over the next thing that is to happen."""

    def __init__(self, clock: HandClock, seed: int, stage: WaitingStage) -> None:
        super().__init__(clock, seed)
        self._stage = stage

    def next(self, deadline: float | None) -> Completion[object] | None:
        if not self._jobs and deadline is not None and self._stage.plans:
            at, happen = self._stage.plans[0]
            if at <= deadline:
                self._clock.advance(max(0.0, at - self._clock.monotonic()))
                self._stage.plans.pop(0)
                happen()
                return None
        return super().next(deadline)


class WaitingStage(SyncStage):
    """Imgur keeps its own time: what is done to the machine's clocks does not move it, but for time that passes."""

    def __init__(self, base: Path, *, counts_sleep: bool = True, **knobs: Any) -> None:
        super().__init__(base, **knobs)
        self.clock.counts_sleep = counts_sleep
        self.jumped = 0.0
        self.world.clock = Clock(lambda: self.clock.now() - self.jumped)
        self.plans: list[tuple[float, Callable[[], object]]] = []
        self.workers: InlineWorkers | None = None

    def later(self, seconds: float, happen: Callable[[], object]) -> None:
        """Have something happen when so much time has passed, at the next moment at which a run only waits."""
        self.plans.append((self.clock.monotonic() + seconds, happen))
        self.plans.sort(key=lambda plan: plan[0])

    def jump(self, seconds: float) -> None:
        """Set the machine's wall clock; Imgur's goes on as it was."""
        self.clock.jump(seconds)
        self.jumped += seconds

    def stop(self, signal: int) -> None:
        """What the handler of a signal does."""
        assert self.workers is not None
        self.workers.stopping = signal

    def requests(self) -> list[dict[str, Any]]:
        """Every request that Imgur ever got."""
        return list(self.look("history")["requests"])

    def refused(self) -> list[dict[str, Any]]:
        """Every request that Imgur refused."""
        return [request for request in self.requests() if request["status"] >= 400]

    def _ports(self, store: SqliteStore, cache: SqliteCache, ledger: SqliteLedger, transport: Transport) -> Ports:
        ports = super()._ports(store, cache, ledger, transport)
        made = ports.workers
        assert isinstance(made, InlineWorkers)
        self.workers = _Waiters(self.clock, self.seed, self)
        self.workers.before_job, self.workers.after_job = made.before_job, made.after_job
        return replace(ports, workers=self.workers)
