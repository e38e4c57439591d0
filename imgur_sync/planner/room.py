"""How much room the limits have, now and later: the sliding windows of a budget, carried on in thought."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from imgur_sync.model.budget import Budget, Cost, Limit, LimitName

ENDLESS = 10**15
"""Room where there is no limit."""
USUAL_WINDOW = {LimitName.DAY: 86_400.0}
"""Seconds after which a limit that does not say so gives back what is spent (imgur-api §3); an hour for all others."""
CREDIT_LIMITS = (LimitName.RUN, LimitName.DAY, LimitName.HOUR)


@dataclass(slots=True)
class Meter:
    """One limit: what is left, and what comes back when, soonest first."""

    name: LimitName
    left: int
    coming: deque[tuple[float, int]]
    window: float

    @property
    def whole(self) -> int:
        """What is left when nothing of it is used."""
        return self.left + sum(amount for _, amount in self.coming)

    def fits_at(self, amount: int, now: float) -> float | None:
        """From when on that much can be spent, if nothing else is; None: never."""
        missing, at = amount - self.left, now
        for moment, back in self.coming:
            if missing <= 0:
                break
            missing, at = missing - back, max(at, moment)
        return at if missing <= 0 else None

    def spend(self, amount: int, at: float) -> None:
        """Spend it then; moments never go back."""
        while self.coming and self.coming[0][0] <= at:
            self.left += self.coming.popleft()[1]
        self.left -= amount
        if amount:
            late = bool(self.coming) and self.coming[-1][0] > at + self.window
            self.coming.append((at + self.window, amount))
            if late:  # a reset that Imgur announced can lie behind the end of our window
                self.coming = deque(sorted(self.coming))


def amount(name: LimitName, cost: Cost) -> int:
    """How much of that limit a cost takes, in the limit's own unit."""
    if name is LimitName.POSTS:
        return cost.posts
    return cost.uploads if name is LimitName.UPLOADS else cost.credits


def meters(budget: Budget) -> tuple[Meter, ...]:
    """The limits whose room comes back, as they are now; that of a run is not one of them."""
    flowing = (limit for limit in budget.limits if limit.name is not LimitName.RUN)
    return tuple(_meter(limit, limit.remaining) for limit in flowing if limit.remaining is not None)


def _meter(limit: Limit, left: int) -> Meter:
    coming = deque(sorted((back.at, back.amount) for back in limit.returns))
    if not coming and limit.resumes_at is not None:  # all that is known is when, not how much
        used = ENDLESS if limit.capacity is None else max(0, limit.capacity - left)
        coming.append((limit.resumes_at, used))
    window = USUAL_WINDOW.get(limit.name, 3600.0) if limit.window is None else limit.window
    return Meter(limit.name, left, coming, window)


def soon(limit: Limit, until: float) -> int:
    """What is left of a limit at that time, if nothing more is spent. There must be such a limit."""
    assert limit.remaining is not None, "no limit, no room"
    return limit.remaining + sum(back.amount for back in limit.returns if back.at <= until)


def per_run(budget: Budget) -> int | None:
    """What one run may spend at most; None: no such limit."""
    return next((limit.capacity for limit in budget.limits if limit.name is LimitName.RUN), None)


def over(all_meters: tuple[Meter, ...], cost: Cost, now: float) -> Iterator[tuple[LimitName, float | None]]:
    """From when on each limit has room for a cost; None: never."""
    for meter in all_meters:
        yield meter.name, meter.fits_at(amount(meter.name, cost), now)
