"""Files that were moved between the looks at two folders, and so were seen in both: together that looks like a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgur_sync.executor.selecting import chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgur_sync.executor.planning import World
    from imgur_sync.executor.session import Session
    from imgur_sync.model.spec import AlbumSpec


def left_meanwhile(session: Session, world: World) -> tuple[AlbumSpec, ...]:
    """The albums to look at again before anything is sent: each had, at the last look, the file of a picture whose
    content a new file elsewhere has, and has it no more. Then the picture goes along, and nothing is uploaded.

    Copies are left alone: their first file is where it was. So are albums that the caller did not ask for. Only what
    is to be sent is looked for, and only those places are looked at.
    """
    wanted = {digest for plan in world.plans.values() for digest, _ in plan.unpaired_files}
    if not wanted:
        return ()
    places: dict[str, list[str]] = {}
    for picture in session.store.placed(wanted):
        places.setdefault(picture.album, []).append(picture.path)
    if not places:
        return ()
    specs = (spec for spec in chosen(session.manifest, session.options) if spec.key in places)
    return tuple(spec for spec in specs if session.ports.local.gone(spec, _seen(world, spec.key, places[spec.key])))


def _seen(world: World, key: str, places: Sequence[str]) -> Sequence[str]:
    """Those of these places of pictures at which the last look at the folder found a file."""
    if key in world.quiet:
        return places
    view = world.views.get(key)
    here = {file.path for file in view.local.files} if view is not None else set()
    return [path for path in places if path in here]
