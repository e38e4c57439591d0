"""What a run finds out and counts on its way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgur_sync.model.gate import GateName
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.remote import RemoteAlbum
    from imgur_sync.model.reviewed import ReviewedPlan


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

    def note_names(self, listing: RemoteAlbum) -> None:
        """Remember whether the names of pictures can be read by those who do not own them (imgur-api §5.1)."""
        if listing.pictures:
            from imgur_sync.planner.marker import parse_name

            self.names_shown = any(parse_name(picture.name) is not None for picture in listing.pictures)


@dataclass(slots=True)
class Gates:
    """What became of gates: `bases` are the numbers of pictures by which a gate that began to hold goes on counting, by
    album and gate; `tripped` the gates that held in each album; `gated` the albums where an approved gate tripped in
    the first plan; `used` how much was done of what each gate guards."""

    bases: dict[tuple[str, str], int]
    tripped: dict[str, set[GateName]] = field(default_factory=dict)
    gated: dict[GateName, frozenset[str]] = field(default_factory=dict)
    used: Counter[tuple[GateName, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class Review:
    """What a run may do where somebody reviewed its plan: `plan`, None where nobody did. `serials` are those of the
    albums before the run, for what is bound to them."""

    serials: Mapping[str, int]
    plan: ReviewedPlan | None = None

    @classmethod
    def before(cls, store: StateStore, *, bound: bool) -> Review:
        """Before a run has done anything."""
        return cls({album.key: album.serial for album in store.albums()} if bound else {})
