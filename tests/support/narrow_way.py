"""A way to Imgur that lets so many bytes pass in a second, or none at all: a relay on a socket of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

TURN = 0.05
"""Seconds between two pieces."""


class NarrowWay:
    """Relays connections to `server`. `rate` is how many bytes a second pass on the way there; 0: nothing passes and
    nothing is answered. `passed` counts the bytes that went there."""

    def __init__(self, server: str, rate: int) -> None:
        place = urlsplit(server)
        self._server = (place.hostname or "", place.port or 0)
        self.rate = rate
        self.passed = 0
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []
        self._threads[0].start()

    def url(self, server: str) -> str:
        """What leads to `server` this way."""
        return server.replace(str(self._server[1]), str(self._listening.getsockname()[1]))

    def close(self) -> None:
        """Nothing passes any more."""
        self._over.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for opened in tuple(self._open):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        for thread in tuple(self._threads):
            thread.join()
        for opened in self._open:
            opened.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                visitor, _ = self._listening.accept()
            except OSError:
                return
            there = socket.create_connection(self._server)
            self._open += [visitor, there]
            for source, target, narrow in ((visitor, there, True), (there, visitor, False)):
                relay = threading.Thread(target=self._relay, args=(source, target, narrow))
                self._threads.append(relay)
                relay.start()

    def _relay(self, source: socket.socket, target: socket.socket, narrow: bool) -> None:
        with suppress(OSError):
            while not self._over.is_set():
                if narrow and self._over.wait(TURN):
                    return
                if not self.rate:
                    continue
                piece = source.recv(max(1, int(self.rate * TURN)) if narrow else 65536)
                if not piece:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(piece)
                self.passed += len(piece) if narrow else 0


@contextmanager
def narrow_way(server: str, rate: int) -> Iterator[NarrowWay]:
    """Such a way, until the block ends."""
    way = NarrowWay(server, rate)
    try:
        yield way
    finally:
        way.close()
