"""The watcher of folders: waits without polling, and finds out when it has become deaf."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import assert_never

from imgur_sync.local.watching.inbox import Inbox
from imgur_sync.local.watching.posts import Pace, Posts
from imgur_sync.local.watching.routes import Routes
from imgur_sync.model.hint import Cause, Hint, LookAtAll, Touched, Unwatched, WatchedRoot
from imgur_sync.model.ports import Clock
from imgur_sync.mounts import read_mounts

LONGEST_CALM = 60.0
"""Seconds between two renewals at most, however often events are lost."""


class FolderWatcher:
    """Watches folders through inotify, one watch for each folder; as `Watcher` says.

    Everything is done in the calling thread but for what the kernel tells, which other threads put together meanwhile.
    Where events are lost, everything is listened to anew after a moment, and then told to be looked at. Folders that
    cannot be watched are told to be looked at again and again. `mounts` stands in for the kernel's list of mounts,
    `look` for `os.lstat` of the roots.
    """

    def __init__(
        self,
        clock: Clock,
        pace: Pace | None = None,
        *,
        mounts: Callable[[], str] = read_mounts,
        look: Callable[[str], os.stat_result] = os.lstat,
    ) -> None:
        self._clock = clock
        self._pace = pace or Pace()
        self._inbox = Inbox()
        self._posts = Posts(self._inbox, self._pace, mounts, look)
        self._homes: dict[str, tuple[str, bool]] = {}
        self._hints: deque[Hint] = deque()
        self._taken_at = float("-inf")
        self._check_at = self._clock.monotonic() + self._pace.check
        self._renew_at: float | None = None
        self._renewed_at = float("-inf")
        self._calm = self._pace.calm
        self._woken = False
        self._closed = False

    def watch(self, roots: Iterable[WatchedRoot]) -> None:
        """From now on watch these folders and no others; as `Watcher.watch` says.

        Takes about as long as listing all folders once. Without effect after `close`.
        """
        if self._closed:
            return
        routes = Routes(roots)
        before, self._homes = self._homes, routes.homes()
        kept = (_about(hint, self._homes) for hint in self._hints)
        self._hints = deque(hint for hint in kept if hint is not None)
        self._inbox.route(routes)
        self._posts.take(routes, self._clock.monotonic())
        new = (album for album, home in self._homes.items() if before.get(album) != home)
        self._inbox.look(Cause.START, new)

    def next(self, deadline: float | None) -> Hint | None:
        """The next hint; None at the deadline (monotonic seconds), once after `wake`, and always after `close`."""
        while not self._closed:
            if self._woken:
                self._woken = False
                return None
            if self._hints:
                return self._hints.popleft()
            now = self._clock.monotonic()
            self._tend(now)
            due = self._taken_at + self._pace.spacing
            if self._inbox.waiting and now >= due:
                self._hints.extend(self._inbox.take())
                self._taken_at = now
                continue
            if deadline is not None and now >= deadline:
                return None
            until = [self._check_at, deadline, self._renew_at, due if self._inbox.waiting else None]
            self._inbox.wait(min(moment for moment in until if moment is not None) - now)
        return None

    def distrust(self, albums: Iterable[str]) -> None:
        """Look at the folders of these albums regularly instead; as `Watcher.distrust` says."""
        self._posts.distrust(frozenset(albums), self._clock.monotonic())

    def unwatched(self) -> tuple[Unwatched, ...]:
        """The folders from which no events come now, by path."""
        return self._posts.unwatched()

    def wake(self) -> None:
        """Let the `next` that waits, or else the one that comes, return None. Takes no lock."""
        self._woken = True
        self._inbox.ring()

    def close(self) -> None:
        """Watch nothing any more and end all threads."""
        self._closed = True
        self._posts.close()
        self._inbox.ring()

    def _tend(self, now: float) -> None:
        """Listen anew after lost events or a dead thread; look at the folders when it is time."""
        lost = self._inbox.overflowed
        if self._renew_at is None and (lost or not self._posts.alive):
            if now - self._renewed_at > LONGEST_CALM:
                self._calm = self._pace.calm
            self._renew_at = now + self._calm
        if self._renew_at is not None and now >= self._renew_at:
            self._posts.renew(Cause.OVERFLOW if lost else Cause.DEAF, now)
            self._renew_at, self._renewed_at = None, now
            self._calm = min(2 * self._calm, LONGEST_CALM)
        if now >= self._check_at or self._inbox.alarmed():
            self._posts.check(now)
            self._check_at = now + self._pace.check


def _about(hint: Hint, albums: dict[str, tuple[str, bool]]) -> Hint | None:
    """What of a hint is about these albums."""
    match hint:
        case Touched():
            return hint if hint.album in albums else None
        case LookAtAll():
            kept = tuple(album for album in hint.albums if album in albums)
            return replace(hint, albums=kept) if kept else None
    assert_never(hint)
