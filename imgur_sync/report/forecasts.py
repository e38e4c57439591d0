"""A forecast and a price for programs, and their shapes: parts of the JSON of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from imgur_sync.report.figures import iso

if TYPE_CHECKING:
    from imgur_sync.model.forecast import Forecast, Windows
    from imgur_sync.model.plan import Price
    from imgur_sync.report.shapes import Shape

Json = Mapping[str, object]

PRICE_SHAPE: Mapping[str, Shape] = dict.fromkeys(
    ("credits", "writes", "reads", "posts", "uploads", "upload_bytes"), "number"
)

FORECAST_SHAPE: Mapping[str, Shape] = {
    "needed": PRICE_SHAPE,
    "now": PRICE_SHAPE,
    "later": PRICE_SHAPE,
    "looks": "number",
    "soon": "number",
    "patience": "number",
    "per_run": "number?",
    "limits": ["text"],
    "decides": "text?",
    "resume_at": "time",
    "finished_at": "time",
    "blocked_until": "time",
    "windows": [
        {
            **dict.fromkeys(("start", "end", "last"), "time"),
            **dict.fromkeys(("every", "count", "uploads", "credits", "up"), "number"),
        }
    ],
    "albums": [{"album": "text", "uploads": "number", "now": "number", "finished_at": "time", "never": "text?"}],
}
"""`windows`: `count` windows in a row, `every` so many seconds; `uploads` and `credits` are of all of them."""


def price_dict(price: Price) -> Json:
    """A price, all of its figures."""
    return {
        "credits": price.credits,
        "writes": price.writes.credits,
        "reads": price.reads,
        "posts": price.writes.posts,
        "uploads": price.uploads,
        "upload_bytes": price.upload_bytes,
    }


def forecast_dict(coming: Forecast) -> Json:
    """What goes now, what later, and when."""
    return {
        "needed": price_dict(coming.needed),
        "now": price_dict(coming.now),
        "later": price_dict(coming.later),
        "looks": coming.looks,
        "soon": coming.soon,
        "patience": coming.patience,
        "per_run": coming.per_run,
        "limits": [limit.value for limit in coming.limits],
        "decides": coming.decides.value if coming.decides is not None else None,
        "resume_at": iso(coming.resume_at),
        "finished_at": iso(coming.finished_at),
        "blocked_until": iso(coming.blocked_until),
        "windows": [_window(window) for window in coming.windows],
        "albums": [{**asdict(album), "finished_at": iso(album.finished_at)} for album in coming.albums],
    }


def _window(window: Windows) -> Json:
    moments = {"start": iso(window.start), "end": iso(window.end), "last": iso(window.last)}
    return {**asdict(window), **moments}
