"""No gap: a picture that moves from one album to another is taken in there before it is given away here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from imgur_sync.model.budget import LimitName
from imgur_sync.model.plan import AlbumPlan, Deferred
from imgur_sync.model.step import DeleteImage, EditAlbum, Step
from imgur_sync.planner.price import reads_around

NOBODY: Set[str] = frozenset()


def without_gaps(albums: Sequence[AlbumPlan], idle: Set[str] = NOBODY) -> tuple[AlbumPlan, ...]:
    """The albums with the edits put off that give a picture away while the album that takes it is not edited.

    An album is not edited now if it is one of `idle` or if its edit is deferred, withheld or in doubt. What waits for
    the budget is deferred with it.
    """
    plans = {album.album: album for album in albums}
    changed = True
    while changed:
        changed = False
        stuck = {key for key, plan in plans.items() if _edits(plan.wanted) and (key in idle or not _edits(plan.steps))}
        for key, plan in plans.items():
            takers = sorted(plan.gives & stuck)
            if takers and _edits(plan.steps):
                plans[key] = _put_off(plan, next(filter(None, (_limit(plans[taker]) for taker in takers)), None))
                changed = True
    return tuple(plans.values())


def waves(albums: Sequence[AlbumPlan]) -> Iterator[tuple[AlbumPlan, ...]]:
    """The albums in the order of sending: those that take a picture before those that give it; in a ring all at
    once."""
    rest = list(albums)
    while rest:
        keys = {album.album for album in rest}
        ready = [album for album in rest if not album.gives & (keys - {album.album})] or rest
        yield tuple(ready)
        gone = {album.album for album in ready}
        rest = [album for album in rest if album.album not in gone]


def _edits(steps: Sequence[Step]) -> bool:
    return any(_of_pictures(step) for step in steps)


def _of_pictures(step: Step) -> bool:
    return isinstance(step, EditAlbum) and step.places is not None


def _limit(album: AlbumPlan) -> LimitName | None:
    return next((item.limit for item in album.deferred if _of_pictures(item.step)), None)


def _put_off(album: AlbumPlan, limit: LimitName | None) -> AlbumPlan:
    """The album without its edit and what comes after it; places are recorded with the edit that makes them."""
    late = tuple(step for step in album.steps if _of_pictures(step) or isinstance(step, DeleteImage))
    kept = tuple(step for step in album.steps if step not in late)
    deferred = album.deferred if limit is None else (*album.deferred, *(Deferred(step, limit) for step in late))
    return replace(album, steps=kept, deferred=deferred, placements=(), reads=reads_around(kept))
