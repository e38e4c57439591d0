"""Takes the watcher's hints: onto the agenda, and as events where people should know."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from imgur_sync.model.hint import Cause, Deaf, Hint, LookAtAll, Touched
from imgur_sync.model.spec import Manifest
from imgur_sync.watch.agenda import Agenda
from imgur_sync.watch.events import Noticed, WatchEvent
from imgur_sync.watch.lookout import Lookout
from imgur_sync.watch.roots import RUN_LOCK, STATE, is_special, watched_roots, without_own_noise
from imgur_sync.watch.site import Site
from imgur_sync.watch.standing import Standings


class Listener:
    """What is told of folders, for the manifest that rules; and whether runs of others came to their end."""

    def __init__(self, site: Site, agenda: Agenda, standings: Standings, lookout: Lookout, manifest: Manifest) -> None:
        self._site = site
        self._agenda = agenda
        self._standings = standings
        self._lookout = lookout
        self.manifest = manifest
        self._passing = False
        self._last_run = self._newest_run()

    def begin(self) -> None:
        """The folders are listened to from now on, and all of them are to be looked at."""
        self._site.watcher.watch(watched_roots(self.manifest))
        self._agenda.note((spec.key for spec in self.manifest.albums), self._site.clock.monotonic())

    def reloaded(self, manifest: Manifest, changed: Iterable[str]) -> None:
        """Another manifest rules, with other entries of these albums: its folders are listened to."""
        self.manifest, self._agenda.pace = manifest, manifest.watch
        roots = watched_roots(manifest)
        self._agenda.keep(frozenset(album for root in roots for album in root.albums))
        self._agenda.note(changed, self._site.clock.monotonic())
        self._site.watcher.watch(roots)

    def take_all(self) -> Iterator[WatchEvent]:
        """Take what is there, and wait for nothing."""
        now = self._site.clock.monotonic()
        while (hint := self._site.watcher.next(now)) is not None:
            yield from self.take(hint, now)
        self._judge()

    def take(self, hint: Hint, now: float) -> Iterator[WatchEvent]:
        """Take one hint. That the manifest is listened to from now on is a reason to read it again: it may have changed
        since it was read."""
        self._site.unheard.told(hint.albums if isinstance(hint, LookAtAll) else (hint.album,))
        kept = without_own_noise(self._without_runs(hint, now), self.manifest)
        if kept is not None:
            self._agenda.take(kept, now)
        if isinstance(hint, LookAtAll):
            yield from self._about_folders(hint)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """For the time of a pass: the run that ends then is our own."""
        self._passing = True
        try:
            yield
        finally:
            self._passing, self._last_run = False, self._newest_run()

    def _judge(self) -> None:
        """Rely no more on events from where they do not tell all; where that is suspected, look again in time."""
        self._site.watcher.distrust(self._site.unheard.convicted())
        for album, at in self._site.unheard.suspects().items():
            self._agenda.note((album,), at + 1.0)

    def _without_runs(self, hint: Hint, now: float) -> Hint | None:
        """The hint without the folder of the state. Where somebody else's run was there, albums that are held back are
        looked at: it may have let them through. Those that the manifest does not name take a look at everything."""
        if STATE not in (hint.albums if isinstance(hint, LookAtAll) else (hint.album,)):
            return hint
        newest = self._newest_run()
        if not self._passing and newest != self._last_run:
            self._last_run = newest
            self._agenda.note(self._standings.doubt_held(), now)
            if self._standings.outside():
                self._lookout.soon()
        if isinstance(hint, Touched):
            return None
        return replace(hint, albums=tuple(album for album in hint.albums if album != STATE))

    def _newest_run(self) -> tuple[int, ...]:
        """What changes with each run; () where there was none."""
        try:
            row = os.stat(self.manifest.state_path.with_name(RUN_LOCK))
        except OSError:
            return ()
        return row.st_ino, row.st_mtime_ns, row.st_size

    def _about_folders(self, hint: LookAtAll) -> Iterator[WatchEvent]:
        """Which folders no events come from may have changed."""
        unwatched = self._site.watcher.unwatched()
        distant = (one.albums for one in unwatched if one.why in (Deaf.NETWORK, Deaf.SILENT))
        self._site.stillness.distant = frozenset(album for albums in distant for album in albums)
        self._standings.unwatched = unwatched
        albums = tuple(album for album in hint.albums if not is_special(album))
        if hint.text and albums and hint.cause is not Cause.START:
            yield Noticed(hint.text, albums)
