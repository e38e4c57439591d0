"""One visitor of the page on the way: what came, what goes out, and how long that may take."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from enum import Enum

from imgur_sync.watch.page.requests import END, LARGEST

PIECE = 64 * 1024
ASKING, SENDING, SENDING_PICTURE, LINGERING = 5.0, 10.0, 30.0, 2.0
"""Seconds that a visitor has to ask, to take an answer or a picture, and to hang up."""
MOST_IGNORED = 64 * 1024
"""Bytes that are read and thrown away before the connection is closed: a close over unread ones would tear the answer
away from the visitor."""


class Stage(Enum):
    """What is waited for."""

    ASKING = "the rest of the request"
    READING = "a picture's file"
    SENDING = "the visitor to take the answer"
    LINGERING = "the visitor to hang up"


@dataclass(slots=True, eq=False)
class Connection:
    """`until` is a monotonic moment; after it the connection is closed. `picture` holds one of the few places for
    answers that are large."""

    socket: socket.socket
    until: float
    stage: Stage = Stage.ASKING
    data: bytearray = field(default_factory=bytearray)
    out: memoryview = field(default_factory=lambda: memoryview(b""))
    head_only: bool = False
    picture: bool = False
    ignored: int = 0

    def receive(self) -> bool:
        """Take what came; whether the request is whole, or will never be. Raises `OSError` when nobody is there."""
        piece = self.socket.recv(LARGEST + 1 - len(self.data))
        if not piece and not self.data:
            raise ConnectionResetError
        self.data += piece
        return END in self.data or len(self.data) > LARGEST or not piece

    def send(self) -> bool:
        """Send a piece; whether all of it is out. Raises `OSError`."""
        self.out = self.out[self.socket.send(self.out[:PIECE]) :]
        return not self.out

    def ignore(self) -> bool:
        """Throw away what still comes; whether the other side hung up, or goes on for too long. Raises `OSError`."""
        piece = self.socket.recv(PIECE)
        self.ignored += len(piece)
        return not piece or self.ignored > MOST_IGNORED
