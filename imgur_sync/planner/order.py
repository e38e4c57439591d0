"""The order of an album's files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import assert_never

from imgur_sync.model.local import LocalFile, Presence
from imgur_sync.model.spec import AlbumSpec, Order

WALL = len("2024-05-01T10:11:12.345678")
"""The length of a date and time without its offset from UTC."""

_DIGITS = re.compile(r"(\d+)", re.ASCII)


def raw(path: str) -> bytes:
    """The bytes of a path, which sort alike on every machine."""
    return path.encode("utf-8", "surrogateescape")


def natural_key(path: str) -> tuple[object, ...]:
    """Numbers by value, letters without case, ties by bytes: img2 before IMG10."""
    parts = [(1, 0, part) for part in _DIGITS.split(path.casefold())]
    for number in range(1, len(parts), 2):  # every other part is a run of digits
        digits = parts[number][2]
        # It is compared as a number only up to a length that int() converts in no time.
        if len(digits) <= 30:
            parts[number] = (0, int(digits), "")
    return (tuple(parts), raw(path))


def nfc(path: str) -> str:
    """The path with composed letters: two names that look alike are one."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def sort_key(order: Order, path: str, modified_ns: int, moment: str = "") -> tuple[object, ...]:
    """What a file is sorted by. Ties of "modified" and "taken" fall back to the natural order.

    `moment` is one of `moments`; pictures without one stand behind those that have one.
    """
    match order:
        case Order.NATURAL:
            return natural_key(path)
        case Order.NAME:
            return (raw(path),)
        case Order.MODIFIED:
            return (modified_ns, natural_key(path))
        case Order.TAKEN:
            return (not moment, moment, natural_key(path))
    assert_never(order)


def moments(taken: Mapping[str, str]) -> Mapping[str, str]:
    """The dates of pictures (ISO 8601, as in `LocalFile.taken`) as texts that sort in the order of time; "" has none.

    Where all tell their offset from UTC, they are compared in UTC; where one does not, as the cameras' clocks showed.
    """
    dated = {path: text for path, text in taken.items() if text}
    if not all(len(text) > WALL for text in dated.values()):
        return {path: text[:WALL] for path, text in dated.items()}
    utc = {path: datetime.fromisoformat(text).astimezone(UTC) for path, text in dated.items()}
    return {path: moment.replace(tzinfo=None).isoformat(timespec="microseconds") for path, moment in utc.items()}


def is_unread(file: LocalFile) -> bool:
    """Whether nobody has looked into the file: its content is elsewhere."""
    return file.content is not Presence.PRESENT


class Ranking:
    """What the places of one album are sorted by: first the files that the manifest lists, then its order."""

    def __init__(self, spec: AlbumSpec, files: Sequence[LocalFile]) -> None:
        self._order = spec.order
        self._listed = {nfc(path): number for number, path in reversed(list(enumerate(spec.listed)))}
        self._times = {file.path: file.modified_ns for file in files}
        dated = spec.order is Order.TAKEN
        self.undated = frozenset(file.path for file in files if dated and not file.taken and is_unread(file))
        """Files of the order "taken" whose date nobody knows, as they are not here: not those that have none."""
        self._moments = moments({file.path: file.taken for file in files}) if dated else {}

    def key(self, path: str) -> tuple[object, ...]:
        """Sorts the places of the album."""
        key = sort_key(self._order, path, self._times.get(path, 0), self._moments.get(path, ""))
        return (self._listed.get(nfc(path), len(self._listed)), *key) if self._listed else key

    def knows(self, path: str) -> bool:
        """Whether the order tells where that path belongs: times are known of files only, and dates of what is here."""
        known = path in self._times and path not in self.undated
        return self._order in (Order.NATURAL, Order.NAME) or known

    def newest(self, paths: Sequence[str]) -> str:
        """Of these paths in wanted order, which are one at least, that of the newest picture.

        In the order "taken" it is the last one with a date, whatever the files' times are; else the file changed last.
        """
        if self._order is Order.TAKEN:
            return max(enumerate(paths), key=lambda item: (self._moments.get(item[1], ""), item[0]))[1]
        return max(paths, key=lambda path: (self._times.get(path, 0), path))
