"""What was spent and asked for hour by hour, for a person to look at; no limit is read from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from imgur_sync.simulator.records import Request, Spending

HOUR = 3_600
KEPT = 30 * 24
"""Hours that are kept: what is older is forgotten, so memory is bounded by them and by the kinds of calls."""


@dataclass(slots=True)
class Kind:
    """The calls of one method and path in an hour, or in several."""

    calls: int = 0
    credits: int = 0
    refused: int = 0
    """Answered with 400 or more."""
    dropped: int = 0
    """Not answered at all."""

    def add(self, other: Kind) -> None:
        """Take in what another one counted."""
        self.calls += other.calls
        self.credits += other.credits
        self.refused += other.refused
        self.dropped += other.dropped


@dataclass(slots=True)
class Hour:
    """An hour of the clock (UTC). `others` are credits of other programs, which are in none of the rest."""

    credits: int = 0
    posts: int = 0
    uploads: int = 0
    others: int = 0
    kinds: dict[tuple[str, str], Kind] = field(default_factory=dict)
    """By method and path, ids in paths left open."""

    @property
    def refused(self) -> int:
        """Calls that were answered with 400 or more."""
        return sum(kind.refused for kind in self.kinds.values())

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(kind.calls for kind in self.kinds.values())


class Hours:
    """The last `KEPT` hours in which anything was counted. Not thread-safe: its world's lock is held."""

    def __init__(self) -> None:
        self._hours: dict[int, Hour] = {}

    def count(self, request: Request) -> None:
        """Take in a finished request."""
        hour = self._at(request.time)
        hour.credits += request.credits
        hour.posts += request.post
        hour.uploads += request.upload
        kind = hour.kinds.get((request.method, request.route))
        if kind is None:
            kind = hour.kinds[request.method, request.route] = Kind()
        kind.calls += 1
        kind.credits += request.credits
        kind.dropped += request.status is None
        kind.refused += request.status is not None and request.status >= 400

    def spend(self, spent: Spending, at: float) -> None:
        """Take in what another program spent at the moment `at`."""
        hour = self._at(at)
        hour.others += spent.credits
        hour.posts += spent.posts
        hour.uploads += spent.uploads

    def last(self, number: int, now: float) -> list[tuple[int, Hour]]:
        """The last `number` hours up to the one of `now`, each with its beginning in seconds; oldest first."""
        newest = int(now // HOUR)
        return [(hour * HOUR, self._hours.get(hour) or Hour()) for hour in range(newest - number + 1, newest + 1)]

    def kept(self) -> list[list[Any]]:
        """All that was counted, ready for JSON."""
        return [
            [number, hour.credits, hour.posts, hour.uploads, hour.others, _rows(hour.kinds)]
            for number, hour in self._hours.items()
        ]

    def fill(self, kept: Sequence[Sequence[Any]]) -> None:
        """Have counted what `kept` gave. TypeError or ValueError if it is none of ours."""
        for number, credits, posts, uploads, others, rows in kept:
            kinds = {(method, path): Kind(*counts) for method, path, *counts in rows}
            self._hours[number] = Hour(credits, posts, uploads, others, kinds)

    def __len__(self) -> int:
        return len(self._hours)

    def _at(self, moment: float) -> Hour:
        number = int(moment // HOUR)
        if number not in self._hours:
            self._hours[number] = Hour()
            newest = max(self._hours)
            for old in [one for one in self._hours if one <= newest - KEPT]:
                del self._hours[old]
        return self._hours.get(number) or Hour()


def _rows(kinds: Mapping[tuple[str, str], Kind]) -> list[list[Any]]:
    return [[*key, kind.calls, kind.credits, kind.refused, kind.dropped] for key, kind in kinds.items()]


def kinds_of(hours: list[tuple[int, Hour]]) -> list[tuple[str, str, Kind]]:
    """Method, path and counts of all calls in these hours, the most frequent first."""
    sums: dict[tuple[str, str], Kind] = {}
    for _, hour in hours:
        for key, kind in hour.kinds.items():
            sums.setdefault(key, Kind()).add(kind)
    return sorted(((*key, kind) for key, kind in sums.items()), key=lambda one: (-one[2].calls, one[1], one[0]))
