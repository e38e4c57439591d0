"""Workers without threads, on a clock that moves only by hand."""

from __future__ import annotations

import random
from collections.abc import Callable

from imgur_sync.model.ports import Completion
from tests.support.hand_clock import HandClock


class InlineWorkers:
    """Runs each job when its completion is asked for, in a seeded order; where nothing runs, time passes at once.

    `before_job(count)` and `after_job(count)` are called around each job and may raise to strike the run there: before
    its request is sent, or after it was answered and before anybody was told.
    """

    def __init__(self, clock: HandClock, seed: int = 0) -> None:
        self._clock = clock
        self._chance = random.Random(seed)
        self._jobs: list[tuple[int, Callable[[], object]]] = []
        self.stopping = 0
        self.count = 0
        self.before_job: Callable[[int], None] = lambda count: None
        self.after_job: Callable[[int], None] = lambda count: None

    def submit(self, tag: int, job: Callable[[], object]) -> None:
        """Queue a job."""
        self._jobs.append((tag, job))

    def next(self, deadline: float | None) -> Completion[object] | None:
        """Run one job; without any, let time pass to the deadline."""
        if not self._jobs:
            assert deadline is not None, "the run waits for nothing"
            self._clock.advance(max(0.0, deadline - self._clock.monotonic()))
            return None
        tag, job = self._jobs.pop(self._chance.randrange(len(self._jobs)))
        self.count += 1
        self.before_job(self.count)
        try:
            completion = Completion(tag, job())
        except Exception as error:
            completion = Completion(tag, None, error)
        self.after_job(self.count)
        return completion

    @property
    def running(self) -> int:
        """Jobs whose completion was not taken yet."""
        return len(self._jobs)
