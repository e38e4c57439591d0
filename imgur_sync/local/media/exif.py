"""Whether metadata tell where a picture was taken: the GPS directory of Exif, and GPS properties of XMP."""

from __future__ import annotations

import struct

GPS_DIRECTORY = 0x8825
LATITUDE = 2
LONGITUDE = 4


def exif_has_gps(data: bytes) -> bool:
    """Whether a TIFF block (Exif without its "Exif" prefix) holds a position.

    A GPS directory without latitude and longitude (cameras write an empty one) is none. One that cannot be read counts
    as a position: what is in doubt is reported.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None or len(data) < 8:
        return False
    (start,) = struct.unpack_from(order + "I", data, 4)
    place = _directory(data, order, start).get(GPS_DIRECTORY)
    if place is None:
        return False
    if place + 2 > len(data):
        return True
    return bool(_directory(data, order, place).keys() & {LATITUDE, LONGITUDE})


def xmp_has_gps(data: bytes) -> bool:
    """Whether an XMP packet, or a part of one, names a GPS position."""
    return b"GPSLatitude" in data or b"GPSLongitude" in data


def _directory(data: bytes, order: str, start: int) -> dict[int, int]:
    """The tags at `start` and their values as offsets; bounded by the data."""
    if start + 2 > len(data):
        return {}
    (count,) = struct.unpack_from(order + "H", data, start)
    fits = min(count, (len(data) - start - 2) // 12)
    entries = (struct.unpack_from(order + "HHII", data, start + 2 + 12 * number) for number in range(fits))
    return {tag: value for tag, _, _, value in entries}
