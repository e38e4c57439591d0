"""What the walkers find."""

from __future__ import annotations

from dataclasses import dataclass

LOOK = 64 * 1024
"""The most that is looked at of any one header, directory or metadata block, in bytes."""

PARTS = 100_000
"""The most chunks, segments or boxes that a picture is walked through: a real one has some thousand at most."""


@dataclass(frozen=True, slots=True)
class Media:
    """A whole picture or video. Dimensions in pixels, 0 where the container does not say them; `taken` as in
    `LocalFile`."""

    media_type: str
    width: int
    height: int
    has_gps: bool = False
    taken: str = ""


def sized(media_type: str, width: int, height: int, has_gps: bool = False, taken: str = "") -> Media:
    """The facts of a picture that must have a size. Raises `ValueError` where a side is 0."""
    if width <= 0 or height <= 0:
        raise ValueError("its header gives no size")
    return Media(media_type, width, height, has_gps, taken)
