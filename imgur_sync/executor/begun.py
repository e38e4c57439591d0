"""Albums that a state made which was lost since: found by what their creation left in the description, or by their
title and the names of what they show."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imgur_sync.model.change import AlbumMade
from imgur_sync.model.synced import IntentKind, IntentStatus
from imgur_sync.planner.marker import album_marker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgur_sync.executor.session import Session
    from imgur_sync.executor.tasks import Task
    from imgur_sync.model.remote import AlbumHeader, RemoteAlbum
    from imgur_sync.model.spec import AlbumSpec


def album_markers(session: Session, key: str) -> frozenset[str]:
    """What the creation of this album left in its description, under this key or one that it had before."""
    before = (move.source for move in session.manifest.moved if move.target == key)
    return frozenset(album_marker(session.store.lineage, name) for name in (key, *before))


def adopt_made(session: Session) -> Task[None]:
    """Take albums over that were made for keys of the manifest and that the state does not know: the key was not in
    the manifest when a lost state was rebuilt, the state is an older copy, or nothing showed the album until its
    creation was given up. A second one beside it would be made otherwise, and its pictures be uploaded again.

    One that is not begun any more has the title that the manifest wants, or one that was a key's before, and shows a
    picture whose name says that it was uploaded for this key: each such album is looked into once in a run, for a
    credit.
    """
    store, headers = session.store, session.headers or {}
    known = {album.key: album.id for album in store.albums()} if headers else {}
    new = [spec for spec in session.manifest.albums if headers and spec.id is None and spec.key not in known]
    if not new:
        return
    creations = (i.album for i in store.intents(IntentStatus.OPEN) if i.kind is IntentKind.CREATE_ALBUM)
    unsure = {*creations, *(move.target for move in session.manifest.moved if move.source in known)}
    taken = {i.target for i in store.intents(*IntentStatus) if i.kind is IntentKind.DELETE_ALBUM}
    taken |= {*known.values(), *(spec.id for spec in session.manifest.albums if spec.id is not None)}
    free = {header.id: header for header in headers.values() if header.id not in taken}
    for spec in new:
        if spec.key in unsure:
            continue
        markers = album_markers(session, spec.key)
        begun = [header for header in free.values() if header.description in markers]
        if begun:
            first = min(begun, key=lambda header: (-(header.count or 0), header.id))
            store.record(AlbumMade(spec.key, first.id, first.deletehash, "", 0.0))
        else:
            yield from _adopt_finished(session, spec, free)


def _adopt_finished(session: Session, spec: AlbumSpec, free: dict[str, AlbumHeader]) -> Task[None]:
    """The album leaves `free`. One that cannot be read may be the one: until it can, none is made beside it."""
    from imgur_sync.model.event import Warned

    before = [move.source for move in session.manifest.moved if move.target == spec.key]
    titles = {title for title in (spec.title, *before) if title}
    likely = [header for header in free.values() if header.count and header.title in titles]
    shown: list[tuple[int, str]] = []
    for header in sorted(likely, key=lambda header: header.id):
        if (header.id, spec.key) in session.looked_into:
            continue
        session.looked_into.add((header.id, spec.key))
        listing = yield from _looked_into(session, spec.key, header.id)
        more = _more_of(session, (spec.key, *before), listing) if listing is not None else None
        if more is not None:
            shown.append((-more, header.id))
    if shown:
        _, album_id = min(shown)
        header = free.pop(album_id)
        session.store.record(AlbumMade(spec.key, album_id, header.deletehash, "", 0.0, edited=True))
        what = "an album that the state does not know, recognised as ours by its title and its pictures"
        session.emit(Warned(f"{spec.key}: {what}"))


def _looked_into(session: Session, key: str, album_id: str) -> Task[RemoteAlbum | None]:
    """The album, or None where Imgur does not find it; where it cannot be read the key waits."""
    from imgur_sync.executor.missing import is_missing, surely
    from imgur_sync.model.event import Warned
    from imgur_sync.model.outcome import Done

    if album_id in session.listings:
        return session.listings[album_id]
    outcome = yield from surely(session, partial(session.reader().album, album_id))
    if isinstance(outcome, Done):
        session.listings[album_id] = outcome.value
        return outcome.value
    if not is_missing(outcome):
        session.shut.add(key)
        session.emit(Warned(f"{key}: an album of that title cannot be read; none is made beside it now"))
    return None


def _more_of(session: Session, keys: Sequence[str], listing: RemoteAlbum) -> int | None:
    """How many more of its pictures were uploaded for one of the keys than for others: pictures move. None where the
    state knows all those that were."""
    from imgur_sync.planner.marker import owner, parse_name

    markers = {picture.id: parse_name(picture.name) for picture in listing.pictures}
    marked = {image_id: marker for image_id, marker in markers.items() if marker is not None}
    ours = [i for i, marker in marked.items() if owner(marker, session.store.lineage, keys)]
    return 2 * len(ours) - len(marked) if set(ours) - session.store.known(ours) else None
