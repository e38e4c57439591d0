"""`SqliteLedger`: credits, shared by every process of one user on one machine (behaviour §4)."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from imgur_sync.model.budget import (
    Budget,
    Charge,
    Cost,
    Denied,
    Limit,
    LimitName,
    Reading,
    Refusal,
    Reservation,
)
from imgur_sync.model.ports import Clock
from imgur_sync.mounts import read_mounts
from imgur_sync.state.allowance import Allowance
from imgur_sync.state.allowance import Caps as Caps
from imgur_sync.state.database import check_sqlite, transaction, translated
from imgur_sync.state.disk import refuse_network
from imgur_sync.state.ledger_file import LEDGER, opened
from imgur_sync.state.lessons import grow, learn, lift, move, tidy
from imgur_sync.state.meters import DAY, METERS, Scope, expire, keep

_KEPT = 2 * DAY
# Clocks that differ by less are the same: Imgur's Date has whole seconds, and a reply takes time.
_TOLERANCE = 2.0
_AHEAD = 120.0
# A clock that is off by less, and no more than before, is one that goes a little wrong; this one was set.
_SET = 5.0
# A connection that crossed a fork is neither used nor closed there: closing it could spoil its owner's.
_INHERITED: list[sqlite3.Connection] = []


class SqliteLedger:
    """The `Ledger` in one file for all processes. A grant is synced to disk before `reserve` returns.

    Windows slide (24 hours, 1 hour) and are judged by Imgur's clock, learned from `Reading.date` and carried on by the
    monotonic clock. Raises `StateError` for a file that cannot be used, `TryAgainLaterError` when it is busy or full.
    """

    def __init__(
        self,
        path: Path,
        *,
        origin: str,
        client_id: str,
        account: str,
        caps: Caps,
        clock: Clock,
        mounts: Callable[[], str] = read_mounts,
    ) -> None:
        self._path = path
        self._scope = Scope(origin, client_id, account)
        self._caps = caps
        self._clock = clock
        self._spent = 0
        self._own: dict[int, int] = {}
        self._dated = False
        self._lock = threading.RLock()
        self._process = os.getpid()
        check_sqlite()
        refuse_network(path, mounts)
        self._connection = opened(path)
        with translated(path, LEDGER):
            ahead, self._set_at = self._standing(self._connection)
        self._zero = clock.now() + ahead - clock.monotonic()

    def close(self) -> None:
        """Give the file back. Closing twice is harmless; a thread that is using it comes to its end first."""
        if os.getpid() == self._process:
            # A connection that is closed under a statement of another thread takes the whole process with it.
            with self._lock:
                self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reserve(self, cost: Cost, instead: Reservation | None = None) -> Reservation | Denied:
        """Grant the cost against all limits at once, durably, or say which limit is in the way.

        Of several limits in the way the one that lasts longest is named. The reservation `instead` of which this one is
        made ends as RETURNED in the same step; it stands when this one is denied.
        """
        number = 0
        try:
            with self._writing() as connection:
                now = self._now()
                self._tidy(connection, now)
                given_up = 0
                if instead is not None:
                    connection.execute("SAVEPOINT instead")
                    _free(connection, instead)
                    given_up = self._own.pop(instead.number, 0)
                    self._spent -= given_up
                denied = self._denied(connection, cost, now)
                if denied is not None:
                    if instead is not None:
                        connection.execute("ROLLBACK TO instead")
                        self._own[instead.number] = given_up
                        self._spent += given_up
                    return denied
                number = _tick(connection)
                row = (number, *self._scope.key, cost.credits, cost.posts, cost.uploads, now)
                connection.execute("INSERT INTO charge VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)", row)
                # Before the commit: another thread shall not pass the cap of the run in between.
                self._own[number] = cost.credits
                self._spent += cost.credits
        except BaseException:
            self._spent -= self._own.pop(number, 0)
            raise
        return Reservation(number, cost)

    def settle(self, reservation: Reservation, charge: Charge) -> None:
        """End a reservation. One never settled stays charged; RETURNED frees it at once; a second time is harmless."""
        with self._writing() as connection:
            if charge is Charge.SPENT:
                # Imgur counted it between the reservation and now: the later moment is the safe one.
                connection.execute(
                    "UPDATE charge SET settled = ?, at = max(at, ?) WHERE number = ? AND settled IS NULL",
                    (_tick(connection), self._now(), reservation.number),
                )
            else:
                _free(connection, reservation)
        with self._lock:
            credits = self._own.pop(reservation.number, 0)
            self._spent -= credits if charge is Charge.RETURNED else 0

    def observe(self, reading: Reading, answers: Reservation | None = None) -> None:
        """Take in what a reply's headers said. The smaller figure rules: it counts the request that is answered too."""
        with self._writing() as connection:
            if reading.date is not None:
                self._notice_setting(connection, reading.date, reading.took)
                self._set_clock(connection, reading.date, reading.took)
            now, tick = self._now(), _tick(connection)
            stand = [keep(connection, meter, self._scope, reading, now, tick) for meter in METERS]
            seen = min((one for one in stand if one is not None), default=None)
            if answers is not None and seen is not None:
                # Of two requests under way together the later one was answered first.
                connection.execute(
                    "UPDATE charge SET settled = ? WHERE number = ? AND settled > ?", (seen, answers.number, seen)
                )

    def refused(self, refusal: Refusal) -> None:
        """Learn from a refusal, durably and for all processes."""
        with self._writing() as connection:
            learn(connection, self._scope, refusal, self._caps.own_cap, self._now())

    def lift(self) -> None:
        """Imgur answers well again: end a month's block and what else closes the day. The strikes stay counted."""
        with self._writing() as connection:
            lift(connection, self._scope)

    def budget(self) -> Budget:
        """What is left now, limit by limit."""
        with self._writing() as connection:
            now = self._now()
            self._tidy(connection, now)
            budget = self._view(connection, now).budget()
        cap = self._caps.max_credits_per_run
        run = () if cap is None else (Limit(LimitName.RUN, cap, max(0, cap - self._spent)),)
        return dataclasses.replace(budget, limits=(*budget.limits, *run))

    def spent(self) -> int:
        """Credits charged through this object, i.e. in this run."""
        with self._lock:
            return self._spent

    def clock_set_at(self) -> float:
        """When it was last noticed that our clock had been set, by whichever process (Unix seconds, our clock)."""
        with self._lock:
            return self._set_at

    def _view(self, connection: sqlite3.Connection, now: float) -> Allowance:
        return Allowance(connection, self._scope, self._caps, now, lambda moment: self._ours(moment, now))

    def _denied(self, connection: sqlite3.Connection, cost: Cost, now: float) -> Denied | None:
        cap = self._caps.max_credits_per_run
        if cap is not None and cost.credits and self._spent + cost.credits > cap:
            return Denied(LimitName.RUN, None, f"of the {cap} credits allowed for this run, {self._spent} are spent")
        return self._view(connection, now).denied(cost)

    def _tidy(self, connection: sqlite3.Connection, now: float) -> None:
        """What comes from the future counts as of now (a clock was set back); charges that no window reaches go."""
        origin = self._scope.origin
        connection.execute("UPDATE charge SET at = ? WHERE origin = ? AND at > ?", (now, origin, now + _AHEAD))
        expire(connection, origin, now, _AHEAD)
        tidy(connection, origin, now, _AHEAD, dated=self._dated)
        grow(connection, self._scope, self._caps.own_cap, now)
        if self._dated:
            connection.execute("DELETE FROM charge WHERE origin = ? AND at < ?", (origin, now - _KEPT))

    def _standing(self, connection: sqlite3.Connection) -> tuple[float, float]:
        """By how much Imgur's clock is ahead of ours, and when ours was last seen to have been set."""
        row = connection.execute("SELECT ahead, set_at FROM clock WHERE origin = ?", (self._scope.origin,)).fetchone()
        return (row[0], row[1]) if row else (0.0, 0.0)

    def _notice_setting(self, connection: sqlite3.Connection, date: float, took: float) -> None:
        """Notice that our clock was set: between the sending of a request and its reply Imgur's clock cannot have shown
        this date by how far it was ahead until now."""
        ahead, self._set_at = self._standing(connection)
        wall = self._clock.now()
        least, most = date - wall, date + 1.0 - wall + took
        if least - _SET <= ahead <= most + _SET:
            return
        self._set_at = wall
        row = (self._scope.origin, min(max(ahead, least), most), wall)
        connection.execute("INSERT OR REPLACE INTO clock VALUES (?, ?, ?)", row)

    def _set_clock(self, connection: sqlite3.Connection, date: float, took: float) -> None:
        """Follow Imgur's clock; charges stamped by a clock that was slow move with it, none moves out of its window.
        A reply that took its time is dated when it was begun: that it looks old tells nothing."""
        self._dated = True
        before = self._now()
        shift = date - before if date > before else min(0.0, date - before + took)
        if abs(shift) <= _TOLERANCE:
            return
        origin = self._scope.origin
        if shift > 0:
            connection.execute(
                "UPDATE charge SET at = min(at + ?, ?) WHERE origin = ? AND at > ?",
                (shift, date, origin, before - _KEPT),
            )
        else:
            connection.execute("UPDATE charge SET at = ? WHERE origin = ? AND at > ?", (date, origin, date))
        move(connection, origin, shift, date)
        self._zero += shift
        ahead = before + shift - self._clock.now()
        connection.execute("INSERT OR REPLACE INTO clock VALUES (?, ?, ?)", (origin, ahead, self._set_at))

    def _now(self) -> float:
        return self._zero + self._clock.monotonic()

    def _ours(self, moment: float, now: float) -> float:
        """A moment of Imgur's clock by our own, never in the past."""
        # A moment later: rounding shall not make it one too early.
        return self._clock.now() + max(0.0, moment - now) + 0.001

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if os.getpid() != self._process:
            _INHERITED.append(self._connection)
            self._process, self._lock, self._connection = os.getpid(), threading.RLock(), opened(self._path)
        with self._lock, translated(self._path, LEDGER), transaction(self._connection):
            yield self._connection


def _free(connection: sqlite3.Connection, reservation: Reservation) -> None:
    """Take back a reservation that was not settled yet."""
    connection.execute("DELETE FROM charge WHERE number = ? AND settled IS NULL", (reservation.number,))


def _tick(connection: sqlite3.Connection) -> int:
    connection.execute("UPDATE tick SET last = last + 1")
    return int(connection.execute("SELECT last FROM tick").fetchone()[0])
