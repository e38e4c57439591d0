"""A swarm of faults: for each request it is drawn whether, and which, faults strike it.

A draw depends on the seed, the number of the request and the name of the fault alone, by SHA-256: it is the same on
every machine, whatever was drawn before.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imgur_sync.simulator.fault_fields import check_seconds
from imgur_sync.simulator.named_faults import NAMED

LASTING = frozenset(
    (
        *("other-login", "refresh-lost", "refresh-rotated", "refresh-invalid-400"),
        *("daily-429", "daily-hit", "meters-drained", "limit-403", "html-413", "size-413", "ticket-415"),
    )
)
"""What no waiting mends, or only days of it: in a swarm only if its rate is given."""
RARELY, OFTEN = 0.001, 0.3
SHARE = 0.25
"""The share of the README's rows that a swarm without rates is made of."""
_ONE_ONLY = frozenset(("unreachable", "drop_before", "drop_after", "late", "reply", "body", "alter", "rotate"))
"""Kinds that make up the reply: of these at most one strikes a request."""


def draw(seed: str, number: object, what: str) -> float:
    """A number from 0 up to, but not including, 1."""
    digest = hashlib.sha256(f"{seed}:{number}:{what}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


@dataclass(frozen=True, slots=True)
class Swarm:
    """Rates by the names of faults. It strikes requests up to number `until`, as the history counts; None for good."""

    seed: str
    rates: Mapping[str, float]
    seconds: Mapping[str, float] = field(default_factory=dict)
    until: int | None = None

    def drawn(self, method: str, path: str, n: int) -> list[dict[str, Any]]:
        """The explicit rules that strike request `n`, as `/_simulator/faults` takes them."""
        if self.until is not None and n > self.until:
            return []
        chances = {name: draw(self.seed, n, name) for name in self.rates if NAMED[name].fits(method, path)}
        hits = [name for name, chance in chances.items() if chance < self.rates[name]]
        ends = [name for name in hits if NAMED[name].rule["fault"] in _ONE_ONLY]
        end = min(ends, key=lambda name: (chances[name] / self.rates[name], name), default=None)
        return [self._rule(name, n) for name in sorted(hits) if name == end or name not in ends]

    def _rule(self, name: str, n: int) -> dict[str, Any]:
        template, rule = NAMED[name].rule, dict[str, Any](fault=name, match={"n": n})
        if "seconds" in template:
            rule["seconds"] = round(draw(self.seed, n, f"{name} seconds") * self.longest(name), 3)
        if "edit" in template:
            rule["edit"] = {**template["edit"], "pick": int(draw(self.seed, n, f"{name} pick") * 10_000)}
        return rule

    def longest(self, name: str) -> float:
        """The most seconds that are drawn for that fault."""
        return float(self.seconds.get(name, NAMED[name].rule.get("seconds", 0))) if name in self.rates else 0.0

    def listed(self) -> dict[str, Any]:
        """As `POST /_simulator/swarm` takes it, all rates written out."""
        rates = dict(sorted(self.rates.items()))
        return {"seed": self.seed, "rates": rates, "seconds": dict(self.seconds), "until": self.until}


def parse_swarm(sent: object) -> Swarm:
    """A swarm from JSON: `seed`, and if need be `rates`, `seconds`, `until`. ValueError says what is wrong.

    Keys of `rates` are names, or numbers of the README as "F9", whose rate is shared by its names. Without rates the
    seed draws which numbers there are, and how often each strikes: a rate from 0.1 to 30 %, evenly on a log scale.
    """
    if not isinstance(sent, Mapping) or set(sent) - {"seed", "rates", "seconds", "until"}:
        raise ValueError("a swarm takes seed, rates, seconds and until")
    if not isinstance(sent.get("seed"), str | int):
        raise ValueError("seed is a text or a whole number")
    seed, until, seconds = str(sent["seed"]), sent.get("until"), sent.get("seconds") or {}
    if until is not None and (isinstance(until, bool) or not isinstance(until, int) or until < 0):
        raise ValueError("until is the number of a request")
    if not isinstance(seconds, Mapping) or set(seconds) - set(NAMED):
        raise ValueError("seconds has names of faults")
    for name, value in seconds.items():
        check_seconds(f"seconds of {name}", value)
    rates = sent.get("rates")
    return Swarm(seed, drawn_rates(seed) if rates is None else _rates(rates), dict(seconds), until)


def drawn_rates(seed: str) -> dict[str, float]:
    """The rates that a seed alone stands for."""
    numbers = sorted({named.number for named in NAMED.values()})
    rates: dict[str, float] = {}
    for number in numbers:
        if draw(seed, "swarm", number) < SHARE:
            spread = math.log(OFTEN) - math.log(RARELY)
            # Rounded, for the last digits of exp differ between machines.
            rate = round(math.exp(math.log(RARELY) + spread * draw(seed, "rate", number)), 6)
            names = [name for name in _names(number) if name not in LASTING]
            rates |= dict.fromkeys(names, rate / max(1, len(names)))
    return rates


def _rates(sent: object) -> dict[str, float]:
    if not isinstance(sent, Mapping):
        raise ValueError("rates is an object")
    rates: dict[str, float] = {}
    for key, rate in sent.items():
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise ValueError(f"the rate of {key} is a number from 0 to 1")
        names = [key] if key in NAMED else _names(key)
        if not names:
            raise ValueError(f"unknown fault {key!r}; GET faults/names lists them")
        rates |= dict.fromkeys(names, rate / len(names))
    return rates


def _names(number: str) -> list[str]:
    return [named.name for named in NAMED.values() if named.number == number]
