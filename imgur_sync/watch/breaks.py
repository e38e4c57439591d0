"""When a look or a pass is to end before its end: for who asks for a turn, another manifest, or an album that comes
first. Nothing is lost by it; what was read and sent is known, and it is begun anew."""

from __future__ import annotations

from collections.abc import Callable

from imgur_sync.errors import ImgurSyncError, MadeRoomError
from imgur_sync.watch.agenda import Agenda
from imgur_sync.watch.events import WatchEvent
from imgur_sync.watch.listening import Listener
from imgur_sync.watch.site import Site
from imgur_sync.watch.standing import Standings


class Breaks:
    """Asked about once a second while folders are walked, files are hashed or requests are under way. Each time it is
    told that the daemon lives, and hints are taken: what they tell is in `untold`.

    `other_manifest` says whether the manifest is to be read anew. What hangs in the system, as on a server that is
    gone, asks nothing, and is no sign of life.
    """

    def __init__(
        self,
        site: Site,
        agenda: Agenda,
        standings: Standings,
        listener: Listener,
        other_manifest: Callable[[], bool],
    ) -> None:
        self._site = site
        self._agenda = agenda
        self._standings = standings
        self._listener = listener
        self._other_manifest = other_manifest
        self.untold: list[WatchEvent] = []

    def of_look(self) -> ImgurSyncError | None:
        """Why a look without Imgur is to end. It holds no lock, so that nobody has to ask for it."""
        self._site.alive()
        self.untold += self._listener.take_all()
        if self._other_manifest():
            return MadeRoomError("the manifest changed")
        if self._standings.overtaken_in_a_look(self._agenda.due(self._site.clock.monotonic())):
            return MadeRoomError("an album of higher priority changed")
        return None

    def of_pass(self) -> ImgurSyncError | None:
        """Why a pass is to end."""
        self._site.alive()
        if self._site.board.wishes():
            return MadeRoomError("somebody asked for their turn")
        self.untold += self._listener.take_all()
        if self._other_manifest():
            return MadeRoomError("the manifest changed")
        if self._standings.precedence.overtaken(self._agenda.due(self._site.clock.monotonic())):
            return MadeRoomError("an album of higher priority changed")
        return None

    def pause(self, seconds: float) -> None:
        """Let time pass: whoever asked for the lock of runs gets a moment to take it."""
        clock = self._site.clock
        until = clock.monotonic() + seconds
        while clock.monotonic() < until and not self._site.stopping():
            if (hint := self._site.watcher.next(until)) is not None:
                self.untold += self._listener.take(hint, clock.monotonic())
