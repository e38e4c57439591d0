"""Albums that a state began which was lost since: found by what their creation left in the description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgur_sync.model.change import AlbumMade
from imgur_sync.model.synced import IntentKind, IntentStatus
from imgur_sync.planner.marker import album_marker

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session


def album_markers(session: Session, key: str) -> frozenset[str]:
    """What the creation of this album left in its description, under this key or one that it had before."""
    before = (move.source for move in session.manifest.moved if move.target == key)
    return frozenset(album_marker(session.store.lineage, name) for name in (key, *before))


def adopt_begun(session: Session) -> None:
    """Take albums over that were begun for keys of the manifest and that the state does not know: the key was not in
    the manifest when a lost state was rebuilt, or nothing showed the album until its creation was given up. A second
    one beside it would be made otherwise, and the first be deleted, or stay behind with what it shows.
    """
    store, headers = session.store, tuple((session.headers or {}).values())
    known = {album.key: album.id for album in store.albums()} if headers else {}
    new = [spec for spec in session.manifest.albums if headers and spec.id is None and spec.key not in known]
    if not new:
        return
    creations = (i.album for i in store.intents(IntentStatus.OPEN) if i.kind is IntentKind.CREATE_ALBUM)
    unsure = {*creations, *(move.target for move in session.manifest.moved if move.source in known)}
    begun = {spec.key: album_markers(session, spec.key) for spec in new if spec.key not in unsure}
    marked = [header for header in headers if header.description in frozenset().union(*begun.values())]
    if not marked:
        return
    gone = {i.target for i in store.intents(*IntentStatus) if i.kind is IntentKind.DELETE_ALBUM}
    gone |= set(known.values())
    for key, markers in begun.items():
        found = [header for header in marked if header.description in markers and header.id not in gone]
        if found:
            first = min(found, key=lambda header: (-(header.count or 0), header.id))
            store.record(AlbumMade(key, first.id, first.deletehash, "", 0.0))
