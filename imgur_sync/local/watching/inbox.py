"""Where the threads that listen leave what they heard, until it is taken as hints."""

from __future__ import annotations

import queue
import threading
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress

from imgur_sync.local.watching.routes import Routes
from imgur_sync.model.hint import Cause, Hint, LookAtAll, Touched

MOST_FOLDERS = 256
"""Of one album; where more were touched the whole of it is told."""


class Inbox:
    """Puts hints together, so that what nobody takes stays small. All methods but `take` and `wait` may be called from
    any thread; `ring` also from a signal handler, since it takes no lock."""

    def __init__(self) -> None:
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._routes = Routes(())
        self._touched: dict[str, set[str]] = defaultdict(set)
        self._whole: dict[tuple[Cause, str], set[str]] = defaultdict(set)
        self._refused: dict[str, int] = {}
        self._rung = False
        self._ended = False
        self.overflowed = False
        self._error = ""

    def route(self, routes: Routes) -> None:
        """Which albums paths belong to from now on; hints about albums that are none any more are dropped."""
        known = routes.homes()
        with self._lock:
            self._routes = routes
            for album in [album for album in self._touched if album not in known]:
                del self._touched[album]
            for key, albums in list(self._whole.items()):
                albums &= known.keys()
                if not albums:
                    del self._whole[key]

    def happened(self, path: str, *, is_folder: bool) -> None:
        """The entry at `path` was made, closed after writing, renamed or removed."""
        with self._lock:
            found = False
            for album, folder in self._routes.concerned(path, is_folder=is_folder):
                folders = self._touched[album]
                folders.add(folder)
                if len(folders) > MOST_FOLDERS:
                    folders.clear()
                    folders.add("")
                found = True
            if found:
                self._ring_once()

    def overflow(self) -> None:
        """The kernel dropped events."""
        self.overflowed = True
        self.ring()

    def refuse(self, root: str, number: int) -> None:
        """No watch could be had of a folder in that root; `number` is the error's."""
        with self._lock:
            self._refused.setdefault(root, number)
        self.ring()

    def end(self, error: str) -> None:
        """A thread that listens has ended, of that error or ("") because it was told to or its folder was deleted."""
        self._ended = True
        self._error = self._error or error
        self.ring()

    def look(self, cause: Cause, albums: Iterable[str], text: str = "") -> None:
        """Whole albums are to be looked at."""
        with self._lock:
            found = set(albums)
            if found:
                self._whole[cause, text] |= found
                self._ring_once()

    def last_words(self) -> str:
        """A sentence about the error that a thread ended of since the last call; "" if none did."""
        error, self._error = self._error, ""
        return f"the thread that listened had ended: {error}" if error else ""

    def alarmed(self) -> bool:
        """Whether a watch was refused, or a thread has ended, since the last call."""
        ended, self._ended = self._ended, False
        return ended or bool(self._refused)

    def fresh(self) -> None:
        """Everything is listened to anew: what was heard about losses belongs to the past."""
        self.overflowed = False
        self._ended = False
        self.refused()

    def refused(self) -> dict[str, int]:
        """Roots of which a watch was refused since the last call, with the number of the first error."""
        with self._lock:
            refused, self._refused = self._refused, {}
            return refused

    def take(self) -> list[Hint]:
        """All hints that came together so far, none of which is told again."""
        with self._lock:
            whole, self._whole = self._whole, defaultdict(set)
            touched, self._touched = self._touched, defaultdict(set)
            self._rung = False
        hints: list[Hint] = [LookAtAll(cause, tuple(sorted(found)), text) for (cause, text), found in whole.items()]
        said = set().union(*whole.values())
        hints.extend(Touched(album, tuple(sorted(found))) for album, found in touched.items() if album not in said)
        return hints

    @property
    def waiting(self) -> bool:
        """Whether there is something to take."""
        return self._rung

    def ring(self) -> None:
        """Let `wait` return."""
        self._bell.put(None)

    def wait(self, seconds: float) -> None:
        """Until somebody rings, so long at most."""
        with suppress(queue.Empty):
            self._bell.get(timeout=max(0.0, seconds))
            while True:
                self._bell.get_nowait()

    def _ring_once(self) -> None:
        if not self._rung:
            self._rung = True
            self._bell.put(None)
