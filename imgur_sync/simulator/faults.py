"""Scripted trouble: rules that match requests and say what goes wrong with them (imgur-api §10 P0 7)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from imgur_sync.simulator.replies import JSON_TYPE, Reply, compact

KINDS = ("reply", "delay", "drop_before", "drop_after", "late", "rotate")


class ConnectionDropped(OSError):
    """The server closes the connection without a reply. `committed` tells whether the world was changed before.

    Under waitress an OSError from the application is just that: a closed socket. In-process it reaches the transport,
    which maps it to whatever its client calls a broken connection.
    """

    def __init__(self, committed: bool) -> None:
        super().__init__(f"connection dropped, {'after' if committed else 'before'} the change")
        self.committed = committed


@dataclass(slots=True)
class Fault:
    """One rule. `nth` counts matching requests from 1; without it every match is struck."""

    kind: str
    method: str | None = None
    path: str | None = None
    nth: int | None = None
    seconds: float = 0.0
    after: bool = False
    """Of `reply` and `delay`: once the world was changed, not before."""
    reply: Reply | None = None
    seen: int = 0

    def strikes(self, method: str, path: str) -> bool:
        """Count a request if it matches, and tell whether this is the one to strike."""
        if self.method not in (None, method):
            return False
        if self.path is not None and path != self.path and not fnmatchcase(path, self.path):
            return False
        self.seen += 1
        return self.nth is None or self.nth == self.seen

    def listed(self) -> dict[str, Any]:
        """The rule with what it has seen, for `GET /_simulator/faults`."""
        match = {"method": self.method, "path": self.path, "nth": self.nth}
        return {"match": match, "fault": self.kind, "seconds": self.seconds, "after": self.after, "seen": self.seen}


class Faults:
    """The rules in force. Thread-safe; every matching rule strikes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, sent: object) -> int:
        """Add rules as `/_simulator/faults` takes them: one, or a list. ValueError says what is wrong, adding none."""
        items = sent if isinstance(sent, list) else [sent]
        rules = [parse_fault(item) for item in items]
        with self._lock:
            self._rules.extend(rules)
            return len(self._rules)

    def clear(self) -> None:
        """Drop all rules."""
        with self._lock:
            self._rules.clear()

    def strike(self, method: str, path: str) -> list[Fault]:
        """The rules that strike this request; each match is counted."""
        with self._lock:
            return [rule for rule in self._rules if rule.strikes(method, path)]

    def listed(self) -> list[dict[str, Any]]:
        """All rules with what they have seen."""
        with self._lock:
            return [rule.listed() for rule in self._rules]


def parse_fault(item: object) -> Fault:
    """One rule from JSON. ValueError says what is wrong."""
    if not isinstance(item, Mapping):
        raise ValueError("a fault is an object")
    kind, match = item.get("fault"), item.get("match") or {}
    if kind not in KINDS:
        raise ValueError(f"unknown fault {kind!r}; there are {', '.join(KINDS)}")
    if not isinstance(match, Mapping) or set(match) - {"method", "path", "nth"}:
        raise ValueError("match takes method, path and nth")
    extra = set(item) - {"fault", "match", "seconds", "status", "headers", "body", "after"}
    if extra:
        raise ValueError(f"unknown key {sorted(extra)[0]!r} in a fault")
    nth, seconds = match.get("nth"), item.get("seconds", 0)
    if nth is not None and (isinstance(nth, bool) or not isinstance(nth, int) or nth < 1):
        raise ValueError("nth is a whole number from 1")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ValueError("seconds is a number that is not negative")
    method = match.get("method")
    return Fault(
        kind=kind,
        method=str(method).upper() if method else None,
        path=match.get("path"),
        nth=nth,
        seconds=float(seconds),
        after=bool(item.get("after", False)),
        reply=_reply(item) if kind == "reply" else None,
    )


def _reply(item: Mapping[str, Any]) -> Reply:
    status, headers, body = item.get("status", 500), item.get("headers", {}), item.get("body", "")
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError("status is a number from 200 to 599")
    if not isinstance(headers, Mapping):
        raise ValueError("headers is an object")
    named = {str(name): str(value) for name, value in headers.items()}
    kinds = [name for name in named if name.lower() == "content-type"]
    default = "text/html" if isinstance(body, str) else JSON_TYPE
    content_type = named.pop(kinds[0]) if kinds else default
    return Reply(status, body.encode() if isinstance(body, str) else compact(body), content_type, named)
