"""Loaded by Python at its start where this folder is on PYTHONPATH: strikes a run without the help of the kernel.

CRASH_STRIKE is "call when effect", `lasting` or not: the `when`-th call of that kind is where the process dies
(KILL), or what fails with that error. CRASH_UNSYNCED makes every database forget to sync.
"""

from __future__ import annotations

import errno
import functools
import os
import signal
import socket
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

SQLITE = {
    "EIO": (sqlite3.SQLITE_IOERR, "disk I/O error"),
    "ENOSPC": (sqlite3.SQLITE_FULL, "database or disk is full"),
    "EROFS": (sqlite3.SQLITE_READONLY, "attempt to write a readonly database"),
}
UNSYNCED = bool(os.environ.get("CRASH_UNSYNCED"))
_counts: Counter[str] = Counter()
_lock = threading.Lock()


def _due(call: str) -> str:
    """The effect that is due at this call, "" if none."""
    wanted = os.environ.get("CRASH_STRIKE", "").split()
    if not wanted or wanted[0] != call:
        return ""
    with _lock:
        _counts[call] += 1
        now = _counts[call]
    due = now == int(wanted[1]) or ("lasting" in wanted and now > int(wanted[1]))
    if due and wanted[2] == "KILL":
        os.kill(os.getpid(), signal.SIGKILL)
    return wanted[2] if due else ""


class Connection(sqlite3.Connection):
    """A connection whose commits can be struck."""

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Execute it, or not."""
        if UNSYNCED and statement.startswith("PRAGMA synchronous"):
            statement = "PRAGMA synchronous = OFF"
        if statement != "COMMIT":
            return super().execute(statement, *values)
        effect = _due("commit")
        if effect:
            code, text = SQLITE[effect]
            error = sqlite3.OperationalError(text)
            error.sqlite_errorcode = code
            raise error
        done = super().execute(statement, *values)
        _due("committed")
        return done


def _struck(call: str, real: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(real)
    def struck(*arguments: Any, **named: Any) -> Any:
        effect = _due(call)
        if effect:
            raise OSError(getattr(errno, effect), os.strerror(getattr(errno, effect)))
        return real(*arguments, **named)

    return struck


def _install() -> None:
    sqlite3.connect = functools.partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]
    for name in ("fsync", "replace", "rename", "link", "unlink"):
        setattr(os, name, _struck(name, getattr(os, name)))
    for name in ("send", "sendall"):
        setattr(socket.socket, name, _struck("send", getattr(socket.socket, name)))


_install()
