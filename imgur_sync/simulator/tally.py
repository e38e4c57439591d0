"""What was asked for, spent and refused: running sums, so that nothing has to be counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from imgur_sync.simulator.records import Request

LIMITS = ("client", "user", "posts", "uploads")


class Tally:
    """Sums over requests since the world began."""

    def __init__(self) -> None:
        self.spent = Counter[str]()
        self.refusals = Counter[str]()
        self.routes = Counter[str]()

    def add(self, request: Request) -> None:
        """Count one that has come to its end."""
        spent = self.spent  # `update` would take longer than all the rest
        spent["credits"] += request.credits
        spent["posts"] += request.post
        spent["uploads"] += request.upload
        self.routes[f"{request.method} {request.route}"] += 1
        if request.refused_by:
            self.refusals[request.refused_by] += 1

    def report(self) -> dict[str, Any]:
        """As the ledger shows it."""
        return {
            **{name: self.spent[name] for name in ("credits", "posts", "uploads")},
            "refusals": {name: self.refusals[name] for name in LIMITS},
            "routes": dict(sorted(self.routes.items())),
        }

    def kept(self) -> dict[str, dict[str, int]]:
        """What a snapshot holds of it."""
        return {"spent": dict(self.spent), "refusals": dict(self.refusals), "routes": dict(self.routes)}

    def fill(self, kept: Mapping[str, Mapping[str, int]]) -> None:
        """Have the sums that `kept` gave."""
        self.spent, self.refusals, self.routes = (Counter(kept[name]) for name in ("spent", "refusals", "routes"))


def total(tallies: Iterable[Tally]) -> Tally:
    """The sums of several, as one."""
    whole = Tally()
    for one in tallies:
        whole.spent.update(one.spent)
        whole.refusals.update(one.refusals)
        whole.routes.update(one.routes)
    return whole
