"""The crash matrix of one scenario: kills at its hits, perhaps a second one in the recovery, and the verdicts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName
from tests.crash.branching import Moment, branch
from tests.crash.oracle import Wish, Witness, differences, portrait, wishes
from tests.crash.scenarios import SCENARIOS, staged
from tests.crash.stage import CrashStage
from tests.crash.ticking import TickStage

MOST_RUNS = 3
"""Runs within which the mirror is to be in order after the last kill, those that the budget ends not counted."""
MOST_PROBES = 30
"""Requests of a recovery beside twice those of the run without kills."""
EFFECTS = ("before POST", "before PUT", "before DELETE", "before store.", "before tokens.save", "before ledger.")
"""Hits before which something durable is about to happen: a second kill elsewhere meets what a kill before it met."""
NEAR = 5
"""How many hits of the recovery a second kill is tried at."""
LANDINGS = ("landed", "late")


@dataclass(frozen=True)
class Reference:
    """A run without kills: what it left on Imgur, its hits, and how many requests it took."""

    world: dict[str, Any]
    trail: tuple[str, ...]
    requests: int


@dataclass
class Verdict:
    """What became of one cell. `kills` says where the runs died; `trail` are the hits of the run after the first kill;
    `flying` the requests that were under way at that kill."""

    at: int
    landing: str = "lost"
    second: int = 0
    kills: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    trail: tuple[str, ...] = ()
    flying: int = 0


class Cell:
    """A scenario in one mode, staged once; every kill is tried in a fork of it. Not for a process with threads."""

    def __init__(self, base: Path, name: str, mode: str) -> None:
        self.scenario = SCENARIOS[name]
        self.base = base
        kind = TickStage if self.scenario.watch else CrashStage
        self.stage = kind(base / "world", anonymous=mode == "nobody", **self.scenario.knobs)
        staged(self.scenario, self.stage)
        self.old: dict[str, Wish] = {} if self.scenario.fresh else wishes(self.stage)
        self.scenario.change(self.stage)
        self.witness = Witness(self.stage, self.old, wishes(self.stage))
        self.agreed: dict[GateName, int] = {}
        self.reference = Reference({}, (), 1000)
        self.start = self._moment("start")
        self.agreed = branch(self.stage.agreed)
        self.start.restore()
        self.reference = branch(self._clean)
        gc.collect()
        gc.freeze()  # so that forks share it

    def close(self) -> None:
        """Give the simulator back."""
        self.stage.__exit__(None, None, None)

    def kills(self, at: int, *, landings: bool = True, doubles: int = 0) -> list[Verdict]:
        """The verdicts of a kill at hit `at`: alone; with the requests under way arriving at once, and late; and with
        a second kill at up to `doubles` hits of the recovery."""
        self.start.restore()
        found = branch(lambda: list(self._after(at, doubles)))
        for landing in LANDINGS if landings and found[0].flying else ():
            found.append(self.one(at, landing, 0))
        return found

    def one(self, at: int, landing: str, second: int) -> Verdict:
        """One verdict."""
        self.start.restore()
        return branch(partial(self._start_over, at, landing, second))

    def _moment(self, name: str) -> Moment:
        return Moment(self.stage.base, self.base / name, (*self.stage.albums, "cats", "dogs", "adopted"))

    def _clean(self) -> Reference:
        stage = self.stage
        stage.striker.arm(0)
        sent = len(stage.wire.sent)
        finished = stage.apply(self.agreed)
        trail, requests = tuple(stage.striker.trail), len(stage.wire.sent) - sent
        if ExitCode.BUDGET in finished.codes:
            self._finish(Verdict(0))
        else:
            assert finished.codes == (0,), finished
        assert not self.witness.broken, self.witness.broken
        return Reference(portrait(stage), trail, requests)

    def _after(self, at: int, doubles: int) -> Iterator[Verdict]:
        first = self._killed(at, "lost")
        after = self._moment(f"after-{at}")
        alone = branch(partial(self._finished, first, 0))
        yield alone
        for second in seconds_of(alone.trail, near=doubles):
            after.restore()
            yield branch(partial(self._finished, first, second))
        after.forget()

    def _start_over(self, at: int, landing: str, second: int) -> Verdict:
        return self._finished(self._killed(at, landing), second)

    def _killed(self, at: int, landing: str) -> Verdict:
        verdict = Verdict(at, landing)
        where = self.stage.kill(at, self.agreed, landing)
        verdict.kills += [where] if where is not None else []
        verdict.flying = len(self.stage.flying) + self.stage.landed
        return verdict

    def _finished(self, verdict: Verdict, second: int) -> Verdict:
        """The rest of the story: the recovery, killed once more or not, and what it came to."""
        verdict.second = second
        if verdict.landing == "late":
            self.stage.late(3)
        try:
            if second:
                again = self.stage.kill(second, self._gates(), verdict.landing)
                verdict.kills += [again] if again is not None else []
            self._finish(verdict)
        except Exception as error:
            verdict.broken.append(f"{type(error).__name__}: {error}")
        verdict.broken += self.witness.broken
        return verdict

    def _gates(self) -> dict[GateName, int]:
        return self.stage.agreed() if self.agreed else {}

    def _finish(self, verdict: Verdict) -> None:
        """Runs until all is done, then whether it is [I2, I3, I18, I22, V1]."""
        stage, runs = self.stage, 0
        while True:
            sent = len(stage.wire.sent)
            finished = stage.apply(self._gates())
            asked = len(stage.wire.sent) - sent
            verdict.trail = verdict.trail or tuple(stage.striker.trail)
            if ExitCode.BUDGET in finished.codes and finished.resume_at is not None:
                stage.clock.advance(max(1.0, finished.resume_at - stage.clock.now() + 1))
                continue
            runs += 1
            if finished.codes == (0,) or runs == MOST_RUNS:
                break
            stage.clock.advance(200)
        if finished.codes != (0,):
            told = [problem for album in finished.albums for problem in album.problems]
            verdict.broken.append(f"V1: after {runs} runs it ends with {[int(c) for c in finished.codes]}: {told}")
        if asked > 2 * self.reference.requests + MOST_PROBES:
            verdict.broken.append(f"I18: the last run took {asked} requests")
        if verdict.kills:
            self._judge(verdict)

    def _judge(self, verdict: Verdict) -> None:
        stage = self.stage
        self.witness.at_the_end()
        lost = len(verdict.kills) * (1 + verdict.flying) if stage.anonymous else 0
        verdict.broken += differences(stage, self.reference.world, anonymous_kills=lost)
        sent = len(stage.wire.sent)
        plan = stage.plan()
        if not plan.empty or not plan.settled:
            verdict.broken.append(f"I2: the next plan is not empty: {[a.wanted for a in plan.albums if a.wanted]}")
        if any(method != "GET" for method, _ in stage.wire.sent[sent:]):
            verdict.broken.append("I2: the next plan writes")
        if self.scenario.uploads_per_hour:
            report = stage.look("ledger")["addresses"]
            highest = max(meters["uploads"]["highest"] for meters in report.values())
            if highest > self.scenario.uploads_per_hour:
                verdict.broken.append(f"I1: {highest} uploads in one hour")


def seconds_of(trail: tuple[str, ...], *, near: int) -> list[int]:
    """Hits of a recovery at which it dies again: the first `near` before which something is about to be written."""
    hits = [number for number, place in enumerate(trail, 1) if place.startswith(EFFECTS)]
    return hits[:near]
