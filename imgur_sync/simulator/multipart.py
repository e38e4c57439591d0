"""Bodies of `multipart/form-data` (RFC 7578), taken apart where they lie, as clients in the field need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imgur_sync.simulator.heads import options


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `content` lies in the body: it lasts as long as that."""

    name: str
    filename: str | None
    """None if none was sent: then it is a field."""
    content: memoryview


def parts(body: bytes, boundary: bytes) -> Iterator[Part]:
    """The parts of `body` that have a name, in their order.

    What comes before the first boundary and after the closing one is passed over. The closing one may be missing (one
    client in the field never sends it): then the last part ends where the body does, less a line end.
    """
    whole, end = memoryview(body), len(body)
    delimiter = b"\r\n--" + boundary
    at = _after(body, delimiter)
    while at >= 0 and not body.startswith(b"--", at):
        stop = body.find(delimiter, at)
        last = stop < 0
        stop = end if last else stop
        blank = body.find(b"\r\n\r\n", at, stop)
        if blank >= 0:
            start = blank + 4
            cut = 2 if last and body.endswith(b"\r\n", start, stop) else 0
            part = _part(body[at:blank], whole[start : stop - cut])
            if part is not None:
                yield part
        at = -1 if last else stop + len(delimiter)


def _after(body: bytes, delimiter: bytes) -> int:
    """Where the first part begins, which is perhaps at the very start; -1 if there is none."""
    if body.startswith(delimiter[2:]):
        return len(delimiter) - 2
    found = body.find(delimiter)
    return found if found < 0 else found + len(delimiter)


def _part(head: bytes, content: memoryview) -> Part | None:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        header, _, value = line.partition(":")
        if header.strip().lower() == "content-disposition":
            _, parameters = options(value.strip())
            name = parameters.get("name")
            return None if name is None else Part(name, parameters.get("filename"), content)
    return None
