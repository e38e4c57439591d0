"""What refusals taught, in the ledger's file: the pace of uploads, closed limits, strikes, a month's block.

Runs inside the ledger's transactions. All times are Unix seconds by Imgur's clock as the ledger estimates it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from imgur_sync.model.budget import LimitName, Refusal
from imgur_sync.planner.learning import (
    GROWTH,
    HIGHEST_PACE,
    HOUR,
    Closing,
    Pace,
    Strike,
    blocks,
    closed,
    closes,
    counted,
    in_force,
    lowered,
    month_end,
    raised,
    strike,
    uploads_allowed,
)
from imgur_sync.state.meters import DAY_METER, HOUR_METER, POSTS_METER, Meter, Scope, measure, total, uploads_meter

_KEPT = 62 * 24 * HOUR
# A reading shows the day of now only as long as nobody else can have spent half of it since.
_FRESH = HOUR
_UPLOADS = uploads_meter(HIGHEST_PACE)
_METERS: Mapping[LimitName, Meter] = {meter.name: meter for meter in (DAY_METER, HOUR_METER, POSTS_METER, _UPLOADS)}


def pace_of(connection: sqlite3.Connection, origin: str) -> Pace | None:
    """The learned pace of this machine's uploads, None before the first refusal."""
    row = connection.execute("SELECT per_hour, since FROM pace WHERE origin = ?", (origin,)).fetchone()
    return None if row is None else Pace(*row)


def grow(connection: sqlite3.Connection, scope: Scope, own_cap: int | None, now: float) -> None:
    """Raise the pace by a step when it is time."""
    pace = pace_of(connection, scope.origin)
    if pace is None or now - pace.since < GROWTH:
        return
    higher = raised(pace, _uploaded(connection, scope, now - GROWTH), own_cap, now)
    if higher != pace:
        _set_pace(connection, scope.origin, higher)


def closing_of(connection: sqlite3.Connection, meter: Meter, scope: Scope) -> Closing | None:
    """The last closing of a limit, over or not."""
    row = connection.execute(
        "SELECT until, seconds, unnamed FROM closing WHERE meter = ? AND origin = ? AND client = ? AND account = ?",
        (meter.name.value, *meter.key(scope)),
    ).fetchone()
    return None if row is None else Closing(*row)


def closed_until(connection: sqlite3.Connection, meter: Meter, scope: Scope, now: float) -> float | None:
    """When a closed limit opens; None when it is open. The day's stays closed as long as a month's block holds."""
    closing = closing_of(connection, meter, scope)
    ends = [closing.until] if closing is not None and closing.until > now else []
    if meter is DAY_METER and (block := blocked_until(connection, scope, now)) is not None:
        ends.append(block)
    return max(ends, default=None)


def uploads_limit(connection: sqlite3.Connection, scope: Scope, own_cap: int | None, now: float) -> Meter | None:
    """The limit on uploads an hour, None where there is none: no cap of ours, nothing learned, and not closed."""
    allowed = uploads_allowed(own_cap, pace_of(connection, scope.origin))
    if allowed is None and closed_until(connection, _UPLOADS, scope, now) is not None:
        allowed = HIGHEST_PACE
    return None if allowed is None else uploads_meter(allowed)


def strikes_of(connection: sqlite3.Connection, scope: Scope) -> tuple[Strike, ...]:
    """All strikes of the application that are kept, oldest first."""
    rows = connection.execute(
        "SELECT at, ends FROM strike WHERE origin = ? AND client = ? ORDER BY at", (scope.origin, scope.client)
    )
    return tuple(Strike(*row) for row in rows)


def blocked_until(connection: sqlite3.Connection, scope: Scope, now: float) -> float | None:
    """The end of the application's month's block, None without one."""
    row = connection.execute(
        "SELECT until FROM block WHERE origin = ? AND client = ?", (scope.origin, scope.client)
    ).fetchone()
    return row[0] if row is not None and in_force(row[0], now) else None


def lift(connection: sqlite3.Connection, scope: Scope) -> None:
    """End a month's block and what else closes the day."""
    key = (scope.origin, scope.client)
    connection.execute("DELETE FROM block WHERE origin = ? AND client = ?", key)
    connection.execute("DELETE FROM closing WHERE meter = ? AND origin = ? AND client = ?", (LimitName.DAY.value, *key))


