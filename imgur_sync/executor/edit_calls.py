"""Which requests one edit of an album takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from imgur_sync.executor.pieces import keyless, was_ignored
from imgur_sync.executor.session import Session
from imgur_sync.executor.writing import AlbumStop
from imgur_sync.model.budget import CALL_COST, POST_COST, Cost, Reservation
from imgur_sync.model.outcome import Outcome
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.remote import AlbumChanges, RemoteAlbum
from imgur_sync.model.synced import SyncedAlbum
from imgur_sync.planner.confirm import EditWish
from imgur_sync.planner.pieces import kept_prefix

Call = Callable[[RemoteWriter, Reservation], Outcome[None]]
Shows = Callable[[RemoteAlbum], bool]
Request = tuple[Cost, Call, "Shows | None"]
"""What a request costs, how it is sent, and what the album has to show before."""


def edit_calls(
    session: Session, synced: SyncedAlbum, wish: EditWish, listing: RemoteAlbum, still: frozenset[str]
) -> tuple[Request, ...]:
    """The requests that an edit takes: one PUT, or `remove_images` where pictures only leave. Where Imgur ignored the
    membership of a PUT before, or the PUT could not name all pictures that stay, pictures are taken out and added again
    in order. `still` are ids that no edit touches."""
    target = synced.id
    header = AlbumChanges(None, wish.cover, wish.title, wish.description, wish.privacy)
    has_header = header != AlbumChanges()
    shown = tuple(i for i in listing.ids if i not in still)
    if wish.ids is None or wish.ids == shown:
        return ((CALL_COST, lambda writer, grant: writer.edit_album(target, header, grant), None),)
    ids, leaving = wish.ids, wish.leaving
    stays = tuple(i for i in shown if i not in set(leaving))
    ignored = was_ignored(synced, wish) and session.unowned.adds_heeded.get(synced.id, True)
    lost = keyless(session, synced.key, ids)
    if lost & set(ids[kept_prefix(ids, shown) :]):
        raise AlbumStop  # planned again: the album changed meanwhile, and the lost pictures do not come back into it
    if ignored:
        return _add_and_remove(target, shown, ids, header if has_header else None)
    if stays == ids and (not has_header or not ids):
        removal: Request = (POST_COST, lambda writer, grant: writer.remove_images(target, leaving, grant), None)
        put: Request = (CALL_COST, lambda writer, grant: writer.edit_album(target, header, grant), None)
        return (removal, put) if has_header else (removal,)
    if lost or still & set(listing.ids):
        return _add_and_remove(target, shown, ids, header if has_header else None)
    changes = replace(header, ids=ids)
    return ((CALL_COST, lambda writer, grant: writer.edit_album(target, changes, grant), None),)


def _add_and_remove(
    target: str, shown: tuple[str, ...], ids: tuple[str, ...], header: AlbumChanges | None
) -> tuple[Request, ...]:
    """The way round a PUT whose ids are ignored: what stands right at the front stays, the rest goes and returns. What
    leaves for good goes when that is shown: whatever fails in between, a replaced picture is there as long as its new
    one is not."""
    same = kept_prefix(ids, shown)
    back, wanted = ids[same:], set(ids)
    out, leaving = tuple(i for i in shown if i in set(back)), tuple(i for i in shown if i not in wanted)
    requests: list[Request] = []
    if out:
        requests.append((POST_COST, lambda writer, grant: writer.remove_images(target, out, grant), None))
    if back:
        requests.append((POST_COST, lambda writer, grant: writer.add_images(target, back, grant), None))
    if leaving:
        are_back: Shows | None = (lambda listing: set(back) <= set(listing.ids)) if back else None
        requests.append((POST_COST, lambda writer, grant: writer.remove_images(target, leaving, grant), are_back))
    if header is not None:
        put = header
        requests.append((CALL_COST, lambda writer, grant: writer.edit_album(target, put, grant), None))
    return tuple(requests)
