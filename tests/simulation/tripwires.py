"""Ports in front of which a run can be struck: killed, or told that the disk is full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from imgur_sync.errors import ImgurSyncError, StateError, TryAgainLaterError
from tests.support.sync_stage import Killed

STORE_WRITES = frozenset({"record", "open_intent", "begin_run", "end_run", "follow_moves"})
LEDGER_WRITES = frozenset({"reserve", "settle", "observe", "refused", "note_refusal"})


def disk_full(what: str) -> ImgurSyncError:
    """What state/ raises where a disk takes nothing more."""
    return TryAgainLaterError(f"{what} cannot be written: the disk is full", hint="Free some space and run again.")


def disk_broken(what: str) -> ImgurSyncError:
    """What state/ raises for an I/O error."""
    return StateError(f"{what} cannot be read or written: disk I/O error", hint="Check the disk.")


def busy(what: str) -> ImgurSyncError:
    """What state/ raises when another process does not let go of the file."""
    return TryAgainLaterError(f"{what} is in use by another process", hint="Run again in a moment.")


WRITE_ERRORS: Mapping[str, Callable[[str], ImgurSyncError]] = {
    "disk_full": disk_full,
    "disk_broken": disk_broken,
    "busy": busy,
}


class Tripwire:
    """Counts the calls of one run that matter, strikes at some of them, and lets nothing through once it is dead.

    `kill_at` is the number of the call, of whatever port, in front of which (or, with `after`, right behind which) the
    process dies; 0 is never. `errors` are (number of the durable write, kind, for good).
    """

    def __init__(self, kill_at: int = 0, *, after: bool = False, errors: Iterable[tuple[int, str, bool]] = ()) -> None:
        self.kill_at = kill_at
        self.after = after
        self.calls = 0
        self.writes = 0
        self.dead = False
        self.struck: list[str] = []
        self._errors = tuple(errors)

    def pass_through(self, work: Callable[[], Any]) -> Any:
        """Do it, unless the process is dead or dies here."""
        if self.dead:
            raise Killed
        self.calls += 1
        if self.calls == self.kill_at and not self.after:
            self._die()
        value = work()
        if self.calls == self.kill_at and not self.dead:
            self._die()
        return value

    def check_write(self, what: str) -> None:
        """Raise what a disk that fails at this write gives."""
        self.writes += 1
        for number, kind, for_good in self._errors:
            if self.writes == number or (for_good and self.writes > number):
                self.struck.append(kind)
                raise WRITE_ERRORS[kind](what)

    def _die(self) -> None:
        self.dead = True
        raise Killed


class Guarded:
    """Any port behind a tripwire: the named methods are durable writes, the rest passes."""

    def __init__(self, port: Any, wire: Tripwire, writes: frozenset[str], what: str) -> None:
        self._port = port
        self._wire = wire
        self._writes = writes
        self._what = what

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._port, name)
        if name not in self._writes:
            return value

        def guarded(*given: Any, **named: Any) -> Any:
            def work() -> Any:
                self._wire.check_write(self._what)
                return value(*given, **named)

            return self._wire.pass_through(work)

        return guarded
