"""A watcher whose events happen by hand, on a clock that moves only by hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from imgur_sync.local.watching.inbox import Inbox
from imgur_sync.local.watching.routes import Routes
from imgur_sync.model.hint import Cause, Deaf, Hint, Unwatched, WatchedRoot
from tests.support.hand_clock import HandClock


class HandWatcher:
    """A `Watcher`. Where no hint waits, time passes at once to the deadline.

    `happen` tells of a change unless `deaf` says that all events are lost; `tell` has albums looked at. Just before
    time passes, `before_waiting(deadline)` is called; what it lets happen is told instead, at the clock's time then.
    """

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self._inbox = Inbox()
        self._homes: dict[str, tuple[str, bool]] = {}
        self._roots: tuple[WatchedRoot, ...] = ()
        self._unwatched: dict[Path, Unwatched] = {}
        self._hints: deque[Hint] = deque()
        self._woken = False
        self._closed = False
        self.deaf = False
        self.before_waiting: Callable[[float | None], object] = lambda deadline: None

    def watch(self, roots: Iterable[WatchedRoot]) -> None:
        """Watch these roots from now on."""
        self._roots = tuple(roots)
        routes = Routes(self._roots)
        before, self._homes = self._homes, routes.homes()
        self._inbox.route(routes)
        self._inbox.look(Cause.START, (album for album, home in self._homes.items() if before.get(album) != home))

    def next(self, deadline: float | None) -> Hint | None:
        """The next hint; without any, time passes to the deadline."""
        if self._closed:
            return None
        if not self._woken:
            if not self._hints and not self._inbox.waiting:
                self.before_waiting(deadline)
            if not self._hints and self._inbox.waiting:
                self._hints.extend(self._inbox.take())
            if self._hints and not self._woken:
                return self._hints.popleft()
        if self._woken:
            self._woken = False
            return None
        assert deadline is not None, "nobody would ever wake it"
        self._clock.advance(max(0.0, deadline - self._clock.monotonic()))
        return None

    def distrust(self, albums: Iterable[str]) -> None:
        """No events from these albums' roots from now on; they are looked at when `tell` says so."""
        named = frozenset(albums)
        for root in self._roots:
            if named.intersection(root.albums) and root.path not in self._unwatched:
                self.unwatch(root.path, Deaf.SILENT, f"{root.path} is not watched: files came or went unannounced")

    def unwatched(self) -> tuple[Unwatched, ...]:
        """Those that `unwatch` named, by path."""
        return tuple(self._unwatched[path] for path in sorted(self._unwatched))

    def wake(self) -> None:
        """Let `next` return None once."""
        self._woken = True

    def close(self) -> None:
        """No more hints."""
        self._closed = True

    @property
    def told(self) -> bool:
        """Whether `next` has something to tell."""
        return bool(self._hints) or self._inbox.waiting or self._woken

    def happen(self, path: Path, *, is_folder: bool = False) -> None:
        """The entry at `path` was made, changed, renamed or removed."""
        if not self.deaf and not any(path.is_relative_to(root) for root in self._unwatched):
            self._inbox.happened(str(path), is_folder=is_folder)

    def tell(self, cause: Cause, *albums: str, text: str = "") -> None:
        """These albums (all, if none is named) are to be looked at."""
        self._inbox.look(cause, albums or self._homes, text)

    def unwatch(self, root: Path, why: Deaf, text: str = "not watched") -> None:
        """No events come from that root from now on."""
        albums = tuple(sorted(album for one in self._roots if one.path == root for album in one.albums))
        self._unwatched[root] = Unwatched(root, albums, why, text)
        self.tell(Cause.GONE if why is Deaf.GONE else Cause.UNWATCHED, *albums, text=text)

    def rewatch(self, root: Path) -> None:
        """Events come from that root again."""
        was = self._unwatched.pop(root)
        self.tell(Cause.BACK if was.why is Deaf.GONE else Cause.WATCHED, *was.albums)
