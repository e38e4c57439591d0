"""Workers of a simulated run: jobs in a seeded order, Ctrl-C in the middle, memory that is used up, a machine that is
suspended."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from imgur_sync.model.ports import Completion
from tests.simulation.times import TwoClocks
from tests.simulation.tripwires import Tripwire
from tests.support.inline_workers import InlineWorkers


class Labour(InlineWorkers):
    """`stop_at` is the job before which a signal comes; `accidents` say what befalls a job: "memory", or "sleep" of so
    many seconds before it."""

    def __init__(
        self,
        clock: TwoClocks,
        wire: Tripwire,
        seed: int,
        *,
        stop_at: int = 0,
        signal: int = 2,
        accidents: Mapping[int, tuple[str, float]] | None = None,
    ) -> None:
        super().__init__(clock, seed)
        self._hands = clock
        self._wire = wire
        self._stop_at = stop_at
        self._signal = signal
        self._accidents = dict(accidents or {})
        self._fate = random.Random(seed ^ 0x5EED)
        self.struck: list[str] = []

    def submit(self, tag: int, job: Callable[[], object]) -> None:
        """Queue a job; a dead process queues nothing."""
        number = self.count + self.running + 1

        def work() -> object:
            kind, seconds = self._accidents.pop(self.count, ("", 0.0))
            if kind == "memory":
                self.struck.append("memory")
                raise MemoryError
            if kind == "sleep":
                self.struck.append("sleep")
                self._hands.sleep(seconds)
            return self._wire.pass_through(job)

        del number
        super().submit(tag, work)

    def next(self, deadline: float | None) -> Completion[object] | None:
        """Run one job. Once a stop was asked for, each ends in time, ends unheard, or never begins."""
        if self._stop_at and not self.stopping and self.count + 1 >= self._stop_at:
            self.stopping = self._signal
            self.struck.append("stop")
            return None
        if self.stopping and self.running and deadline is not None:
            fate = self._fate.random()
            if fate < 0.2:
                super().next(None)  # what it answered comes too late
                fate = 1.0
            if fate > 0.6:
                self._clock.advance(max(0.0, deadline - self._clock.monotonic()))
                return None
        return super().next(deadline)
