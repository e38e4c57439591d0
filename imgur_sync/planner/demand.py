"""What the albums of a plan still need, counted: enough to foresee when they are done, whatever their size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imgur_sync.model.budget import Cost
from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, Step, Upload
from imgur_sync.planner.price import cost

PAGE = 100
"""Albums on one page of an account's list, as we ask for it."""
TOUCH = 2
"""Reads of an album in each run that works on it: its listing before, and the read-back."""
CLEARING = 2
"""An album made and not filled in one run is edited once more, after a read, so that its marker is cleared."""


@dataclass(slots=True)
class Demand:
    """One album: `opening` comes before its first upload, `rest` and `rest_posts` (credits, POSTs) after its last one,
    `rest_reads` around these. All go down as the work is done in thought; `begun` when the opening is paid."""

    album: str
    uploads: int = 0
    opening: Cost = Cost()
    new: bool = False
    rest: int = 0
    rest_posts: int = 0
    rest_reads: int = 0
    begun: bool = False

    @property
    def done(self) -> bool:
        """Nothing is left."""
        return not (self.uploads or self.rest)


def demand(album: str, steps: Iterable[Step]) -> Demand:
    """What these steps of an album need."""
    found = Demand(album)
    for step in steps:
        match step:
            case Upload():
                found.uploads += 1
            case CreateAlbum():
                found.opening, found.new = found.opening + cost(step) + Cost(1), True
            case EditAlbum(narrows=True):
                found.opening += cost(step) + Cost(1)
            case _:
                price = cost(step)
                found.rest, found.rest_posts = found.rest + price.credits, found.rest_posts + price.posts
                found.rest_reads += isinstance(step, EditAlbum)
                if isinstance(step, DeleteImage):
                    found.rest_reads = max(found.rest_reads, 1)
    if not found.uploads and found.opening.credits:  # nothing to open for: it is work as any other
        found.rest, found.rest_posts = found.rest + found.opening.credits, found.rest_posts + found.opening.posts
        found.opening = Cost()
    return found


def demands(albums: Iterable[AlbumPlan], *, deferred: bool) -> list[Demand]:
    """What is deferred of each album, or what is granted or deferred, in the order of the albums."""
    found = (demand(album.album, _steps(album, deferred=deferred)) for album in albums)
    return [one for one in found if not one.done]


def _steps(album: AlbumPlan, *, deferred: bool) -> Iterable[Step]:
    if deferred:
        return (entry.step for entry in album.deferred)
    return (*album.steps, *(entry.step for entry in album.deferred))


def looking(albums: int, *, anonymous: bool) -> int:
    """Credits that a new look at so many albums takes before any is listed: pages of a hundred and the page that ends
    them; without an account one for each album."""
    return albums if anonymous else albums // PAGE + 1
