"""Shows on the board of activities what a daemon does, what is before it and what waits for what."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.errors import LockHeldError
from imgur_sync.report.live import LiveActivity
from imgur_sync.watch.daemon import Daemon
from imgur_sync.watch.events import Asleep, Own, PassBegan, PassFailed, WatchEvent


class Shown:
    """Takes in the events of a daemon; those of its passes are shown as those of any run."""

    def __init__(self, live: LiveActivity, daemon: Daemon) -> None:
        self._live = live
        self._daemon = daemon

    def show(self, event: WatchEvent) -> None:
        """Take in one event."""
        if not isinstance(event, Own):
            self._live.show(event)
            return
        match event:
            case Asleep(until=until) | PassFailed(again=until):
                self._rest(self._idle(), until)
            case PassBegan():
                self._live.put(replace(self._live.activity, doing="beginning a pass", until=None, done=0, total=0))
            case _:
                self._rest(self._live.activity.doing, None)

    def _idle(self) -> str:
        """What it does while it does nothing."""
        if not self._daemon.closed():
            return "sleeping until something happens"
        return f"waiting for {'another run' if isinstance(self._daemon.closure.error, LockHeldError) else 'Imgur'}"

    def _rest(self, words: str, until: float | None) -> None:
        """What holds while nothing is under way."""
        standings = self._daemon.standings
        self._live.put(
            replace(
                self._live.activity,
                doing=words,
                album="",
                until=until,
                done=0,
                total=0,
                queue=standings.queue(),
                waits=(*self._daemon.closed(), *standings.waits()),
                next_look=self._daemon.next_look(),
            )
        )
