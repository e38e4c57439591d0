"""The port `WatchMemory` in three dicts."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.remembered import Feud, Look, Spent


class MemoryRemembered:
    """What daemons of this process keep for the next one."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}
        self._spent: dict[int, Spent] = {}
        self._feuds: dict[str, Feud] = {}

    def looks(self) -> tuple[Look, ...]:
        """The last look at every album, by key."""
        return tuple(self._looks[key] for key in sorted(self._looks))

    def spent(self) -> tuple[Spent, ...]:
        """What looking took, the oldest first."""
        return tuple(sorted(self._spent.values(), key=lambda spent: (spent.at, spent.number)))

    def begin_look(self, look: Look, spent: Spent) -> Spent:
        """It is remembered as made."""
        begun = replace(spent, number=max(self._spent, default=0) + 1)
        self._looks[look.album], self._spent[begun.number] = look, begun
        return begun

    def end_look(self, look: Look, spent: Spent) -> None:
        """What is to be remembered of it."""
        self._looks[look.album] = look
        self._spent.pop(spent.number, None)
        if spent.credits:
            number = spent.number or max(self._spent, default=0) + 1
            self._spent[number] = replace(spent, number=number)

    def feuds(self) -> tuple[Feud, ...]:
        """All of them, by album."""
        return tuple(self._feuds[album] for album in sorted(self._feuds))

    def keep_feud(self, feud: Feud) -> None:
        """One with neither rounds nor a truce is forgotten."""
        self._feuds.pop(feud.album, None)
        if feud.rounds or feud.until:
            self._feuds[feud.album] = feud
