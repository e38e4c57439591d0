"""A sweep over the crash matrix: every hit of a scenario, or a share of them, and what came of it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from tests.crash.matrix import EFFECTS, Cell, Verdict


@dataclass
class Tally:
    """The figures of one scenario. `landings` are kills whose requests under way arrived at once or late."""

    hits: int = 0
    kills: int = 0
    landings: int = 0
    doubles: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in what another process found."""
        self.hits = max(self.hits, other.hits)
        self.kills += other.kills
        self.landings += other.landings
        self.doubles += other.doubles
        self.failures += other.failures


def seed() -> str:
    """What a sample is drawn by: the commit, so that every commit tries others and each can be tried again."""
    given = os.environ.get("CRASH_SEED", "")
    if given:
        return given
    root = Path(__file__).parents[2]
    asked = ["git", "-C", str(root), "rev-parse", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no commit"


def sample(count: int, hits: int, *named: str) -> list[int]:
    """So many hit numbers out of `hits`, in order, as the seed and these names draw them."""
    chance = random.Random("/".join((seed(), *named)))
    return sorted(chance.sample(range(1, hits + 1), min(count, hits)))


def sweep(cell: Cell, name: str, mode: str, hits: Iterable[int], *, doubles: int) -> Tally:
    """Kill at each of these hits. Where something was about to be written, also as if what was under way had arrived,
    and again at `doubles` hits of the recovery."""
    tally = Tally(hits=len(cell.reference.trail))
    for at in hits:
        about = cell.reference.trail[at - 1].startswith(EFFECTS)
        for verdict in cell.kills(at, landings=about, doubles=doubles if about else 0):
            tally.kills += verdict.landing == "lost" and not verdict.second
            tally.landings += verdict.landing != "lost"
            tally.doubles += bool(verdict.second)
            _note(tally, name, mode, verdict)
    return tally


def _note(tally: Tally, name: str, mode: str, verdict: Verdict) -> None:
    if not verdict.kills:
        verdict.broken.append("nothing was killed")
    if verdict.broken:
        rest = f"{verdict.at} --landing {verdict.landing} --second {verdict.second}"
        told = f"killed {' then '.join(verdict.kills)}: {'; '.join(verdict.broken)}"
        tally.failures.append(f"{told}\n    python -m tests.crash one {name!r} {mode} {rest}")


def share(
    name: str, mode: str, number: int, of: int, doubles: int, drawn: int = 0, planted: str = "", *, spare: bool = False
) -> Tally:
    """One of `of` equal shares of the hits of a scenario, or a sample of that many of it. `planted` is a bug that the
    matrix is to find. `spare`: not after a call, which is no other moment than before the next one."""
    with tempfile.TemporaryDirectory(prefix="crash-") as base:
        cell = PLANTED.get(planted, Cell)(Path(base), name, mode)
        hits = list(range(1 + number, len(cell.reference.trail) + 1, of))
        if spare:
            hits = [at for at in hits if cell.reference.trail[at - 1].startswith("before")]
        try:
            chosen = sample(drawn, len(hits), name, mode) if drawn else range(1, len(hits) + 1)
            return sweep(cell, name, mode, [hits[index - 1] for index in chosen], doubles=doubles)
        finally:
            cell.close()


class ForgetfulState(Cell):
    """A program whose state does not survive a kill."""

    lost = (".imgur-sync/state.db", ".imgur-sync/state.db-wal")

    def _killed(self, at: int, landing: str) -> Verdict:
        verdict = super()._killed(at, landing)
        for name in self.lost:
            there, before = self.stage.base / name, self.base / "start" / name
            there.unlink(missing_ok=True)
            if before.exists():
                shutil.copy(before, there)
        return verdict


class ForgetfulLedger(ForgetfulState):
    """A program whose ledger does not survive a kill."""

    lost = ("ledger.db", "ledger.db-wal")


PLANTED: dict[str, type[Cell]] = {"forgetful state": ForgetfulState, "forgetful ledger": ForgetfulLedger}


def sweep_all(
    cases: list[tuple[str, str]], *, doubles: int, jobs: int, spare: bool
) -> Iterator[tuple[str, str, Tally]]:
    """Every hit of these scenarios, spread over processes; in the order in which they end."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        work = {pool.submit(share, *case, 0, 1, doubles, spare=spare): case for case in cases}
        for future in as_completed(work):
            yield *work[future], future.result()
