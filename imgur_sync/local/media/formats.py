"""Which format bytes are, by content alone, and the walker that reads it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from imgur_sync.local.media import gif, jpeg, mp4, png, webm, webp
from imgur_sync.local.media.facts import Media
from imgur_sync.local.stream import Stream

Walker = Callable[[Stream], Media]


def recognise(head: bytes) -> tuple[str, Walker] | None:
    """The media type that the first bytes say, and its walker; None for what is no picture of ours.

    An animated PNG is "image/png" here; its walker says more.
    """
    if head.startswith(jpeg.SIGNATURE):
        return "image/jpeg", jpeg.walk
    if head.startswith(png.SIGNATURE):
        return "image/png", png.walk
    if head.startswith(gif.SIGNATURES):
        return "image/gif", gif.walk
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp", webp.walk
    if mp4.is_mp4(head):
        return "video/mp4", mp4.walk
    if webm.is_webm(head):
        return "video/webm", webm.walk
    return None


def foreign_type(head: bytes) -> str:
    """What bytes that are no picture of ours are, for people; "" where nobody knows."""
    start = head[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    filetype = import_module("filetype")  # late: hardly any file comes here; by name: it ships no types
    return str(filetype.guess_mime(head[:8192]) or "")
