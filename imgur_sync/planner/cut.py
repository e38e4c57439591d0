"""Cutting to the budget: 1-credit work first, then uploads by priority; what does not fit is deferred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

from imgur_sync.model.budget import Budget, Cost, LimitName
from imgur_sync.model.plan import AlbumPlan, Deferred
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.planner.price import price, reads_around
from imgur_sync.planner.room import CREDIT_LIMITS, soon


@dataclass(slots=True)
class Purse:
    """What is left while a plan is cut; None is no limit."""

    credits: dict[LimitName, int | None]
    posts: int | None
    uploads: int | None

    def lacks(self, price: Cost) -> LimitName | None:
        """The first limit that the price does not fit, or None."""
        for name, left in self.credits.items():
            if left is not None and left < price.credits:
                return name
        if self.posts is not None and self.posts < price.posts:
            return LimitName.POSTS
        if self.uploads is not None and self.uploads < price.uploads:
            return LimitName.UPLOADS
        return None

    def take(self, price: Cost) -> None:
        """Spend the price."""
        self.credits = {k: None if left is None else left - price.credits for k, left in self.credits.items()}
        self.posts = None if self.posts is None else self.posts - price.posts
        self.uploads = None if self.uploads is None else self.uploads - price.uploads


def _purse(budget: Budget, until: float) -> Purse:
    """What can be spent until then, if nothing else is; nothing while a month's block lasts."""
    blocked = budget.blocked_until is not None and budget.blocked_until > until
    left: dict[LimitName, int | None] = dict.fromkeys(LimitName)
    for limit in budget.limits:
        left[limit.name] = None if limit.remaining is None else 0 if blocked else soon(limit, until)
    if blocked:
        left[LimitName.DAY] = 0
    return Purse({name: left[name] for name in CREDIT_LIMITS}, left[LimitName.POSTS], left[LimitName.UPLOADS])


def cut(albums: Sequence[AlbumPlan], budget: Budget | None, until: float = 0.0) -> tuple[AlbumPlan, ...]:
    """The albums with the steps that fit the budget by `until`, in the same order: what comes back until then is waited
    for within the run, and what it spends itself is not taken to come back.

    Without a budget (offline) nothing is cut. An album cut short is edited now only if the edit has a detach, a
    finished replacement or a header change.
    """
    if budget is None:
        return tuple(albums)
    purse = _purse(budget, until)
    results = {album.album: album for album in albums}
    for album in albums:
        if not _uploads(album):
            results[album.album] = _cut_cheap(album, purse)
    for album in albums:
        if _uploads(album):
            results[album.album] = _cut_uploads(album, purse)
    return tuple(results[album.album] for album in albums)


def _uploads(album: AlbumPlan) -> list[Upload]:
    return [step for step in album.steps if isinstance(step, Upload)]


def _total(steps: Sequence[Step]) -> Cost:
    return price(steps, 0).writes + Cost(reads_around(steps))


def _deferred(album: AlbumPlan, kept: Sequence[Step], limit: LimitName) -> AlbumPlan:
    staying = Counter(kept)
    gone: list[Step] = []
    for step in album.steps:  # two deletions can be equal: of pictures of one content and one path
        if staying[step]:
            staying[step] -= 1
        else:
            gone.append(step)
    waits = any(isinstance(step, EditAlbum) and step.places is not None for step in gone)
    places = any(isinstance(step, EditAlbum) and step.places is not None for step in kept)
    return replace(
        album,
        steps=tuple(kept),
        deferred=tuple(Deferred(step, limit) for step in gone),
        placements=album.placements if places or not waits else (),  # recorded with the edit that makes them
        reads=reads_around(kept),
    )


def _cut_cheap(album: AlbumPlan, purse: Purse) -> AlbumPlan:
    """An album without uploads: all of it, or as much as fits from the front."""
    count, limit = _most(purse, len(album.steps), lambda count: album.steps[:count])
    kept = album.steps[:count]
    purse.take(_total(kept))
    return album if limit is None else _deferred(album, kept, limit)


def _cut_uploads(album: AlbumPlan, purse: Purse) -> AlbumPlan:
    """An album with uploads: all of it, or as many uploads as fit beside what must go with them."""
    everything = _total(album.steps)
    limit = purse.lacks(everything)
    if limit is None:
        purse.take(everything)
        return album
    before = [step for step in album.steps if isinstance(step, CreateAlbum) or _narrows(step)]
    uploads, texts = _uploads(album), [step for step in album.steps if isinstance(step, EditImage)]
    some, lacking = _most(purse, len(texts), lambda count: _kept(album, before, (), texts[:count]))
    texts, limit = texts[:some], lacking or limit
    count, lacking = _most(purse, len(uploads), lambda count: _kept(album, before, uploads[:count], texts))
    limit = lacking or limit
    kept = _kept(album, before, uploads[:count], texts)
    if count == 0 and (isinstance(album.steps[0], CreateAlbum) or purse.lacks(_total(kept)) is not None):
        kept = []
    purse.take(_total(kept))
    return _deferred(album, kept, limit)


def _most(purse: Purse, count: int, kept: Callable[[int], Sequence[Step]]) -> tuple[int, LimitName | None]:
    """How many of `count` steps the purse allows, and the limit that stands in the way of more."""
    least, most = 0, count
    limit: LimitName | None = None
    while least < most:
        middle = (least + most + 1) // 2
        lacking = purse.lacks(_total(kept(middle)))
        if lacking is None:
            least = middle
        else:
            most, limit = middle - 1, lacking
    return least, limit


def _kept(
    album: AlbumPlan, before: Sequence[Step], uploads: Sequence[Upload], texts: Sequence[EditImage]
) -> list[Step]:
    """What is done of an album of which only these uploads and these edits of texts are."""
    missing = {step.path for step in _uploads(album)} - {step.path for step in uploads}
    if not missing:
        return [*(step for step in album.steps if not isinstance(step, DeleteImage | EditImage)), *texts]
    edits = (worth_now(step, missing, filled=bool(uploads or album.pairs)) for step in album.steps)
    return [*before, *uploads, *(edit for edit in edits if edit is not None), *texts]


def _narrows(step: Step) -> bool:
    return isinstance(step, EditAlbum) and step.narrows


def worth_now(step: Step, missing: Set[str], *, filled: bool) -> EditAlbum | None:
    """An edit that is worth its credit although uploads are missing: one with a detach, a finished replacement or a
    text; without its widening. No deletion comes before every upload of the album is up."""
    if not isinstance(step, EditAlbum) or step.narrows:
        return None
    finished = any(place.path not in missing for place in step.retired)
    worth = step.detached or finished or changes_text(step, filled=filled)
    return replace(step, privacy=None) if worth else None


def changes_text(step: EditAlbum, *, filled: bool) -> bool:
    """Whether an edit has a text that is worth it. An empty description waits while the album has no picture (`filled`
    False): it would clear the marker of the creation, by which alone a lost state knows an empty album again."""
    return step.title is not None or bool(step.description) or (step.description is not None and filled)
