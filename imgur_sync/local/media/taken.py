"""When a picture was taken, as its Exif says."""

from __future__ import annotations

import re
import struct
from datetime import datetime

EXIF_DIRECTORY = 0x8769
TAKEN, OFFSET, FRACTION = 0x9003, 0x9011, 0x9291  # DateTimeOriginal, OffsetTimeOriginal, SubSecTimeOriginal
ASCII = 2
LONGEST = 64
"""The longest of these texts that is looked at, in bytes."""

_DATE = re.compile(r"([1-9]\d{3}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_DIGITS = re.compile(r"\d+")


def exif_taken(data: bytes) -> str:
    """The date and time of a TIFF block (Exif without its "Exif" prefix), ISO 8601 with six digits behind the second;
    with the offset from UTC where it is told. "" where there is none, or none that is a date."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None or len(data) < 8:
        return ""
    (start,) = struct.unpack_from(order + "I", data, 4)
    inner = _entries(data, order, start).get(EXIF_DIRECTORY)
    if inner is None:
        return ""
    (place,) = struct.unpack(order + "I", inner[2])
    entries = _entries(data, order, place)
    date = _DATE.fullmatch(_text(data, order, entries, TAKEN))
    if date is None:
        return ""
    fraction = _DIGITS.match(_text(data, order, entries, FRACTION))
    micro = int(fraction[0][:6].ljust(6, "0")) if fraction is not None else 0
    try:
        year, month, day, hour, minute, second = (int(part) for part in date.groups())
        moment = datetime(year, month, day, hour, minute, second, micro)
    except ValueError:
        return ""
    return moment.isoformat(timespec="microseconds") + _offset(_text(data, order, entries, OFFSET))


def _offset(text: str) -> str:
    found = _OFFSET.fullmatch(text)
    return text if found is not None and int(found[2]) <= 14 and int(found[3]) < 60 else ""


def _entries(data: bytes, order: str, start: int) -> dict[int, tuple[int, int, bytes]]:
    """The entries of the directory at `start` by tag: type, count and the four bytes of value or offset."""
    if start + 2 > len(data):
        return {}
    (count,) = struct.unpack_from(order + "H", data, start)
    fits = min(count, (len(data) - start - 2) // 12)
    rows = (struct.unpack_from(order + "HHI4s", data, start + 2 + 12 * number) for number in range(fits))
    return {tag: (kind, size, value) for tag, kind, size, value in rows}


def _text(data: bytes, order: str, entries: dict[int, tuple[int, int, bytes]], tag: int) -> str:
    """The text of an entry without what ends it; "" where there is none."""
    kind, size, value = entries.get(tag, (0, 0, b""))
    if kind != ASCII or size > LONGEST:
        return ""
    if size > 4:
        (place,) = struct.unpack(order + "I", value)
        value = data[place : place + size]
    return value[:size].partition(b"\0")[0].decode("ascii", "replace").strip()
