"""Reading a reply's body within bounds: bytes after decompression, and time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from imgur_sync.model.outcome import Problem, ProblemKind
from imgur_sync.model.ports import Clock

MAX_BODY = 8 * 1024 * 1024
MAX_SECONDS = 120.0


class Unbounded(Exception):
    """A body that is too large or too slow, and was not read to its end; `problem` says which."""

    def __init__(self, kind: ProblemKind, detail: str) -> None:
        super().__init__(detail)
        self.problem = Problem(kind, detail)


def collect(chunks: Iterable[bytes], encoding: str, clock: Clock) -> bytes:
    """The whole body, decompressed: at most 8 MiB, within 120 s. Raises `Unbounded`.

    Never holds more than the limit and one chunk, however small a bomb is on the wire. A body that is not what its
    encoding claims, or in an encoding that was not asked for, is read to its end all the same and counts as empty: the
    reply is complete, and a refusal stays one.
    """
    encoding = encoding.strip().lower()
    plain = encoding in ("", "identity")
    inflate = zlib.decompressobj(wbits=47) if encoding in ("gzip", "x-gzip", "deflate") else None
    readable = plain or inflate is not None
    deadline = clock.monotonic() + MAX_SECONDS
    body = bytearray()  # not a list of parts: of tiny ones it would take many times their size
    for chunk in chunks:
        if clock.monotonic() > deadline:
            raise Unbounded(ProblemKind.TIMEOUT, "an answer that did not end in time")
        part = chunk
        if readable and inflate is not None:
            try:
                part = b"" if inflate.eof else inflate.decompress(chunk, MAX_BODY - len(body) + 1)
            except zlib.error:
                readable = False
        if len(body) + len(part) > MAX_BODY:
            raise Unbounded(ProblemKind.UNEXPECTED, "an answer larger than 8 MiB")
        body += part
    if not readable or (inflate is not None and not inflate.eof):
        return b""
    return bytes(body)
