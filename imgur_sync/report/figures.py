"""Numbers, sizes, durations and times for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from imgur_sync.report.escape import terminal


def number(value: int) -> str:
    """With a comma between thousands: 12,500."""
    return f"{value:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """The count and its noun: "1 picture", "2 pictures"; `many` where an s is not enough."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def size(count: int) -> str:
    """A size in bytes, kB (1,000 bytes), MB or GB: "812 bytes", "1.2 MB"."""
    if abs(count) < 1000:
        return plural(count, "byte")
    value, units = count / 1000, ["kB", "MB", "GB"]
    while abs(value) >= 999.95 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{value:,.1f} {units[0]}"


def size_of(part: int, whole: int) -> str:
    """How much of a size there is, the unit once where it is the same: "1.2 of 47.9 MB", "812 bytes of 1.2 kB"."""
    first, second = size(part), size(whole)
    figure, unit = first.split(" ")
    return f"{figure} of {second}" if second.endswith(f" {unit}") else f"{first} of {second}"


def duration(seconds: float) -> str:
    """Seconds in the two units that matter: "43 s", "5 min", "1 h 5 min", "2 d 3 h". Below zero counts as zero."""
    whole = int(max(0.0, min(seconds, 1e12)) + 0.5)
    if whole < 100:
        return f"{whole} s"
    minutes = (whole + 30) // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{number(days)} d {hours} h" if hours else f"{number(days)} d"


def moment(at: float, now: float, zone: tzinfo | None = None) -> str:
    """A time with its offset from UTC and its distance: "2026-03-01 14:05 +01:00 (in 43 min)".

    Unix seconds; `zone` None is the local zone. A time that no calendar holds is told as such.
    """
    try:
        local = datetime.fromtimestamp(at, UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return "a time that cannot be shown"
    offset = local.strftime("%z")
    distance = f"in {duration(at - now)}" if at >= now else f"{duration(now - at)} ago"
    return f"{local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]} ({distance})"


def iso(at: float | None) -> str | None:
    """A time for programs, in UTC: "2026-03-01T13:05:00Z". None stays None, and is also what no calendar holds."""
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None


def some(names: Sequence[str], most: int = 4) -> str:
    """The first few names, made harmless, and how many more there are: "a.jpg, b.jpg and 3 more"."""
    first = ", ".join(terminal(name) for name in names[:most])
    return first if len(names) <= most else f"{first} and {number(len(names) - most)} more"
