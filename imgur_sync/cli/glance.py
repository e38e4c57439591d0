"""A manifest looked at without being checked: for what is told, or completed, whatever else is wrong in it."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

LONGEST = 1024 * 1024
DOTS = 64
"""A key of more parts is none of ours, and tomllib takes minutes for one of thousands."""


def glance(path: Path) -> dict[str, Any]:
    """What the TOML file says. Waits for nobody at the other end of a pipe, and reads no more than a manifest may have.

    Raises `OSError` where it cannot be read or is no regular file, `ValueError` or `RecursionError` where it cannot be
    understood.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is not a regular file")
        text = file.read(LONGEST).decode("utf-8-sig").replace("\r\n", "\n")
    if max(line.count(".") for line in text.split("\n")) >= DOTS:
        _refuse_depth(text)
    return tomllib.loads(text)


def _refuse_depth(text: str) -> None:
    from imgur_sync.manifest.places import TooDeepError, places

    try:
        places(text)
    except TooDeepError:
        raise ValueError("too deeply nested") from None
