"""What can be looked at and turned in a simulator: behind `/_simulator/` (`steering.py`) and the methods of `Running`.

Everything takes and gives what JSON can hold; a ValueError or TypeError says what is wrong with what was sent.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from imgur_sync.simulator.changes import Advance, Change, PutGrant, Revoke
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.named_faults import NAMED
from imgur_sync.simulator.naming import Named
from imgur_sync.simulator.options import Limits
from imgur_sync.simulator.records import Grant
from imgur_sync.simulator.reports import history_report, ledger_report, world_report
from imgur_sync.simulator.spending import spend
from imgur_sync.simulator.website import edit
from imgur_sync.simulator.world import World

ENDED = {"expire_access": "access", "revoke_refresh": "refresh"}
LAST = 221_845_392_000.0
"""The year 9000, in seconds since the epoch: as far as the clock goes."""
TOKENS = (*ENDED, "answer", "code", "pin")


class Controls:
    """One simulator's. Thread-safe; never metered, never in the history."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def world(self) -> World:
        """What it holds."""
        return self._desk.world

    @property
    def limits(self) -> Limits:
        """What it counts up to."""
        return self._desk.options.limits

    def settle(self) -> None:
        """Commit what is due; to be called before anything else here."""
        self.world.settle()

    def pictures_and_albums(self) -> dict[str, Any]:
        """Every album and picture as stored."""
        return world_report(self.world)

    def ledger(self) -> dict[str, Any]:
        """What was spent, asked for and refused, and what the meters show."""
        return ledger_report(self.world, self.limits)

    def history(self, since: int = 0) -> dict[str, Any]:
        """Requests, uploads, and what struck them, after request number `since`."""
        return {**history_report(self.world, since), "struck": self._desk.faults.struck(since)}

    def struck(self) -> list[dict[str, Any]]:
        """What struck which request."""
        return self._desk.faults.struck()

    def clock(self) -> dict[str, Any]:
        """The present moment, in seconds since the epoch."""
        return {"now": self.world.clock.now()}

    def advance(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Have `advance` seconds go by; what becomes due is committed."""
        seconds = sent.get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError("advance is a number of seconds that is not negative")
        with self.world.lock:
            # Also false for what is no number. Later years have no dates, and the clock never goes back.
            if not self.world.clock.now() + seconds < LAST:
                raise ValueError("advance leads beyond the year 9000")
            self.world.commit([Advance(float(seconds))], self.world.clock.now())
            return {"now": self.world.settle()}

    def faults(self) -> list[dict[str, Any]]:
        """The rules in force, with what they have seen."""
        return self._desk.faults.listed()

    def add_faults(self, sent: object) -> dict[str, Any]:
        """Add one rule, or a list of them; answers how many there are."""
        count = self._desk.faults.add(sent)
        self._desk.remember()
        return {"faults": count}

    def clear_faults(self, number: int | None = None) -> None:
        """Drop the rule of that `id`, or all rules, and end what waits for them; a swarm goes on."""
        self._desk.faults.clear(number)
        self._desk.waits.look_again()

    def fault_names(self) -> list[dict[str, Any]]:
        """Every fault that has a name, with its rule and source."""
        return [_named(named) for named in NAMED.values()]

    def swarm(self) -> dict[str, Any]:
        """The swarm in force, {} if there is none."""
        return self._desk.faults.swarm() or {}

    def let_loose(self, sent: object) -> dict[str, Any]:
        """Start a swarm in place of any before."""
        swarm = self._desk.faults.let_loose(sent)
        self._desk.remember()
        return swarm

    def calm(self) -> None:
        """End the swarm; rules stay."""
        self._desk.faults.calm()

    def knobs(self) -> dict[str, Any]:
        """The switches as they stand."""
        return dataclasses.asdict(self._desk.knobs)

    def turn(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Turn switches by name; answers all of them."""
        self._desk.turn(self._desk.knobs.switched(sent))
        return self.knobs()

    def edit(self, sent: object) -> dict[str, Any]:
        """One edit, or a list, as somebody makes on the web site."""
        return edit(self.world, sent)

    def spend(self, sent: dict[str, Any]) -> dict[str, Any]:
        """What another program spends of the same limits."""
        return spend(self.world, self.limits, sent)

    def tokens(self, sent: dict[str, Any]) -> dict[str, Any]:
        """`expire_access`, `revoke_refresh` end all tokens of that kind; `answer` is 401 or 403 for invalid access
        tokens; `code`, `pin` issue one for the demo account, good for one use."""
        if extra := set(sent) - set(TOKENS):
            raise ValueError(f"unknown key {sorted(extra)[0]!r}; there are {', '.join(TOKENS)}")
        world, shown = self.world, {}
        if "answer" in sent:
            self.turn({"token_answer": sent["answer"]})
        with world.lock:
            ended = {
                kind for key, kind in (("expire_access", "access"), ("revoke_refresh", "refresh")) if sent.get(key)
            }
            dead = tuple(grant.token for grant in world.grants.values() if grant.kind in ended)
            changes: list[Change] = [Revoke(dead)] if dead else []
            account, client = next(iter(world.accounts)), next(iter(world.clients))
            for kind in ("code", "pin"):
                if sent.get(kind):
                    shown[kind] = world.token(kind, 10)
                    changes.append(PutGrant(Grant(kind, shown[kind], account, client)))
            world.commit(changes, world.clock.now())
        return {"ended": len(dead), **shown}

    def register(self, sent: dict[str, Any]) -> dict[str, Any]:
        """A further application with tokens for `account`, made if need be; without it, for the demo account."""
        account = sent.get("account", next(iter(self.world.accounts)))
        if not isinstance(account, str) or not account.isalnum():
            raise ValueError("account is a name of letters and digits")
        return dataclasses.asdict(self.world.register(account))


def _named(named: Named) -> dict[str, Any]:
    shown = {name: getattr(named, name) for name in ("name", "number", "what", "source", "confidence", "scope")}
    return {**shown, "rule": named.rule}
