"""Which requests one edit of an album takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from imgur_sync.model.budget import CALL_COST, POST_COST, Cost, Reservation
from imgur_sync.model.outcome import Outcome
from imgur_sync.model.ports import RemoteWriter
from imgur_sync.model.remote import AlbumChanges, RemoteAlbum
from imgur_sync.model.synced import SyncedAlbum
from imgur_sync.planner.confirm import EditWish

Call = Callable[[RemoteWriter, Reservation], Outcome[None]]


def edit_calls(synced: SyncedAlbum, wish: EditWish, listing: RemoteAlbum) -> tuple[tuple[Cost, Call], ...]:
    """The requests that an edit takes: one PUT, or `remove_images` where pictures only leave. Where Imgur ignored the
    membership of a PUT before, pictures are taken out and added again in order."""
    target = synced.id
    header = AlbumChanges(None, wish.cover, wish.title, wish.description, wish.privacy)
    has_header = header != AlbumChanges()
    if wish.ids is None or wish.ids == listing.ids:
        return ((CALL_COST, lambda writer, grant: writer.edit_album(target, header, grant)),)
    ids, leaving = wish.ids, wish.leaving
    stays = tuple(i for i in listing.ids if i not in set(leaving))
    if any(mark.field == "order" and mark.wish == wish.order for mark in synced.not_honoured):
        return _add_and_remove(target, listing.ids, ids, header if has_header else None)
    if stays == ids and (not has_header or not ids):
        removal: tuple[Cost, Call] = (POST_COST, lambda writer, grant: writer.remove_images(target, leaving, grant))
        put: tuple[Cost, Call] = (CALL_COST, lambda writer, grant: writer.edit_album(target, header, grant))
        return (removal, put) if has_header else (removal,)
    changes = replace(header, ids=ids)
    return ((CALL_COST, lambda writer, grant: writer.edit_album(target, changes, grant)),)


def _add_and_remove(
    target: str, shown: tuple[str, ...], ids: tuple[str, ...], header: AlbumChanges | None
) -> tuple[tuple[Cost, Call], ...]:
    """The way round a PUT whose ids are ignored: what stands right at the front stays, the rest goes and returns."""
    same = 0
    while same < min(len(shown), len(ids)) and shown[same] == ids[same]:
        same += 1
    out, back = shown[same:], ids[same:]
    calls: list[tuple[Cost, Call]] = []
    if out:
        calls.append((POST_COST, lambda writer, grant: writer.remove_images(target, out, grant)))
    if back:
        calls.append((POST_COST, lambda writer, grant: writer.add_images(target, back, grant)))
    if header is not None:
        put = header
        calls.append((CALL_COST, lambda writer, grant: writer.edit_album(target, put, grant)))
    return tuple(calls)
