"""When the rest of a plan will be done, as far as the limits decide it: windows of time, and a date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgur_sync.model.budget import LimitName
    from imgur_sync.model.plan import Price


@dataclass(frozen=True, slots=True)
class Windows:
    """`count` windows in a row that are much alike, `every` so many seconds (0 when there is one).

    The first one begins at `start` and all of it fits at `end`; the last one's `last`. `uploads` and `credits` are sums
    over all of them, `up` how many of the plan's pictures are up when the last one is over. Unix seconds, our clock.
    """

    start: float
    end: float
    last: float
    every: float
    count: int
    uploads: int
    credits: int
    up: int


@dataclass(frozen=True, slots=True)
class AlbumForecast:
    """When the work on one album ends; None: it never does, because one limit (`never`) has no room for its next step
    even when nothing of it is used. `uploads` is what it needs, `now` what of that goes now."""

    album: str
    uploads: int
    now: int
    finished_at: float | None
    never: LimitName | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan needs, what goes now, what goes later and when.

    `needed` is `now` and `later` together; what a gate withholds is in none of them. `looks` is an estimate of the
    credits that looking at Imgur again takes, in all later windows. `limits` stand in the way now, `decides` holds up
    most of the later windows. The first of `windows` is what goes now, if anything does. `resume_at` is when to go on,
    `finished_at` when all is done: None when something never is, or nothing is deferred for `resume_at`. `soon` of the
    uploads that go now are waited for: they come back within `patience` seconds. `per_run` is the cap of a run: then
    each window is a run of its own, and there is no `resume_at`, as nothing but the next run lets work go on. Nothing
    goes on before `blocked_until`.

    Limits count, the line does not: uploading itself is taken to take no time.
    """

    needed: Price
    now: Price
    later: Price
    looks: int
    limits: tuple[LimitName, ...]
    decides: LimitName | None
    windows: tuple[Windows, ...]
    albums: tuple[AlbumForecast, ...]
    resume_at: float | None
    finished_at: float | None
    patience: float = 0.0
    soon: int = 0
    per_run: int | None = None
    blocked_until: float | None = None

    @property
    def never(self) -> int:
        """How many albums are never finished."""
        return sum(album.finished_at is None for album in self.albums)
