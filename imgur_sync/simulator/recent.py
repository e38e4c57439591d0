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

    Numbers need not be in order. Not thread-safe.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.dropped = 0
        """How many entries are not kept any more."""
        self.complete_since = 0
        """All entries of requests after this number are kept."""
        self._entries: list[T] = []
        self._unread = 0
        self._read: Callable[[], Iterable[T]] = list
        # The largest number up to each entry; it grows, so that `since` need not look at what is older.
        self._largest: array[int] = array("q")

    def append(self, entry: T) -> None:
        """Add an entry; when there are too many, the oldest tenth is dropped."""
        largest, number = self._largest, entry.n
        self._entries.append(entry)
        largest.append(largest[-1] if largest and largest[-1] > number else number)
        self._bound()

    def kept(self) -> dict[str, int]:
        """What a snapshot holds of it beside the entries."""
        return {"dropped": self.dropped, "complete_since": self.complete_since}

    def fill(self, count: int, read: Callable[[], Iterable[T]], kept: Mapping[str, int]) -> None:
        """Have dropped what `kept` tells, and have so many entries, which are read when somebody asks for them."""
        self.dropped, self.complete_since = kept["dropped"], kept["complete_since"]
        self._unread, self._read = count, read

    def keep(self, most: int) -> None:
        """Keep so many from now on, and up to a tenth more."""
        self.most = most
        self._bound()

    def since(self, number: int) -> Iterator[T]:
        """The entries of requests after that number."""
        entries = self._all()
        start = bisect_right(self._largest, number)
        return (entry for entry in entries[start:] if entry.n > number)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self._all()[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __len__(self) -> int:
        return self._unread + len(self._entries)

    def _all(self) -> list[T]:
        if self._unread:
            self._entries = [*self._read(), *self._entries]
            self._largest = array("q", accumulate((entry.n for entry in self._entries), max))
            self._unread, self._read = 0, list
        return self._entries

    def _bound(self) -> None:
        count = len(self) - self.most
        if count <= self.most // 10:
            return
        entries = self._all()
        self.complete_since = max(self.complete_since, self._largest[count - 1])
        self.dropped += count
        del entries[:count], self._largest[:count]
