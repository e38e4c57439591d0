"""How Imgur keeps large pictures: PNG as JPEG, JPEG as a smaller one (imgur-api §5)."""

from __future__ import annotations

import dataclasses

from imgur_sync.simulator.calls import Call, Received
from imgur_sync.simulator.options import MIB

PNG_KEPT = 5 * MIB
"""The largest PNG that stays one (H/M)."""
JPEG_KEPT, ANONYMOUS_JPEG_KEPT = 5 * MIB, MIB
"""The largest JPEG that is kept as it came: of an account, and without one (H/M)."""


def kept(received: Received, call: Call) -> Received:
    """What Imgur keeps of an upload: type and size may change, width and height do not.

    Nothing is recompressed: the new size is invented (two fifths, but no more than was allowed), the file that is
    served and its digest are those of the bytes received. An animated PNG is left as it is (L). A knob turns it off.
    """
    if call.knobs.conversion == "none" or received.size <= ANONYMOUS_JPEG_KEPT:
        return received
    kind = received.media.type
    if kind == "image/png" and received.size > PNG_KEPT and not received.media.animated:
        media = dataclasses.replace(received.media, type="image/jpeg")
        return Received(received.blob, min(received.size * 2 // 5, PNG_KEPT), media)
    most = JPEG_KEPT if call.caller.account is not None else ANONYMOUS_JPEG_KEPT
    if kind == "image/jpeg" and received.size > most:
        return Received(received.blob, min(received.size * 2 // 5, most), received.media)
    return received
