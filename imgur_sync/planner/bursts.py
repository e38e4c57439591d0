"""What one window takes of a queue of albums when all of its room is there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from imgur_sync.model.budget import UPLOAD_COST, Cost, LimitName
from imgur_sync.planner.demand import CLEARING, TOUCH, Demand
from imgur_sync.planner.room import CREDIT_LIMITS, ENDLESS, Meter


@dataclass(slots=True)
class Queue:
    """The albums that wait, in the order of execution; those without uploads go first."""

    cheap: deque[Demand]
    filling: deque[Demand]

    @property
    def front(self) -> deque[Demand]:
        """Where the next work is."""
        return self.cheap or self.filling


@dataclass(slots=True)
class Burst:
    """What a window takes: `writes`, `reads`; `first` is what its first step takes, with the look before it. `done` are
    the albums that it finishes."""

    writes: Cost = Cost()
    reads: int = 0
    first: Cost | None = None
    done: list[str] = field(default_factory=list)

    @property
    def cost(self) -> Cost:
        """Writes and reads together."""
        return self.writes + Cost(self.reads)


def queue(albums: list[Demand]) -> Queue:
    """The albums in line."""
    return Queue(deque(a for a in albums if not a.uploads), deque(a for a in albums if a.uploads))


def burst(waiting: Queue, meters: tuple[Meter, ...], run: int | None, look: int) -> Burst:
    """Take out of the queue what fits when nothing is used. One without `first` could take nothing."""
    room = _whole(meters, run)
    taken = Burst(reads=look)
    while waiting.front and _take(waiting.front[0], taken, room):
        album = waiting.front.popleft()
        if album.done:
            taken.done.append(album.album)
        else:  # its uploads are up: what is left of it costs little and goes first from now on
            waiting.cheap.append(album)
            break
    return taken


def lacking(album: Demand, meters: tuple[Meter, ...], run: int | None, look: int) -> LimitName:
    """The limit that has no room for the next step of an album even when nothing of it is used."""
    room, need = _whole(meters, run), Cost(look) + _next(album)
    if room.credits >= need.credits:
        return LimitName.POSTS if room.posts < need.posts else LimitName.UPLOADS
    wholes = {meter.name: meter.whole for meter in meters} | ({LimitName.RUN: run} if run is not None else {})
    return min((name for name in CREDIT_LIMITS if name in wholes), key=lambda name: wholes[name])


def _whole(meters: tuple[Meter, ...], run: int | None) -> Cost:
    wholes = {meter.name: meter.whole for meter in meters}
    credits = min((wholes.get(name, ENDLESS) for name in CREDIT_LIMITS), default=ENDLESS)
    return Cost(
        credits if run is None else min(credits, run),
        wholes.get(LimitName.POSTS, ENDLESS),
        wholes.get(LimitName.UPLOADS, ENDLESS),
    )


def _next(album: Demand) -> Cost:
    """What the next step of an album takes, with the reads around it."""
    if not album.uploads:
        return Cost(1 + TOUCH + album.rest_reads, min(1, album.rest_posts))
    clearing = CLEARING if album.new and not album.begun else 0
    return UPLOAD_COST + _opening(album) + Cost(TOUCH + clearing)


def _opening(album: Demand) -> Cost:
    return Cost() if album.begun else album.opening


def _take(album: Demand, taken: Burst, room: Cost) -> bool:
    """Take as much of an album as fits; whether the next album may come."""
    spent, need = taken.cost, _next(album)
    left = Cost(room.credits - spent.credits, room.posts - spent.posts, room.uploads - spent.uploads)
    if left.credits < need.credits or left.posts < need.posts or left.uploads < need.uploads:
        return False
    taken.first = taken.first or spent + need
    if not album.uploads:
        _take_rest(album, taken, left)
        return album.done
    opening = _opening(album)
    count = album.uploads
    around = TOUCH + album.rest_reads + opening.credits + album.rest
    posts = opening.posts + album.rest_posts
    if left.credits < around + 10 * count or left.posts < posts + count or left.uploads < count:
        clearing = CLEARING if album.new and not album.begun else 0
        credits = left.credits - opening.credits - TOUCH - clearing
        count = min(count, credits // UPLOAD_COST.credits, left.posts - opening.posts, left.uploads)
        taken.writes += opening + UPLOAD_COST.times(count)
        taken.reads += TOUCH + clearing
        album.uploads, album.begun = album.uploads - count, True
        return album.uploads == 0
    taken.writes += opening + UPLOAD_COST.times(count) + Cost(album.rest, album.rest_posts)
    taken.reads += TOUCH + album.rest_reads
    album.uploads = album.rest = album.rest_posts = album.rest_reads = 0
    return True


def _take_rest(album: Demand, taken: Burst, left: Cost) -> None:
    """As many credits of what comes after the uploads as fit."""
    count = min(album.rest, left.credits - TOUCH - album.rest_reads)
    posts = min(album.rest_posts, count, left.posts)
    if album.rest_posts - posts and count == album.rest:
        count = max(1, count - (album.rest_posts - posts))
    taken.writes += Cost(count, posts)
    taken.reads += TOUCH + album.rest_reads
    album.rest, album.rest_posts = album.rest - count, album.rest_posts - posts
