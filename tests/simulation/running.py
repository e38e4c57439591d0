"""Many seeds, in one process or several; failures are shrunk and kept, and told with one command that repeats them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from tests.simulation.coverage import by_number
from tests.simulation.drawing import DIRECTED, PLAIN, draw
from tests.simulation.playing import Verdict, perform
from tests.simulation.shrinking import REGRESSIONS, SECONDS, keep, shrink

Json = dict[str, Any]
TWICE = 50
"""One seed of so many is played once more in another process with another PYTHONHASHSEED."""
MOST = 10


@dataclass(slots=True)
class Tally:
    """What many seeds came to."""

    seeds: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict, told: str) -> None:
        """One more."""
        self.seeds += 1
        self.struck.update(verdict.struck)
        self.counts.update(verdict.counts)
        if told:
            self.failures.append(told)


def one(seed: int, seconds: float = SECONDS, profile: str = PLAIN) -> tuple[Verdict, str]:
    """Play a seed; the text is "" or what to tell of its failure, which was shrunk and kept."""
    history = draw(seed, profile)
    verdict = perform(history)
    if verdict.held and seed % TWICE == 0:
        other = trace_of(seed, hashseed=str(seed % 4_000_000_000 + 1), profile=profile)
        if other != verdict.trace:
            verdict.invariant, verdict.what = "replay", f"with another PYTHONHASHSEED the trace is {other}"
    return verdict, "" if verdict.held else failure(history, verdict, seconds, profile)


def failure(history: Json, verdict: Verdict, seconds: float = SECONDS, profile: str = PLAIN) -> str:
    """The report: the command, the invariant, the last events, and where the shrunk history is."""
    lines = [f"{verdict.invariant}: {verdict.what}", *verdict.last, command(verdict, profile)]
    if seconds > 0 and verdict.invariant != "replay":
        small = shrink(history, verdict.invariant, seconds=seconds)
        path = keep(small, perform(small))
        lines.append(f"shrunk from {len(history['steps'])} to {len(small['steps'])} steps: {path}")
    return "\n".join(lines)


def command(verdict: Verdict, profile: str = PLAIN) -> str:
    """What to type to see it again."""
    drawn = "" if profile == PLAIN else f" --profile {profile}"
    return f"python -m tests.simulation replay --seed {verdict.seed:#x}{drawn} --expect {verdict.trace}"


def trace_of(seed: int, hashseed: str, profile: str = PLAIN) -> str:
    """The trace's hash of that seed in a process of its own."""
    environ = {**os.environ, "PYTHONHASHSEED": hashseed}
    code = f"from tests.simulation.running import *; print(perform(draw({seed}, {profile!r})).trace)"
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr[-300:]


def many(
    seeds: Iterable[int], *, jobs: int = 1, seconds: float = SECONDS, until: float = 0.0, profile: str = PLAIN
) -> Iterator[tuple[int, Verdict, str]]:
    """Play seeds, in so many processes, until the moment `until` of the monotonic clock where it is given."""
    if jobs == 1:
        for seed in seeds:
            if until and time.monotonic() > until:
                return
            yield (seed, *one(seed, seconds, profile))
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = []
        for seed in seeds:
            if until and time.monotonic() > until:
                break
            waiting.append((seed, pool.submit(one, seed, seconds, profile)))
            while len(waiting) >= 4 * jobs:
                first, future = waiting.pop(0)
                yield (first, *future.result())
        for seed, future in waiting:
            yield (seed, *future.result())


def directed(
    tally: Tally, least: int, first: int, *, jobs: int = 1, seconds: float = SECONDS
) -> Iterator[tuple[str, Verdict, str]]:
    """Further seeds, from `first` on, for each kind of fault that struck less often than `least` in those of the tally,
    with nothing but that kind, until it did: few requests can have some of them. At most `MOST` for each strike that
    is missing. The tally gets them too; yields the number of the fault with each."""
    for number in DIRECTED:
        missing = least - by_number(tally.struck)[number]
        seeds = range(first, first + MOST * max(0, missing))
        for _, verdict, told in many(seeds, jobs=jobs, seconds=seconds, profile=number):
            tally.add(verdict, told)
            yield number, verdict, told
            if by_number(tally.struck)[number] >= least:
                break


__all__ = ["REGRESSIONS", "Tally", "command", "directed", "draw", "failure", "many", "one", "perform", "trace_of"]
