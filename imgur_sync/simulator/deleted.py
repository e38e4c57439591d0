"""Pictures that people deleted: their direct links lead to a notice, those of unknown ids nowhere (imgur-api §4)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from imgur_sync.simulator.records import Image, Removed

KEPT = 50_000
"""Deleted pictures that are remembered, the last so many; the link of an older one is that of an unknown id."""


class Deleted:
    """What is remembered of deleted pictures, in the order of their deletion."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Removed] = OrderedDict()

    def note(self, image: Image | None, at: float) -> None:
        """Remember a picture that goes at the moment `at`; None, for one that was not there, is nothing."""
        if image is not None:
            self.fill([Removed(image.id, image.blob, image.type, at)])

    def fill(self, gone: Iterable[Removed]) -> None:
        """Remember these, of which the moment `until` is that of the deletion."""
        for one in gone:
            self._by_id[one.id] = one
            if len(self._by_id) > KEPT:
                self._by_id.popitem(last=False)

    def get(self, key: str) -> Removed | None:
        """The deleted picture of that id, if it is remembered."""
        return self._by_id.get(key)

    def __iter__(self) -> Iterator[Removed]:
        return iter(self._by_id.values())
