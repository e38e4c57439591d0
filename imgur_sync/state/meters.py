"""The meters of the ledger: what was charged in a window, what Imgur said is left, and when some of it comes back.

All times in here are Unix seconds by Imgur's clock as we estimate it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from imgur_sync.model.budget import Cost, LimitName, Reading

HOUR = 3600.0
DAY = 24 * HOUR
# A request lives at most this long; an older reservation that nobody settled was seen by Imgur or never sent.
_IN_FLIGHT = 600.0
# Two readings whose resets differ by less are of one window: resets are announced in whole seconds.
_SAME_RESET = 60.0
# What comes back is told in steps of 10 seconds for an hour, of 4 minutes for a day.
_STEPS = 360


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose credits: the API origin, the application, the account."""

    origin: str
    client: str
    account: str

    @property
    def key(self) -> tuple[str, str, str]:
        """All three, in the order of the ledger's columns."""
        return (self.origin, self.client, self.account)


@dataclass(frozen=True, slots=True)
class Meter:
    """One limit: its window, the figure it counts, what holds until a header tells another, and whom it counts for."""

    name: LimitName
    seconds: float
    figure: str
    capacity: int
    per_client: bool
    per_account: bool

    def key(self, scope: Scope) -> tuple[str, str, str]:
        """The part of the scope that this meter tells apart."""
        return (
            scope.origin,
            scope.client if self.per_client else "",
            scope.account if self.per_account else "",
        )

    def need(self, cost: Cost) -> int:
        """What a request takes of this meter."""
        return int(getattr(cost, self.figure))

    def said(self, reading: Reading) -> tuple[int | None, int | None, float | None]:
        """Limit, remaining and reset that a reply's headers announced for this meter, which is one of `METERS`."""
        announced = {
            LimitName.DAY: (reading.client_limit, reading.client_remaining, reading.client_reset),
            LimitName.HOUR: (reading.user_limit, reading.user_remaining, reading.user_reset),
            LimitName.POSTS: (reading.post_limit, reading.post_remaining, reading.post_reset),
        }
        return announced[self.name]


# imgur-api §3: 12,500 credits a day for the application, 500 an hour for the account, 1,250 POSTs an hour.
DAY_METER = Meter(LimitName.DAY, DAY, "credits", 12_500, True, False)
HOUR_METER = Meter(LimitName.HOUR, HOUR, "credits", 500, True, True)
POSTS_METER = Meter(LimitName.POSTS, HOUR, "posts", 1_250, False, False)
METERS = (DAY_METER, HOUR_METER, POSTS_METER)
"""The limits that Imgur announces."""


def uploads_meter(per_hour: int) -> Meter:
    """Our own or the learned limit on uploads; Imgur announces none."""
    return Meter(LimitName.UPLOADS, HOUR, "uploads", per_hour, False, False)


@dataclass(frozen=True, slots=True)
class Measured:
    """One meter at one moment. `said` is what is left by the last reading, less our charges since; None without one."""

    capacity: int
    used: int
    reserve: int
    said: int | None
    reset: float
    read_at: float | None

    @property
    def own(self) -> int:
        """What is left by our own charges alone, less the reserve."""
        return self.capacity - self.used - self.reserve

    @property
    def left(self) -> int:
        """What may be spent: the smaller of both figures. Can be negative."""
        return self.own if self.said is None else min(self.own, self.said - self.reserve)


def measure(connection: sqlite3.Connection, meter: Meter, scope: Scope, now: float, reserve: int) -> Measured:
    """Read one meter off the ledger."""
    used = total(connection, meter, scope, "at > ?", now - meter.seconds)
    row = connection.execute(
        "SELECT capacity, remaining, reset, at, tick FROM reading WHERE meter = ? AND origin = ? AND client = ? "
        "AND account = ?",
        (meter.name.value, *meter.key(scope)),
    ).fetchone()
    if row is None:
        return Measured(meter.capacity, used, reserve, None, now, None)
    capacity, remaining, reset, read_at, tick = row
    capacity = meter.capacity if capacity is None else capacity
    if remaining is None or reset <= now:
        return Measured(capacity, used, reserve, None, now, read_at)
    # In flight when the reading was taken, or begun later: Imgur may not have counted these in it.
    unseen = "(settled IS NULL OR settled > ?) AND (number > ? OR at > ?)"
    since = total(connection, meter, scope, unseen, tick, tick, read_at - _IN_FLIGHT)
    return Measured(capacity, used, reserve, remaining - since, reset, read_at)


def resumption(
    connection: sqlite3.Connection, meter: Meter, scope: Scope, now: float, measured: Measured, need: int
) -> float | None:
    """When `need` fits again, if nothing else is spent; None: never."""
    if need > measured.capacity - measured.reserve:
        return None
    moment = now
    if measured.said is not None and measured.said - measured.reserve < need:
        moment = max(moment, measured.reset)
    missing = need - measured.own
    for at, amount in _charges(connection, meter, scope, now):
        if missing <= 0:
            break
        missing -= amount
        moment = max(moment, at + meter.seconds)
    return moment


