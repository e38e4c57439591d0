"""The managed places of an album in wanted order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from imgur_sync.model.local import LocalFile
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.step import Place
from imgur_sync.planner.confirm import cover_name
from imgur_sync.planner.order import Ranking, nfc
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
    times or dates make the order and theirs is not known, each stays behind the place that it is shown behind.
    """
    sending = {send.file.path for send in sorted_.sends}
    own: list[Entry] = []
    for file in sorted_.files:
        picture = sorted_.pairs.get(file.path)
        if picture is not None or file.path in sending:
            own.append(Entry(file.path, file.digest, picture.id if picture is not None else None))
    waiting = (*sorted_.in_place, *sorted_.protected)
    if not waiting and not ranking.undated:
        return tuple(own)
    index = {image_id: number for number, image_id in enumerate(shown)}
    staying = [Entry(p.path, p.digest, p.id) for p in waiting if p.id in index]
    paths = {entry.path for entry in own}
    keyed: list[tuple[tuple[object, ...], int, Entry]] = []
    loose: dict[str | None, Entry] = {}
    doubles: dict[str, list[Entry]] = {}
    for entry in own:
        if entry.id in index and not ranking.knows(entry.path):
            loose[entry.id] = entry
        else:
            keyed.append((ranking.key(entry.path), -1, entry))
    for entry in sorted(staying, key=lambda entry: index[str(entry.id)]):
        if ranking.knows(entry.path):
            keyed.append((ranking.key(entry.path), index[str(entry.id)], entry))
        elif entry.path in paths:
            doubles.setdefault(entry.path, []).append(entry)
        else:
            loose[entry.id] = entry
    keyed.sort(key=lambda item: item[:2])
    placed = _placed([entry for _, _, entry in keyed], loose, shown)
    return tuple(one for entry in placed for one in (entry, *doubles.get(entry.path, ())))


def _placed(fixed: Sequence[Entry], loose: Mapping[str | None, Entry], shown: Iterable[str]) -> list[Entry]:
    """The loose ones among the fixed ones: each behind the last place that is shown before it, in front if there is
    none."""
    known = {entry.id for entry in fixed if entry.id is not None}
    front: list[Entry] = []
    behind: dict[str, list[Entry]] = {}
    here = front
    for image_id in shown:
        if image_id in loose:
            here.append(loose[image_id])
        elif image_id in known:
            here = behind.setdefault(image_id, [])
    return [*front, *(one for entry in fixed for one in (entry, *behind.get(entry.id or "", ())))]


def chosen_cover(spec: AlbumSpec, files: Sequence[LocalFile], places: Sequence[Entry], shown: str | None) -> Entry:
    """Which of the album's places, which are one at least, is to be its cover. Where the newest one cannot be told, as
    dates are in files that are not here, it stays the one that is `shown`."""
    first = places[0]
    if spec.cover == "newest":
        ranking = Ranking(spec, files)
        stays = next((entry for entry in places if entry.id is not None and entry.id == shown), None)
        if stays is not None and any(entry.path in ranking.undated for entry in places):
            return stays
        newest = ranking.newest([entry.path for entry in places])
        return next(entry for entry in places if entry.path == newest)
    if spec.cover == "first":
        return first
    return next((entry for entry in places if nfc(entry.path) == nfc(spec.cover)), first)


def cover_wish(cover: Place, entries: Iterable[Entry]) -> str:
    """How a cover is named where it is remembered that Imgur did not take it over: by its picture too, for another one
    of that path may be taken."""
    found = (entry.id for entry in entries if (entry.path, entry.digest) == (cover.path, cover.digest))
    return cover_name(cover.path, next(found, None))


def taken_out(view: AlbumView, sorted_: Sorted) -> tuple[str, ...]:
    """Pictures without a file that stay, are not shown and can be put back."""
    staying = (*sorted_.in_place, *sorted_.protected, *sorted_.unmanaged, *sorted_.kept)
    return tuple(picture.id for picture in staying if picture.id in view.put_back)
