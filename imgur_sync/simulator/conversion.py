"""How Imgur keeps large pictures: PNG as JPEG, JPEG as a smaller one (imgur-api §5)."""

from __future__ import annotations

import dataclasses

from imgur_sync.simulator.calls import Call, Received


def kept(received: Received, call: Call) -> Received:
    """What Imgur keeps of an upload: type and size may change, width and height do not.

    Nothing is recompressed: the new size is invented (two fifths, but no more than was allowed), the file that is
    served and its digest are those of the bytes received. An animated PNG is left as it is (L). A knob turns it off,
    options say what is large.
    """
    kind, options = received.media.type, call.options
    if call.knobs.conversion == "none" or kind not in ("image/png", "image/jpeg"):
        return received
    if kind == "image/png" and received.size > options.png_bytes and not received.media.animated:
        media = dataclasses.replace(received.media, type="image/jpeg")
        return Received(received.blob, min(received.size * 2 // 5, options.png_bytes), media)
    most = options.jpeg_bytes if call.caller.account is not None else options.anonymous_jpeg_bytes
    if kind == "image/jpeg" and received.size > most:
        return Received(received.blob, min(received.size * 2 // 5, most), received.media)
    return received
