"""The server of the page: one thread for all connections, and one that reads pictures' files.

It is no server of the standard library: those take a thread for each connection, read requests for as long as they come
and understand more than is good here. Here slow, broken and countless visitors take nothing but their own place: at
most 64 connections, each closed after seconds, at most four large answers in memory, and a page is made once a second.
"""

from __future__ import annotations

import queue
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from imgur_sync.watch.page.answers import Answer, Answers, as_bytes, plain
from imgur_sync.watch.page.connections import (
    ASKING,
    LINGERING,
    SENDING,
    SENDING_PICTURE,
    Connection,
    Stage,
)
from imgur_sync.watch.page.pictures import picture_answer
from imgur_sync.watch.page.requests import END, LARGEST, Refused, judge
from imgur_sync.watch.page.snapshot import Picture

MOST = 64
"""Connections at a time."""
MOST_PICTURES = 4
"""Pictures in memory at a time."""
BREATH = 0.2
"""Seconds of rest after a connection could not be taken, such as for want of descriptors."""
_Job = tuple[Connection, Picture]


class PageServer:
    """Serves until it is closed. `names` (lower case) are those that the page goes by besides localhost."""

    def __init__(
        self,
        listener: socket.socket,
        answers: Answers,
        names: frozenset[str] = frozenset(),
        read_picture: Callable[[Picture], Answer] = picture_answer,
    ) -> None:
        self._listener = listener
        self._answers = answers
        self._names = names
        self._read_picture = read_picture
        self._connections: dict[Connection, None] = {}  # the oldest first
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting: deque[_Job] = deque()
        self._done: deque[tuple[Connection, Answer]] = deque()
        self._large = 0
        self._closing = False
        self._selector = selectors.DefaultSelector()
        self._bell, self._ear = socket.socketpair()
        for one in (self._bell, self._ear, listener):
            one.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._ear, selectors.EVENT_READ, self._listen)
        self._threads = [threading.Thread(target=run, name=name, daemon=True) for name, run in self._parts()]
        for thread in self._threads:
            thread.start()

    def close(self, patience: float = 2.0) -> None:
        """Close all connections and end both threads. One that hangs on a disk is left behind after `patience` seconds:
        it cannot hold the process."""
        self._closing = True
        self._jobs.put(None)
        self._ring()
        for thread in self._threads:
            thread.join(patience)

    def _parts(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return ("status page", self._serve), ("status page: pictures", self._read_pictures)

    # The thread that reads pictures

    def _read_pictures(self) -> None:
        while (job := self._jobs.get()) is not None:
            connection, picture = job
            try:
                answer = self._read_picture(picture)
            except MemoryError:
                answer = plain(503, "There is no memory for this picture now.")
            self._done.append((connection, answer))
            self._ring()

    def _ring(self) -> None:
        with suppress(OSError):  # full: it rings already; closed: nobody listens any more
            self._bell.send(b"!")

    # The thread of all connections

    def _serve(self) -> None:
        try:
            while not self._closing:
                for key, _ in self._selector.select(self._patience()):
                    if isinstance(key.data, Connection):
                        self._advance(key.data)
                    else:
                        key.data()
                self._expire()
        finally:
            for connection in tuple(self._connections):
                self._hang_up(connection)
            self._selector.close()
            for one in (self._listener, self._ear, self._bell):
                one.close()

    def _patience(self) -> float | None:
        """Seconds until the next connection has had its time; None without any: then nothing wakes."""
        now = time.monotonic()
        return min((max(0.0, one.until - now) for one in self._connections), default=None)

    def _expire(self) -> None:
        now = time.monotonic()
        for connection in [one for one in self._connections if one.until <= now]:
            self._hang_up(connection)

    def _accept(self) -> None:
        try:
            accepted, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            time.sleep(BREATH)
            return
        accepted.setblocking(False)
        if len(self._connections) >= MOST:
            asking = (one for one in self._connections if one.stage in (Stage.ASKING, Stage.LINGERING))
            self._hang_up(next(asking, next(iter(self._connections))))
        connection = Connection(accepted, time.monotonic() + ASKING)
        self._connections[connection] = None
        self._selector.register(accepted, selectors.EVENT_READ, connection)

    def _listen(self) -> None:
        """A picture was read, or it is time to end."""
        with suppress(BlockingIOError):
            self._ear.recv(4096)
        while self._done:
            connection, answer = self._done.popleft()
            if connection in self._connections:
                self._begin_sending(connection, answer)
            else:
                self._free_place()

    def _advance(self, connection: Connection) -> None:
        """Something came from a visitor, or can be sent."""
        try:
            match connection.stage:
                case Stage.ASKING:
                    if connection.receive():
                        self._answer(connection)
                case Stage.SENDING:
                    if connection.send():
                        self._linger(connection)
                case Stage.LINGERING:
                    if connection.ignore():
                        self._hang_up(connection)
                case Stage.READING:
                    pass
        except BlockingIOError:
            return
        except OSError:
            self._hang_up(connection)

    def _answer(self, connection: Connection) -> None:
        if END not in connection.data:
            late = len(connection.data) > LARGEST
            refused = (431, "This request is too long.") if late else (400, "This is no request.")
            self._begin_sending(connection, plain(*refused))
            return
        asked = judge(bytes(connection.data), self._names)
        if isinstance(asked, Refused):
            self._begin_sending(connection, plain(asked.status, asked.why))
            return
        connection.head_only = asked.head_only
        try:
            answer = self._answers.answer(asked)
        except Exception as error:
            answer = plain(500, f"This page could not be made ({type(error).__name__}): please report it.")
        if isinstance(answer, Answer):
            self._begin_sending(connection, answer)
            return
        connection.stage, connection.until = Stage.READING, time.monotonic() + SENDING_PICTURE
        self._selector.unregister(connection.socket)  # what still comes does not matter, and would wake us for ever
        self._waiting.append((connection, answer))
        self._next_pictures()

    def _next_pictures(self) -> None:
        """Have as many pictures read as there are places for."""
        while self._waiting and self._large < MOST_PICTURES:
            connection, picture = self._waiting.popleft()
            if connection in self._connections:
                self._large += 1
                connection.picture = True
                self._jobs.put((connection, picture))

    def _free_place(self) -> None:
        self._large -= 1
        self._next_pictures()

    def _begin_sending(self, connection: Connection, answer: Answer) -> None:
        connection.out = memoryview(as_bytes(answer, head_only=connection.head_only))
        if connection.stage is Stage.READING:
            self._selector.register(connection.socket, selectors.EVENT_WRITE, connection)
        else:
            self._selector.modify(connection.socket, selectors.EVENT_WRITE, connection)
        connection.stage = Stage.SENDING
        connection.until = time.monotonic() + (SENDING_PICTURE if connection.picture else SENDING)

    def _linger(self, connection: Connection) -> None:
        """All is out: wait for the visitor to hang up, which takes no place of a picture."""
        connection.out = memoryview(b"")
        if connection.picture:
            connection.picture = False
            self._free_place()
        connection.socket.shutdown(socket.SHUT_WR)
        connection.stage, connection.until = Stage.LINGERING, time.monotonic() + LINGERING
        self._selector.modify(connection.socket, selectors.EVENT_READ, connection)

    def _hang_up(self, connection: Connection) -> None:
        if connection not in self._connections:
            return
        del self._connections[connection]
        reading = connection.stage is Stage.READING
        if not reading:
            self._selector.unregister(connection.socket)
        connection.socket.close()
        connection.out = memoryview(b"")
        if connection.picture and not reading:  # one that is read still is in memory until `_listen` takes it
            self._free_place()
