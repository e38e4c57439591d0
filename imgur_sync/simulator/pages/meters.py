"""The page of meters: what was spent, hour by hour and call by call, what is left and until when, who is blocked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.frame import page
from imgur_sync.simulator.hours import HOUR, Hour, kinds_of
from imgur_sync.simulator.meters import STRIKES
from imgur_sync.simulator.reports import ledger_report
from imgur_sync.simulator.windows import Meter

SPANS = {24: "24 hours", 168: "7 days", 720: "30 days"}
"""What can be looked at, in hours."""
REFUSALS = {
    "client": "Credits of a day are used up",
    "user": "Credits of an hour are used up",
    "posts": "Too many POSTs",
    "uploads": "Too many uploads",
}
_WIDE, _HIGH = 720, 100
"""The units of a chart, which is stretched to the width that there is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of limits: `left` and `resets` in seconds are None where there is no limit."""

    what: str
    who: str
    used: int
    limit: int
    highest: int
    resets: int

    @property
    def left(self) -> int | None:
        """What is left of it."""
        return max(0, self.limit - self.used) if self.limit else None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the chart's units: the part of other programs stands on top."""

    x: float
    width: float
    height: float
    others: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar for each hour; `most` is the highest, `total` their sum, `others` what of that other programs spent."""

    name: str
    most: int
    total: int
    others: int
    bars: tuple[Bar, ...]


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/meters`, with `?hours=` one of `SPANS`."""

    def meters() -> Response:
        """The meters."""
        with desk.world.lock:
            now = desk.world.settle()
            span = request.args.get("hours", 24, int)
            span = span if span in SPANS else 24
            hours = desk.world.hours.last(span, now)
            report, readings = ledger_report(desk.world, desk.options.limits), _readings(desk, now)
        return page(
            "meters.html",
            "Meters",
            here="/meters",
            span=span,
            spans=SPANS,
            charts=charts(hours),
            hours=[one for one in reversed(hours) if one[1].calls or one[1].others or one[1].posts],
            first=hours[0][0],
            last=hours[-1][0] + HOUR,
            kinds=kinds_of(hours),
            readings=readings,
            report=report,
            strikes=STRIKES,
            refusals=REFUSALS,
            now=now,
        )

    blueprint.add_url_rule("/meters", "meters", meters)


def charts(hours: Sequence[tuple[int, Hour]]) -> list[Chart]:
    """Charts of credits, POSTs and uploads."""
    credits = [(hour.credits, hour.others) for _, hour in hours]
    posts, uploads = [(hour.posts, 0) for _, hour in hours], [(hour.uploads, 0) for _, hour in hours]
    return [_chart("Credits", credits), _chart("POSTs", posts), _chart("Uploads", uploads)]


def _chart(name: str, counts: Sequence[tuple[int, int]]) -> Chart:
    most = max(own + others for own, others in counts)
    step, scale = _WIDE / len(counts), _HIGH / max(1, most)
    gap = step * 0.15
    bars = tuple(
        Bar(round(index * step + gap, 2), round(step - 2 * gap, 2), round(own * scale, 2), round(others * scale, 2))
        for index, (own, others) in enumerate(counts)
        if own or others
    )
    others = sum(one for _, one in counts)
    return Chart(name, most, sum(own for own, _ in counts) + others, others, bars)


def _readings(desk: Desk, now: float) -> list[Reading]:
    """Every limit of everybody who was ever counted, and of every application."""
    meters, limits = desk.world.meters, desk.options.limits
    clients = list(dict.fromkeys([*desk.world.clients, *meters.client.counted()]))
    rows = [
        _reading("Credits of a day", f"application {key}", meters.client, key, limits.client_credits, now)
        for key in clients
        if key
    ]
    rows += [
        _reading("Credits of an hour", key.replace(":", " ", 1), meters.user, key, limits.user_credits, now)
        for key in meters.user.counted()
    ]
    for key in sorted({*meters.posts.counted(), *meters.uploads.counted()}):
        rows.append(_reading("POSTs of an hour", f"address {key}", meters.posts, key, limits.posts, now))
        rows.append(_reading("Uploads of an hour", f"address {key}", meters.uploads, key, limits.uploads, now))
    return rows


def _reading(what: str, who: str, meter: Meter, key: str, limit: int, now: float) -> Reading:
    return Reading(what, who, meter.used(key, now), limit, meter.highest(key), meter.reset(key, now))


def span_of(seconds: int) -> str:
    """So many seconds as people say them: "45 s", "12 min", "3 h 20 min", "11 d 4 h"."""
    if seconds < 120:
        return f"{seconds} s"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"
