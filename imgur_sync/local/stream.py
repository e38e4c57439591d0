"""A file read forwards once, in pieces of bounded size, hashed as it goes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator

FIRST_LOOK = 64 * 1024
TAIL = 64 * 1024
BUFFER = 1024 * 1024
PIECE = 256 * 1024
"""Bytes that are asked of the disk at once: on one that gives 100 KiB a second, that is a few seconds."""


class Stream:
    """An open file of `size` bytes, seen through one buffer of `BUFFER` bytes that the caller lends.

    Every byte is read once, and whatever was read is hashed. `on_bytes(n)` is called each time the buffer was filled,
    and `between()` before each `PIECE` of it; both may raise. `read` counts bytes read so far. A file that ends early
    raises `EOFError`, whoever looks.
    """

    __slots__ = ("_at", "_between", "_buffer", "_end", "_fd", "_hash", "_on_bytes", "_view", "read", "size")

    def __init__(
        self,
        fd: int,
        size: int,
        buffer: bytearray,
        on_bytes: Callable[[int], None],
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self._between = between
        self._fd = fd
        self._buffer = buffer
        self._view = memoryview(buffer)
        self._on_bytes = on_bytes
        self._hash = hashlib.sha256()
        self._at = 0
        self._end = 0
        self.size = size
        self.read = 0

    @property
    def position(self) -> int:
        """Offset in the file of the next byte to be taken."""
        return self.read - (self._end - self._at)

    @property
    def left(self) -> int:
        """Bytes between here and the end that the file had when it was opened."""
        return self.size - self.position

    def head(self) -> bytes:
        """The first bytes of the file: `FIRST_LOOK`, or all of a small one. Call it before anything is taken."""
        if not self.read:
            self._fill(BUFFER if self.size < FIRST_LOOK + TAIL else FIRST_LOOK)
        return bytes(self._view[: self._end])

    def take(self, count: int) -> bytes:
        """The next `count` bytes; keep it small (it is copied)."""
        end = self._at + count
        if end <= self._end:
            piece = self._buffer[self._at : end]
            self._at = end
            return bytes(piece)
        # Each piece is copied before the next one is asked for: that one takes its place in the buffer.
        return b"".join(bytes(piece) for piece in self.pieces(count))

    def pieces(self, count: int) -> Iterator[memoryview]:
        """The next `count` bytes as views that are valid until the next one is asked for."""
        while count > 0:
            if self._at == self._end:
                self._more()
            step = min(count, self._end - self._at)
            view = self._view[self._at : self._at + step]
            self._at += step
            count -= step
            yield view

    def skip(self, count: int) -> None:
        """Pass over `count` bytes; they are read and hashed."""
        while count > self._end - self._at:
            count -= self._end - self._at
            self._more()
        self._at += count

    def window(self) -> tuple[bytearray, int, int]:
        """The buffer and the span in it, never empty, that is next; `skip` moves on."""
        if self._at == self._end:
            self._more()
        return self._buffer, self._at, self._end

    def tail_has(self, needle: bytes) -> bool:
        """Read to the end; whether `needle` occurs after this place and within the last `TAIL` bytes or more."""
        while self.read < self.size:
            self._more()
        return self._buffer.rfind(needle, self._at, self._end) >= 0

    def drain(self) -> str:
        """Read to the end; the SHA-256 of the whole file, 64 hex digits."""
        while self.read < self.size:
            self._more()
        return self._hash.hexdigest()

    def _more(self) -> None:
        self._fill(BUFFER)
        if not self._end:
            raise EOFError("the file ends too early")

    def _fill(self, limit: int) -> None:
        left = self.size - self.read
        if limit < left < limit + TAIL:
            limit = left - TAIL  # so that the last piece is never too short to hold the end of a picture
        self._at = self._end = 0
        if left > 0:
            self._end = self._filled(min(limit, left))
            self._hash.update(self._view[: self._end])
            self.read += self._end
            if self._end:
                self._on_bytes(self._end)

    def _filled(self, limit: int) -> int:
        """Read into the buffer, piece by piece; how many bytes came before the limit or the end of the file."""
        end = 0
        while end < limit:
            self._between()
            count = os.readv(self._fd, [self._view[end : min(end + PIECE, limit)]])
            if not count:
                break
            end += count
        return end
