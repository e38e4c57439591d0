"""Gates: what is withheld until somebody approves it by name and exact number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class GateName(StrEnum):
    """The gates of this version. ROOT, SCAN and LISTING cannot be approved by number."""

    ROOT = "root"
    SCAN = "scan"
    LISTING = "listing"
    PRUNE = "prune"
    REPLACE = "replace"
    RESTORE = "restore"
    PUBLISH = "publish"
    ADOPT = "adopt"
    STRIKE = "strike"

    @property
    def approvable(self) -> bool:
        """Whether `--approve NAME=NUMBER` can pass it."""
        return self not in (GateName.ROOT, GateName.SCAN, GateName.LISTING)


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that tripped in one album. `count` is what it withholds there; `detail` says why in one sentence."""

    name: GateName
    album: str
    count: int
    detail: str


Approvals = Mapping[GateName, int]
"""Gate name to the exact number approved, summed over the albums where it tripped."""
