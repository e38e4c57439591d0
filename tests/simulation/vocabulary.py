"""The faults that a history can hold: each with its number in the specification and where it was seen in the wild.

Those of requests have the simulator's own names (`faults.toml`) and are steered into it for exactly one request, but
for what people do between two requests, which the model has to know of. The others strike a run, a port or the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imgur_sync.simulator.named_faults import NAMED
from imgur_sync.simulator.swarm import LASTING

SOMEBODY = "somebody"
SELDOM = frozenset(("F4", "F5", "F20", "F21", "F22", "F25", "F31", "F32"))
"""What few requests can be struck by is drawn more often."""
REFUSED_FOR_GOOD = frozenset(("size-413", "html-413", "ticket-415"))
"""After these a file is failed until its content changes, or somebody says that it is to be tried again."""
_BY_PEOPLE = {name for name, named in NAMED.items() if named.number == "F36" or name == "moderated"}


@dataclass(frozen=True, slots=True)
class Word:
    """One kind of fault."""

    number: str
    seen: str
    weight: float = 1.0


REQUESTS: Mapping[str, Word] = {
    **{
        name: Word(named.number, named.source, 4.0 if named.number in SELDOM else 0.1 if name in LASTING else 1.0)
        for name, named in NAMED.items()
        if name not in _BY_PEOPLE | REFUSED_FOR_GOOD
    },
    SOMEBODY: Word("F36", "people on the web site", 4.0),
}
"""What can strike a request, by name."""

ELSEWHERE: Mapping[str, Word] = {
    "disk_full": Word("F37", "any disk"),
    "disk_broken": Word("F37", "any disk"),
    "busy": Word("F38", "backup programs"),
    "change": Word("F39", "editors and downloads at work"),
    "vanish": Word("F39", "editors and downloads at work"),
    "unreadable": Word("F39", "permissions that change"),
    "readdir": Word("F40", "network disks"),
    "unmount_mid": Word("F40", "disks that are unplugged"),
    "kill": Word("F41", "SIGKILL, power"),
    "stop": Word("F41", "Ctrl-C, shutdown"),
    "memory": Word("F41", "MemoryError"),
    "jump": Word("F42", "clocks set by hand or by NTP"),
    "sleep": Word("F42", "laptops"),
    "drained": Word("F16", "other programs of the same Client-ID"),
    "strike": Word("F17", "imgur-api §3"),
    "lag": Word("F18", "reads after writes"),
    "vanished": Word("F29", "JDimproved/JDim#1434"),
    "null_lists": Word("F24", "jtpox/discord-presence-roon#18"),
    "short_pages": Word("F28", "Imgur/imgurpython#92"),
}
"""What strikes elsewhere."""
ALL: Mapping[str, Word] = {**REQUESTS, **ELSEWHERE}
