"""What befalls a runner in a race: drawn from a seed, carried out from outside of the program."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

LEASE = 2.0
SETTLE = 0.4
SPARE = SETTLE + LEASE / 2
"""For so long after its lease nobody else may have the state."""
HOUR = 3600.0

AT_PUSH = {
    "killed before a push": "kill-before",
    "killed during a push": "kill-during",
    "killed after a push": "kill-after",
    "stalled before a push": "stall-before",
    "stalled after a push": "stall-after",
    "a push refused": "refuse",
    "a push whose answer is lost": "lose-answer",
    "a push that arrives late": "late",
}
"""What the `git` on its PATH does at one push, by the words for it."""
AT_WRITE = ("killed at a request", "frozen at a request", "terminated at a request")
KINDS = ("nothing", "killed at an instant", *AT_WRITE, *AT_PUSH)
CUT_OFF = ("frozen at a request", *(kind for kind in AT_PUSH if not kind.startswith("killed")))
"""What keeps a living run from renewing its lease."""


@dataclass(frozen=True, slots=True)
class Peril:
    """One runner's: `at` is a number of seconds, of a request or of a push; `seconds` how long a stall lasts; `skew` by
    how much its clock is ahead; `start` when it begins."""

    kind: str
    at: float
    seconds: float
    skew: float
    start: float

    @property
    def cut_off(self) -> bool:
        """Whether its requests may still be under way when another run has the state."""
        return self.kind in CUT_OFF

    def environ(self) -> Mapping[str, str]:
        """What tells the `git` and the clock of a runner about it."""
        what = AT_PUSH.get(self.kind, "")
        return {
            "RACE_SKEW": f"{self.skew}",
            "RACE_DO": what,
            "RACE_AT": f"{self.at:.0f}",
            "RACE_SECONDS": f"{self.seconds:.2f}",
        }


def draw(random: random.Random, runners: int) -> list[Peril]:
    """The perils of the runners of one round. A clock is wrong by much only where the run can renew its lease: against
    both at once nothing helps that machines can find out for themselves."""
    drawn = []
    for _ in range(runners):
        kind = random.choices(KINDS, [2, 3, 3, 3, 1, *(2 for _ in AT_PUSH)])[0]
        at = random.uniform(0.3, 3.0) if kind == "killed at an instant" else random.choice((1, 2, 2, 3, 3, 4, 5, 7))
        seconds = random.choice((0.3, LEASE, LEASE + SPARE + 1.0, 2 * (LEASE + SPARE)))
        far = random.random() < 0.3 and kind not in CUT_OFF
        skew = random.choice((-HOUR, HOUR)) if far else random.uniform(-0.2, 0.2)
        drawn.append(Peril(kind, at, seconds, skew, random.choice((0.0, 0.0, random.uniform(0, 1.5)))))
    return drawn
