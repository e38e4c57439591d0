"""Looks for the first seed whose history a planted bug does not survive, while the program as it is does."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from tests.simulation.drawing import draw
from tests.simulation.planted import deciding, reading, sending, telling
from tests.simulation.planted.patching import Bug
from tests.simulation.playing import Verdict, perform

BY_SEEDS: dict[str, Bug] = {bug.name: bug for room in (sending, reading, deciding, telling) for bug in room.BUGS}
"""The bugs that histories of the whole program must catch."""


@dataclass(frozen=True, slots=True)
class Catch:
    """`seed` is the one that caught the bug, `tried` how many were played with it until then, from seed 0 on."""

    seed: int
    tried: int
    invariant: str
    what: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """For the record; the time of one machine is told, not kept."""
        return {name: value for name, value in asdict(self).items() if name not in ("seconds", "what")}


@cache
def clean(seed: int, profile: str) -> bool:
    """Whether the program as it is survives the seed."""
    return perform(draw(seed, profile)).held


def with_bug(bug: Bug, seed: int) -> Verdict:
    """The seed's history, with the bug planted."""
    with bug.plant():
        return perform(draw(seed, bug.profile))


def catches(bug: Bug, seed: int) -> Verdict | None:
    """The verdict that tells the bug; None where all holds, or where it does not hold without the bug either."""
    if not bug.needs(draw(seed, bug.profile)):
        return None
    verdict = with_bug(bug, seed)
    return verdict if not verdict.held and clean(seed, bug.profile) else None


def hunt(bug: Bug, seeds: Iterable[int]) -> Catch | None:
    """The first of the seeds that catches it."""
    began = time.perf_counter()
    for tried, seed in enumerate(seeds, 1):
        verdict = catches(bug, seed)
        if verdict is not None:
            return Catch(seed, tried, verdict.invariant, verdict.what, time.perf_counter() - began)
    return None
