"""What the threads of the server are given: never changed, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from imgur_sync.report.watched import Watched


@dataclass(frozen=True, slots=True)
class Picture:
    """A managed picture's file: where it is below which folder, and the SHA-256 of its bytes (64 hex digits)."""

    root: Path
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The page, and the pictures that it may show, by their addresses. Nothing else is ever read."""

    watched: Watched
    pictures: Mapping[str, Picture]
