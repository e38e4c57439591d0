"""The forecast: what goes now, and window by window when the rest will have gone, as far as the limits decide it.

Work goes on when one more step is possible and a whole burst (all that is left, or as much as the limits ever have
room for) fits within the patience that a run has: it wakes once a window and not once a picture. Whoever works that way
keeps the rhythm of the windows, and what is used up is never asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from imgur_sync.model.budget import Budget, Cost, LimitName
from imgur_sync.model.forecast import AlbumForecast, Forecast, Windows
from imgur_sync.model.plan import AlbumPlan, Price
from imgur_sync.model.step import Upload
from imgur_sync.planner.bursts import Burst, Queue, burst, lacking, queue
from imgur_sync.planner.demand import Demand, demands
from imgur_sync.planner.price import price, price_albums, reads_around
from imgur_sync.planner.room import Meter, amount, meters, over, per_run

EARLY = 1.0
"""Seconds by which a run that wakes to wait does so later: rounding makes no wait longer than its patience."""
MOST = 100
"""So many runs of like windows are kept at most; more are put together."""
_LIKE = 120.0


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what a plan is carried out: the time, the longest wait inside a run, and the credits that a new look at
    Imgur takes."""

    now: float
    patience: float = 0.0
    look: int = 1


@dataclass(slots=True)
class _Course:
    """The windows so far."""

    meters: tuple[Meter, ...]
    run: int | None
    terms: Terms
    begin: float
    up: int = 0
    looks: int = 0
    windows: list[Windows] = field(default_factory=list)
    finished: dict[str, float] = field(default_factory=dict)
    never: dict[str, LimitName] = field(default_factory=dict)
    deciding: Counter[LimitName] = field(default_factory=Counter)

    def spend(self, cost: Cost, at: float) -> None:
        """All limits at once."""
        for meter in self.meters:
            meter.spend(amount(meter.name, cost), at)

    def note(self, start: float, end: float, cost: Cost) -> None:
        """One more window; like ones are put together."""
        self.up += cost.uploads
        new = Windows(start, end, end, 0.0, 1, cost.uploads, cost.credits, self.up)
        if len(self.windows) > 1 and _alike(self.windows[-1], new):
            self.windows[-1] = _joined(self.windows[-1], new)
        else:
            self.windows.append(new)
        if len(self.windows) > 2 * MOST:
            self.windows = [self.windows[0], *_fewer(self.windows[1:])]


def forecast(granted: Sequence[AlbumPlan], budget: Budget, terms: Terms) -> Forecast:
    """The forecast of a plan that was cut to its budget."""
    now, later = price_albums(granted), _deferred(granted)
    start = max(terms.now, budget.blocked_until or terms.now)
    course = _Course(meters(budget), per_run(budget), terms, start)
    soon = _first(course, now, budget)
    wholes = demands(granted, deferred=False)
    rest = demands(granted, deferred=True)
    waits = {one.album for one in rest}
    course.finished.update((one.album, course.begin) for one in wholes if one.album not in waits)
    _run(course, queue(rest))
    limits = tuple(dict.fromkeys(entry.limit for album in granted for entry in album.deferred))
    nexts = [window.start for window in course.windows[1 if now.credits else 0 :]]
    ends = [window.last for window in course.windows]
    return Forecast(
        needed=_sum(now, later),
        now=now,
        later=later,
        looks=course.looks,
        limits=limits,
        decides=course.deciding.most_common(1)[0][0] if course.deciding else None,
        windows=tuple(course.windows),
        albums=tuple(_album(one, course, count) for one, count in _counted(wholes, granted)),
        resume_at=nexts[0] if nexts and LimitName.RUN not in limits else None,
        finished_at=None if course.never else max(ends, default=terms.now),
        patience=terms.patience,
        soon=soon,
        per_run=course.run,
        blocked_until=budget.blocked_until if start > terms.now else None,
    )


def horizon(albums: Sequence[AlbumPlan], budget: Budget | None, terms: Terms, *, again: bool) -> float:
    """Until when what comes back is granted: as long as a run waits. A plan made `again` within its run grants what is
    there now, unless the moment has come to begin with a whole burst."""
    if again and budget is not None:
        wake = waking(albums, budget, terms)
        return terms.now if wake is None or wake > terms.now else terms.now + terms.patience
    return terms.now + terms.patience


