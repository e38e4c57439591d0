"""What a daemon remembers from one process to the next: when it looked at Imgur, and who quarrels about what.

Times are Unix seconds of our clock. No secrets, no links, no ids of albums or pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

EVERYTHING = ""
"""In the place of an album's key: a look at all albums."""


@dataclass(frozen=True, slots=True)
class Look:
    """The last look at an album on Imgur, or at `EVERYTHING`; `at` is 0 where there was none. `credits` is what it
    cost, or was expected to cost where it was cut short. `of` tells what a whole look was made of: another manifest
    asks for another one."""

    album: str
    at: float
    credits: int
    of: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """Credits that looking took at a moment. `number` is given by the memory (0 in a draft)."""

    at: float
    credits: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Feud:
    """What was found changed on Imgur and set back: `rounds` are sentences without numbers, each with when. The album
    is left alone `until` then (0: it is not), as long as its folder (a fingerprint) and its entry in the manifest are
    the same, and nobody applies it by hand after `since`."""

    album: str
    rounds: tuple[tuple[str, tuple[float, ...]], ...] = ()
    until: float = 0.0
    since: float = 0.0
    folder: str = ""
    entry: str = ""


class WatchMemory(Protocol):
    """What the one daemon of a state keeps for the next. Disposable: what cannot be read was never there. Nothing here
    ever raises."""

    def looks(self) -> tuple[Look, ...]:
        """The last look at every album, by key."""
        ...

    def spent(self) -> tuple[Spent, ...]:
        """What looking took, the oldest first; at least all of the last 24 hours."""
        ...

    def begin_look(self, look: Look, spent: Spent) -> Spent:
        """Before a look: it is remembered as made, at the most that it may cost. Returns what was spent with its
        number, which stays 0 where nothing can be kept."""
        ...

    def end_look(self, look: Look, spent: Spent) -> None:
        """After it: what is to be remembered of it, and what it cost."""
        ...

    def feuds(self) -> tuple[Feud, ...]:
        """All of them, by album."""
        ...

    def keep_feud(self, feud: Feud) -> None:
        """Replace what is known of the album; one with neither rounds nor a truce is forgotten."""
        ...
