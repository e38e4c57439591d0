"""What an edit in doubt brought into its album from one that the manifest does not name any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from imgur_sync.model.synced import IntentKind, Standing

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.change import Change
    from imgur_sync.model.remote import RemoteAlbum
    from imgur_sync.model.synced import Intent
    from imgur_sync.planner.confirm import EditWish


def brought_in(session: Session, key: str, wish: EditWish, listing: RemoteAlbum) -> Iterator[Change]:
    """The pictures that the edit put into the album of that key, as the listing shows, recorded there.

    A plan moves a picture between two albums that it looks at. One that left the manifest is not looked at: its record
    of the picture would stay, and the file be uploaded beside the picture that is there.
    """
    from imgur_sync.model.change import PicturePlaced

    named = {spec.key for spec in session.manifest.albums} | {removal.album for removal in session.manifest.removed}
    came = (set(wish.ids or ()) - set(wish.before_ids)) & set(listing.ids)
    for image_id in sorted(came):
        picture = session.store.picture(image_id)
        if picture is None or picture.standing is not Standing.PLACED or picture.album in (key, *named):
            continue
        yield PicturePlaced(image_id, key, picture.path, picture.digest, session.clock.now())


def on_its_way(session: Session, key: str, intents: Iterable[Intent]) -> frozenset[str]:
    """The short digests of pictures recorded elsewhere that an edit in doubt may have put into the album."""
    wishes = [intent.wish for intent in intents if intent.kind is IntentKind.EDIT_ALBUM and intent.wish]
    if not wishes:
        return frozenset()
    from imgur_sync.planner.confirm import EditWish
    from imgur_sync.planner.marker import SHORT

    edits = [EditWish.parse(text) for text in wishes]
    coming = {image_id for edit in edits for image_id in edit.ids or ()} - {i for e in edits for i in e.before_ids}
    found = (session.store.picture(image_id) for image_id in sorted(coming))
    return frozenset(picture.digest[:SHORT] for picture in found if picture is not None and picture.album != key)


def record_brought(session: Session, key: str, intents: Iterable[Intent], listing: RemoteAlbum) -> None:
    """Record them while the edits of the album are still in doubt: what it shows is no question any more."""
    wishes = [intent.wish for intent in intents if intent.kind is IntentKind.EDIT_ALBUM and intent.wish]
    if wishes:
        from imgur_sync.planner.confirm import EditWish

        changes = [change for text in wishes for change in brought_in(session, key, EditWish.parse(text), listing)]
        if changes:
            session.store.record(*changes)
