"""Pictures on Imgur that turned out to be ours, as the state keeps them."""

from __future__ import annotations

from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.synced import Intent, Standing, SyncedPicture
from imgur_sync.planner.marker import parse_name
from imgur_sync.planner.text_wish import TextWish, uploaded


def adopted_picture(intent: Intent, picture: RemotePicture) -> SyncedPicture:
    """The picture of an upload in doubt that turned out to have happened."""
    ours = SyncedPicture(
        id=picture.id,
        album=intent.album,
        path=intent.path,
        digest=intent.digest,
        sent_digest=intent.digest,
        marker=intent.marker,
        media_type=intent.media_type,
        size=intent.size,
        width=intent.width,
        height=intent.height,
        link=picture.link,
        made_at=picture.made_at,
        placed_at=intent.failed_at or 0.0,
        has_gps=intent.has_gps,
        restored=intent.restores,
        deletehash=picture.deletehash,
    )
    return uploaded(ours, TextWish.parse(intent.wish), picture, intent.failed_at or 0.0)


def marked_picture(key: str, picture: RemotePicture, standing: Standing) -> SyncedPicture:
    """A recognised picture. Its path is not known; of its digest only what the marker holds."""
    marker = parse_name(picture.name)
    short = marker.short if marker is not None else ""
    return SyncedPicture(
        id=picture.id,
        album=key,
        path="",
        digest=short,
        sent_digest=short,
        marker=picture.name,
        media_type=picture.media_type,
        size=picture.size,
        width=picture.width,
        height=picture.height,
        link=picture.link,
        made_at=picture.made_at,
        placed_at=0.0,
        standing=standing,
        deletehash=picture.deletehash,
    )
