"""Who changed an album's order or cover: somebody on Imgur, or the user in the folder and the manifest.

Both are told from how the album was arranged when that was last agreed on. Only pictures that it held then and shows
now are looked at: where Imgur puts a new one, and which leave, is no change of the order. Equal pictures are not told
apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from imgur_sync.model.plan import Drift
from imgur_sync.model.step import EditAlbum, Step
from imgur_sync.planner.target import Target, doubtful_edit
from imgur_sync.planner.view import AlbumView

AS_WANTED = "as the manifest wants it now"
SET_BACK = "it is set back"
SET_ANEW = "it is set as the manifest wants it now"
STAYS = "it stays so for now"

BOTH = frozenset({"order", "cover"})


@dataclass(frozen=True, slots=True)
class Rearranged:
    """Of the fields "order" and "cover": those that somebody changed on Imgur, those whose wish is another one than
    was agreed, and those of which nobody knows."""

    there: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


def rearranged(view: AlbumView, target: Target) -> Rearranged:
    """Who changed what. Nothing is known of an album that is listed for the first time, or whose edit is in doubt."""
    if view.listing is None or not view.exists or view.synced is None or not view.synced.edited:
        return Rearranged()
    if doubtful_edit(view):
        return Rearranged(unknown=BOTH)
    order, cover = _order(view, target), _cover(view, target)
    return Rearranged(order.there | cover.there, order.here | cover.here, order.unknown | cover.unknown)


def _order(view: AlbumView, target: Target) -> Rearranged:
    agreed, field = view.agreed.ids, frozenset({"order"})
    if agreed is None:
        return Rearranged(unknown=field)
    looks = _looks(view)
    then, now = _common(agreed, target.current, looks)
    meant, wanted = _common(agreed, _wanted(target), looks, only=target.current)
    nothing: frozenset[str] = frozenset()
    return Rearranged(field if then != now else nothing, field if meant != wanted else nothing)


def _cover(view: AlbumView, target: Target) -> Rearranged:
    field, before = frozenset({"cover"}), _agreed_cover(view)
    if before is None or view.listing is None:
        return Rearranged(unknown=field)
    looks = _looks(view)
    wish = target.edit.cover if target.edit is not None else None
    here = wish is not None and wish.digest != looks.get(before)
    nothing: frozenset[str] = frozenset()
    return Rearranged(field if _cover_moved(view, before) else nothing, field if here else nothing)


def _agreed_cover(view: AlbumView) -> str | None:
    """The picture that was the cover by agreement: the first one where Imgur named none. None where it is not known."""
    ids, cover = view.agreed.ids, view.agreed.cover
    if cover:
        return cover
    return ids[0] if cover == "" and ids else None


def _cover_moved(view: AlbumView, before: str) -> bool:
    """Whether somebody chose another cover. Imgur chooses one itself where the cover left, and where it is the first
    picture, whichever that is."""
    assert view.listing is not None
    ids, agreed, looks = view.listing.ids, view.agreed, _looks(view)
    shown = view.listing.header.cover or ""
    now = shown or (ids[0] if ids else "")
    if shown == agreed.cover or looks.get(now, now) == looks.get(before, before) or before not in ids:
        return False
    was_first = bool(agreed.ids) and agreed.ids is not None and before == agreed.ids[0]
    return not (was_first and now == ids[0])


def _looks(view: AlbumView) -> dict[str, str]:
    """What tells pictures apart: the content of ours; those of others by their ids."""
    return {picture.id: picture.digest for picture in view.pictures}


def _wanted(target: Target) -> tuple[str, ...]:
    return (*(entry.id for entry in target.entries if entry.id is not None), *target.tail)


def _common(
    one: Sequence[str], other: Sequence[str], looks: dict[str, str], only: Collection[str] | None = None
) -> tuple[list[str], list[str]]:
    """How the ids that are in both (and in `only`) follow one another in each, by what tells them apart."""
    ids = set(one) & set(other) & set(other if only is None else only)
    return [looks.get(i, i) for i in one if i in ids], [looks.get(i, i) for i in other if i in ids]


def rearranged_drift(view: AlbumView, target: Target, changed: Rearranged, steps: Iterable[Step]) -> Iterator[Drift]:
    """What somebody changed of the album's order and cover, and what becomes of it by these steps."""
    edits = [step for step in steps if isinstance(step, EditAlbum)]
    key, looks = view.spec.key, _looks(view)
    if "order" in changed.there:
        edited = any(edit.places is not None for edit in edits)
        shown, wanted = _common(target.current, _wanted(target), looks)
        yield Drift(key, "the order was changed on Imgur", _then(changed, "order", edited, same=shown == wanted))
    if "cover" in changed.there:
        edited = any(edit.cover is not None for edit in edits)
        same = "cover" not in target.overruled
        yield Drift(key, "the cover was changed on Imgur", _then(changed, "cover", edited, same=same))


def _then(changed: Rearranged, field: str, edited: bool, *, same: bool) -> str:
    if not edited:
        return AS_WANTED if same else STAYS
    return SET_ANEW if field in changed.here else SET_BACK
