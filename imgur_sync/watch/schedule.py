"""When to look at Imgur next, and at which album: a pure decision. All times are monotonic seconds.

A look at everything reads the headers of all albums, for a credit a hundred: it shows what was renamed, made public,
deleted, or has more or fewer pictures. Only the listing of an album, for a credit or two, shows another order, other
texts, or one picture in the place of another. So listings take turns, the oldest first, and headers are read in between
as far as that is the cheaper way. All looks together stay within what a day allows, and are spread over the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

DAY = 86400.0
NEVER = float("-inf")
WINDOW = DAY + 120.0
"""A request may be sent a moment after its look began: what a day allows is kept for a little longer than a day."""
SLACK = 4
"""So much more than its price a look may cost, where that is left: a read may fail and be made again."""
PAGE = 100
"""So many headers are read for a credit."""
SHARE = 8
"""One in so many of a day's credits goes to looks at everything where there are not enough for all."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A look that was made: when, and its price."""

    at: float = NEVER
    price: int = 1


UNSEEN = Glance()


@dataclass(frozen=True, slots=True)
class Terms:
    """`a_day` credits may be spent. Each of `keys` is to be listed again after `max_age` seconds; nothing is looked at
    again within `pace`. `headers`: there is a list of all albums."""

    keys: tuple[str, ...]
    a_day: int
    max_age: float
    pace: float
    headers: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """The last look at everything and at each album, and all that was spent, the oldest first: (when, credits)."""

    everything: Glance = Glance()
    albums: Mapping[str, Glance] = field(default_factory=dict)
    spent: Sequence[tuple[float, int]] = ()


@dataclass(frozen=True, slots=True)
class Next:
    """A look at `album` (None: at everything) that may be made from `at` on, for `most` credits at most."""

    at: float
    album: str | None
    most: int


def next_look(terms: Terms, past: Past, now: float) -> Next | None:
    """The next look; None where none is to be made. What is due first is first; a look at everything comes before
    albums that are due as well: it comes seldom enough not to be in their way."""
    if not terms.a_day or not terms.keys:
        return None
    found: list[tuple[bool, float, int, Next]] = []
    price = _round(terms, past)
    every = _everything_at(terms, past, price)
    if every is not None:
        at, most = allowed(terms, past, max(every, now), _whole(terms, past, price))
        found.append((every > now, at if every > now else now, -1, Next(at, None, most)))
    key = min(terms.keys, key=lambda one: past.albums.get(one, UNSEEN).at)
    glance = past.albums.get(key, UNSEEN)
    due = glance.at + _listed_every(terms, past, price)
    at, most = allowed(terms, past, max(due, now), glance.price)
    found.append((due > now, at if due > now else now, 0, Next(at, key, most)))
    return min(found, key=lambda row: row[:3])[3]


def _round(terms: Terms, past: Past) -> int:
    """What listing all albums costs."""
    return sum(past.albums.get(key, UNSEEN).price for key in terms.keys)


def _whole(terms: Terms, past: Past, price: int) -> int:
    """What a look at everything costs: what the last one did, and no less than its pages of headers, or, without them,
    than listing all albums, which has this price."""
    return max(past.everything.price, (len(terms.keys) - 1) // PAGE + 1 if terms.headers else price)


def _cheaper(terms: Terms, past: Past, price: int) -> bool:
    """Whether a look at everything costs less than listing all albums."""
    return _whole(terms, past, price) < price


def _listed_every(terms: Terms, past: Past, price: int) -> float:
    """Seconds after which an album is listed again, where there are credits enough."""
    return max(1.0, terms.pace, terms.max_age) if _cheaper(terms, past, price) else max(1.0, terms.pace)


def _everything_at(terms: Terms, past: Past, price: int) -> float | None:
    """When everything is due; None where the day's credits never allow it. What the listings, which together have this
    price, leave of a day, and at least its share, goes into such looks where they are the cheaper way; else one a day
    does, for what no listing shows."""
    cost = _whole(terms, past, price)
    if cost > terms.a_day:
        return None
    least = terms.a_day / SHARE
    if not _cheaper(terms, past, price):
        return past.everything.at + max(terms.pace, DAY, cost * DAY / least)
    left = terms.a_day - price * DAY / _listed_every(terms, past, price)
    return past.everything.at + max(terms.pace, cost * DAY / max(least, left))


def allowed(terms: Terms, past: Past, at: float, price: int) -> tuple[float, int]:
    """The first moment from `at` on at which so much can be spent, and how much more could be then: what was spent last
    keeps others waiting for its part of a day, and no 24 hours take more than a day's credits."""
    price = min(max(1, price), terms.a_day)
    if past.spent:
        last, credits = past.spent[-1]
        at = max(at, last + min(credits, terms.a_day) * DAY / terms.a_day)
    recent = [(when, credits) for when, credits in past.spent if when + WINDOW > at]
    while recent and sum(credits for _, credits in recent) + price > terms.a_day:
        at = max(at, recent.pop(0)[0] + WINDOW)
        recent = [(when, credits) for when, credits in recent if when + WINDOW > at]
    return at, min(price + SLACK, max(price, terms.a_day - sum(credits for _, credits in recent)))
