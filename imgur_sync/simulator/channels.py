"""How waitress serves a connection here.

Waitress receives in one thread and has others call the application. What goes from one to the other and back takes as
long as an upload itself: so what is sure to take no time but its own is served by the thread that has received it.
"""

from __future__ import annotations

import importlib
import socket
import struct
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from imgur_sync.simulator.faults import ConnectionDropped

Promptly = Callable[[str, str], AbstractContextManager[bool]]
"""Whether a request of that method and path, served while the context is open, waits for nothing."""
RESETS = frozenset(("reset", "refused", "dns", "tls", "no-connection"))
"""Endings that a socket shows as a reset, which is as near as a server can come."""
KEPT = 4 * 1024 * 1024
"""Bytes of the largest body whose memory is used again, and that is looked at in the thread that has received it."""
TOGETHER = 64 * 1024
"""Bytes of the longest body that goes out in one piece with the headers."""
SETTLED, UNSETTLED = frozenset(("Content-Length", "Date")), frozenset(("Connection", "Server", "server"))
"""Headers of a reply to which waitress has nothing to add, and headers that it has something to say to."""


def take_over(server: Any, promptly: Promptly) -> None:
    """Have a waitress server serve its connections as this module says."""
    task: Any = importlib.import_module("waitress.task").WSGITask
    channel: Any = importlib.import_module("waitress.channel").HTTPChannel
    own_task = type("OwnTask", (task,), {"build_response_header": _head, "write": _write, "execute": _execute})
    own = {"task_class": own_task, "handle_read": _handle_read, "promptly": staticmethod(promptly)}
    server.channel_class = type("OwnChannel", (channel,), {**own, "reading": False, "due": False})
    dispatch = server.add_task

    def add_task(one: Any) -> None:
        if one.reading:
            one.due = True  # it holds a lock that serving it takes, too
        else:
            dispatch(one)

    server.add_task = add_task


class Room:
    """Further threads for a waitress server of `threads`: one for each request that waits, but no more than `most`.

    So whatever waits keeps nobody waiting. When it is over, as many as `threads` stay, for what waits next.
    """

    def __init__(self, server: Any, threads: int, most: int) -> None:
        self._dispatcher, self._threads, self._most = server.task_dispatcher, threads, most
        self._further = 0

    def __call__(self, waiting: int) -> None:
        """Have room for so many; not to be called by two threads at a time."""
        waiting = min(waiting, self._most)
        if not self._further - self._threads <= waiting <= self._further:
            self._further = waiting
            self._dispatcher.set_thread_count(self._threads + waiting)


def _handle_read(self: Any) -> None:
    """Read what there is, and serve it here or elsewhere.

    Never here: several requests at once, whose replies may have to wait until this very thread has sent some.
    """
    self.reading, self.due = True, False
    try:
        _base(self).handle_read(self)
    finally:
        self.reading = False
    if not self.due:
        return
    request = self.requests[0]
    # The header, for the attribute `content_length` is 0 for a body that came in chunks.
    if request.error is None and len(self.requests) == 1 and int(request.headers.get("CONTENT_LENGTH", 0)) <= KEPT:
        with self.promptly(request.command, request.path) as at_once:
            if at_once:
                self.service()
                return
    self.server.add_task(self)


def _head(self: Any) -> bytes:
    """The headers, names as the application spells them where it spells them itself."""
    asked, names = self.request.headers.get("CONNECTION", ""), {name for name, _ in self.response_headers}
    if self.version == "1.1" and not asked and names >= SETTLED and not names & UNSETTLED:
        lines = [f"HTTP/1.1 {self.status}", *[f"{name}: {value}" for name, value in self.response_headers]]
        return "\r\n".join([*lines, "\r\n"]).encode("latin-1")
    spelled = {name.title(): name for name, _ in self.response_headers if name.lower().startswith("x-")}
    head: bytes = _base(self).build_response_header(self)
    for capital, name in spelled.items():
        head = head.replace(f"\r\n{capital}:".encode(), f"\r\n{name}:".encode())
    return head


def _write(self: Any, data: bytes) -> None:
    """A small reply goes out in one piece."""
    if self.wrote_header or not self.complete or len(data) != self.content_length or len(data) > TOGETHER:
        _base(self).write(self, data)
        return
    self.wrote_header, self.content_bytes_written = True, len(data)
    self.channel.write_soon(self.build_response_header() + (data if self.has_body else b""))


def _execute(self: Any) -> None:
    """A connection that a fault resets is reset."""
    try:
        _base(self).execute(self)
    except ConnectionDropped as dropped:
        if dropped.how in RESETS:
            self.channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise


def _base(self: Any) -> Any:
    """Waitress's own class."""
    return type(self).__base__
