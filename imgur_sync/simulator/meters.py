"""The four limits: credits an hour, credits a day, POSTs an hour, uploads an hour (imgur-api §3)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from imgur_sync.simulator.options import UNLIMITED, Limits, Windows
from imgur_sync.simulator.records import Request, Spending
from imgur_sync.simulator.windows import Meter

HOUR = 3_600
DAY = 86_400
STRIKES = 5
METERS = ("user", "client", "posts", "uploads")


class Meters:
    """All meters of a world. They are fed by finished requests only, so a replayed history gives the same readings."""

    def __init__(self) -> None:
        self.user = Meter(HOUR)
        self.client = Meter(DAY)
        self.posts = Meter(HOUR)
        self.uploads = Meter(HOUR)
        self._strikes: dict[str, list[float]] = {}

    @property
    def windows(self) -> Windows:
        """The kind of window in force."""
        return self.client.windows

    def read_in(self, windows: Windows) -> None:
        """Read all meters in windows of another kind; nothing that was counted is lost."""
        for meter in (self.user, self.client, self.posts, self.uploads):
            meter.windows = windows

    def kept(self) -> dict[str, Any]:
        """All that was counted, ready for JSON."""
        meters = {name: getattr(self, name).kept() for name in METERS}
        return {**meters, "windows": self.windows, "strikes": self._strikes}

    def fill(self, kept: Mapping[str, Any]) -> None:
        """Have counted what `kept` gave."""
        for name in METERS:
            getattr(self, name).fill(kept[name])
        self.read_in(kept["windows"])
        self._strikes = {client: list(moments) for client, moments in kept["strikes"].items()}

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

    def wait(self, request: Request, cost: int, limits: Limits) -> int:
        """Seconds until the limit that refused `request` would let it through."""
        now = request.time
        match request.refused_by:
            case "client":
                if self.strikes(request.client, now) >= STRIKES:
                    return max(1, int(month_end(now) - now))
                return self.client.wait(request.client, now, limits.client_credits - cost)
            case "user":
                return self.user.wait(request.user, now, limits.user_credits - cost)
            case "posts":
                return self.posts.wait(request.ip, now, limits.posts - 1)
            case _:
                return self.uploads.wait(request.ip, now, limits.uploads - 1)

    def count(self, request: Request) -> None:
        """Take a finished request in: its credits, its POST, its upload, its strike."""
        now = request.time
        self._count(request.client, request.user, request.ip, request.credits, request.post, request.upload, now)
        if request.refused_by == "client":
            self.strike(request.client, now)

    def spend(self, spent: Spending, now: float) -> None:
        """Take in what another program spent."""
        self._count(spent.client, spent.user, spent.ip, spent.credits, spent.posts, spent.uploads, now)
        if spent.hit:
            self.strike(spent.client, now)

    def _count(self, client: str, user: str, ip: str, credits: int, posts: int, uploads: int, now: float) -> None:
        self.user.count(user, credits, now)
        self.client.count(client, credits, now)
        self.posts.count(ip, int(posts), now)
        self.uploads.count(ip, int(uploads), now)

    def strike(self, client: str, now: float) -> None:
        """The client has hit its daily limit: once for a fixed window, else once a day (UTC); five at most a month."""
        strikes = self._strikes.setdefault(client, [])
        since = self.client.struck_since(client, now)
        if self.strikes(client, now) < STRIKES and not any(moment >= since for moment in strikes):
            strikes.append(now)

    def strikes(self, client: str, now: float) -> int:
        """On how many days of this calendar month (UTC) the client hit its daily limit."""
        return sum(_month(moment) == _month(now) for moment in self._strikes.get(client, []))

    def blocked_until(self, client: str, now: float) -> float | None:
        """When the block for five strikes ends: the month's end; None if there is none."""
        return month_end(now) if self.strikes(client, now) >= STRIKES else None

    def remaining(self, client: str, user: str, now: float, limits: Limits) -> dict[str, int]:
        """Limits and what is left of them under the names of `/3/credits`; resets in seconds from now."""
        hour, hour_ends = self.user.reading(user, now)
        day, day_ends = self.client.reading(client, now)
        return {
            "UserLimit": limits.user_credits or UNLIMITED,
            "UserRemaining": left_of(limits.user_credits, hour),
            "UserReset": hour_ends,
            "ClientLimit": limits.client_credits or UNLIMITED,
            "ClientRemaining": left_of(limits.client_credits, day),
            "ClientReset": day_ends,
        }

    def posts_remaining(self, ip: str, now: float, limits: Limits) -> tuple[int, int, int]:
        """Limit, what is left, and seconds until the reset, of the POSTs of one address."""
        used, ends = self.posts.reading(ip, now)
        return limits.posts or UNLIMITED, left_of(limits.posts, used), ends


def left_of(limit: int, used: int) -> int:
    """What is left of a limit; a limit of 0 is none."""
    return max(0, limit - used) if limit else UNLIMITED


def month_end(moment: float) -> float:
    """When the next calendar month (UTC) begins, in seconds since the epoch."""
    year, month = _month(moment)
    return datetime.datetime(year + month // 12, month % 12 + 1, 1, tzinfo=datetime.UTC).timestamp()


def _month(moment: float) -> tuple[int, int]:
    day = datetime.datetime.fromtimestamp(moment, datetime.UTC)
    return day.year, day.month