def waking(albums: Sequence[AlbumPlan], budget: Budget, terms: Terms) -> float | None:
    """When work on these albums should begin, if none of their steps is granted yet; None: never, or nothing to do."""
    steps = [replace(album, deferred=()) for album in albums]
    start = max(terms.now, budget.blocked_until or terms.now)
    course = _Course(meters(budget), per_run(budget), terms, start)
    waiting = queue(demands(steps, deferred=False))
    while waiting.front:
        taken = burst(waiting, course.meters, course.run, terms.look)
        if taken.first is not None:
            return _window(course, taken, taken.first)[0]
        waiting.front.popleft()
    return None


def _first(course: _Course, now: Price, budget: Budget) -> int:
    """Spend what goes now; how many of its uploads have to wait for their turn within the run."""
    cost = now.writes + Cost(now.reads)
    if not cost.credits:
        return 0
    moments = [at for _, at in over(course.meters, cost, course.begin) if at is not None]
    end = max(moments, default=course.begin)
    course.note(course.begin, end, cost)
    start, course.begin = course.begin, end
    course.spend(cost, end)
    if end <= start:
        return 0
    short = [
        -(-(amount(limit.name, cost) - limit.remaining) // amount(limit.name, Cost(10, 1, 1)))
        for limit in budget.limits
        if limit.remaining is not None and limit.name is not LimitName.RUN
    ]
    return min(now.uploads, max(0, *short))


def _run(course: _Course, waiting: Queue) -> None:
    """Window after window, until nothing waits."""
    while waiting.front:
        taken = burst(waiting, course.meters, course.run, course.terms.look)
        if taken.first is None:
            album = waiting.front.popleft()
            course.never[album.album] = lacking(album, course.meters, course.run, course.terms.look)
            continue
        start, end = _window(course, taken, taken.first)
        course.looks += course.terms.look
        course.note(start, end, taken.cost)
        course.begin = end
        course.spend(taken.cost, end)
        course.finished.update((album, end) for album in taken.done)


def _window(course: _Course, taken: Burst, first: Cost) -> tuple[float, float]:
    """From when on a burst is worth to be begun, and when all of it fits."""
    ends = {name: at for name, at in over(course.meters, taken.cost, course.begin) if at is not None}
    firsts = [at for _, at in over(course.meters, first, course.begin) if at is not None]
    end = max(ends.values(), default=course.begin)
    if end > course.begin:
        cost, wholes = taken.cost, {meter.name: max(1, meter.whole) for meter in course.meters}
        # All that was spent together comes back together: then it is the limit of which most is taken.
        course.deciding[max(ends, key=lambda name: (ends[name], amount(name, cost) / wholes[name]))] += 1
    elif course.run is not None:
        course.deciding[LimitName.RUN] += 1
    start = max(course.begin, end - max(0.0, course.terms.patience - EARLY), *firsts)
    return min(start, end), end


def _alike(before: Windows, new: Windows) -> bool:
    """Whether a window goes on as those before it went."""
    usual = before.uploads / before.count
    every = new.end - before.last
    return abs(new.uploads - usual) <= usual / 20 and (before.count == 1 or abs(every - before.every) <= _LIKE)


def _joined(before: Windows, new: Windows) -> Windows:
    count = before.count + new.count
    every = (new.last - before.end) / (count - 1)
    uploads, credits = before.uploads + new.uploads, before.credits + new.credits
    return Windows(before.start, before.end, new.last, every, count, uploads, credits, new.up)


def _fewer(windows: Sequence[Windows]) -> list[Windows]:
    """Every two of them as one."""
    pairs = zip(windows[::2], windows[1::2], strict=False)
    joined = [_joined(one, other) for one, other in pairs]
    return [*joined, windows[-1]] if len(windows) % 2 else joined


def _deferred(albums: Sequence[AlbumPlan]) -> Price:
    """What is deferred, with the reads around it."""
    found = Price()
    for album in albums:
        steps = [entry.step for entry in album.deferred]
        found = _sum(found, price(steps, reads_around(steps)))
    return found


def _sum(one: Price, other: Price) -> Price:
    return Price(
        one.writes + other.writes,
        one.reads + other.reads,
        one.uploads + other.uploads,
        one.upload_bytes + other.upload_bytes,
    )


def _counted(wholes: Sequence[Demand], granted: Sequence[AlbumPlan]) -> list[tuple[Demand, int]]:
    now = {album.album: sum(isinstance(step, Upload) for step in album.steps) for album in granted}
    return [(one, now[one.album]) for one in wholes]


def _album(one: Demand, course: _Course, now: int) -> AlbumForecast:
    never = course.never.get(one.album)
    return AlbumForecast(one.album, one.uploads, now, course.finished.get(one.album), never)
