"""What Imgur's refusals teach: how many uploads an hour it takes, what is closed and until when, how many strikes.

Pure arithmetic. All times are Unix seconds by Imgur's clock as the ledger estimates it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from imgur_sync.model.budget import LimitName, Refusal

HOUR = 3_600.0
DAY = 24 * HOUR
HIGHEST_PACE = 1_250
"""Uploads an hour that the limit on POSTs allows at most (imgur-api §3): there is nothing to learn beyond."""
FEW = 5
"""As few uploads an hour as one refusal teaches: shared addresses are refused after two or three (imgur-api §3)."""
GROWTH = 2 * HOUR
"""How long a learned figure is used without a refusal before it goes up by one step."""
LONGEST_CLOSING = 6 * HOUR
"""Recovery is reported to take from minutes to six hours (imgur-api §3)."""
STRIKES = 5
"""Days of a calendar month at the daily limit after which Imgur blocks the application for the rest of it."""
BLOCKED = "Imgur blocks this application until"
"""How the words of a month's block begin: no limit is used up then."""
LONGEST_MONTH = 31 * DAY
_LATE = 120.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 11, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """So many uploads an hour were taught by refusals; `since` is when that was last lowered or raised."""

    per_hour: int
    since: float


@dataclass(frozen=True, slots=True)
class Closing:
    """Nothing of a limit is sent before `until`, `seconds` after the refusal; `unnamed` counts the refusals in a row
    that did not say how long."""

    until: float
    seconds: float
    unnamed: int


@dataclass(frozen=True, slots=True)
class Strike:
    """The daily limit was hit at `at`, in a daily window that ends at `ends`."""

    at: float
    ends: float


def ceiling(own_cap: int | None) -> int:
    """Up to how many uploads an hour a learned figure goes: our own cap, or what POSTs allow."""
    return HIGHEST_PACE if own_cap is None else min(own_cap, HIGHEST_PACE)


def lowered(pace: Pace | None, uploaded: int, own_cap: int | None, now: float) -> Pace:
    """After the refusal of an upload: four fifths of what went up in the last hour, never more than before, at least 1.

    One refusal after a few uploads tells little: it does not lower a greater figure below `FEW`; the next one does.
    """
    before = ceiling(own_cap) if pace is None else pace.per_hour
    least = FEW if before > FEW else 1
    return Pace(min(before, max(least, uploaded * 4 // 5)), now)


def raised(pace: Pace, uploaded: int, own_cap: int | None, now: float) -> Pace:
    """The figure a tenth (at least 1) higher when it was used for `GROWTH` without a refusal, else as it is.

    `uploaded` is what went up in that time: at least as much as the figure allows in an hour shows that it was used.
    """
    most = ceiling(own_cap)
    if now - pace.since < GROWTH or uploaded < pace.per_hour or pace.per_hour >= most:
        return pace
    return Pace(min(most, pace.per_hour + max(1, pace.per_hour // 10)), now)


def uploads_allowed(own_cap: int | None, pace: Pace | None) -> int | None:
    """The limit on uploads an hour: the smaller of our own and the learned one; None where there is neither."""
    known = [figure for figure in (own_cap, pace.per_hour if pace is not None else None) if figure is not None]
    return min(known, default=None)


def closes(refusal: Refusal) -> LimitName | None:
    """The limit that a refusal closes, None when it closes none. One that names none closes what it was sent for."""
    if refusal.daily:
        return LimitName.DAY
    if not refusal.closes and refusal.wait is None:
        return None
    if refusal.limit is not None and refusal.limit is not LimitName.RUN:
        return refusal.limit
    return LimitName.UPLOADS if refusal.upload else LimitName.HOUR


def closed(before: Closing | None, refusal: Refusal, now: float, *, worked: bool) -> Closing:
    """How long a limit is closed after a refusal. `worked` tells whether a request of that kind was not refused since
    the limit last opened.

    A wait that was named holds. Without one it is an hour, twice as long for each further refusal in a row, at most
    six; for the daily limit always a day. What comes back from a closed limit was under way before: it closes nothing
    for longer than it says.
    """
    shut = before is not None and now < before.until
    unnamed = 0 if before is None or (worked and not shut) else before.unnamed
    if refusal.wait is not None:
        seconds = min(max(refusal.wait, 1.0), DAY)
    elif before is not None and shut:
        return before
    elif refusal.daily:
        seconds = DAY
    else:
        seconds = min(LONGEST_CLOSING, HOUR * 2.0 ** min(unnamed, 8))
        unnamed += 1
    if before is not None and before.until > now + seconds:
        return before
    return Closing(now + seconds, seconds, unnamed)


def strike(strikes: Iterable[Strike], refusal: Refusal, now: float) -> Strike | None:
    """The strike that a refusal by the daily limit is; None when its window has one already."""
    if any(one.at - _LATE <= now < one.ends for one in strikes):
        return None
    seconds = DAY if refusal.wait is None else min(max(refusal.wait, 1.0), DAY)
    return Strike(now, now + seconds)


def counted(strikes: Iterable[Strike], now: float) -> int:
    """How many strikes there are in the calendar month (UTC) of `now`."""
    month = _month(now)
    return sum(_month(one.at) == month for one in strikes)


def blocks(strikes: int, left: int | None, capacity: int) -> bool:
    """Whether a refusal by the daily limit is the month's block: after five strikes, or when by Imgur's last reading
    and by the ledger (`left`, None without a reading) at least half of the day is there."""
    return strikes >= STRIKES or (left is not None and capacity > 0 and left * 2 >= capacity)


def caution(strikes: int, capacity: int) -> int:
    """How much of the day is left alone when one more strike would block the application: a fifth."""
    return capacity // 5 if strikes >= STRIKES - 1 else 0


def month_end(now: float) -> float:
    """The first moment of the next calendar month, UTC."""
    start = _date(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (start + timedelta(days=32)).replace(day=1)
    return (following - _EPOCH).total_seconds()


def in_force(until: float | None, now: float) -> bool:
    """Whether a month's block holds. One that ends later than any month can was written, or is read, by a clock that
    is wrong: what Imgur answers decides."""
    return until is not None and now < until <= now + LONGEST_MONTH + DAY


def returns_after(until: float, left: int, returns: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """What comes back when, of a limit that is closed until then: `left`, and all that would have come before."""
    hidden = max(0, left) + sum(amount for at, amount in returns if at <= until)
    late = [entry for entry in returns if entry[0] > until]
    return [(until, hidden), *late] if hidden else late


def refusal_words(limit: LimitName, block: float | None) -> str:
    """Why nothing is sent of a limit that is closed, and what the block of a month means."""
    if limit is LimitName.DAY and block is not None:
        return (
            f"{BLOCKED} {_date(block):%Y-%m-%d %H:%M} UTC, as it does after five days of a "
            "month at the daily limit; imgur-sync credits --refresh asks whether it still does"
        )
    return "Imgur refused the last request of this kind and is not asked again yet"


def _month(at: float) -> tuple[int, int]:
    date = _date(at)
    return date.year, date.month


def _date(at: float) -> datetime:
    """The date of a moment, whatever a clock says: within 1970 and 9999."""
    return min(_EPOCH + timedelta(seconds=min(max(at, 0.0), 250_000_000_000.0)), _LAST)
