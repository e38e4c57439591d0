"""Bodies that go wrong on their way: cut, slow, gzip that is none, gzip that never ends (F6, F7)."""

from __future__ import annotations

import functools
import gzip
import zlib
from collections.abc import Callable, Iterator

from werkzeug.wrappers import Response

from imgur_sync.simulator.faults import ConnectionDropped, Fault

Wait = Callable[[float, Fault], object]
BOMB = 64 * 1024 * 1024


def broken(response: Response, fault: Fault, committed: bool, wait: Wait) -> Response:
    """`response` with its body broken as the fault says; its headers go out whole."""
    body = response.get_data()
    match fault.how:
        case "bad-gzip":
            response.headers["Content-Encoding"] = "gzip"
        case "cut-gzip":
            response.headers["Content-Encoding"] = "gzip"
            response.set_data(gzip.compress(body, mtime=0)[:-8])
        case "bomb":
            response.headers["Content-Encoding"] = "gzip"
            response.set_data(_bomb())
        case "slow":
            _streamed(response, len(body), _slow(body, fault, wait))
        case _:
            _streamed(response, max(2, len(body)), _cut(body or b"{", committed))
    return response


def _streamed(response: Response, length: int, chunks: Iterator[bytes]) -> None:
    response.response = chunks
    response.headers["Content-Length"] = str(length)


def _cut(body: bytes, committed: bool) -> Iterator[bytes]:
    yield body[: max(1, len(body) // 2)]
    raise ConnectionDropped(committed, "cut")


def _slow(body: bytes, fault: Fault, wait: Wait) -> Iterator[bytes]:
    for at in range(len(body)):
        wait(fault.seconds, fault)
        yield body[at : at + 1]


@functools.cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(b"\0" * (1024 * 1024)) for _ in range(BOMB // (1024 * 1024)))
    return packed + packer.flush()
