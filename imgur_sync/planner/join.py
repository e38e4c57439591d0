"""Matching across albums: a file that has no picture takes one of equal content that no other file needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.planner.marker import by_short
from imgur_sync.planner.view import Claims


def join(
    albums: Sequence[AlbumPlan], detached: Iterable[SyncedPicture], pictures: Mapping[str, SyncedPicture]
) -> Mapping[str, Claims]:
    """Claims by album key, for the albums that the join touches.

    `detached` are our pictures outside any album that nothing proved to be gone; `pictures` those of the plans'
    `unpaired_pictures`, by id. Files are served in manifest order; each takes a picture of its own album first, then in
    manifest order. Each picture is claimed once.
    """
    ranked = sorted(albums, key=lambda album: (album.position, album.album))
    rank = {album.album: index for index, album in enumerate(ranked)}
    full = by_short(digest for album in ranked for digest, _ in album.unpaired_files)
    supply: dict[str, list[SyncedPicture]] = {}
    for album in ranked:
        for _, image_id in album.unpaired_pictures:
            picture = pictures[image_id]
            supply.setdefault(full.get(picture.digest, picture.digest), []).append(picture)
    for picture in detached:
        supply.setdefault(full.get(picture.digest, picture.digest), []).append(picture)
    incoming: dict[str, dict[str, SyncedPicture]] = {}
    outgoing: dict[str, set[str]] = {}
    for album in ranked:
        for digest, path in album.unpaired_files:
            offers = supply.get(digest, [])
            if not offers:
                continue
            nearness = partial(_nearness, album=album.album, path=path, rank=rank)
            picture = min(offers, key=nearness)
            offers.remove(picture)
            incoming.setdefault(album.album, {})[path] = picture
            if picture.standing is not Standing.DETACHED and picture.album != album.album:
                outgoing.setdefault(picture.album, set()).add(picture.id)
    touched = sorted({*incoming, *outgoing})
    return {key: Claims(incoming.get(key, {}), frozenset(outgoing.get(key, ()))) for key in touched}


def _nearness(picture: SyncedPicture, album: str, path: str, rank: Mapping[str, int]) -> tuple[object, ...]:
    """Own album first, same path first, then manifest order, then id."""
    own = picture.album == album
    return (not own, not (own and picture.path == path), rank.get(picture.album, len(rank)), picture.path, picture.id)
