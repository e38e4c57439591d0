"""One cell of the crash matrix: a scenario, a kill at one hit, perhaps a second in the recovery, and the verdict."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imgur_sync.errors import ExitCode
from tests.crash.oracle import Wish, Witness, differences, portrait, wishes
from tests.crash.scenarios import SCENARIOS, Scenario, changed, staged
from tests.crash.stage import CrashStage

MOST_RUNS = 3
"""Runs within which the mirror is to be in order after the last kill, those that the budget ends not counted."""
MOST_PROBES = 30
"""Requests of a recovery beside twice those of the run without kills."""
EFFECTS = ("before POST", "before PUT", "before DELETE", "before store.", "before tokens.save", "before ledger.")
"""Hits before which something durable is about to happen: a second kill elsewhere meets what a kill before it met."""
NEAR = 5
"""How many hits of the recovery a second kill is tried at."""


@dataclass(frozen=True)
class Reference:
    """A run without kills: what it left on Imgur, its hits, and how many requests it took."""

    world: dict[str, Any]
    trail: tuple[str, ...]
    requests: int


@dataclass
class Verdict:
    """What became of one cell. `kills` says where the run died."""

    kills: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    trail: tuple[str, ...] = ()
    flying: int = 0


class Cell:
    """A scenario in one mode, staged anew for every kill below `base`."""

    def __init__(self, base: Path, name: str, mode: str) -> None:
        self.base = base
        self.scenario: Scenario = SCENARIOS[name]
        self.anonymous = mode == "nobody"
        self.count = 0
        self.reference = self._clean()

    def _stage(self) -> CrashStage:
        self.count += 1
        return CrashStage(self.base / str(self.count), anonymous=self.anonymous, **self.scenario.knobs)

    def _clean(self) -> Reference:
        with self._stage() as stage:
            witness = self._staged(stage)
            stage.striker.arm(0)
            sent = len(stage.wire.sent)
            finished = stage.apply(stage.agreed())
            trail, requests = tuple(stage.striker.trail), len(stage.wire.sent) - sent
            if ExitCode.BUDGET in finished.codes:
                self._finish(stage, witness, Verdict())
            else:
                assert finished.codes == (0,), finished
            assert not witness.broken, witness.broken
            world = portrait(stage)
        shutil.rmtree(stage.base)
        return Reference(world, trail, requests)

    def _staged(self, stage: CrashStage) -> Witness:
        staged(self.scenario, stage)
        old: dict[str, Wish] = {} if self.scenario.fresh else wishes(stage)
        changed(self.scenario, stage)
        return Witness(stage, old, wishes(stage))

    def run(self, at: int, landing: str = "lost", second: int = 0, late: int = 3) -> Verdict:
        """Kill at hit `at`, and the recovery at hit `second` (0: not); finish; judge."""
        verdict = Verdict()
        with self._stage() as stage:
            witness = self._staged(stage)
            where = stage.kill(at, landing)
            verdict.flying = len(stage.flying) + stage.landed
            if where is not None:
                verdict.kills.append(where)
            if landing == "late":
                stage.late(late)
            try:
                if second:
                    again = stage.kill(second, landing)
                    verdict.trail = tuple(stage.striker.trail)
                    verdict.kills += [again] if again is not None else []
                self._finish(stage, witness, verdict)
            except Exception as error:
                verdict.broken.append(f"{type(error).__name__}: {error}")
            verdict.broken += witness.broken
        shutil.rmtree(stage.base)
        return verdict

    def _finish(self, stage: CrashStage, witness: Witness, verdict: Verdict) -> None:
        """Runs until all is done, then whether it is [I2, I3, I18, I22, V1]."""
        runs = 0
        while True:
            sent = len(stage.wire.sent)
            finished = stage.apply(stage.agreed())
            asked = len(stage.wire.sent) - sent
            if not verdict.trail:
                verdict.trail = tuple(stage.striker.trail)
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
        if verdict.kills:
            if asked > 2 * self.reference.requests + MOST_PROBES:
                verdict.broken.append(f"I18: the last run took {asked} requests")
            self._judge(stage, verdict)

    def _judge(self, stage: CrashStage, verdict: Verdict) -> None:
        kills = len(verdict.kills) if self.anonymous else 0
        verdict.broken += differences(stage, self.reference.world, anonymous_kills=kills * (1 + verdict.flying))
        sent = len(stage.wire.sent)
        plan = stage.plan()
        if not plan.empty or not plan.settled:
            verdict.broken.append(f"I2: the next plan is not empty: {[a.wanted for a in plan.albums if a.wanted]}")
        if any(method != "GET" for method, _ in stage.wire.sent[sent:]):
            verdict.broken.append("I2: the next plan writes")
        if self.scenario.uploads_per_hour:
            self._within_the_hour(stage, verdict)

    def _within_the_hour(self, stage: CrashStage, verdict: Verdict) -> None:
        """No hour had more uploads than the user allows [I1]."""
        report = stage.look("ledger")["addresses"]
        highest = max(meters["uploads"]["highest"] for meters in report.values())
        if highest > self.scenario.uploads_per_hour:
            verdict.broken.append(f"I1: {highest} uploads in one hour")


def seconds_of(trail: tuple[str, ...], *, near: int = NEAR) -> list[int]:
    """Hits of a recovery at which it dies again: the first `near` before which something is about to be written."""
    hits = [number for number, place in enumerate(trail, 1) if place.startswith(EFFECTS)]
    return hits[:near]
