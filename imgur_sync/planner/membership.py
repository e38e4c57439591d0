"""Which ids an edit sends, computed at the last moment from what the album shows right then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imgur_sync.model.plan import AlbumPlan


def membership(
    album: AlbumPlan,
    places: Sequence[str],
    uploaded: Mapping[str, str],
    shown: Sequence[str],
    kept: Sequence[str] = (),
) -> tuple[str, ...]:
    """The ids in wanted order: managed places, then whatever else the album shows.

    `places` are the paths of the edit in wanted order, `uploaded` the ids that this run made by path. A place whose
    upload failed keeps the picture that it was to replace. Pictures that leave are left out; all others that are shown
    follow behind, in the order shown. `kept` are pictures proven alive that are not shown and stay.
    """
    # Two places can share a path: a file and a picture that a gate keeps there. Both lists are in wanted order.
    # Pictures that stay behind all places are paired with no path.
    paired: dict[str, list[str]] = {}
    for path, image_id in album.pairs:
        paired.setdefault(path, []).append(image_id)
    replaced: dict[str, list[str]] = {}
    for path, image_id in album.replaced:
        replaced.setdefault(path, []).append(image_id)
    here = frozenset((*shown, *kept))
    stays: set[str] = set()
    wanted: list[str] = []
    for path in places:
        if path in uploaded:
            wanted.append(uploaded[path])
        elif paired.get(path):
            wanted.append(paired[path].pop(0))
        else:
            old = [i for i in replaced.get(path, []) if i in here]
            stays.update(replaced.get(path, []))
            wanted.extend(old)
    sent = frozenset(wanted)
    extra = [image_id for _, image_id in album.pairs if image_id not in sent and image_id in here]
    wanted.extend(extra)
    doomed = {image_id for _, image_id in album.deleting} | (album.leaving - stays)
    placed = set(wanted)
    tail = [i for i in (*shown, *kept) if i not in placed and i not in doomed]
    return tuple(dict.fromkeys((*wanted, *tail)))
