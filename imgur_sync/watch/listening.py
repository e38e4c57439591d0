"""Takes the watcher's hints: onto the agenda, and as events where people should know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from imgur_sync.model.hint import Cause, Deaf, Hint, LookAtAll
from imgur_sync.model.spec import Manifest
from imgur_sync.watch.agenda import Agenda
from imgur_sync.watch.events import Noticed, WatchEvent
from imgur_sync.watch.roots import is_special, without_own_noise
from imgur_sync.watch.site import Site
from imgur_sync.watch.standing import Standings


class Listener:
    """What is told of folders, for the manifest that rules."""

    def __init__(self, site: Site, agenda: Agenda, standings: Standings, manifest: Manifest) -> None:
        self._site = site
        self._agenda = agenda
        self._standings = standings
        self.manifest = manifest

    def take_all(self) -> Iterator[WatchEvent]:
        """Take what is there, and wait for nothing."""
        now = self._site.clock.monotonic()
        while (hint := self._site.watcher.next(now)) is not None:
            yield from self.take(hint, now)

    def take(self, hint: Hint, now: float) -> Iterator[WatchEvent]:
        """Take one hint. That the manifest's folder is listened to is no reason to read it again."""
        kept = without_own_noise(hint, self.manifest)
        if isinstance(kept, LookAtAll) and kept.cause is Cause.START:
            kept = replace(kept, albums=tuple(album for album in kept.albums if not is_special(album)))
        if kept is not None:
            self._agenda.take(kept, now)
        if isinstance(hint, LookAtAll):
            yield from self._about_folders(hint)

    def _about_folders(self, hint: LookAtAll) -> Iterator[WatchEvent]:
        """Which folders no events come from may have changed."""
        unwatched = self._site.watcher.unwatched()
        distant = (one.albums for one in unwatched if one.why is Deaf.NETWORK)
        self._site.stillness.distant = frozenset(album for albums in distant for album in albums)
        self._standings.unwatched = unwatched
        albums = tuple(album for album in hint.albums if not is_special(album))
        if hint.text and albums and hint.cause is not Cause.START:
            yield Noticed(hint.text, albums)
