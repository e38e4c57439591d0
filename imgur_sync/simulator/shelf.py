"""Objects by id, deletehash and owner, that remember how they were a while ago, for reads that lag behind."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar, overload

VERSIONS = 64
"""Versions of one object that are kept while no lag is asked for, so that a lag can be switched on afterwards."""
WEIGHT = 4096
"""What those versions may weigh together; more than one is kept of lighter objects only."""
GONE = 1000
"""Dropped objects that are remembered while no lag is asked for: those that were dropped last."""


class Owned(Protocol):
    """What every object has."""

    @property
    def deletehash(self) -> str:
        """Who knows it may change the object."""

    @property
    def owner(self) -> str | None:
        """The name of an account; None if it belongs to nobody."""


T = TypeVar("T", bound=Owned)


class Shelf(Generic[T]):
    """Immutable objects by id, in the order of their making. Moments are seconds and never run backwards.

    No look-up, and no page of what an owner has, looks at other objects. Deletehash and owner of an object never
    change. `weight` tells how much memory a version of an object takes, in any unit; `restore` makes an object of the
    row of fields that `load` was given for it, when it is first asked for.
    """

    def __init__(
        self, *, weight: Callable[[T], int] = lambda value: 1, restore: Callable[[tuple[Any, ...]], T] | None = None
    ) -> None:
        # None stands for an object that was dropped and is remembered, a tuple for one that was not asked for yet.
        self._now: dict[str, Any] = {}
        self._since: dict[str, float] = {}
        self._past: dict[str, list[tuple[float, T]]] = {}
        self._gone: deque[tuple[float, str]] = deque()
        self._by_deletehash: dict[str, str] = {}
        self._by_owner: dict[str | None, dict[str, None]] = {}
        self._weight = weight
        self._restore = restore
        self.lag = 0.0
        """Versions younger than this many seconds are all kept."""

    def put(self, key: str, value: T, at: float) -> None:
        """Store `value`, as of the moment `at`."""
        before = self.get(key)
        if before is None:
            self._by_deletehash[value.deletehash] = key
            self._by_owner.setdefault(value.owner, {})[key] = None
            self._now.pop(key, None)
            self._past.pop(key, None)
        else:
            self._past.setdefault(key, []).append((self._since[key], before))
        self._now[key], self._since[key] = value, at
        self._trim(key, value, at)

    def drop(self, key: str, at: float) -> None:
        """Forget the object as of the moment `at`; nothing happens if there is none."""
        before = self.get(key)
        if before is None:
            return
        del self._by_deletehash[before.deletehash]
        del self._by_owner[before.owner][key]
        self._past.setdefault(key, []).append((self._since[key], before))
        self._now[key], self._since[key] = None, at
        self._gone.append((at, key))
        while len(self._gone) > GONE and self._gone[0][0] <= at - self.lag:
            _, oldest = self._gone.popleft()
            if self._now.get(oldest, self) is None:
                del self._now[oldest], self._since[oldest]
                self._past.pop(oldest, None)

    def get(self, key: str, at: float | None = None) -> T | None:
        """The object now, or as it was at the moment `at`; None if there is, or was, none."""
        if at is not None and not (key in self._since and self._since[key] <= at):
            return next((value for moment, value in reversed(self._past.get(key, ())) if moment <= at), None)
        found: Any = self._now.get(key)
        if type(found) is tuple and self._restore is not None:
            found = self._now[key] = self._restore(found)
        value: T | None = found
        return value

    def find(self, deletehash: str) -> T | None:
        """The object of that deletehash."""
        key = self._by_deletehash.get(deletehash)
        return None if key is None else self.get(key)

    def values(self, at: float | None = None) -> Iterator[T]:
        """All objects, oldest first, now or as they were at the moment `at`."""
        for key in self._now:
            value = self.get(key, at)
            if value is not None:
                yield value

    def newest_of(self, owner: str | None, at: float | None = None) -> Sequence[T]:
        """What belongs to the owner, the later made first, now or at the moment `at`; good until the next change."""
        if at is None:
            return Newest(self, self._by_owner.get(owner, {}))
        return [value for value in self.values(at) if value.owner == owner][::-1]

    def ids(self) -> Iterator[str]:
        """The ids of all objects, oldest first."""
        return (key for key, value in self._now.items() if value is not None)

    def rows(self) -> Iterator[tuple[str, float, T | tuple[Any, ...]]]:
        """Id, moment of its last change, and the object, or its row if nobody has asked for it; oldest first."""
        for key, value in self._now.items():
            if value is not None:
                yield key, self._since[key], value

    def load(
        self,
        keys: Iterable[str],
        moments: Iterable[float],
        rows: Iterable[tuple[Any, ...]],
        deletehashes: Iterable[str],
        owners: Iterable[str | None],
    ) -> None:
        """Fill an empty shelf, oldest first."""
        self._now = dict(zip(keys, rows, strict=True))
        self._since = dict(zip(self._now, moments, strict=True))
        self._by_deletehash = dict(zip(deletehashes, self._now, strict=True))
        of = list(owners)
        if of and of.count(of[0]) == len(of):
            self._by_owner[of[0]] = dict.fromkeys(self._now)
            return
        for key, owner in zip(self._now, of, strict=True):
            self._by_owner.setdefault(owner, {})[key] = None

    def __len__(self) -> int:
        return len(self._by_deletehash)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._now.get(key) is not None

    def _trim(self, key: str, value: T, at: float) -> None:
        past = self._past.get(key)
        if past is None:
            return
        kept = max(1, min(VERSIONS, WEIGHT // self._weight(value)))
        surplus, after = 0, [moment for moment, _ in past[1:]] + [at]
        while surplus < len(past) + 1 - kept and after[surplus] <= at - self.lag:
            surplus += 1
        if not surplus:
            return
        born = past[0][0]
        del past[:surplus]
        if past:
            past[0] = (born, past[0][1])
        else:
            del self._past[key]
            self._since[key] = born


class Newest(Sequence[T]):
    """What one owner has, the later made first; an entry is fetched when it is asked for."""

    def __init__(self, shelf: Shelf[T], keys: dict[str, None]) -> None:
        self._shelf = shelf
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        wanted = range(len(self))[index]
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        if wanted.step != 1:
            raise ValueError("pages have no step")
        found = (self._shelf.get(key) for key in self._slice(wanted.start, max(wanted.start, wanted.stop)))
        return [value for value in found if value is not None]

    def _slice(self, start: int, stop: int) -> list[str]:
        """The ids of the entries from `start` to before `stop`, counted from the nearer end."""
        size = len(self)
        if start <= size // 2:
            return list(islice(reversed(self._keys), start, stop))
        return list(islice(self._keys, size - stop, size - start))[::-1]
