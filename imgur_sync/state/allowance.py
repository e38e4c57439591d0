"""What the ledger grants at one moment: the smaller figures, less what is reserved, closed or left alone."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from imgur_sync.model.budget import Budget, Cost, Denied, Limit, LimitName, Return
from imgur_sync.planner.learning import caution, counted, month_end, refusal_words, returns_after
from imgur_sync.state.lessons import blocked_until, closed_until, pace_of, strikes_of, uploads_limit
from imgur_sync.state.meters import (
    DAY_METER,
    METERS,
    Measured,
    Meter,
    Scope,
    first_return,
    measure,
    resumption,
    returns,
)


@dataclass(frozen=True, slots=True)
class Caps:
    """Our own limits: credits of the day left for others; uploads an hour, 0 for no cap; credits of this run.

    `strike_approved` spends also what is left alone of the day when one more strike would block the application.
    `asks_anyway` grants what is to find out whether Imgur still refuses, also while that is taken for granted.
    """

    reserve_credits: int = 500
    uploads_per_hour: int = 45
    max_credits_per_run: int | None = None
    strike_approved: bool = False
    asks_anyway: bool = False

    @property
    def own_cap(self) -> int | None:
        """Our own limit on uploads an hour, None without one."""
        return self.uploads_per_hour or None


@dataclass(frozen=True, slots=True)
class Allowance:
    """All limits of a scope as they stand at `now`, inside a transaction. `ours` turns a moment of Imgur's clock into
    one of our own."""

    connection: sqlite3.Connection
    scope: Scope
    caps: Caps
    now: float
    ours: Callable[[float], float]

    def denied(self, cost: Cost) -> Denied | None:
        """The limit that a cost does not fit, of several the one that lasts longest; None when it fits all."""
        worst: Denied | None = None
        for meter in self._meters():
            denied = self._denied_by(meter, meter.need(cost))
            if denied is None:
                continue
            if denied.resumes_at is None:
                return denied
            if worst is None or (worst.resumes_at or 0.0) < denied.resumes_at:
                worst = denied
        return worst

    def budget(self) -> Budget:
        """What is left, limit by limit, but of the run."""
        limits = [self._limit(meter) for meter in self._meters()]
        if all(limit.name is not LimitName.UPLOADS for limit in limits):
            limits.append(Limit(LimitName.UPLOADS, None, None))
        day = measure(self.connection, DAY_METER, self.scope, self.now, 0)
        pace = pace_of(self.connection, self.scope.origin)
        strikes = self._strikes()
        block = blocked_until(self.connection, self.scope, self.now)
        return Budget(
            tuple(limits),
            self.caps.reserve_credits,
            day.used,
            self._reading_age(),
            learned=None if pace is None else pace.per_hour,
            strikes=strikes,
            strikes_end=self.ours(month_end(self.now)) if strikes else None,
            blocked_until=None if block is None else self.ours(block),
            caution=self._left_alone(),
            own_cap=self.caps.own_cap,
        )

    def _meters(self) -> tuple[Meter, ...]:
        uploads = uploads_limit(self.connection, self.scope, self.caps.own_cap, self.now)
        return METERS if uploads is None else (*METERS, uploads)

    def _measure(self, meter: Meter) -> Measured:
        measured = measure(self.connection, meter, self.scope, self.now, 0)
        if meter is not DAY_METER:
            return measured
        return dataclasses.replace(measured, reserve=self.caps.reserve_credits + self._caution(measured.capacity))

    def _strikes(self) -> int:
        return counted(strikes_of(self.connection, self.scope), self.now)

    def _caution(self, capacity: int) -> int:
        return 0 if self.caps.strike_approved else caution(self._strikes(), capacity)

    def _left_alone(self) -> int:
        """How much of what is there the caution keeps from being spent now."""
        if closed_until(self.connection, DAY_METER, self.scope, self.now) is not None:
            return 0
        day = self._measure(DAY_METER)
        kept = self._caution(day.capacity)
        return max(0, min(kept, day.left + kept))

    def _reading_age(self) -> float | None:
        row = self.connection.execute(
            "SELECT max(at) FROM reading WHERE origin = ? AND client IN ('', ?) AND account IN ('', ?)",
            self.scope.key,
        ).fetchone()
        return None if row[0] is None else max(0.0, self.now - row[0])

    def _denied_by(self, meter: Meter, need: int) -> Denied | None:
        until = closed_until(self.connection, meter, self.scope, self.now) if need else None
        if not need or (until is not None and self.caps.asks_anyway):
            return None
        measured = self._measure(meter)
        if until is None and need <= measured.left:
            return None
        moment = resumption(self.connection, meter, self.scope, self.now, measured, need)
        detail = f"{max(0, measured.left)} {meter.figure} left, {need} needed"
        if until is not None:
            block = blocked_until(self.connection, self.scope, self.now)
            detail = refusal_words(meter.name, block)
        if moment is None:
            return Denied(meter.name, None, detail)
        return Denied(meter.name, self.ours(max(moment, until or self.now)), detail)

    def _limit(self, meter: Meter) -> Limit:
        measured = self._measure(meter)
        moment = first_return(self.connection, meter, self.scope, self.now, measured)
        coming = returns(self.connection, meter, self.scope, self.now, measured)
        left = max(0, measured.left)
        until = closed_until(self.connection, meter, self.scope, self.now)
        if until is not None:
            coming, left = returns_after(until, left, coming), 0
            moment = coming[0][0] if coming else until
        resumes = None if moment is None else self.ours(moment)
        steps = tuple(Return(self.ours(at), amount) for at, amount in coming)
        return Limit(meter.name, measured.capacity, left, resumes, meter.seconds, steps)
