"""Histories about plans that somebody reviewed: a plan is made, the world goes on, and it is applied by its file and by
its digest, cut by the budget, struck by faults, more than once. Drawn from a stream of their own."""

from __future__ import annotations

import random
from typing import Any

from tests.simulation.drawing import Drawing

Json = dict[str, Any]


def draw_reviewed(seed: int) -> Json:
    """The history of that seed."""
    drawing = Drawing(seed)
    drawing.chance = random.Random(f"imgur-sync reviewed {seed}")
    return _Reviewed(drawing).history()


class _Reviewed:
    """One seed. What happens between the plan and its applies is mostly little: else each would be refused."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing, self.chance = drawing, drawing.chance

    def history(self) -> Json:
        """Setup and steps; in half of the seeds a run is cut short by its cap."""
        drawing, setup = self.drawing, self.drawing.setup
        if self.chance.random() < 0.5:
            setup = {**setup, "budget": {**setup.get("budget", {"uploads_per_hour": 0}), "max_credits_per_run": 60}}
        steps = drawing._beginning()
        if self.chance.random() < 0.7:
            steps.append({"do": "apply", "approve": "right"})
        for _ in range(self.chance.choice((1, 1, 2))):
            steps += [drawing.act() for _ in range(self.chance.randrange(1, 7))]
            steps.append({"do": "review", "approve": self.chance.choice(("none", "right")), "then": self._then()})
        return {"seed": drawing.seed, "setup": setup, "steps": steps}

    def _then(self) -> list[Json]:
        chance, then = self.chance, list[Json]()
        first = chance.choice(("file", "file", "digest"))
        if chance.random() < 0.4:
            then.append(self._between())
        then.append(self._run(first))
        for _ in range(chance.randrange(1, 4)):
            roll = chance.random()
            if roll < 0.3:
                then.append(self._between())
            elif roll < 0.36:
                then.append({"do": "apply", "approve": "none"})
            else:
                then.append(self._run(chance.choice(("file", "digest", "digest"))))
        return then

    def _between(self) -> Json:
        """What makes a plan stale, or does not."""
        return self.drawing._site() if self.chance.random() < 0.5 else self.drawing.act()

    def _run(self, by: str) -> Json:
        step: Json = {"do": "apply", "by": by}
        roll = self.chance.random()
        if roll < 0.2:
            step["faults"] = self.drawing.faults()
        elif roll < 0.35:
            step |= {"kill": int(self.drawing.log_uniform(1, 60)), "after": self.chance.random() < 0.5}
        if self.chance.random() < 0.15:  # while the run goes on somebody changes something
            number, site = int(self.drawing.log_uniform(2, 20)), self.drawing._site()
            step["faults"] = [[number, {"kind": "somebody", "step": site}]]
        return step
