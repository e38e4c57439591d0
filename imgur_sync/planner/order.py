"""The order of an album's files."""

from __future__ import annotations

import re

from imgur_sync.model.spec import Order

_DIGITS = re.compile(r"(\d+)", re.ASCII)


def raw(path: str) -> bytes:
    """The bytes of a path, which sort alike on every machine."""
    return path.encode("utf-8", "surrogateescape")


def natural_key(path: str) -> tuple[object, ...]:
    """Numbers by value, letters without case, ties by bytes: img2 before IMG10."""
    parts = [(1, 0, part) for part in _DIGITS.split(path.casefold())]
    for number in range(1, len(parts), 2):  # every other part is a run of digits
        digits = parts[number][2]
        # It is compared as a number only up to a length that int() converts in no time.
        if len(digits) <= 30:
            parts[number] = (0, int(digits), "")
    return (tuple(parts), raw(path))


def sort_key(order: Order, path: str, modified_ns: int) -> tuple[object, ...]:
    """What a file is sorted by. Ties of "modified" fall back to the natural order."""
    match order:
        case Order.NATURAL:
            return natural_key(path)
        case Order.NAME:
            return (raw(path),)
        case Order.MODIFIED:
            return (modified_ns, natural_key(path))
