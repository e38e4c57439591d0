"""One round of the race: three machines, one state, perils; then quiet, and one run that brings everything in order."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.race.judging import judge
from tests.race.machine import Machine, machine
from tests.race.perils import LEASE, Peril, draw
from tests.simulation.watching import Watcher
from tests.support.runners import Runners, git, runners

RACERS = 3
LONGEST = 150.0
"""Seconds that a round may take before it counts as a deadlock."""
_CALM = Peril("nothing", 0, 0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Round:
    """How it went: `broken` is "" for a good one."""

    seed: str
    perils: tuple[Peril, ...]
    seen: Counter[str]
    broken: str
    seconds: float

    def told(self) -> str:
        """For people."""
        lines = [f"{self.seed}: {self.broken or 'held'} ({self.seconds:.1f} s)", *(f"  {one}" for one in self.perils)]
        return "\n".join(lines)


def play(seed: str) -> Round:
    """A whole round, in a folder of its own."""
    chance, began = random.Random(seed), time.monotonic()
    perils = draw(chance, RACERS)
    seen: Counter[str] = Counter()
    broken = ""
    with tempfile.TemporaryDirectory(prefix="race-", ignore_cleanup_errors=True) as base:
        latency = chance.choice((0.0, 0.04, 0.12))
        with runners(Path(base), lease=f"{LEASE:g}s", latency=latency) as here:
            try:
                seen = _played(here, perils, chance)
            except AssertionError as error:
                broken = str(error)[:3000] or "an assertion without a word"
    return Round(seed, tuple(perils), seen, broken, time.monotonic() - began)


def _played(here: Runners, perils: list[Peril], chance: random.Random) -> Counter[str]:
    for name, value in (("core.logAllRefUpdates", "always"), ("receive.autogc", "false"), ("gc.auto", "0")):
        git(here.remote, "config", name, value)
    watcher = Watcher(here.first.server.world)
    here.clone("start").run("apply", "-y")
    _change(here, chance)
    machines = [machine(here, f"m{number}", number + 2, peril) for number, peril in enumerate(perils)]
    try:
        _race(here, machines)
        quiet = Peril("nothing", 0, 0, max(0.0, *(one.skew for one in perils)), 0.0)
        _until_done(here, machines, quiet)
    finally:
        for one in machines:
            one.end()
    seen = judge(here, machines, machines[-1].mirror, watcher)
    return seen + Counter(one.peril.kind for one in machines[:RACERS] if one.struck)


def _change(here: Runners, chance: random.Random) -> None:
    """People add pictures, replace one and take one out."""
    for number in range(chance.randint(2, 6)):
        here.first.put(f"{chance.choice(('cats', 'dogs'))}/new{number}.png", 100 + number)
    here.first.put("cats/c1.png", 70)
    (here.first.folder / "cats" / "c2.png").unlink()
    here.push()


def _race(here: Runners, machines: list[Machine]) -> None:
    """All of them, and for each that was refused another one."""
    began = time.monotonic()
    waiting, running = list(machines), list[Machine]()
    while waiting or running:
        now = time.monotonic() - began
        assert now < LONGEST, f"no end: {[(one.name, one.peril) for one in running]}"
        for one in [one for one in waiting if one.peril.start <= now]:
            waiting.remove(one)
            one.begin()
            running.append(one)
        writes = _writes(here)
        for one in running:
            one.strike(writes[one.address])
        for one in [one for one in running if one.ended()]:
            running.remove(one)
            if one.code in (5, 75) and len(machines) < 2 * RACERS and running:
                again = Peril("nothing", 0, 0, one.peril.skew, now + 0.3)
                machines.append(machine(here, f"m{len(machines)}", len(machines) + 2, again))
                waiting.append(machines[-1])
        time.sleep(0.01)  # others work meanwhile: they are looked at, never waited for blindly


def _writes(here: Runners) -> Counter[str]:
    """How many writing requests came from each address."""
    history = list(here.first.server.world.history)
    return Counter(one.ip for one in history if one.method != "GET" and one.path != "/oauth2/token")


def _until_done(here: Runners, machines: list[Machine], quiet: Peril) -> None:
    """One machine after the other, until one is let in and has done everything."""
    began = time.monotonic()
    while True:
        one = machine(here, f"m{len(machines)}", len(machines) + 2, quiet)
        machines.append(one)
        one.begin()
        while not one.ended():
            assert time.monotonic() - began < LONGEST, f"no end of {one.name}"
            time.sleep(0.01)
        if one.code == 0:
            return
        assert one.code in (5, 75), f"{one.name} ended with {one.code}: {one.told}"
        assert time.monotonic() - began < LONGEST, f"nobody is let in: {one.told}"
        time.sleep(0.3)
