"""When a daemon looks without having been told to. All times are monotonic seconds."""

from __future__ import annotations

from imgur_sync.model.spec import Manifest
from imgur_sync.watch.site import Site

SPREAD = 0.25
"""Full looks at the folders come so much earlier or later, so that many daemons do not look at the same time."""
LONGEST_YEARS = 1e9
"""Seconds that never pass."""


class Timers:
    """The next full look at the folders."""

    def __init__(self, site: Site, manifest: Manifest) -> None:
        self._site = site
        self._manifest = manifest
        self.rescan_at = site.clock.monotonic()
        self.rescanned(self.rescan_at)

    def rescanned(self, now: float) -> None:
        """All folders are being looked at."""
        rescan = self._manifest.watch.rescan
        self.rescan_at = now + rescan * (1.0 - SPREAD + 2 * SPREAD * self._site.chance())

    def reloaded(self, manifest: Manifest, now: float) -> None:
        """Another manifest rules."""
        before, self._manifest = self._manifest, manifest
        if before.watch != manifest.watch:
            self.rescanned(now)
