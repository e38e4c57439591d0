"""When a daemon looks without having been told to. All times are monotonic seconds."""

from __future__ import annotations

from imgur_sync.model.spec import Manifest
from imgur_sync.watch.site import Site

DAY = 86400.0
SPREAD = 0.25
"""Full looks at the folders come so much earlier or later, so that many daemons do not look at the same time."""
LONGEST_YEARS = 1e9
"""Seconds that never pass."""


class Timers:
    """The next full look at the folders, and the next look for changes on Imgur.

    What a look at Imgur cost says how long the next one has to wait, so that all looks of a day together stay within
    `refresh_credits_per_day`. The first comes at once: nobody knows what happened before.
    """

    def __init__(self, site: Site, manifest: Manifest) -> None:
        self._site = site
        self._manifest = manifest
        now = site.clock.monotonic()
        self.rescan_at = now
        self.drift_at = now
        self.rescanned(now)

    def rescanned(self, now: float) -> None:
        """All folders are being looked at."""
        rescan = self._manifest.watch.rescan
        self.rescan_at = now + rescan * (1.0 - SPREAD + 2 * SPREAD * self._site.chance())

    def looked_everywhere(self, cost: int, now: float) -> None:
        """A look at everything on Imgur cost so many credits."""
        a_day = self._manifest.budget.refresh_credits_per_day
        wait = DAY * max(cost, 1) / a_day if a_day else LONGEST_YEARS
        self.drift_at = now + max(wait, self._manifest.watch.rescan)

    def look_within(self, seconds: float) -> None:
        """Look at everything on Imgur at the latest in so many seconds."""
        self.drift_at = min(self.drift_at, self._site.clock.monotonic() + seconds)

    def reloaded(self, before: Manifest, manifest: Manifest, now: float) -> None:
        """Another manifest rules: albums that came, went or moved, and another account, are looked at on Imgur now."""
        self._manifest = manifest
        if _whole(before) != _whole(manifest):
            self.drift_at = now
        if before.watch != manifest.watch:
            self.rescanned(now)


def _whole(manifest: Manifest) -> tuple[object, ...]:
    keys = frozenset(spec.key for spec in manifest.albums)
    return keys, manifest.removed, manifest.moved, manifest.account, manifest.lineage, manifest.state_path
