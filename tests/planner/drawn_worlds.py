"""Random albums and worlds for the planner's properties, drawn by Hypothesis or, hundreds a second, from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.local import LocalFile, Presence
from imgur_sync.model.spec import GateLimits, Order, Privacy, Prune
from imgur_sync.model.synced import Standing
from imgur_sync.model.texts import Texts
from tests.support.album_views import file, picture, spec, synced
from tests.support.planned_world import Album, PlannedWorld

T = TypeVar("T")
NAMES = ("a.jpg", "b.jpg", "C.jpg", "d2.jpg", "d10.jpg", "sub/e.jpg", "sub/ü.jpg")
STANDINGS = (*(Standing.PLACED,) * 5, Standing.DETACHED, Standing.UNMANAGED)
CONTENTS = "uvwxyz"
DATES = ("", "2024-05-01T10:00:00.000000", "2024-05-01T09:00:00.000000", "2024-05-01T10:00:00.500000+02:00")
TITLES = ("", "Cats", "Dogs")
PRESENCES = (Presence.PRESENT,) * 6 + (Presence.POINTER,)


class Chance(Protocol):
    """What decides."""

    def upto(self, least: int, most: int) -> int:
        """A whole number between these, both included."""
        ...

    def of(self, values: Sequence[T]) -> T:
        """One of the values."""
        ...


class Seeded:
    """Decides by a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def upto(self, least: int, most: int) -> int:
        """As `Chance.upto`."""
        return self.random.randint(least, most)

    def of(self, values: Sequence[T]) -> T:
        """As `Chance.of`."""
        return self.random.choice(values)


class Drawn:
    """Decides as Hypothesis says, which makes failures smaller."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def upto(self, least: int, most: int) -> int:
        """As `Chance.upto`."""
        return self._draw(st.integers(least, most))

    def of(self, values: Sequence[T]) -> T:
        """As `Chance.of`."""
        return self._draw(st.sampled_from(values))


def shuffled(chance: Chance, values: Sequence[T]) -> list[T]:
    """The values in another order."""
    left = list(values)
    return [left.pop(chance.upto(0, len(left) - 1)) for _ in values]


def world_of(chance: Chance, *, most: int = 2, limits: GateLimits | None = None) -> PlannedWorld:
    """One or two albums with files, pictures of ours (some not shown, some detached), and pictures of others."""
    albums: list[Album] = []
    pictures: list[Any] = []
    texts: dict[str, dict[str, str]] = {}
    for key in ("cats", "dogs")[: chance.upto(1, most)]:
        albums.append(_album(chance, key, len(albums), pictures, texts))
    world = PlannedWorld(*albums, pictures=pictures, limits=limits)
    world.texts = texts
    return world


def _album(chance: Chance, key: str, position: int, pictures: list[Any], texts: dict[str, dict[str, str]]) -> Album:
    files = files_of(chance)
    exists = chance.upto(0, 3) > 0
    shown: list[str] = []
    for _ in range(chance.upto(0, 5) if exists else 0):
        standing = chance.of(STANDINGS)
        number = len(pictures) + 1
        ours = picture(f"p{number}", chance.of(NAMES), chance.of(CONTENTS), album=key, standing=standing)
        pictures.append(ours)
        rare = chance.upto(0, 5) == 0
        if rare is (standing is Standing.DETACHED):
            shown.append(ours.id)
            texts[ours.id] = {"title": chance.of(TITLES)}  # what nobody shows yet is only seen in a later plan
    shown += [f"{key}-f{n}" for n in range(chance.upto(0, 2))] if exists else []
    edited = chance.of((False, True))
    header: dict[str, object] = {}
    if exists:
        header = {"title": chance.of(TITLES), "public": chance.of((False, True))}
    if shown and chance.of((False, True)):
        header["cover"] = chance.of(shown)
    turn = chance.upto(0, 6)
    order = sorted(shown, key=lambda image_id: (len(image_id) * turn + ord(image_id[-1]) * (turn + 1)) % 7)
    record = synced(key, edited=edited) if exists else None
    return Album(_entry(chance, key, position), files, record, order, header)


def files_of(chance: Chance) -> tuple[LocalFile, ...]:
    """Some files; a rare one is a pointer whose bytes are not here."""
    paths = dict.fromkeys(chance.of(NAMES) for _ in range(chance.upto(1, 5)))
    return tuple(
        file(
            path,
            chance.of(CONTENTS),
            modified_ns=chance.upto(0, 2),
            content=chance.of(PRESENCES),
            taken=chance.of(DATES),
        )
        for path in paths
    )


def _entry(chance: Chance, key: str, position: int) -> Any:
    """An entry of the manifest."""
    return spec(
        key,
        position=position,
        title=chance.of((None, *TITLES)),
        description=chance.of((None, *TITLES)),
        privacy=chance.of(tuple(Privacy)),
        order=chance.of(tuple(Order)),
        cover=chance.of(("first", "newest", "b.jpg")),
        prune=chance.of(tuple(Prune)),
        priority=chance.upto(0, 1),
        protect=chance.upto(0, 5) == 0,
        listed=chance.of(((), (), ("d10.jpg", "gone.jpg", "a.jpg"))),
        image_title=chance.of(("", "", "{stem}", "{index}")),
        images=chance.of(((), (("a.jpg", Texts("Cats", "a cat")), ("b.jpg", Texts(""))))),
    )


def budget_of(chance: Chance) -> Budget:
    """A budget with any of the limits set to a small figure."""
    rows = [chance.upto(-1, 60) for _ in LimitName]
    limits = (Limit(n, None, None if row < 0 else row, 5.0) for n, row in zip(LimitName, rows, strict=True))
    return Budget(tuple(limits))
