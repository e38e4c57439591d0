"""The folders that are listened to, each with what is known of it: which folder it is, and why it is not watched."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imgur_sync.local.watching.inbox import Inbox
from imgur_sync.local.watching.refusals import GONE, NO_EVENTS, foreign, network, refusal, silent
from imgur_sync.local.watching.routes import Routes, Top
from imgur_sync.model.hint import Cause, Deaf, Unwatched
from imgur_sync.model.local import RootIdentity
from imgur_sync.mounts import Mount, file_system, mounts_below

if TYPE_CHECKING:
    from imgur_sync.local.watching.ears import Ears


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two looks whether the folders are still the same ones (`check`), between two hints about one
    that is not watched (`poll`), until a refused watch is tried again (`retry`), from lost events until everything is
    listened to anew (`calm`; longer each time while it goes on), and between two rounds of hints (`spacing`)."""

    check: float = 15.0
    poll: float = 60.0
    retry: float = 600.0
    calm: float = 1.0
    spacing: float = 0.1


@dataclass(slots=True)
class _Post:
    """One folder. `layout` is the type of its file system and what is mounted in it. `deaf` says why it is not watched,
    None if it is."""

    top: Top
    albums: tuple[str, ...]
    identity: RootIdentity | None = None
    layout: tuple[str | Mount, ...] = ()
    deaf: tuple[Deaf, str] | None = None
    try_at: float = 0.0
    poll_at: float = 0.0


