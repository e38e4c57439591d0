"""Durations and sizes as people write them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86400
MIB = 1024 * 1024

DURATION = r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(s|m|h|d)"
SIZE = r"([0-9]{1,15})(B|KB|MB|GB|KiB|MiB|GiB)"
"""How durations and sizes are written."""

_DURATION = re.compile(DURATION)
_SECONDS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY}
_SIZE = re.compile(SIZE)
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 1024, "MiB": MIB, "GiB": 1024 * MIB}


@dataclass(frozen=True, slots=True)
class Duration:
    """A validator: "90s", "3m", "1h", "2d" or a number of seconds, within bounds given in seconds, as seconds."""

    low: float
    high: float

    @property
    def rule(self) -> str:
        """What may be written, for people."""
        low, high = duration_text(self.low), duration_text(self.high)
        return f'a duration such as "90s", "3m", "1h", "2d" or 90, from {low} to {high}'

    def __call__(self, value: object) -> float:
        """ValueError if it is none, or out of bounds."""
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if found:
            seconds = float(found[1]) * _SECONDS[found[2]]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = _float(value)
        else:
            raise ValueError("no duration")
        if not self.low <= seconds <= self.high:  # NaN fails too
            raise ValueError("out of bounds")
        return seconds


@dataclass(frozen=True, slots=True)
class Size:
    """A validator: "64MiB", "10MB" or a number of bytes, within bounds given in bytes, as bytes."""

    low: int
    high: int

    @property
    def rule(self) -> str:
        """What may be written, for people."""
        return (
            f'a size such as "64MiB", "10MB" or a number of bytes, from {size_text(self.low)} to {size_text(self.high)}'
        )

    def __call__(self, value: object) -> int:
        """ValueError if it is none, or out of bounds."""
        found = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if found:
            size = int(found[1]) * _BYTES[found[2]]
        elif isinstance(value, int) and not isinstance(value, bool):
            size = value
        else:
            raise ValueError("no size")
        if not self.low <= size <= self.high:
            raise ValueError("out of bounds")
        return size


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def duration_text(seconds: float) -> str:
    """A duration as a manifest may write it."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f'"{seconds / _SECONDS[unit]:.0f}{unit}"'
    return f"{seconds:g}"


def size_text(size: int) -> str:
    """A size of whole mebibytes as a manifest may write it."""
    return f'"{size // (1024 * MIB)}GiB"' if size % (1024 * MIB) == 0 else f'"{size // MIB}MiB"'
