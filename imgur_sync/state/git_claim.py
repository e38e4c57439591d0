"""Who holds a shared state, as a small plain file: without the key others can read whom they wait for."""

from __future__ import annotations

import json
import os
import re
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from imgur_sync.errors import StateError

LEASE = "lease.json"
_FORMAT = 1
_LONGEST = 200
_LATEST = 2.5e11
"""Unix seconds, in the year 9892: what comes later has no date."""
_PLAIN = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Claim:
    """One holding of the lock: the command, where it runs (`run`: the page of the CI run, "" elsewhere), and until when
    (None: given back). Times are Unix seconds by the holder's clock. `token` tells two holdings apart, `number` counts.
    """

    command: str
    host: str
    pid: int
    run: str
    since: float
    until: float | None
    token: str
    number: int

    @classmethod
    def mine(cls, command: str, run: str, now: float, token: str, number: int) -> Self:
        """That of this process."""
        return cls(_plain(command), _plain(socket.gethostname()), os.getpid(), _plain(run), now, None, token, number)

    def until_then(self, until: float | None) -> Claim:
        """The same, until another time."""
        return replace(self, until=until)

    def holds(self, now: float) -> bool:
        """Whether others have to wait."""
        return self.until is not None and now < self.until

    def text(self) -> str:
        """For people."""
        where = f"pid {self.pid} on {self.host}, since {_moment(self.since)}" + (f", {self.run}" if self.run else "")
        ends = f"; its lease ends at {_moment(self.until)} unless it is renewed" if self.until is not None else ""
        return f"{self.command} ({where}){ends}"

    def data(self) -> bytes:
        """The file."""
        fields = {
            "format": _FORMAT,
            "command": self.command,
            "host": self.host,
            "pid": self.pid,
            "run": self.run,
            "since": self.since,
            "until": self.until,
            "token": self.token,
            "number": self.number,
        }
        return (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode("ascii")


def read_claim(data: bytes | None, place: str) -> Claim | None:
    """The claim in a file, None without one. Raises `StateError` for what is none: who holds the lock is then unknown.

    Whoever may push to the repository may have written it: texts are cut and made printable.
    """
    if data is None:
        return None
    try:
        fields = json.loads(data[:10_000])
        until = fields["until"]
        claim = Claim(
            _plain(fields["command"]),
            _plain(fields["host"]),
            int(fields["pid"]),
            _plain(fields["run"]),
            float(fields["since"]),
            None if until is None else float(until),
            _plain(fields["token"]),
            int(fields["number"]),
        )
        known = fields["format"] == _FORMAT and all(0 <= at < _LATEST for at in (claim.since, claim.until or 0.0))
        known = known and all(abs(count) < 2**63 for count in (claim.pid, claim.number))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        known = False
    if not known:
        hint = "Nothing was sent. Put an older commit of the ref back, or name another: [state] ref"
        raise StateError(f"{place}: {LEASE} is damaged, or of a newer imgur-sync", hint=hint)
    return claim


def _plain(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError("no text")
    return _PLAIN.sub("?", text)[:_LONGEST]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