class Posts:
    """Listens to the tops of the routes, and notices where that has ended or must begin anew."""

    def __init__(
        self, inbox: Inbox, pace: Pace, mounts: Callable[[], str], look: Callable[[str], os.stat_result]
    ) -> None:
        self._inbox = inbox
        self._pace = pace
        self._read_mounts = mounts
        self._look = look
        self._mounts = mounts()
        self._ears: Ears | None = None
        self._posts: dict[Top, _Post] = {}

    def take(self, routes: Routes, now: float) -> None:
        """Listen to the tops of these routes and no others. Those that were listened to already go on."""
        before = self._posts
        self._posts = {top: before.get(top) or _Post(top, ()) for top in routes.tops}
        for top, post in self._posts.items():
            post.albums = routes.albums_below(top)
            if top not in before:
                self._begin(post, now)
                post.poll_at = now + self._pace.poll
        for top in before.keys() - self._posts.keys():  # last, so that what is taken over has no gap
            self._leave(top)

    @property
    def alive(self) -> bool:
        """Whether the threads live that all folders need."""
        return self._ears is None or self._ears.alive

    def check(self, now: float) -> None:
        """Look whether each folder is still the one that is listened to, and tell what has changed."""
        if self._ears is not None:
            self._ears.knock()
        self._take_refusals(now)
        mounts = self._read_mounts()
        remounted, self._mounts = mounts != self._mounts, mounts
        dead = self._ears.dead() if self._ears is not None else frozenset()
        for post in self._posts.values():
            if post.deaf is None:
                self._check_watched(post, now, remounted, dead)
            else:
                self._check_deaf(post, post.deaf[0], now, remounted)

    def renew(self, cause: Cause, now: float) -> None:
        """Listen to everything anew, and then have everything looked at that was listened to."""
        text = self._inbox.last_words()
        if self._ears is not None:
            self._ears.close()
            self._ears = None
        self._inbox.fresh()
        watched = [post for post in self._posts.values() if post.deaf is None]
        for post in watched:
            self._begin(post, now)
        for post in watched:
            self._tell(post, cause, now, text)

    def distrust(self, albums: frozenset[str], now: float) -> None:
        """Listen no more to the folders of these albums, in which events do not tell all."""
        for post in self._posts.values():
            if post.deaf is None and albums.intersection(post.albums):
                self._leave(post.top)
                post.deaf, post.try_at = silent(file_system(Path(post.top.path), self._mounts)), float("inf")
                self._tell(post, Cause.UNWATCHED, now)

    def unwatched(self) -> tuple[Unwatched, ...]:
        """The folders from which no events come now, by path."""
        return tuple(
            Unwatched(Path(post.top.path), post.albums, post.deaf[0], _sentence(post))
            for post in self._posts.values()
            if post.deaf is not None
        )

    def close(self) -> None:
        """Listen to nothing."""
        self._posts = {}
        if self._ears is not None:
            self._ears.close()
            self._ears = None

    def _check_watched(self, post: _Post, now: float, remounted: bool, dead: frozenset[str]) -> None:
        identity = self._identity(post.top.path)
        if identity != post.identity:
            cause = Cause.REPLACED
        elif remounted and self._layout(post.top) != post.layout:
            cause = Cause.MOUNTS
        elif post.top.path in dead:
            cause = Cause.DEAF
        else:
            return
        text = self._inbox.last_words() if cause is Cause.DEAF else ""
        self._leave(post.top)
        self._begin(post, now)
        self._tell(post, cause, now, text)

    def _check_deaf(self, post: _Post, why: Deaf, now: float, remounted: bool) -> None:
        identity = self._identity(post.top.path)
        replaced = identity != post.identity
        changed = replaced or (remounted and self._layout(post.top) != post.layout)
        if changed or now >= post.try_at or (why is Deaf.UNREADABLE and identity is not None):
            self._begin(post, now)
            if post.deaf is None or post.deaf[0] is not why or replaced:
                back = Cause.BACK if why in (Deaf.GONE, Deaf.UNREADABLE) else Cause.WATCHED
                self._tell(post, Cause.REPLACED if replaced and why is not Deaf.GONE else back, now)
                return
        if post.deaf is not None and post.deaf[0] is not Deaf.GONE and now >= post.poll_at:
            post.poll_at = now + self._pace.poll
            self._inbox.look(Cause.POLL, post.albums)

    def _begin(self, post: _Post, now: float) -> None:
        """Listen, if that can be had. Which folder it is is looked at first: one put there meanwhile is noticed."""
        post.identity = self._identity(post.top.path)
        post.layout = self._layout(post.top)
        post.try_at = now + self._pace.retry
        kind = foreign(Path(post.top.path), post.top.recursive, self._mounts)
        if post.identity is None:
            post.deaf = Deaf.GONE, GONE
        elif kind:
            post.deaf = network(kind)
        elif sys.platform != "linux":
            post.deaf = Deaf.UNSUPPORTED, NO_EVENTS
        else:
            post.deaf = None
            try:
                self._listening().listen(post.top)
            except OSError as error:
                post.deaf = refusal(error.errno or 0)
            self._take_refusals(now, post)

    def _take_refusals(self, now: float, begun: _Post | None = None) -> None:
        """Folders in which not every watch could be had: what is left of them is given back, for others to have. Of
        `begun` the caller tells."""
        refused = self._inbox.refused()
        for post in self._posts.values() if refused else ():
            if post.deaf is None and post.top.path in refused:
                self._leave(post.top)
                post.deaf = refusal(refused[post.top.path])
                if post is not begun:
                    self._tell(post, Cause.UNWATCHED, now)

    def _tell(self, post: _Post, cause: Cause, now: float, text: str = "") -> None:
        """Have the folder looked at because of `cause`, or rather because it is gone or not watched any more."""
        if post.deaf is None:
            self._inbox.look(cause, post.albums, text)
            return
        post.poll_at = now + self._pace.poll
        if post.deaf[0] is Deaf.GONE:
            cause = Cause.GONE
        elif cause is not Cause.BACK:
            cause = Cause.UNWATCHED
        self._inbox.look(cause, post.albums, _sentence(post))

    def _listening(self) -> Ears:
        if self._ears is None:
            from imgur_sync.local.watching.ears import Ears

            self._ears = Ears(self._inbox)
        return self._ears

    def _leave(self, top: Top) -> None:
        if self._ears is not None:
            self._ears.leave(top)

    def _identity(self, path: str) -> RootIdentity | None:
        """Which folder is there; None for no folder. Nobody knows where a link put in its place would lead."""
        try:
            row = self._look(path)
        except OSError:
            return None
        return RootIdentity(row.st_dev, row.st_ino) if stat.S_ISDIR(row.st_mode) else None

    def _layout(self, top: Top) -> tuple[str | Mount, ...]:
        below = mounts_below(Path(top.path), self._mounts) if top.recursive else ()
        return file_system(Path(top.path), self._mounts), *below


def _sentence(post: _Post) -> str:
    return f"{post.top.path} is not watched: {post.deaf[1] if post.deaf is not None else ''}"
