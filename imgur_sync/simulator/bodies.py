"""Bodies of requests, read into memory that is used again.

Half a megabyte of fresh memory costs more time than all that is done with the half megabyte in it.
"""

from __future__ import annotations

import threading
from typing import IO, Any

KEPT = 4 * 1024 * 1024
"""Bytes of the largest body whose memory is kept for the next one, in each thread that serves."""


class Bodies:
    """Reads bodies. Thread-safe: each thread has memory of its own."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    def read(self, stream: IO[bytes], length: int | None) -> tuple[bytes | bytearray, int]:
        """The body from the start of what is returned, and where it ends there; `length` is None if it is not known.

        The next `read` of the same thread overwrites it. Errors are those of the stream.
        """
        into: Any = getattr(stream, "readinto", None)  # PEP 3333 asks for `read` only
        if length is None or into is None:
            data = stream.read() if length is None else stream.read(length)
            return data, len(data)
        memory = self._memory(length)
        end = 0
        with memoryview(memory) as view:
            while end < length and (got := into(view[end:length])):
                end += got
        return memory, end

    def _memory(self, length: int) -> bytearray:
        memory: bytearray = getattr(self._of_thread, "memory", bytearray())
        if len(memory) < length:
            memory = bytearray(length)
            if length <= KEPT:
                self._of_thread.memory = memory
        return memory
