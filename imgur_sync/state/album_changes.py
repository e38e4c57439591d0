"""What an album or the texts of a picture become by a change that is recorded of them."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from imgur_sync.model.change import AlbumEdited, AlbumMade, PictureEdited, TextIgnored, WishIgnored
from imgur_sync.model.synced import NotHonoured, SentHeader, SyncedAlbum, SyncedPicture


def made_album(before: SyncedAlbum | None, change: AlbumMade) -> SyncedAlbum:
    """An album that was made or adopted, in place of an earlier one of its key."""
    # The directory stays known while the folder is the same: the root gate must not forget it.
    root = before.root if before is not None and before.folder == change.folder else None
    return SyncedAlbum(
        key=change.key,
        id=change.id,
        folder=change.folder,
        sent=SentHeader(title=change.title, at=0.0 if change.title is None else change.made_at),
        edited=change.edited,
        serial=0 if before is None else before.serial,
        placed=0,
        made_at=change.made_at,
        root=root,
        deletehash=change.deletehash,
    )


def edited_album(album: SyncedAlbum, change: AlbumEdited) -> SyncedAlbum:
    """The album after an edit was confirmed; what the edit did not name stays as it was last sent."""
    sent = SentHeader(
        album.sent.title if change.title is None else change.title,
        album.sent.description if change.description is None else change.description,
        album.sent.privacy if change.privacy is None else change.privacy,
        change.at,
    )
    values = {"title": change.title, "description": change.description, "privacy": change.privacy}
    kept = tuple(mark for mark in album.not_honoured if values.get(mark.field) is None)
    return replace(album, sent=sent, edited=True, not_honoured=kept)


def with_ignored_wish(album: SyncedAlbum, change: WishIgnored) -> SyncedAlbum:
    """The album with the mark of a wish that Imgur did not take over, or without it."""
    marks = [mark for mark in album.not_honoured if mark.field != change.field]
    if change.attempts:
        marks.append(NotHonoured(change.field, change.wish, change.before, change.attempts, change.at))
    return replace(album, not_honoured=tuple(sorted(marks, key=lambda mark: mark.field)))


def texts_changed(before: SyncedPicture, change: PictureEdited | TextIgnored) -> SyncedPicture:
    """The picture after texts of it were sent, or after Imgur did not take one over."""
    match change:
        case PictureEdited(_, title, description, at):
            sent = {"title": title, "description": description}
            kept = tuple(mark for mark in before.ignored_texts if sent.get(mark.field) is None)
            title = before.title if title is None else title
            description = before.description if description is None else description
            return replace(before, title=title, description=description, texts_at=at, ignored_texts=kept)
        case TextIgnored(_, field, wish, shown, attempts, at):
            marks = [mark for mark in before.ignored_texts if mark.field != field]
            marks += [NotHonoured(field, wish, shown, attempts, at)] if attempts else []
            return replace(before, ignored_texts=tuple(sorted(marks, key=lambda mark: mark.field)))
        case _:
            assert_never(change)
