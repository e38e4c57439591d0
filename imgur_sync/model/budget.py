"""Credits and limits as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LimitName(StrEnum):
    """The limits that hold at once. RUN is --max-credits or max_credits_per_run."""

    DAY = "day"
    HOUR = "hour"
    POSTS = "posts"
    UPLOADS = "uploads"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request takes: credits, POSTs, uploads. An upload is (10, 1, 1); a GET or PUT (1, 0, 0)."""

    credits: int = 0
    posts: int = 0
    uploads: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.credits + other.credits, self.posts + other.posts, self.uploads + other.uploads)

    def times(self, count: int) -> Cost:
        """The cost of `count` such requests."""
        return Cost(self.credits * count, self.posts * count, self.uploads * count)


UPLOAD_COST = Cost(10, 1, 1)
POST_COST = Cost(1, 1, 0)
CALL_COST = Cost(1, 0, 0)


@dataclass(frozen=True, slots=True)
class Return:
    """So much of a limit comes back at that moment (Unix seconds, our clock)."""

    at: float
    amount: int


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit as the ledger sees it: `remaining` credits (day, hour, run) or requests (posts, uploads), already less
    the reserve. None means no limit. `resumes_at` is when some of it comes back (Unix seconds, our clock), None when
    nothing is used. `returns` are all the moments at which some of it comes back if nothing more is spent, oldest
    first, a few hundred at most; what is spent now comes back `window` seconds later (None: never, as in a
    run)."""

    name: LimitName
    capacity: int | None
    remaining: int | None
    resumes_at: float | None = None
    window: float | None = None
    returns: tuple[Return, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """All limits at one moment. `reserved` is how much of the day is kept for others; `used_today` what this machine's
    ledger charged in the last 24 hours; `reading_age` the age of the last header reading in seconds, None if none.

    `learned` is the number of uploads an hour that Imgur's refusals taught, None while it refused none. `strikes` is on
    how many days of this calendar month (UTC) the daily limit was hit; `strikes_end` when they are forgotten.
    `blocked_until` is the end of a month's block, None without one. `caution` is how much of what is there of the day
    is left alone, beyond `reserved`, because one more strike would block the application. `own_cap` is our own limit on
    uploads an hour, None without one."""

    limits: tuple[Limit, ...]
    reserved: int = 0
    used_today: int = 0
    reading_age: float | None = None
    learned: int | None = None
    strikes: int = 0
    strikes_end: float | None = None
    blocked_until: float | None = None
    caution: int = 0
    own_cap: int | None = None

    def remaining(self, name: LimitName) -> int | None:
        """What is left of one limit; None when there is no such limit."""
        return next((limit.remaining for limit in self.limits if limit.name is name), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """The rate-limit headers of one reply, in absolute terms (Unix seconds by Imgur's clock). None: not announced.

    `took` is how many seconds after its request was sent the reply was there: `date` lies somewhere between."""

    date: float | None = None
    user_limit: int | None = None
    user_remaining: int | None = None
    user_reset: float | None = None
    client_limit: int | None = None
    client_remaining: int | None = None
    client_reset: float | None = None
    post_limit: int | None = None
    post_remaining: int | None = None
    post_reset: float | None = None
    warnings: tuple[str, ...] = ()
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class Reservation:
    """A grant of the ledger; durable before the request is sent."""

    number: int
    cost: Cost


@dataclass(frozen=True, slots=True)
class Denied:
    """The ledger has not enough left of `limit`; it may have at `resumes_at` (our clock); None: never in this run."""

    limit: LimitName
    resumes_at: float | None
    detail: str = ""


class Charge(StrEnum):
    """How a reservation ends. SPENT: charged (also while the outcome is unknown). RETURNED: proven not sent."""

    SPENT = "spent"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Imgur refused a request because of a limit, or because it throttles this address.

    `limit` is the one that it names, None when it names none. `wait` is the number of seconds that it asks for, None
    when it says nothing. `upload` tells whether the request was an upload. `closes` is True for "slow down", after
    which nothing of that kind is sent for a while; False for over capacity and HTTP 417, after which only a wait that
    was named counts. `daily` marks the application's daily limit: five such days a month, and Imgur blocks it.
    `number` is the reservation of the request, 0 when it had none.
    """

    limit: LimitName | None = None
    wait: float | None = None
    upload: bool = False
    closes: bool = True
    daily: bool = False
    number: int = 0
