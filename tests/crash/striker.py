"""Kills a run at one of its port calls, counted from outside; what is dead does nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.sync_stage import Killed


class Striker:
    """Counts the hits of one run and raises `Killed` at the `kill_at`-th (0: never). Once it has struck, every further
    hit is struck too: what a `finally` would still write is not written. `trail` names the hits."""

    def __init__(self) -> None:
        self.kill_at = 0
        self.dead = False
        self.trail: list[str] = []
        self.dying: Callable[[], None] = lambda: None
        self.passing: Callable[[int], None] = lambda hits: None

    def arm(self, kill_at: int) -> None:
        """A new process, to die at that hit."""
        self.kill_at, self.dead = kill_at, False
        self.trail = []

    def hit(self, place: str) -> None:
        """One hit: the process goes on, or dies here."""
        if self.dead:
            raise Killed(place)
        self.trail.append(place)
        self.passing(len(self.trail))
        if len(self.trail) == self.kill_at:
            self.dead = True
            self.dying()
            raise Killed(place)


class Struck:
    """A port in front of which, and behind which, a run can die: hits before and after each of the `calls`."""

    def __init__(self, port: Any, striker: Striker, name: str, calls: tuple[str, ...]) -> None:
        self._port = port
        self._striker = striker
        self._name = name
        self._calls = calls

    def __enter__(self) -> Struck:
        self._port.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._port.__exit__(*error)

    def __getattr__(self, call: str) -> Any:
        value = getattr(self._port, call)
        if call not in self._calls:
            return value

        def struck(*arguments: Any, **named: Any) -> Any:
            self._striker.hit(f"before {self._name}.{call}")
            result = value(*arguments, **named)
            self._striker.hit(f"after {self._name}.{call}")
            return result

        return struck


STORE = ("record", "open_intent", "begin_run", "end_run", "set_mode", "save_copy")
LEDGER = ("reserve", "settle", "observe", "refused", "lift")
LOCAL = ("scan", "read")
TOKENS = ("save", "load")
MEMORY = ("begin_look", "end_look", "keep_feud")
