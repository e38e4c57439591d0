"""How Imgur keeps what was sent: large pictures smaller, WebP as JPEG, every video as MP4 (imgur-api §2.1, §5)."""

from __future__ import annotations

import dataclasses

from imgur_sync.simulator.calls import Call, Received


def kept(received: Received, call: Call) -> Received:
    """What Imgur keeps of an upload: type and size may change, width and height do not.

    Nothing is recompressed: the new size is invented, the file that is served and its digest are those of the bytes
    received. A knob turns it off.
    """
    if call.knobs.conversion == "none":
        return received
    return _other_type(received) or _smaller(received, call)


def _other_type(received: Received) -> Received | None:
    """A video as MP4 (H), of four fifths of its size; a WebP as JPEG (L for the change, the type is unknown), half as
    large again. A WebP that moves is left as it is (unknown)."""
    media, size = received.media, received.size
    if media.type.startswith("video/") and media.type != "video/mp4":
        return Received(received.blob, max(1, size * 4 // 5), dataclasses.replace(media, type="video/mp4"))
    if media.type == "image/webp" and not media.animated:
        return Received(received.blob, size * 3 // 2, dataclasses.replace(media, type="image/jpeg"))
    return None


def _smaller(received: Received, call: Call) -> Received:
    """A large PNG as JPEG, a large JPEG smaller: two fifths of its size, no more than is kept (H/M). An animated PNG is
    left as it is (L). Options say what is large."""
    kind, options = received.media.type, call.options
    if kind not in ("image/png", "image/jpeg"):
        return received
    if kind == "image/png" and received.size > options.png_bytes and not received.media.animated:
        media = dataclasses.replace(received.media, type="image/jpeg")
        return Received(received.blob, min(received.size * 2 // 5, options.png_bytes), media)
    most = options.jpeg_bytes if call.caller.account is not None else options.anonymous_jpeg_bytes
    if kind == "image/jpeg" and received.size > most:
        return Received(received.blob, min(received.size * 2 // 5, most), received.media)
    return received
