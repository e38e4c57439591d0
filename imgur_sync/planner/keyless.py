"""Without an account a picture is changed by its deletehash, which stands in one reply only. A picture whose reply was
lost is keyless: it stays where it is in its album and can be taken out, but never put in, changed or deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from imgur_sync.model.step import EditAlbum, Step
from imgur_sync.model.synced import SyncedPicture
from imgur_sync.planner.pieces import stranded
from imgur_sync.planner.sorting import Sorted
from imgur_sync.planner.target import aim
from imgur_sync.planner.view import AlbumView

KEY = (
    "without an account the state file is the only key to these pictures: nobody can change or delete them without it, "
    "and it cannot be made again from what is on Imgur; keep it"
)
"""Said before the first upload."""
RETENTION = "Imgur may remove pictures without an account that are old or that nobody looks at: keep your own"
OUTSIDE = "Imgur may remove a picture of no account that is in no album, as what leaves this one will be"
"""Said where pictures are taken out of their album and live on."""
CANNOT = (
    'there is no privacy = "secret", and no list of what is yours: an upload or album whose answer is lost before it '
    "was written down can be found in its album at best, and then never be changed or deleted",
    "the account's credentials are not used: a Client-ID is enough",
)
"""What there is not in anonymous mode, for `validate`."""


def first_words(copy: str) -> tuple[str, ...]:
    """What to know before the first upload. `copy` is the file that each apply copies the state to ("": not known)."""
    return (KEY, *((f"each apply leaves a copy of the state here, keep it too: {copy}",) if copy else ()), RETENTION)


def renewed(view: AlbumView, wanted: Sorted) -> AlbumView:
    """The view in which pictures that are stranded are to be uploaded once more; not while anything is in doubt.

    Another one of the file that takes the place can be stranded, too: ask again until the view stays as it is.
    """
    if not view.anonymous or view.intents or wanted.settling or not view.keyless:
        return view
    target = aim(view, wanted, publish=True)
    order = (*(entry.id for entry in target.entries), *target.tail)
    lost = frozenset(stranded(order, target.current, view.keyless))
    again = {picture.id: path for path, picture in wanted.pairs.items() if picture.id in lost}
    return replace(view, renewed={**view.renewed, **again}) if again else view


def remarks(view: AlbumView, steps: Sequence[Step]) -> Iterator[str]:
    """What a plan warns of in anonymous mode."""
    if not view.anonymous:
        return
    for path in sorted(view.renewed.values()):
        yield (
            f"{path} is uploaded once more, for the answer that held its deletehash was lost and the album has to be "
            "rearranged: its old link goes on working and can never be deleted"
        )
    left = sum(picture.id not in view.renewed for picture in _here(view))
    if left:
        some = "1 picture" if left == 1 else f"{left} pictures"
        yield f"{some} can be shown but never changed or deleted: the answer that held the deletehash was lost"
    if any(isinstance(step, EditAlbum) and step.detached for step in steps):
        yield OUTSIDE


def _here(view: AlbumView) -> Iterator[SyncedPicture]:
    shown = frozenset(view.listing.ids if view.listing is not None else ())
    return (picture for picture in view.pictures if picture.id in view.keyless and picture.id in shown)
