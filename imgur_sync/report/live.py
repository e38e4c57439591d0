"""Shows on the board of activities what a run does, as its events come."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from imgur_sync.model.activity import Activity
from imgur_sync.model.event import Hashing, InDoubt, Scanning, Waiting
from imgur_sync.report.activity import doing
from imgur_sync.report.figures import number, plural, size

if TYPE_CHECKING:
    from imgur_sync.model.event import Event
    from imgur_sync.model.ports import ActivityBoard, Clock
    from imgur_sync.report.progress import Display

BURST = 4
"""So many changes in a row are shown at once; after them, one a second. So the last thing before a silence, which is
what counts, is mostly shown."""


def beginning(command: str, clock: Clock) -> Activity:
    """The activity of this process, which has just begun."""
    now = clock.now()
    return Activity(os.getpid(), socket.gethostname(), command, now, now, "starting")


class LiveActivity:
    """A `Display` that writes to the board, on average at most once a second. `activity` is what holds now, whether
    shown or not."""

    def __init__(self, board: ActivityBoard, clock: Clock, first: Activity) -> None:
        self._board = board
        self._clock = clock
        self.activity = first
        self._allowed = float(BURST)
        self._counted = clock.monotonic()
        self._read = _Read()

    def begin(self) -> None:
        """Show the first activity."""
        self.put(self.activity)

    def show(self, event: Event) -> None:
        """Take in one event, and show it unless too much was shown just now; a wait is always shown."""
        self.activity = doing(replace(self.activity, at=self._clock.now()), event)
        if isinstance(event, Scanning | Hashing):
            self.activity = replace(self.activity, doing=self.activity.doing + self._read.so_far(event))
        now = self._clock.monotonic()
        self._allowed = min(float(BURST), self._allowed + max(0.0, now - self._counted))
        self._counted = now
        if self._allowed >= 1.0 or isinstance(event, Waiting | InDoubt):
            self._allowed = max(0.0, self._allowed - 1.0)
            self._board.show(self.activity)

    def put(self, activity: Activity) -> None:
        """Show this at once, whatever was shown before: what lasts, and what no event tells."""
        self.activity = replace(activity, at=self._clock.now())
        self._board.show(self.activity)

    def say(self, words: str) -> None:
        """Show at once that this is being done."""
        self.put(replace(self.activity, doing=words, album="", until=None))

    def pause(self) -> None:
        """Nothing is in the way."""

    def close(self) -> None:
        """The board is left as it is: see `living`."""


class _Read:
    """Counts what a look at folders read: how much there is, nobody knows before its end."""

    def __init__(self) -> None:
        self._turn = ""
        self._last = ("", "")
        self._files = self._bytes = 0

    def so_far(self, event: Scanning | Hashing) -> str:
        """Take in one event; how far the look is, where a file is being read."""
        if isinstance(event, Scanning):
            if event.number == 1:
                self._files = self._bytes = 0
            self._turn = f"album {number(event.number)} of {number(event.total)}, " if event.total > 1 else ""
            return ""
        if self._last != (event.album, event.path):
            self._last = (event.album, event.path)
            self._files += 1
        self._bytes += event.bytes
        return f" ({self._turn}{plural(self._files, 'file')} and {size(self._bytes)} so far)"


@contextmanager
def living(board: ActivityBoard, clock: Clock, command: str) -> Iterator[LiveActivity]:
    """The activity of this process while the block lasts; nothing of it stays on the board, whatever ends it."""
    live = LiveActivity(board, clock, beginning(command, clock))
    live.begin()
    try:
        yield live
    finally:
        board.clear()


class Both:
    """A `Display` that shows everything on two."""

    def __init__(self, first: Display, second: Display) -> None:
        self._displays = (first, second)

    def begin(self) -> None:
        """Begin both."""
        for display in self._displays:
            display.begin()

    def show(self, event: Event) -> None:
        """Show it on both."""
        for display in self._displays:
            display.show(event)

    def pause(self) -> None:
        """Pause both."""
        for display in self._displays:
            display.pause()

    def close(self) -> None:
        """Close both."""
        for display in self._displays:
            display.close()
