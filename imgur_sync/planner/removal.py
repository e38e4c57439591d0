"""The plan of an album that the manifest removes: its pictures first, if they go too, then the album."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.plan import AlbumPlan, Blocked, Gate, GateName, Unsettled, Withheld
from imgur_sync.model.step import DeleteAlbum, DeleteImage, Step
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.planner.gates import listing_gate
from imgur_sync.planner.keyless import OUTSIDE
from imgur_sync.planner.price import reads_around
from imgur_sync.planner.remarks import doubts
from imgur_sync.planner.view import AlbumView


def leaving(view: AlbumView) -> tuple[SyncedPicture, ...]:
    """Our pictures that the album shows: what goes with it, or is left outside of it."""
    shown = frozenset(view.listing.ids if view.listing is not None else ())
    here = (Standing.PLACED, Standing.UNMANAGED)
    return tuple(picture for picture in view.pictures if picture.standing in here and picture.id in shown)


def offered(view: AlbumView) -> tuple[SyncedPicture, ...]:
    """Pictures that files of other albums may take before the album goes; as good as detached ones."""
    if view.spec.protect or listing_gate(view) is not None:
        return ()
    return tuple(replace(picture, standing=Standing.DETACHED) for picture in leaving(view))


def plan_removal(
    view: AlbumView, claimed: frozenset[str] = frozenset(), approved: frozenset[GateName] = frozenset()
) -> AlbumPlan:
    """Plan the deletion of one album. `view.spec` has `prune` "delete" where its pictures are deleted first, and no
    folder. `claimed` pictures go to other albums: the album waits until they are there.

    Every picture that leaves counts for the gate `prune`; for one that Imgur does not show yet the album waits. An
    album that holds pictures which this lineage did not make, and a protected one, stay whole.
    """
    key = view.spec.key
    blank = _blank(view)
    broken = listing_gate(view)
    if broken is not None:
        return replace(blank, gates=(broken,))
    assert view.listing is not None, "an album without a listing has a gate"
    ours = tuple(picture for picture in leaving(view) if picture.id not in claimed)
    known = {picture.id for picture in view.pictures} | view.elsewhere
    foreign = sum(image_id not in known for image_id in view.listing.ids)
    blank = replace(blank, foreign=foreign, listed_at=view.listing.taken_at)
    obstacle = _obstacle(view, foreign)
    if obstacle is not None:
        return replace(blank, blocked=(obstacle,))
    doomed = tuple(picture for picture in ours if view.deletes(picture))
    wanted: tuple[Step, ...] = (*(DeleteImage(key, p.path, p.digest) for p in doomed), DeleteAlbum(key))
    gates = (_gate(view, len(ours), len(doomed)),) if ours else ()
    held = bool(gates) and GateName.PRUNE not in approved
    waits = held or bool(view.intents or blank.unsettled) or len(ours) < blank.synced
    steps = () if waits else wanted
    loose = (OUTSIDE,) if view.anonymous and len(doomed) < len(ours) else ()
    return replace(
        blank,
        wanted=wanted,
        steps=steps,
        gates=() if gates and not held else gates,
        withheld=tuple(Withheld(step, GateName.PRUNE) for step in wanted) if held else (),
        deleting=tuple((picture.path, picture.id) for picture in doomed),
        reads=reads_around(steps),
        warnings=(*blank.warnings, *loose),
    )


def _blank(view: AlbumView) -> AlbumPlan:
    """The plan of an album that nothing is known of yet but what it holds and what is in doubt."""
    unsettled = (*doubts(view), *_coming(view))
    blank = AlbumPlan(view.spec.key, view.spec.title or "", view.spec.position, 0, 0, len(leaving(view)))
    return replace(blank, unsettled=unsettled, warnings=view.local.warnings)


def _coming(view: AlbumView) -> tuple[Unsettled, ...]:
    """Our pictures that were placed a moment ago and are not shown yet: nobody approved that they leave."""
    shown = frozenset(view.listing.ids if view.listing is not None else ())
    return tuple(
        Unsettled(view.spec.key, f"{p.path} is not shown in the album yet", settled)
        for p in view.pictures
        if p.standing is Standing.PLACED and p.id not in shown
        if view.now < (settled := view.settles_at(p.placed_at))
    )


def _obstacle(view: AlbumView, foreign: int) -> Blocked | None:
    if view.spec.protect:
        return Blocked(view.spec.key, "", "the album is protected: it is not deleted", protected=True)
    if foreign:
        pictures = "a picture" if foreign == 1 else f"{foreign} pictures"
        what = f"the album holds {pictures} that imgur-sync did not put there: it is not deleted"
        return Blocked(view.spec.key, "", what)
    return None


def _gate(view: AlbumView, count: int, doomed: int) -> Gate:
    where = "on Imgur" if view.anonymous else "in the account"
    what = f"the album would be deleted, and {_pictures(doomed)} with it, for good"
    if not doomed:
        what = f"the album would be deleted; its {_pictures(count)} would stay {where}, outside of any album"
    elif doomed < count:
        what += f"; {_pictures(count - doomed)} would stay {where}, outside of any album"
    return Gate(GateName.PRUNE, view.spec.key, count, what)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"
