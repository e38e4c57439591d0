"""Scripted trouble: rules that match requests and say what goes wrong with them (README.md, "Faults")."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from imgur_sync.simulator.fault_fields import KINDS, check_fields, check_match
from imgur_sync.simulator.named_faults import NAMED
from imgur_sync.simulator.naming import Named
from imgur_sync.simulator.recent import MOST
from imgur_sync.simulator.replies import JSON_TYPE, Reply, compact
from imgur_sync.simulator.swarm import Swarm, parse_swarm


class ConnectionDropped(OSError):
    """The server closes the connection without a (whole) reply. `committed` tells whether the world was changed before.

    `how` is what the client sees of it: `closed`, `reset`, `timeout`, or that it never got so far: `refused`, `dns`,
    `tls`, `no-connection`; `cut` for a body that ends too early. Under waitress an OSError from the application is just
    that: a closed socket. In-process it reaches the transport, which maps it to whatever its client calls it.
    """

    def __init__(self, committed: bool, how: str = "closed") -> None:
        super().__init__(f"connection dropped, {'after' if committed else 'before'} the change")
        self.committed = committed
        self.how = how


@dataclass(slots=True, eq=False)
class Fault:
    """One rule. `nth` counts matching requests from 1; without it every match is struck.

    `count` more of them are struck from the `nth` on, 0 for good; `lasts` has it strike for so many seconds from the
    first strike; `n` is the number of the one request to be struck, as the history counts.
    """

    kind: str
    name: str
    sent: Mapping[str, Any]
    method: str | None = None
    path: str | None = None
    nth: int | None = None
    count: int | None = None
    lasts: float | None = None
    n: int | None = None
    seconds: float = 0.0
    after: bool = False
    """Of `reply`, `delay` and `body`: once the world was changed, not before."""
    how: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    reply: Reply | None = None
    named: Named | None = None
    id: int = 0
    """Its number among all rules that were ever added, from 1."""
    seen: int = 0
    since: float | None = None
    gone: bool = False
    """Its rule was deleted: what waits for it waits no longer."""

    def strikes(self, method: str, path: str, n: int = 0, now: float = 0.0) -> bool:
        """Count a request if it matches, and tell whether this is one to strike."""
        if self.method not in (None, method):
            return False
        if self.path is not None and path != self.path and not fnmatchcase(path, self.path):
            return False
        self.seen += 1
        if self.named is not None and not self.named.fits(method, path):
            return False
        return n == self.n if self.n is not None else self._in_turn(now)

    def _in_turn(self, now: float) -> bool:
        first = self.nth or 1
        if self.seen < first:
            return False
        if self.lasts is not None:
            self.since = now if self.since is None else self.since
            return now < self.since + self.lasts
        count = self.count if self.count is not None else (1 if self.nth is not None else 0)
        return count == 0 or self.seen < first + count

    def listed(self) -> dict[str, Any]:
        """The rule with what it has seen, for `GET /_simulator/faults`."""
        match: dict[str, Any] = {"method": self.method, "path": self.path, "nth": self.nth}
        more = {"count": self.count, "lasts": self.lasts, "n": self.n}
        match |= {name: value for name, value in more.items() if value is not None}
        shown = {"match": match, "fault": self.name, "seconds": self.seconds, "after": self.after, "seen": self.seen}
        return {**self.sent, **shown, "id": self.id}

    def explicit(self, n: int) -> dict[str, Any]:
        """The rule that strikes request `n` alone like this."""
        return {**{name: value for name, value in self.sent.items() if name != "match"}, "match": {"n": n}}


class Faults:
    """The rules in force. Thread-safe; every matching rule strikes, and so does the swarm if there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._adding = threading.Lock()
        self._rules: list[Fault] = []
        self._swarm: Swarm | None = None
        self._struck: deque[dict[str, Any]] = deque(maxlen=MOST)
        self._added = 0

    def add(self, sent: object) -> int:
        """Add rules as `/_simulator/faults` takes them: one, or a list. ValueError says what is wrong, adding none."""
        items = sent if isinstance(sent, list) else [sent]
        rules = [parse_fault(item) for item in items]
        with self._adding, self._lock:
            for rule in rules:
                self._added += 1
                rule.id = self._added
            self._rules.extend(rules)
            return len(self._rules)

    def clear(self, number: int | None = None) -> None:
        """Drop the rule of that id, or all rules; a swarm goes on. ValueError if there is no such rule."""
        with self._lock:
            kept = [rule for rule in self._rules if number is not None and rule.id != number]
            if number is not None and len(kept) == len(self._rules):
                raise ValueError(f"there is no rule {number}")
            for rule in self._rules:
                rule.gone = rule not in kept
            self._rules = kept

    def let_loose(self, sent: object) -> dict[str, Any]:
        """Start a swarm as `POST /_simulator/swarm` takes it, in place of any before. ValueError says what is wrong."""
        swarm = parse_swarm(sent)
        with self._adding, self._lock:
            self._swarm = swarm
            return swarm.listed()

    def calm(self) -> None:
        """End the swarm; rules stay."""
        with self._lock:
            self._swarm = None

    def swarm(self) -> dict[str, Any] | None:
        """The swarm in force."""
        with self._lock:
            return self._swarm.listed() if self._swarm else None

    def strike(self, method: str, path: str, n: int = 0, now: float = 0.0) -> list[Fault]:
        """The faults that strike this request; each rule's match is counted."""
        if not self._rules and self._swarm is None:
            return []
        with self._lock:
            struck = [rule for rule in self._rules if rule.strikes(method, path, n, now)]
            swarm = self._swarm
        if swarm is not None:
            struck += [parse_fault(item) for item in swarm.drawn(method, path, n)]
        return struck

    @contextlib.contextmanager
    def held_off(self) -> Iterator[bool]:
        """Whether there are none at all; while the block runs, none are added: who wants to waits for its end."""
        with self._adding:
            yield not self._rules and self._swarm is None

    def note(self, fault: Fault, method: str, path: str, n: int) -> None:
        """Keep that a fault had its effect on request `n`."""
        number = fault.named.number if fault.named else None
        entry = {"n": n, "method": method, "path": path, "fault": fault.name, "number": number}
        with self._lock:
            self._struck.append({**entry, "rule": fault.explicit(n)})

    def struck(self, since: int = 0) -> list[dict[str, Any]]:
        """What struck which request after number `since`: name, number in the README, and the rule that repeats it."""
        with self._lock:
            return [entry for entry in self._struck if entry["n"] > since]

    def longest_stale(self) -> float:
        """How far back any rule, or the swarm, wants to read, in seconds."""
        with self._lock:
            ages = [rule.seconds for rule in self._rules if rule.kind == "stale"]
            return max([0.0, *ages, *([self._swarm.longest("stale-read")] if self._swarm else [])])

    def listed(self) -> list[dict[str, Any]]:
        """All rules with what they have seen."""
        with self._lock:
            return [rule.listed() for rule in self._rules]


