"""What an album shows now, as far as its edit changes it: so that a person can be told what was there before."""

from __future__ import annotations

from collections.abc import Iterable

from imgur_sync.model.plan import Shown
from imgur_sync.model.step import EditAlbum, Step
from imgur_sync.model.synced import Standing
from imgur_sync.planner.marker import is_album_marker
from imgur_sync.planner.rearranged import Rearranged
from imgur_sync.planner.target import current_privacy
from imgur_sync.planner.view import AlbumView


def shown_before(
    view: AlbumView, steps: Iterable[Step], pairs: tuple[tuple[str, str], ...], changed: Rearranged
) -> Shown | None:
    """What the album shows, where an edit is wanted and the album was listed; else None. `pairs` are the plan's."""
    if view.listing is None or not view.exists or not any(isinstance(step, EditAlbum) for step in steps):
        return None
    header = view.listing.header
    paths = {image_id: path for path, image_id in pairs if path}
    cover = next((picture.path for picture in view.pictures if picture.id == header.cover), "")
    ids = frozenset(view.listing.ids)
    placed = (p for p in view.pictures if p.standing is Standing.PLACED and p.id not in ids and p.id in paths)
    return Shown(
        title=header.title,
        description="" if is_album_marker(header.description) else header.description,
        privacy=current_privacy(view).value,
        cover=paths.get(header.cover or "", cover),
        order=tuple(paths[image_id] for image_id in view.listing.ids if image_id in paths),
        drifted=_drifted(view) | changed.there,
        taken_out=frozenset(paths[picture.id] for picture in placed),
        rewished=changed.here,
        unsure=changed.unknown,
        agreed_order=tuple(paths[image_id] for image_id in view.agreed.ids or () if image_id in paths),
        agreed_cover=paths.get(view.agreed.cover or "", ""),
    )


def _drifted(view: AlbumView) -> frozenset[str]:
    """The fields that do not show what we last sent."""
    if view.listing is None or view.synced is None or not view.synced.edited:
        return frozenset()
    header, sent = view.listing.header, view.synced.sent
    differs = {
        "title": sent.title is not None and header.title != sent.title,
        "description": sent.description is not None and header.description != sent.description,
        "privacy": sent.privacy is not None and header.public != (sent.privacy.value == "public"),
    }
    return frozenset(field for field, drifted in differs.items() if drifted)
