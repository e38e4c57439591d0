"""A credit ledger in memory: the rules of the port, without a disk or other processes."""

from __future__ import annotations

import threading
from dataclasses import dataclass

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
    Return,
)
from imgur_sync.model.ports import Clock, Ledger
from imgur_sync.planner import learning

HOUR = 3_600.0
DAY = 86_400.0
_WINDOWS = {LimitName.DAY: DAY, LimitName.HOUR: HOUR, LimitName.POSTS: HOUR, LimitName.UPLOADS: HOUR}


@dataclass(slots=True)
class Entry:
    """One grant: when, what, and how it stands (None while it is open)."""

    reservation: Reservation
    at: float
    charge: Charge | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """What a reading said of one limit: `remaining` at `at`, until `reset`. All by our clock."""

    at: float
    capacity: int | None
    remaining: int
    reset: float


class MemoryLedger(Ledger):
    """A `Ledger`. Windows slide; a reading holds until its reset and the smaller figure rules. None is no limit.

    `settled` maps a reservation's number to its charge, for tests to look at.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        day: int | None = 12_500,
        hour: int | None = 500,
        posts: int | None = 1_250,
        uploads: int | None = None,
        run: int | None = None,
        reserve: int = 0,
    ) -> None:
        self._clock = clock
        self._capacity = {
            LimitName.DAY: None if day is None else day - reserve,
            LimitName.HOUR: hour,
            LimitName.POSTS: posts,
            LimitName.UPLOADS: uploads,
            LimitName.RUN: run,
        }
        self._reserve = reserve
        self._entries: list[Entry] = []
        self._figures: dict[LimitName, Figure] = {}
        self._read_at: float | None = None
        self._lock = threading.RLock()
        self.readings: list[Reading] = []
        self.refusals: list[Refusal] = []
        self._pace: learning.Pace | None = None
        self._closings: dict[LimitName, learning.Closing] = {}
        self._strikes: list[learning.Strike] = []
        self._block: float | None = None

    @property
    def settled(self) -> dict[int, Charge]:
        """Every settled reservation's charge, by number."""
        return {entry.reservation.number: entry.charge for entry in self._entries if entry.charge is not None}

    @property
    def costs(self) -> list[Cost]:
        """The cost of every grant ever made, in order."""
        return [entry.reservation.cost for entry in self._entries]

    def reserve(self, cost: Cost, instead: Reservation | None = None) -> Reservation | Denied:
        """Grant the cost against all limits, or name the first that has too little left."""
        with self._lock:
            given_up = None if instead is None else self._entries[instead.number - 1]
            was = None if given_up is None else given_up.charge
            if instead is not None:
                self.settle(instead, Charge.RETURNED)
            now = self._clock.now()
            for name in LimitName:
                need = _amount(cost, name)
                until = self._closed(name, now) if need else None
                left = self._open(name, now)
                if until is not None or (left is not None and 0 < need > left):
                    resumes = self._resumes(name, need, now)
                    if given_up is not None:
                        given_up.charge = was
                    return Denied(name, max((at for at in (until, resumes) if at is not None), default=None))
            reservation = Reservation(len(self._entries) + 1, cost)
            self._entries.append(Entry(reservation, now))
            return reservation

    def settle(self, reservation: Reservation, charge: Charge) -> None:
        """End a reservation; the first settlement stands."""
        with self._lock:
            entry = self._entries[reservation.number - 1]
            if entry.charge is None:
                entry.charge = charge

    def observe(self, reading: Reading, answers: Reservation | None = None) -> None:
        """Keep what was announced, until its reset by Imgur's clock turned into ours."""
        with self._lock:
            now = self._clock.now()
            self.readings.append(reading)
            ahead = 0.0 if reading.date is None else now - reading.date
            for name, capacity, remaining, reset in (
                (LimitName.HOUR, reading.user_limit, reading.user_remaining, reading.user_reset),
                (LimitName.DAY, reading.client_limit, reading.client_remaining, reading.client_reset),
                (LimitName.POSTS, reading.post_limit, reading.post_remaining, reading.post_reset),
            ):
                if remaining is not None:
                    until = now + _WINDOWS[name] if reset is None else reset + ahead
                    left = remaining - (self._reserve if name is LimitName.DAY else 0)
                    before = self._figures.get(name)
                    if (
                        before is not None
                        and now < before.reset
                        and until < before.reset + 60
                        and left > before.remaining
                    ):
                        continue  # told before the smaller one
                    self._figures[name] = Figure(now, capacity, left, until)
                    self._read_at = now

    def refused(self, refusal: Refusal) -> None:
        """Fewer uploads an hour, a closed limit, a strike or a month's block, by the rules of the planner."""
        with self._lock:
            now = self._clock.now()
            self.refusals.append(refusal)
            if refusal.number:
                self._entries[refusal.number - 1].refused = True
            if refusal.upload:
                uploaded = self._went_well(LimitName.UPLOADS, now - HOUR)
                self._pace = learning.lowered(self._pace, uploaded, self._capacity[LimitName.UPLOADS], now)
            if refusal.daily:
                self._strike(refusal, now)
            name = learning.closes(refusal)
            if name is not None:
                before = self._closings.get(name)
                worked = before is not None and self._went_well(name, before.until) > 0
                self._closings[name] = learning.closed(before, refusal, now, worked=worked)

    def _strike(self, refusal: Refusal, now: float) -> None:
        capacity = (self._capacity[LimitName.DAY] or 0) + self._reserve
        figure = self._figures.get(LimitName.DAY)
        fresh = figure is not None and now < figure.reset and now - figure.at <= HOUR
        block = learning.blocks(0, self._open(LimitName.DAY, now) if fresh else None, capacity)
        if not block:
            found = learning.strike(self._strikes, refusal, now)
            self._strikes += [] if found is None else [found]
            block = learning.blocks(learning.counted(self._strikes, now), None, capacity)
        if block:
            self._block = learning.month_end(now)

    def budget(self) -> Budget:
        """What is left now, limit by limit; RUN only where there is one."""
        with self._lock:
            now = self._clock.now()
            limits = tuple(
                self._limit(name, now)
                for name in LimitName
                if name is not LimitName.RUN or self._capacity[name] is not None
            )
            age = None if self._read_at is None else now - self._read_at
            strikes = learning.counted(self._strikes, now)
            return Budget(
                limits,
                self._reserve,
                self._used(LimitName.DAY, now),
                age,
                learned=None if self._pace is None else self._pace.per_hour,
                strikes=strikes,
                strikes_end=learning.month_end(now) if strikes else None,
                blocked_until=self._block if learning.in_force(self._block, now) else None,
                own_cap=self._capacity[LimitName.UPLOADS],
            )

    def _limit(self, name: LimitName, now: float) -> Limit:
        left, window = self._open(name, now), _WINDOWS.get(name)
        steps: list[Return] = []
        if left is not None and window is not None:
            coming = sorted(entry.at + window for entry in self._held() if entry.at > now - window)
            moments = {*coming, *(f.reset for f in (self._figures.get(name),) if f is not None and f.reset > now)}
            for at in sorted(moments):
                then = self._open(name, at)
                if then is not None and then > left:
                    steps.append(Return(at, then - left))
                    left = then
        resumes, until = self._resumes(name, 1, now), self._closed(name, now)
        if until is not None:
            coming = [(step.at, step.amount) for step in steps]
            coming = learning.returns_after(until, self._open(name, now) or 0, coming)
            steps, resumes = [Return(*step) for step in coming], coming[0][0] if coming else until
        return Limit(name, self._cap(name), self._remaining(name, now), resumes, window, tuple(steps))

    def _cap(self, name: LimitName) -> int | None:
        if name is not LimitName.UPLOADS:
            return self._capacity[name]
        if self._pace is not None:
            now = self._clock.now()
            uploaded = self._went_well(name, now - learning.GROWTH)
            self._pace = learning.raised(self._pace, uploaded, self._capacity[name], now)
        return learning.uploads_allowed(self._capacity[name], self._pace)

    def _went_well(self, name: LimitName, since: float) -> int:
        done = [entry for entry in self._held() if entry.charge is not None and not entry.refused and entry.at > since]
        return sum(_amount(entry.reservation.cost, name) for entry in done)

    def _closed(self, name: LimitName, now: float) -> float | None:
        closing = self._closings.get(name)
        ends = [closing.until] if closing is not None and closing.until > now else []
        if name is LimitName.DAY and self._block is not None and learning.in_force(self._block, now):
            ends.append(self._block)
        return max(ends, default=None)

    def spent(self) -> int:
        """Credits charged or still reserved through this object."""
        with self._lock:
            return self._used(LimitName.RUN, self._clock.now())

    def clock_set_at(self) -> float:
        """Never: its clock is Imgur's."""
        return 0.0

    def _used(self, name: LimitName, now: float) -> int:
        since = now - _WINDOWS.get(name, float("inf"))
        return sum(_amount(entry.reservation.cost, name) for entry in self._held() if entry.at > since)

    def _held(self) -> list[Entry]:
        return [entry for entry in self._entries if entry.charge is not Charge.RETURNED]

    def _remaining(self, name: LimitName, now: float) -> int | None:
        """What may be spent now: nothing of a limit that is closed."""
        return self._open(name, now) if self._closed(name, now) is None else 0

    def _open(self, name: LimitName, now: float) -> int | None:
        capacity = self._cap(name)
        left = None if capacity is None else max(0, capacity - self._used(name, now))
        figure = self._figures.get(name)
        if figure is None or now >= figure.reset:
            return left
        since = sum(
            _amount(entry.reservation.cost, name)
            for entry in self._held()
            if entry.at > figure.at or entry.charge is None
        )
        said = max(0, figure.remaining - since)
        return said if left is None else min(left, said)

    def _resumes(self, name: LimitName, amount: int, now: float) -> float | None:
        """When `amount` will be there; None if nothing is used, or never in this run."""
        if name is LimitName.RUN:
            return None
        moments = []
        figure = self._figures.get(name)
        if figure is not None and now < figure.reset and figure.remaining < amount:
            moments.append(figure.reset)
        capacity, used = self._cap(name), self._used(name, now)
        for entry in self._held():
            if capacity is None or capacity - used >= amount or entry.at <= now - _WINDOWS[name]:
                continue
            used -= _amount(entry.reservation.cost, name)
            moments.append(entry.at + _WINDOWS[name])
        return max(moments, default=None)


def _amount(cost: Cost, name: LimitName) -> int:
    if name is LimitName.POSTS:
        return cost.posts
    return cost.uploads if name is LimitName.UPLOADS else cost.credits
