"""Edits of an album that is nobody's: what has no deletehash cannot be named in a PUT, and is worked around."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from imgur_sync.executor.session import Session
from imgur_sync.model.plan import AlbumPlan


def keyless(session: Session, key: str, ids: Collection[str]) -> frozenset[str]:
    """Those of `ids` that are pictures of this album without a deletehash. A picture comes from another album only if
    it has one."""
    if not session.anonymous:
        return frozenset()
    lost = {picture.id for picture in session.store.pictures(key) if picture.deletehash is None}
    return frozenset(lost & set(ids))


def fixed(session: Session, plan: AlbumPlan, made: Mapping[str, str], ids: Collection[str]) -> frozenset[str]:
    """Those of `ids` that stay where they are whatever an edit does: pictures of others, and ours without a key and
    without a place."""
    if not session.anonymous:
        return frozenset()
    placed = {image_id for path, image_id in plan.pairs if path} | set(made.values())
    loose = [image_id for image_id in ids if image_id not in placed]
    return (frozenset(loose) - session.store.known(loose)) | keyless(session, plan.album, loose)
