"""ETag and If-None-Match (imgur-api §2)."""

from __future__ import annotations

import zlib

from imgur_sync.simulator.replies import Reply


def tagged(reply: Reply, known: str | None) -> Reply:
    """The reply with an ETag of its body, or a 304 without one if it is among those that the client knows (M).

    The charge is the same (M). What Imgur's tags look like is unknown.
    """
    tag = f'"{zlib.crc32(reply.body):08x}-{len(reply.body):x}"'
    reply.headers["ETag"] = tag
    if known is None or not _among(tag, known):
        return reply
    return Reply(304, b"", reply.content_type, reply.headers)


def _among(tag: str, known: str) -> bool:
    return known.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in known.split(",")}
