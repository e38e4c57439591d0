"""What a run finds out and counts on its way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """What became of one album in this run."""

    uploaded: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Unowned:
    """What a run without an account finds out: whether the names of pictures can be read; what each album (by id)
    showed of others before its uploads; how many albums were made in vain, by key; whether the
    warning about the state was said; and by album whether what is taken out can be put in again."""

    names_shown: bool = False
    strangers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lost_albums: Counter[str] = field(default_factory=Counter)
    key_told: bool = False
    adds_heeded: dict[str, bool] = field(default_factory=dict)
