"""Loaded by Python at its start where this folder is on PYTHONPATH: while the file that SLOW_DISK names is there, each
entry of a listing (SLOW_WHAT is "walk") or each reading of a file ("read") takes some time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PLACE = os.environ.get("SLOW_DISK", "")
TAKES = {"walk": 0.1, "read": 0.5}
"""Seconds."""
_never = threading.Event()
_scandir, _readv = os.scandir, os.readv


def _work(what: str) -> None:
    """What the disk does meanwhile."""
    if os.path.exists(PLACE):
        _never.wait(TAKES[what])


def _slow_readv(fd: int, buffers: Any) -> int:
    _work("read")
    return _readv(fd, buffers)


@contextmanager
def _slow_scandir(place: Any = ".") -> Iterator[Iterator[os.DirEntry[str]]]:
    with _scandir(place) as found:
        yield (_worked(entry) for entry in found)


def _worked(entry: os.DirEntry[str]) -> os.DirEntry[str]:
    _work("walk")
    return entry


if PLACE and os.environ["SLOW_WHAT"] == "read":
    os.readv = _slow_readv
elif PLACE:
    from imgur_sync.local import listing

    class _Os:
        """The system as the listing of folders sees it."""

        def __getattr__(self, name: str) -> Any:
            return _slow_scandir if name == "scandir" else getattr(os, name)

    vars(listing)["os"] = _Os()
