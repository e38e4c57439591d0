"""Two daemons on one virtual time and one Imgur: each runs until it sleeps, then the one that wakes first goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.watched_days import WatchedDays


class Turns:
    """Threads of which one runs at a time: the one whose moment comes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._moments: dict[int, float] = {}
        self._turn: int | None = None
        self._errors: list[BaseException] = []

    def run(self, *works: Callable[[], object]) -> None:
        """Do these to their ends; raises what the first of them raised."""
        self._moments = dict.fromkeys(range(len(works)), float("-inf"))
        self._turn = 0
        threads = [threading.Thread(target=self._run, args=(number, work)) for number, work in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def until(self, number: int, moment: float) -> None:
        """Let the others go on up to that moment."""
        with self._changed:
            self._moments[number] = moment
            self._pass_on()
            self._changed.wait_for(lambda: self._turn == number)

    def _run(self, number: int, work: Callable[[], object]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._turn == number)
        try:
            work()
        except BaseException as error:
            self._errors.append(error)
        with self._changed:
            del self._moments[number]
            self._pass_on()

    def _pass_on(self) -> None:
        self._turn = min(self._moments, key=lambda number: (self._moments[number], number), default=None)
        self._changed.notify_all()


class TakingTurns(WatchedDays):
    """A `WatchedDays` that lets another one go on while it sleeps."""

    turns: Turns | None = None
    number = 0

    def _happens(self, deadline: float | None, until: float) -> None:
        if self.turns is not None and deadline is not None and deadline > self.clock.monotonic():
            moments = [deadline - self._began, until, *(row[0] for row in self._plot[:1])]
            self.turns.until(self.number, min(moments))
            deadline = max(deadline, self.clock.monotonic())
        super()._happens(deadline, until)


def beside(first: TakingTurns, base: Path, lineage: str | None = None, **options: Any) -> TakingTurns:
    """A second machine with the same account, and, without another `lineage`, with a copy of the first one's manifest."""
    second = TakingTurns(base, clock=first.clock, **options)
    second.web.close()
    second.world.close()
    second.world, second.wire, second.web, second.demo = first.world, first.wire, first.web, first.demo
    second.lineage = lineage or first.lineage
    return second


def both(first: TakingTurns, second: TakingTurns, until: float) -> None:
    """Let both daemons run until so many seconds after the beginning."""
    turns = Turns()
    for number, stage in enumerate((first, second)):
        stage.turns, stage.number = turns, number
    try:
        turns.run(lambda: first.watch(until), lambda: second.watch(until))
    finally:
        first.turns = second.turns = None