def learn(connection: sqlite3.Connection, scope: Scope, refusal: Refusal, own_cap: int | None, now: float) -> None:
    """Take a refusal in."""
    connection.execute("UPDATE charge SET refused = 1 WHERE number = ?", (refusal.number,))
    if refusal.upload:
        pace = pace_of(connection, scope.origin)
        _set_pace(connection, scope.origin, lowered(pace, _uploaded(connection, scope, now - HOUR), own_cap, now))
    if refusal.daily:
        _strike(connection, scope, refusal, now)
    name = closes(refusal)
    if name is None:
        return
    meter = _METERS[name]
    before = closing_of(connection, meter, scope)
    worked = before is not None and _worked(connection, meter, scope, before.until, refusal.number)
    after = closed(before, refusal, now, worked=worked)
    row = (name.value, *meter.key(scope), after.until, after.seconds, after.unnamed)
    connection.execute("INSERT OR REPLACE INTO closing VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def move(connection: sqlite3.Connection, origin: str, shift: float, date: float) -> None:
    """Follow a clock that was wrong by `shift`, as charges do. What is closed stays closed for as long as it was told
    at most; strikes and blocks were dated by the very answers that brought them."""
    connection.execute(
        "UPDATE closing SET until = min(until + ?, ? + seconds) WHERE origin = ?", (max(0.0, shift), date, origin)
    )
    connection.execute("UPDATE pace SET since = min(since + ?, ?) WHERE origin = ?", (max(0.0, shift), date, origin))


def tidy(connection: sqlite3.Connection, origin: str, now: float, ahead: float, *, dated: bool) -> None:
    """What begins in the future begins now (a clock was set back); what is over for long goes."""
    late = now + ahead
    connection.execute(
        "UPDATE closing SET until = ? + seconds WHERE origin = ? AND until > ? + seconds", (now, origin, late)
    )
    connection.execute("UPDATE pace SET since = ? WHERE origin = ? AND since > ?", (now, origin, late))
    if dated:
        connection.execute("DELETE FROM strike WHERE origin = ? AND at < ?", (origin, now - _KEPT))
        connection.execute("DELETE FROM closing WHERE origin = ? AND until < ?", (origin, now - _KEPT))
        connection.execute("DELETE FROM block WHERE origin = ? AND until < ?", (origin, now))


def _strike(connection: sqlite3.Connection, scope: Scope, refusal: Refusal, now: float) -> None:
    """Count a refusal by the daily limit, or take it for the month's block."""
    day = measure(connection, DAY_METER, scope, now, 0)
    fresh = day.said is not None and day.read_at is not None and now - day.read_at <= _FRESH
    block = blocks(0, day.left if fresh else None, day.capacity)
    if not block:
        found = strike(strikes_of(connection, scope), refusal, now)
        if found is not None:
            row = (scope.origin, scope.client, found.at, found.ends)
            connection.execute("INSERT OR REPLACE INTO strike VALUES (?, ?, ?, ?)", row)
        block = blocks(counted(strikes_of(connection, scope), now), None, day.capacity)
    if block:
        end = (scope.origin, scope.client, month_end(now))
        connection.execute("INSERT OR REPLACE INTO block VALUES (?, ?, ?)", end)


def _set_pace(connection: sqlite3.Connection, origin: str, pace: Pace) -> None:
    connection.execute("INSERT OR REPLACE INTO pace VALUES (?, ?, ?)", (origin, pace.per_hour, pace.since))


def _uploaded(connection: sqlite3.Connection, scope: Scope, since: float) -> int:
    """What this machine uploaded since then and Imgur did not refuse."""
    return total(connection, _UPLOADS, scope, "at > ? AND settled IS NOT NULL AND refused = 0", since)


def _worked(connection: sqlite3.Connection, meter: Meter, scope: Scope, since: float, number: int) -> bool:
    condition = "at > ? AND settled IS NOT NULL AND refused = 0 AND number <> ?"
    return total(connection, meter, scope, condition, since, number) > 0
