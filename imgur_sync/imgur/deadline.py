"""An end to every answer: its head and body together, however slowly or endlessly they come.

httpx gives each single read its time. A server that sends a byte of the head now and then, or one "100 Continue" after
the other, would keep a request for days, and `bounded` sees nothing of it before the body begins.
"""

from __future__ import annotations

from typing import Any

import httpx

from imgur_sync.model.ports import Clock

MAX_SECONDS = 300.0
"""From the last byte of a request that was sent to the last byte of its answer; a body alone has 120 s."""


def hurry(client: httpx.Client, clock: Clock, most: float = MAX_SECONDS) -> None:
    """Have every connection of the client, through proxies too, end an answer that takes longer: `TimeoutError`.

    httpx has no public way to the sockets of its pools, so the network of each pool is put behind one that counts.
    A transport without a pool (one that tests bring) is left as it is.
    """
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Network(pool._network_backend, clock, most)


class _Network:
    """httpcore's `NetworkBackend`, whose streams have an end."""

    def __init__(self, inner: Any, clock: Clock, most: float) -> None:
        self._inner = inner
        self._clock = clock
        self._most = most

    def connect_tcp(self, *args: Any, **kwargs: Any) -> _Stream:
        """A connection to a host and port."""
        return _Stream(self._inner.connect_tcp(*args, **kwargs), self._clock, self._most)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Stream:
    """httpcore's `NetworkStream`. What is written sets the end anew, with the first read after it."""

    def __init__(self, inner: Any, clock: Clock, most: float) -> None:
        self._inner = inner
        self._clock = clock
        self._most = most
        self._end: float | None = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes. Raises `TimeoutError` at the end."""
        now = self._clock.monotonic()
        if self._end is None:
            self._end = now + self._most
        left = self._end - now
        if left <= 0:
            raise TimeoutError("an answer that did not end in time")
        data: bytes = self._inner.read(max_bytes, left if timeout is None else min(timeout, left))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        self._end = None
        self._inner.write(buffer, timeout)

    def start_tls(self, *args: Any, **kwargs: Any) -> _Stream:
        """The same connection, encrypted."""
        return _Stream(self._inner.start_tls(*args, **kwargs), self._clock, self._most)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
