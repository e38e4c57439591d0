"""A credit ledger in memory: the rules of the port, without a disk or other processes."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from imgur_sync.model.budget import Budget, Charge, Cost, Denied, Limit, LimitName, Reading, Reservation, Return
from imgur_sync.model.ports import Clock, Ledger

HOUR = 3_600.0
DAY = 86_400.0
_WINDOWS = {LimitName.DAY: DAY, LimitName.HOUR: HOUR, LimitName.POSTS: HOUR, LimitName.UPLOADS: HOUR}


@dataclass(slots=True)
class Entry:
    """One grant: when, what, and how it stands (None while it is open)."""

    reservation: Reservation
    at: float
    charge: Charge | None = None


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
        self._lock = threading.Lock()
        self.readings: list[Reading] = []

    @property
    def settled(self) -> dict[int, Charge]:
        """Every settled reservation's charge, by number."""
        return {entry.reservation.number: entry.charge for entry in self._entries if entry.charge is not None}

    @property
    def costs(self) -> list[Cost]:
        """The cost of every grant ever made, in order."""
        return [entry.reservation.cost for entry in self._entries]

    def reserve(self, cost: Cost) -> Reservation | Denied:
        """Grant the cost against all limits, or name the first that has too little left."""
        with self._lock:
            now = self._clock.now()
            for name in LimitName:
                left = self._remaining(name, now)
                if left is not None and 0 < _amount(cost, name) > left:
                    return Denied(name, self._resumes(name, _amount(cost, name), now))
            reservation = Reservation(len(self._entries) + 1, cost)
            self._entries.append(Entry(reservation, now))
            return reservation

    def settle(self, reservation: Reservation, charge: Charge) -> None:
        """End a reservation; the first settlement stands."""
        with self._lock:
            entry = self._entries[reservation.number - 1]
            if entry.charge is None:
                entry.charge = charge

    def observe(self, reading: Reading) -> None:
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
                    self._figures[name] = Figure(now, capacity, left, until)
                    self._read_at = now

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
            return Budget(limits, self._reserve, self._used(LimitName.DAY, now), age)

    def _limit(self, name: LimitName, now: float) -> Limit:
        left, window = self._remaining(name, now), _WINDOWS.get(name)
        steps: list[Return] = []
        if left is not None and window is not None:
            coming = sorted(entry.at + window for entry in self._held() if entry.at > now - window)
            moments = {*coming, *(f.reset for f in (self._figures.get(name),) if f is not None and f.reset > now)}
            for at in sorted(moments):
                then = self._remaining(name, at)
                if then is not None and then > left:
                    steps.append(Return(at, then - left))
                    left = then
        return Limit(
            name, self._capacity[name], self._remaining(name, now), self._resumes(name, 1, now), window, tuple(steps)
        )

    def spent(self) -> int:
        """Credits charged or still reserved through this object."""
        with self._lock:
            return self._used(LimitName.RUN, self._clock.now())

    def _used(self, name: LimitName, now: float) -> int:
        since = now - _WINDOWS.get(name, float("inf"))
        return sum(_amount(entry.reservation.cost, name) for entry in self._held() if entry.at > since)

    def _held(self) -> list[Entry]:
        return [entry for entry in self._entries if entry.charge is not Charge.RETURNED]

    def _remaining(self, name: LimitName, now: float) -> int | None:
        capacity = self._capacity[name]
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
        capacity, used = self._capacity[name], self._used(name, now)
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
