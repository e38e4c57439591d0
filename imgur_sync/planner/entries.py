"""The managed places of an album in wanted order."""

from __future__ import annotations

from typing import NamedTuple

from imgur_sync.model.synced import SyncedPicture
from imgur_sync.planner.order import Ranking
from imgur_sync.planner.sorting import Sorted
from imgur_sync.planner.view import AlbumView


class Entry(NamedTuple):
    """One managed place in wanted order; `id` is None until its upload is done."""

    path: str
    digest: str
    id: str | None


def entries(ranking: Ranking, sorted_: Sorted, shown: tuple[str, ...]) -> tuple[Entry, ...]:
    """Files with a picture or a granted upload, and shown pictures that stay although no file is theirs.

    Those stand where their path puts them, behind the file of that path, several of one path as they are shown. Where
    times make the order and theirs is not known, each stays behind the place that it is shown behind.
    """
    sending = {send.file.path for send in sorted_.sends}
    own: list[Entry] = []
    for file in sorted_.files:
        picture = sorted_.pairs.get(file.path)
        if picture is not None or file.path in sending:
            own.append(Entry(file.path, file.digest, picture.id if picture is not None else None))
    waiting = (*sorted_.in_place, *sorted_.protected)
    index = {image_id: number for number, image_id in enumerate(shown)} if waiting else {}
    staying = [picture for picture in waiting if picture.id in index]
    if not staying:
        return tuple(own)
    keyed = [(ranking.key(entry.path), -1, entry) for entry in own]
    timeless: list[SyncedPicture] = []
    for picture in sorted(staying, key=lambda picture: index[picture.id]):
        if not ranking.knows(picture.path):
            timeless.append(picture)
            continue
        keyed.append((ranking.key(picture.path), index[picture.id], Entry(picture.path, picture.digest, picture.id)))
    keyed.sort(key=lambda item: item[:2])
    placed = [entry for _, _, entry in keyed]
    for picture in timeless:
        _insert(placed, picture, shown[: index[picture.id]])
    return tuple(placed)


def _insert(placed: list[Entry], picture: SyncedPicture, before: tuple[str, ...]) -> None:
    """Put the picture behind the last place that is shown before it; in front if there is none."""
    numbers = {entry.id: number for number, entry in enumerate(placed) if entry.id is not None}
    behind = next((numbers[image_id] for image_id in reversed(before) if image_id in numbers), -1)
    placed.insert(behind + 1, Entry(picture.path, picture.digest, picture.id))


def taken_out(view: AlbumView, sorted_: Sorted) -> tuple[str, ...]:
    """Pictures without a file that stay and are not shown: from an album of no account nobody takes any out but we, in
    an edit of pieces that broke off."""
    alive = view.probed.alive - view.keyless if view.anonymous else frozenset()
    return tuple(picture.id for picture in sorted_.kept if picture.id in alive)
