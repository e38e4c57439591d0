"""Takes in a daemon's events and publishes what the page shows: on the daemon's thread, a frozen value each time."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable

from imgur_sync.model.event import Planned, RunFinished, UploadDone
from imgur_sync.model.forecast import Forecast
from imgur_sync.model.plan import Plan
from imgur_sync.report.live import LiveActivity
from imgur_sync.report.text import Moment
from imgur_sync.report.watched import Counted, LogLine, Watched
from imgur_sync.watch.daemon import Daemon
from imgur_sync.watch.events import PassBegan, PassFailed, WatchEvent
from imgur_sync.watch.page.gathering import Gatherer
from imgur_sync.watch.page.snapshot import Snapshot
from imgur_sync.watch.roots import watched_roots
from imgur_sync.watch.telling import Level, told

MOST_LINES = 50


class Heart:
    """When the daemon's loop last gave a sign of life. Any thread may ask."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._at = monotonic()

    def beat(self) -> None:
        """The loop lives."""
        self._at = self._monotonic()

    def silent(self) -> float:
        """Seconds since then."""
        return max(0.0, self._monotonic() - self._at)


class Publisher:
    """`snapshot` is what holds now. It is replaced at every event: making one copies references and fifty lines."""

    def __init__(self, daemon: Daemon, live: LiveActivity, gatherer: Gatherer, clock: Callable[[], float]) -> None:
        self._daemon = daemon
        self._live = live
        self._gatherer = gatherer
        self._clock = clock
        self._lines: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._events: Counter[str] = Counter()
        self._uploads = self._bytes = self._passes = self._failed = 0
        self._forecast: Forecast | None = None
        self._forecast_at = 0.0
        self._roots = 0
        self._of: object = None
        self.snapshot = self._made()

    def show(self, event: WatchEvent) -> None:
        """Take in one event, after it was shown elsewhere."""
        now = self._clock()
        line = told(event, Moment(now))
        self._events[line.event] += 1
        if line.level is not Level.DETAIL:
            self._lines.append(LogLine(now, line.level.value, line.text))
        self._count(event)
        album = getattr(event, "album", "")
        if isinstance(album, str) and album and not isinstance(event, PassBegan):
            self._gatherer.touched(album)
        self._gatherer.refresh()
        self.snapshot = self._made()

    def _count(self, event: WatchEvent) -> None:
        match event:
            case UploadDone(size=size):
                self._uploads, self._bytes = self._uploads + 1, self._bytes + size
            case PassFailed():
                self._failed += 1
            case Planned(plan=plan):
                self._foreseen(plan)
            case RunFinished(left=left):
                self._passes += 1
                self._foreseen(left)
            case _:
                pass

    def _foreseen(self, plan: Plan) -> None:
        """A plan that knows when the rest of it goes; that of one without a rest does not take its place."""
        if plan.forecast is not None and plan.forecast.later.credits:
            self._forecast, self._forecast_at = plan.forecast, plan.made_at

    def _made(self) -> Snapshot:
        manifest = self._daemon.manifest
        if manifest is not self._of:
            self._of, self._roots = manifest, len(watched_roots(manifest))
        gatherer = self._gatherer
        albums, pictures = gatherer.shown(manifest)
        watched = Watched(
            manifest=str(manifest.path),
            activity=self._live.activity,
            albums=albums,
            budget=gatherer.budget,
            budget_at=gatherer.budget_at,
            forecast=self._forecast,
            forecast_at=self._forecast_at,
            lines=tuple(self._lines),
            counted=self._counted(),
            roots=self._roots,
            unwatched=tuple(one.text for one in self._daemon.standings.unwatched),
        )
        return Snapshot(watched, pictures)

    def _counted(self) -> Counted:
        events = tuple(sorted(self._events.items()))
        return Counted(self._uploads, self._bytes, self._passes, self._failed, events)
