"""Objects by id that remember how they were a while ago, for reads that lag behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT = 64
"""Versions of one object that are kept while no lag is asked for, so that a lag can be switched on afterwards."""


class Shelf(Generic[T]):
    """Immutable objects by id, in the order of their making. Moments are seconds and never run backwards."""

    def __init__(self) -> None:
        self._now: dict[str, T] = {}
        self._versions: dict[str, list[tuple[float, T | None]]] = {}
        self.lag = 0.0
        """Versions younger than this many seconds are all kept."""

    def put(self, key: str, value: T, at: float) -> None:
        """Store `value`, as of the moment `at`."""
        self._now[key] = value
        self._note(key, value, at)

    def drop(self, key: str, at: float) -> None:
        """Forget the object as of the moment `at`; nothing happens if there is none."""
        if self._now.pop(key, None) is not None:
            self._note(key, None, at)

    def get(self, key: str, at: float | None = None) -> T | None:
        """The object now, or as it was at the moment `at`; None if there is, or was, none."""
        return self._now.get(key) if at is None else self._then(key, at)

    def values(self, at: float | None = None) -> Iterator[T]:
        """All objects, oldest first, now or as they were at the moment `at`."""
        if at is None:
            yield from self._now.values()
            return
        for key in self._versions:
            value = self._then(key, at)
            if value is not None:
                yield value

    def __len__(self) -> int:
        return len(self._now)

    def __contains__(self, key: object) -> bool:
        return key in self._now

    def _then(self, key: str, at: float) -> T | None:
        for moment, value in reversed(self._versions.get(key, [])):
            if moment <= at:
                return value
        return None

    def _note(self, key: str, value: T | None, at: float) -> None:
        versions = self._versions.setdefault(key, [])
        versions.append((at, value))
        surplus = 0
        while surplus < len(versions) - KEPT and versions[surplus + 1][0] <= at - self.lag:
            surplus += 1
        if surplus:
            born = versions[0][0]
            del versions[:surplus]
            versions[0] = (born, versions[0][1])
