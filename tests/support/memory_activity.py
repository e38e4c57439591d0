"""The port `ActivityBoard` in two dicts."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from imgur_sync.model.activity import WISH_LASTS, Activity, Wish


class MemoryActivity:
    """Keeps what is shown and wished in this process. `shown` is all that ever was, in order; what processes `dead`
    names (pid, host) have died."""

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self._now = now
        self._rows: dict[tuple[int, str], Activity] = {}
        self._wishes: list[Wish] = []
        self.shown: list[Activity] = []
        self.dead: set[tuple[int, str]] = set()

    def show(self, activity: Activity) -> None:
        """Put this in the place of what its process showed before."""
        self.shown.append(activity)
        self._rows[activity.pid, activity.host] = replace(activity, ended=False)

    def clear(self) -> None:
        """This process does nothing any more."""
        self._rows.pop((os.getpid(), socket.gethostname()), None)

    def all(self) -> tuple[Activity, ...]:
        """What every process showed last, by since."""
        rows = [replace(row, ended=key in self.dead) for key, row in self._rows.items()]
        return tuple(sorted(rows, key=lambda row: (row.since, row.pid)))

    @contextmanager
    def wish(self, command: str) -> Iterator[None]:
        """Ask for the lock of runs."""
        wish = Wish(os.getpid(), socket.gethostname(), command, self._now())
        self._wishes.append(wish)
        try:
            yield
        finally:
            self._wishes = [other for other in self._wishes if other is not wish]

    def wishes(self) -> tuple[Wish, ...]:
        """The wishes that count, the oldest first."""
        return tuple(
            wish
            for wish in self._wishes
            if (wish.pid, wish.host) not in self.dead and abs(self._now() - wish.at) < WISH_LASTS
        )
