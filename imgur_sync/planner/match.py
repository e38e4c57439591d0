"""Matching inside one album: which file is which picture of ours, by content first, never by path alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from imgur_sync.model.local import LocalFile
from imgur_sync.model.synced import SyncedPicture
from imgur_sync.planner.marker import by_short
from imgur_sync.planner.order import raw


@dataclass(frozen=True, slots=True)
class Matching:
    """`pairs`: path to picture. `files`, `pictures`: what found no partner, in path order."""

    pairs: Mapping[str, SyncedPicture]
    files: tuple[LocalFile, ...]
    pictures: tuple[SyncedPicture, ...]


def match(
    files: Sequence[LocalFile],
    pictures: Iterable[SyncedPicture],
    shown: Sequence[str],
    keyless: Collection[str] = frozenset(),
) -> Matching:
    """Pair files and pictures of equal digest, as multisets. `files` in wanted order, `shown` ids in album order.

    Of a digest with more on one side than on the other, those with the same path come first, then path order. The ones
    chosen are interchangeable, so they are paired in the order that the album shows: no edit is spent on telling equal
    pictures apart. Those in `keyless` are taken last.
    """
    groups, by_digest = _grouped(files, pictures)
    pairs: dict[str, SyncedPicture] = {}
    loose: list[LocalFile] = []
    place: dict[str, int] = {}
    for digest, group in groups.items():
        candidates = by_digest.pop(digest, [])
        if len(group) == 1 and len(candidates) == 1:
            pairs[group[0].path] = candidates[0]
            continue
        if not candidates:
            loose.extend(group)
            continue
        place = place or {image_id: index for index, image_id in enumerate(shown)}
        chosen = _choose(group, candidates)
        given = {file.path for file in chosen}
        loose.extend(file for file in group if file.path not in given)
        taken, rest = _choose_pictures(group, candidates, place, keyless)
        # Wanted order against shown order: pictures that the album does not show come last.
        taken.sort(key=lambda picture: (place.get(picture.id, len(place)), raw(picture.path), picture.id))
        pairs.update(zip((file.path for file in chosen), taken, strict=True))
        if rest:
            by_digest[digest] = rest
    alone = sorted((p for group in by_digest.values() for p in group), key=lambda p: (raw(p.path), p.id))
    return Matching(pairs, tuple(sorted(loose, key=lambda file: raw(file.path))), tuple(alone))


def _grouped(
    files: Iterable[LocalFile], pictures: Iterable[SyncedPicture]
) -> tuple[dict[str, list[LocalFile]], dict[str, list[SyncedPicture]]]:
    """Files and pictures by digest; a short digest counts as the full one that begins with it."""
    groups: dict[str, list[LocalFile]] = defaultdict(list)
    for file in files:
        groups[file.digest].append(file)
    full = by_short(groups)
    by_digest: dict[str, list[SyncedPicture]] = defaultdict(list)
    for picture in pictures:
        by_digest[full.get(picture.digest, picture.digest)].append(picture)
    return groups, by_digest


def _choose(group: list[LocalFile], candidates: list[SyncedPicture]) -> list[LocalFile]:
    """The files of one digest that get a picture, in wanted order."""
    count = min(len(group), len(candidates))
    if count == len(group):
        return group
    paths = {picture.path for picture in candidates}
    ranked = sorted(group, key=lambda file: (file.path not in paths, raw(file.path)))
    kept = {file.path for file in ranked[:count]}
    return [file for file in group if file.path in kept]


def _choose_pictures(
    group: list[LocalFile], candidates: list[SyncedPicture], place: Mapping[str, int], keyless: Collection[str]
) -> tuple[list[SyncedPicture], list[SyncedPicture]]:
    """The pictures of one digest that get a file, and those that do not. Of several with one path only the first, as
    the album shows them, has the path of that file."""
    count = min(len(group), len(candidates))
    vacant = {file.path for file in group}
    first: list[SyncedPicture] = []
    others: list[SyncedPicture] = []
    for picture in sorted(candidates, key=lambda p: (p.id in keyless, raw(p.path), place.get(p.id, len(place)), p.id)):
        (first if picture.path in vacant else others).append(picture)
        vacant.discard(picture.path)
    ranked = sorted([*first, *others], key=lambda picture: picture.id in keyless)
    return ranked[:count], ranked[count:]
