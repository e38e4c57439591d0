"""Thumbnails: a picture made smaller, if Pillow is installed (imgur-api §6)."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from collections import OrderedDict

from imgur_sync.simulator.records import Image

SQUARE = {"s": 90, "b": 160}
"""Cut to a square of so many pixels (H)."""
WITHIN = {"t": 160, "m": 320, "l": 640, "g": 680, "h": 1024, "r": 1360}
"""Scaled to fit within so many pixels each way (H; g and r are in no documentation)."""
MOST_PIXELS = 64_000_000
"""Pixels of a picture that is still decoded; a larger one is served whole."""

UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
    Warning,
)
"""What Pillow raises for pictures that are damaged; its warnings only where warnings are errors."""

KEPT = 32 * 1024 * 1024
"""Bytes of thumbnails that are kept, those that were asked for last."""


class Thumbnails:
    """Thumbnails that were drawn, so that a page of them does not draw each anew. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawn: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0

    def get(self, digest: str, letter: str, data: bytes) -> bytes | None:
        """That thumbnail of the picture with this digest, whose bytes are `data`; None as `thumbnail` says."""
        key = digest, letter
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        drawn = thumbnail(data, letter)
        if drawn is not None:
            self._keep(key, drawn)
        return drawn

    def _keep(self, key: tuple[str, str], drawn: bytes) -> None:
        with self._lock:
            self._size += len(drawn) - len(self._drawn.pop(key, b""))
            self._drawn[key] = drawn
            while self._size > KEPT:
                self._size -= len(self._drawn.popitem(last=False)[1])


def may_be_drawn(picture: Image) -> bool:
    """Whether its thumbnails may be drawn, by what its headers said."""
    return picture.type.startswith("image/") and picture.width * picture.height <= MOST_PIXELS


def thumbnail(data: bytes, letter: str) -> bytes | None:
    """That thumbnail of the picture, a JPEG as at Imgur (H); never larger than the picture.

    None if Pillow is not there or cannot read the picture: then it is served whole. Of a moving picture it is the
    first frame.
    """
    try:
        from PIL import Image as Picture
        from PIL import ImageOps
    except ImportError:
        return None
    into = io.BytesIO()
    try:
        with Picture.open(io.BytesIO(data)) as picture:
            drawn = picture.convert("RGB")
        if letter in SQUARE:
            drawn = ImageOps.fit(drawn, (SQUARE[letter], SQUARE[letter]))
        else:
            drawn.thumbnail((WITHIN[letter], WITHIN[letter]))
        drawn.save(into, "JPEG", quality=80)
    except (*UNREADABLE, Picture.DecompressionBombError):
        return None
    return into.getvalue()
