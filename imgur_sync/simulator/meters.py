"""The four limits: credits an hour, credits a day, POSTs an hour, uploads an hour (imgur-api §3)."""

from __future__ import annotations

import datetime
import math

from imgur_sync.simulator.options import UNLIMITED, Limits
from imgur_sync.simulator.records import Request

HOUR = 3_600
DAY = 86_400
STRIKES = 5


class Meter:
    """Counts in windows of fixed length by key; a window begins with the first count after the last one ended.

    That windows are fixed is inferred from the announced resets (M); where they begin is unknown.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._windows: dict[str, tuple[float, int]] = {}

    def start(self, key: str, now: float) -> float:
        """When the window that holds `now` began; `now` itself if none is open."""
        start, _ = self._windows.get(key, (now, 0))
        return start if now < start + self._seconds else now

    def used(self, key: str, now: float) -> int:
        """What was counted in the window that holds `now`."""
        start, used = self._windows.get(key, (now, 0))
        return used if now < start + self._seconds else 0

    def count(self, key: str, amount: int, now: float) -> None:
        """Add `amount`, opening a window if none is open."""
        if amount:
            self._windows[key] = (self.start(key, now), self.used(key, now) + amount)

    def reset(self, key: str, now: float) -> int:
        """Whole seconds until the window ends, at least 1."""
        return max(1, math.ceil(self.start(key, now) + self._seconds - now))

    def counted(self) -> list[str]:
        """Every key that was ever counted."""
        return sorted(self._windows)


class Meters:
    """All meters of a world. They are fed by finished requests only, so a replayed history gives the same readings."""

    def __init__(self) -> None:
        self.user = Meter(HOUR)
        self.client = Meter(DAY)
        self.posts = Meter(HOUR)
        self.uploads = Meter(HOUR)
        self._strikes: dict[str, list[float]] = {}

    def refusal(self, request: Request, cost: int, limits: Limits) -> str:
        """The limit that `request` would break, or "". The daily limit hit on five days of a month blocks it (H)."""
        now = request.time
        if limits.client_credits:
            spent = self.client.used(request.client, now) + cost
            if spent > limits.client_credits or self.strikes(request.client, now) >= STRIKES:
                return "client"
        if limits.user_credits and self.user.used(request.user, now) + cost > limits.user_credits:
            return "user"
        if request.post and limits.posts and self.posts.used(request.ip, now) >= limits.posts:
            return "posts"
        if request.upload and limits.uploads and self.uploads.used(request.ip, now) >= limits.uploads:
            return "uploads"
        return ""

    def count(self, request: Request) -> None:
        """Take a finished request in: its credits, its POST, its upload, its strike."""
        now = request.time
        self.user.count(request.user, request.credits, now)
        self.client.count(request.client, request.credits, now)
        self.posts.count(request.ip, int(request.post), now)
        self.uploads.count(request.ip, int(request.upload), now)
        if request.refused_by == "client":
            strikes = self._strikes.setdefault(request.client, [])
            if self.strikes(request.client, now) < STRIKES and not any(
                moment >= self.client.start(request.client, now) for moment in strikes
            ):
                strikes.append(now)

    def strikes(self, client: str, now: float) -> int:
        """On how many days of this calendar month (UTC) the client hit its daily limit."""
        return sum(_month(moment) == _month(now) for moment in self._strikes.get(client, []))

    def remaining(self, client: str, user: str, now: float, limits: Limits) -> dict[str, int]:
        """Limits and what is left of them under the names of `/3/credits`; resets in seconds from now."""
        return {
            "UserLimit": limits.user_credits or UNLIMITED,
            "UserRemaining": _left(limits.user_credits, self.user.used(user, now)),
            "UserReset": self.user.reset(user, now),
            "ClientLimit": limits.client_credits or UNLIMITED,
            "ClientRemaining": _left(limits.client_credits, self.client.used(client, now)),
            "ClientReset": self.client.reset(client, now),
        }

    def posts_remaining(self, ip: str, now: float, limits: Limits) -> tuple[int, int, int]:
        """Limit, what is left, and seconds until the reset, of the POSTs of one address."""
        left = _left(limits.posts, self.posts.used(ip, now))
        return limits.posts or UNLIMITED, left, self.posts.reset(ip, now)


def _left(limit: int, used: int) -> int:
    return max(0, limit - used) if limit else UNLIMITED


def _month(moment: float) -> tuple[int, int]:
    day = datetime.datetime.fromtimestamp(moment, datetime.UTC)
    return day.year, day.month