def first_return(
    connection: sqlite3.Connection, meter: Meter, scope: Scope, now: float, measured: Measured
) -> float | None:
    """When some of what is used comes back; None when nothing is used."""
    if measured.said is not None and measured.said - measured.reserve < measured.own:
        return measured.reset
    if not measured.used:
        return None
    return next(at for at, amount in _charges(connection, meter, scope, now) if amount) + meter.seconds


def returns(
    connection: sqlite3.Connection, meter: Meter, scope: Scope, now: float, measured: Measured
) -> list[tuple[float, int]]:
    """When how much comes back if nothing more is spent, oldest first: in `_STEPS` steps of the window at most, each at
    its latest charge. Finer ones would be many, coarser ones put off each window a little more than the one before."""
    where, keys = _scoped(meter, scope)
    statement = " ".join(
        ("SELECT max(at), sum(", meter.figure, ") FROM charge WHERE", where, "AND at > ? GROUP BY CAST(at / ? AS INT)")
    )
    rows = connection.execute(statement, (*keys, now - meter.seconds, meter.seconds / _STEPS))
    coming = sorted((at + meter.seconds, amount) for at, amount in rows if amount)
    if measured.left < measured.own:  # a reading shows less: the rest is back when its window ends
        early = sum(amount for at, amount in coming if at <= measured.reset)
        late = [entry for entry in coming if entry[0] > measured.reset]
        coming = [(measured.reset, early + measured.own - measured.left), *late]
    missing, steps = max(0, -measured.left), []
    for at, amount in coming:
        filled = min(missing, amount)
        missing -= filled
        if amount > filled:
            steps.append((at, amount - filled))
    return steps


def keep(
    connection: sqlite3.Connection, meter: Meter, scope: Scope, reading: Reading, now: float, tick: int
) -> int | None:
    """Take one meter's part of a reading in. Within a window the smaller figure rules: the greater one is older.

    Returns the tick of the reading that stands when this one is done: None when it tells nothing of the meter.
    """
    capacity, remaining, reset = meter.said(reading)
    if capacity is None and remaining is None:
        return None
    key = (meter.name.value, *meter.key(scope))
    found = connection.execute(
        "SELECT capacity, remaining, reset, tick FROM reading WHERE meter = ? AND origin = ? AND client = ? "
        "AND account = ?",
        key,
    ).fetchone()
    before, left, ends, stands = found or (None, None, 0.0, tick)
    capacity = before if capacity is None or capacity < 1 else capacity
    remaining = left if remaining is None else max(0, remaining)
    reset = now + meter.seconds if reset is None else min(reset, now + meter.seconds)
    if left is not None and now < ends and reset < ends + _SAME_RESET and remaining > left and capacity == before:
        return int(stands)
    connection.execute(
        "INSERT OR REPLACE INTO reading (meter, origin, client, account, capacity, remaining, reset, at, tick) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, capacity, remaining, reset, now, tick),
    )
    return tick


def expire(connection: sqlite3.Connection, origin: str, now: float, ahead: float) -> None:
    """A reading from the future counts as taken now (a clock was set back): it holds for one window and no longer."""
    for meter in METERS:
        connection.execute(
            "UPDATE reading SET at = min(at, ?), reset = ? WHERE meter = ? AND origin = ? AND reset > ?",
            (now, now + meter.seconds, meter.name.value, origin, now + meter.seconds + ahead),
        )


def _scoped(meter: Meter, scope: Scope) -> tuple[str, tuple[object, ...]]:
    where, values = "origin = ?", [scope.origin]
    if meter.per_client:
        where, values = f"{where} AND client = ?", [*values, scope.client]
    if meter.per_account:
        where, values = f"{where} AND account = ?", [*values, scope.account]
    return where, tuple(values)


def total(connection: sqlite3.Connection, meter: Meter, scope: Scope, condition: str, *values: object) -> int:
    """The sum of what a meter counts over the charges of its scope that meet a condition in SQL."""
    where, keys = _scoped(meter, scope)
    statement = " ".join(("SELECT coalesce(sum(", meter.figure, "), 0) FROM charge WHERE", where, "AND", condition))
    return int(connection.execute(statement, (*keys, *values)).fetchone()[0])


def _charges(connection: sqlite3.Connection, meter: Meter, scope: Scope, now: float) -> list[tuple[float, int]]:
    where, keys = _scoped(meter, scope)
    statement = " ".join(("SELECT at,", meter.figure, "FROM charge WHERE", where, "AND at > ? ORDER BY at"))
    return [(at, amount) for at, amount in connection.execute(statement, (*keys, now - meter.seconds))]
