"""Uploads that are no pictures yet, and that Imgur is documented to take: PDF and XCF (imgur-api §5, M)."""

from __future__ import annotations

import re
import struct

PAGE = (612, 792)
"""Points of a page whose size is not told in the clear: US Letter, what a PDF without a MediaBox is mostly read as."""
LONGEST = 2**31 - 1
"""Points of the longest side of a page that is believed."""
_MEDIA_BOX = re.compile(rb"/MediaBox\s*\[\s*([-+.\d]+)\s+([-+.\d]+)\s+([-+.\d]+)\s+([-+.\d]+)\s*\]")
_SEARCHED = 1024 * 1024


def document_size(data: bytes | memoryview) -> tuple[int, int] | None:
    """Width and height of a GIMP picture, or of the first page of a PDF in points; None if it is neither.

    What Imgur makes of them is unknown; here they are kept as a PNG of that many pixels.
    """
    head = bytes(data[:32])
    if head.startswith(b"gimp xcf ") and head[13:14] == b"\0" and len(head) >= 22:
        width, height = struct.unpack(">II", head[14:22])
        return int(width), int(height)
    if head.startswith(b"%PDF-"):
        return _page(bytes(data[:_SEARCHED]))
    return None


def _page(head: bytes) -> tuple[int, int]:
    found = _MEDIA_BOX.search(head)
    try:
        left, bottom, right, top = map(float, found.groups()) if found else (0.0, 0.0, *PAGE)
        size = round(abs(right - left)), round(abs(top - bottom))
    except (ValueError, OverflowError):  # no numbers, or infinite ones
        return PAGE
    return size if min(size) > 0 and max(size) <= LONGEST else PAGE
