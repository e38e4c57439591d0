"""What Imgur is told to name a thing by: its id for an account's owner, its deletehash without an account.

An anonymous album or picture belongs to nobody: whoever has its deletehash may change it, and nobody else (imgur-api
§§2.1, 2.2, the official collection of calls). `remove_images` and `cover` take ids in either case, as documented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from imgur_sync.imgur.wire import is_segment, listed
from imgur_sync.model.secret import Secret


class Keys(Protocol):
    """How the ids that a writer is given go on the wire. Thread-safe."""

    def album(self, album_id: str) -> str:
        """What stands in a path, or in the field `album`, for an album."""
        ...

    def image(self, image_id: str) -> str:
        """What stands in a path for a picture."""
        ...

    def members(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """The form fields that name these pictures, in this order."""
        ...

    def learn(self, thing_id: str, deletehash: Secret | None) -> None:
        """A reply said this."""
        ...


class ById(Keys):
    """The keys of an account's owner."""

    def album(self, album_id: str) -> str:
        """Its id."""
        return _checked(album_id)

    def image(self, image_id: str) -> str:
        """Its id."""
        return _checked(image_id)

    def members(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """`ids[]`."""
        return listed("ids", ids)

    def learn(self, thing_id: str, deletehash: Secret | None) -> None:
        """Nothing has to be known."""


class ByDeletehash(Keys):
    """The keys without an account: those that the state kept (`known`, by id of the album or picture), and those that
    this writer's own replies bring. What has no key is named by its id, which Imgur refuses."""

    def __init__(self, known: Mapping[str, Secret]) -> None:
        self._known: dict[str, Secret] = {}
        for thing_id, deletehash in known.items():
            self.learn(thing_id, deletehash)

    def album(self, album_id: str) -> str:
        """Its deletehash."""
        return self._key(album_id)

    def image(self, image_id: str) -> str:
        """Its deletehash."""
        return self._key(image_id)

    def members(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """`deletehashes[]`."""
        return [("deletehashes[]" if image_id in self._known else "ids[]", self._key(image_id)) for image_id in ids]

    def learn(self, thing_id: str, deletehash: Secret | None) -> None:
        """From now on this is its key, if it can be one."""
        if deletehash and is_segment(deletehash.reveal()):
            self._known[thing_id] = deletehash

    def _key(self, thing_id: str) -> str:
        known = self._known.get(thing_id)
        return known.reveal() if known is not None else _checked(thing_id)


def _checked(segment: str) -> str:
    """`segment`, if it may stand in a path or form as an id or a deletehash."""
    if not is_segment(segment):
        raise ValueError("not an id of Imgur's: letters and digits only")
    return segment