def parse_fault(item: object) -> Fault:
    """One rule from JSON: a kind or a name of `NAMED`, whose rule any key replaces. ValueError says what is wrong."""
    if not isinstance(item, Mapping):
        raise ValueError("a fault is an object")
    name = item.get("fault")
    named = NAMED.get(name) if isinstance(name, str) else None
    given = {key: value for key, value in item.items() if key not in ("fault", "match")}
    rule = {**named.rule, **given} if named else {"fault": name, **given}
    kind = rule.pop("fault")
    if kind not in KINDS:
        raise ValueError(f"unknown fault {name!r}; there are {', '.join(KINDS)}, and those of GET faults/names")
    match = check_match(item.get("match"))
    check_fields(kind, rule)
    method = match.get("method")
    return Fault(
        kind=kind,
        name=str(name),
        sent=dict(item),
        method=str(method).upper() if method else None,
        path=match.get("path"),
        nth=match.get("nth"),
        count=match.get("count"),
        lasts=match.get("lasts"),
        n=match.get("n"),
        seconds=float(rule.get("seconds", 0)),
        after=bool(rule.get("after", kind == "body")),
        how=str(rule.get("how", "")),
        more=rule,
        reply=_reply(rule) if kind == "reply" else None,
        named=named,
    )


def _reply(item: Mapping[str, Any]) -> Reply:
    status, headers, body = item.get("status", 500), item.get("headers", {}), item.get("body", "")
    named = {str(name): str(value) for name, value in headers.items()}
    kinds = [name for name in named if name.lower() == "content-type"]
    default = "text/html" if isinstance(body, str) else JSON_TYPE
    content_type = named.pop(kinds[0]) if kinds else default
    return Reply(status, body.encode() if isinstance(body, str) else compact(body), content_type, named)
