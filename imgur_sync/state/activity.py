"""`SqliteActivity`: what running processes do, and which of them asks for its turn; disposable."""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imgur_sync.model.activity import WISH_LASTS, Activity, Wish
from imgur_sync.state.activity_file import WRONG, ActivityFile, sound
from imgur_sync.state.activity_rows import dump_activity, load_activity
from imgur_sync.state.alive import Mark, died, mark
from imgur_sync.state.sealed import seal

SILENT = 86400.0
"""A process whose life cannot be told from here, and which was silent for so many seconds, is taken for dead."""
BUSY = 0.2
"""What shows waits no longer than so many seconds for others: a run shows something every second."""
_ACTIVITIES = "SELECT pid, host, boot, space, start, at, command, body, seal FROM activity"
_WISHES = "SELECT pid, host, boot, space, start, at, command, token, seal FROM wish"
# Whose number counts where ours does; the host's name may change while a process lives.
_FORGET = "DELETE FROM activity WHERE pid = ? AND boot = ? AND space = ? AND (space != '' OR host = ?)"


class SqliteActivity:
    """The `ActivityBoard` in activity.db (see `ActivityFile`)."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time) -> None:
        self._file = ActivityFile(path)
        self._now = now
        self._swept: set[str] = set()

    def show(self, activity: Activity) -> None:
        """Put this in the place of what its process showed before."""
        who, word = _marked(activity), activity.command
        try:
            row = (*who, float(activity.at), word, dump_activity(activity))
            with self._file.writing(BUSY) as connection:
                if word not in self._swept:
                    _sweep(connection, word, self._now())
                    self._swept.add(word)
                connection.execute(_FORGET, _key(who))
                connection.execute(
                    "INSERT OR REPLACE INTO activity VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, seal("activity", row))
                )
        except WRONG:
            return

    def clear(self) -> None:
        """This process does nothing any more."""
        try:
            if self._file.path.exists():
                with self._file.writing() as connection:
                    connection.execute(_FORGET, _key(mark(os.getpid())))
        except WRONG:
            return

    def all(self) -> tuple[Activity, ...]:
        """What every process showed last, by since."""
        found = []
        for *who, at, _, body, _ in self._file.rows("activity", _ACTIVITIES):
            try:
                found.append(load_activity(body, ended=_ended(Mark(*who), at, self._now())))
            except WRONG:
                continue  # of another version
        return tuple(sorted(found, key=lambda activity: (activity.since, activity.pid)))

    @contextmanager
    def wish(self, command: str) -> Iterator[None]:
        """Ask for the lock of runs while the block lasts, but for `WISH_LASTS` seconds at most."""
        token = secrets.token_hex(8)
        self._begin_wish(command, token)
        try:
            yield
        finally:
            self._end_wish(token)

    def wishes(self) -> tuple[Wish, ...]:
        """The wishes that count, the oldest first."""
        now = self._now()
        rows = ((Mark(*who), at, command) for *who, at, command, _, _ in self._file.rows("wish", _WISHES))
        found = [Wish(who.pid, who.host, command, at) for who, at, command in rows if _counts(who, at, now)]
        return tuple(sorted(found, key=lambda wish: (wish.at, wish.pid)))

    def _begin_wish(self, command: str, token: str) -> None:
        now = float(self._now())
        row = (*mark(os.getpid()), now, command, token)
        try:
            with self._file.writing() as connection:
                for *who, at, _, old, _ in sound(connection, "wish", _WISHES):
                    if not _counts(Mark(*who), at, now):
                        connection.execute("DELETE FROM wish WHERE token = ?", (old,))
                connection.execute("INSERT INTO wish VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, seal("wish", row)))
        except WRONG:
            return

    def _end_wish(self, token: str) -> None:
        try:
            with self._file.writing() as connection:
                connection.execute("DELETE FROM wish WHERE token = ?", (token,))
        except WRONG:
            return


def _key(who: Mark) -> tuple[int, str, str, str]:
    return (who.pid, who.boot, who.space, who.host)


def _marked(activity: Activity) -> Mark:
    """Whose it is; of a process elsewhere nothing but its number and its host is known."""
    if activity.pid == os.getpid() or activity.host == socket.gethostname():
        return mark(activity.pid)
    return Mark(activity.pid, activity.host, "", "", "")


def _ended(who: Mark, at: float, now: float) -> bool:
    dead = died(who)
    return abs(now - at) > SILENT if dead is None else dead


def _counts(who: Mark, at: float, now: float) -> bool:
    return abs(now - at) < WISH_LASTS and died(who) is not True


def _sweep(connection: sqlite3.Connection, command: str, now: float) -> None:
    """Drop the dead of the same command: its next process has come. Others are still told of."""
    for *who, at, word, _, _ in sound(connection, "activity", _ACTIVITIES):
        dead = Mark(*who)
        if word.partition(" ")[0] == command.partition(" ")[0] and _ended(dead, at, now):
            connection.execute(_FORGET, _key(dead))
