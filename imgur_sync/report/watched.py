"""What the status page of a daemon shows, as one value: made on the daemon's thread, read on others, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgur_sync.model.activity import Activity
    from imgur_sync.model.budget import Budget
    from imgur_sync.model.forecast import Forecast


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of an album. `address` is where the page finds it ("": it is not shown), `name` the path of its file
    in the folder, `kind` its media type."""

    name: str
    kind: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class AlbumFace:
    """One album. `pictures` counts those placed in it, `failed` files that Imgur refused. `made`: it was made on Imgur;
    `gone`: Imgur says that it is not there any more; `looked`: this daemon has looked at it. `tiles`: newest first."""

    key: str
    title: str
    privacy: str
    pictures: int = 0
    failed: int = 0
    made: bool = False
    gone: bool = False
    looked: bool = False
    tiles: tuple[Tile, ...] = ()


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log, with when it was told (Unix seconds, our clock). `level` is "info" or "warning"."""

    at: float
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What happened since the daemon began: uploads and their bytes, passes that failed, and events by name."""

    uploads: int = 0
    uploaded_bytes: int = 0
    passes: int = 0
    passes_failed: int = 0
    events: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """The whole page. `budget` was read at `budget_at`, `forecast` made at `forecast_at` (Unix seconds, our clock).
    `roots` folders are watched, `unwatched` says of which no events come. No secrets, no links, no ids."""

    manifest: str
    activity: Activity
    albums: tuple[AlbumFace, ...] = ()
    budget: Budget | None = None
    budget_at: float = 0.0
    forecast: Forecast | None = None
    forecast_at: float = 0.0
    lines: tuple[LogLine, ...] = ()
    counted: Counted = Counted()
    roots: int = 0
    unwatched: tuple[str, ...] = ()


def left_at(budget: Budget, now: float) -> tuple[tuple[str, int, int], ...]:
    """What is there of each limit at `now`, if nothing was spent since the budget was read: its name, that, and the
    whole of it. Limits that nobody knows, and those of a run, are left out."""
    rows = []
    for limit in budget.limits:
        if limit.remaining is None or limit.capacity is None or limit.name == "run":
            continue
        back = sum(step.amount for step in limit.returns if step.at <= now)
        rows.append(
            (limit.name.value, min(max(limit.capacity, limit.remaining), limit.remaining + back), limit.capacity)
        )
    return tuple(rows)
