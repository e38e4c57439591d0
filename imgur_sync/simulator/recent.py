"""The last entries of a log that goes on for ever, each with the number of the request that it belongs to."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Generic, Protocol, TypeVar, overload

MOST = 50_000
"""Entries that are kept unless another number is asked for."""


class Numbered(Protocol):
    """An entry."""

    @property
    def n(self) -> int:
        """The number of its request, from 1."""


T = TypeVar("T", bound=Numbered)


class Recent(Sequence[T], Generic[T]):
    """At least the last `most` entries and at most a tenth more, in the order of their coming.

    Numbers need not be in order. `forget` is called with every entry that is dropped.
    """

    def __init__(self, most: int = MOST, forget: Callable[[T], None] = lambda entry: None) -> None:
        self.most = most
        self.dropped = 0
        """How many entries are not kept any more."""
        self.complete_since = 0
        """All entries of requests after this number are kept."""
        self._forget = forget
        self._entries: list[T] = []
        # The largest number up to each entry; it grows, so that `since` need not look at what is older.
        self._largest: array[int] = array("q")

    def append(self, entry: T) -> None:
        """Add an entry; when there are too many, the oldest tenth is dropped."""
        self._entries.append(entry)
        self._largest.append(max(entry.n, self._largest[-1]) if self._largest else entry.n)
        slack = self.most // 10
        if len(self._entries) > self.most + slack:
            self._cut(len(self._entries) - self.most)

    def kept(self) -> dict[str, int]:
        """What a snapshot holds of it beside the entries."""
        return {"dropped": self.dropped, "complete_since": self.complete_since}

    def fill(self, entries: Iterable[T], kept: Mapping[str, int]) -> None:
        """Have these entries, and have dropped what `kept` tells."""
        self.dropped, self.complete_since = kept["dropped"], kept["complete_since"]
        self._entries = list(entries)
        self._largest = array("q", accumulate((entry.n for entry in self._entries), max))

    def keep(self, most: int) -> None:
        """Keep so many from now on."""
        self.most = most
        if len(self._entries) > most:
            self._cut(len(self._entries) - most)

    def since(self, number: int) -> Iterator[T]:
        """The entries of requests after that number."""
        start = bisect_right(self._largest, number)
        return (entry for entry in self._entries[start:] if entry.n > number)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self._entries[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def _cut(self, count: int) -> None:
        gone = self._entries[:count]
        del self._entries[:count], self._largest[:count]
        self.dropped += count
        self.complete_since = max(self.complete_since, *(entry.n for entry in gone))
        for entry in gone:
            self._forget(entry)
