"""Short ways to write what the planner is told: files, pictures of ours, listings and whole views of albums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from imgur_sync.model.local import LocalAlbum, LocalFile, RootIdentity
from imgur_sync.model.remote import AlbumHeader, RemoteAlbum, RemotePicture
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.synced import Intent, IntentKind, SentHeader, Standing, SyncedAlbum, SyncedPicture
from imgur_sync.planner.view import AlbumView

NOW = 1_000_000.0
SETTLE = 90.0
OLD = NOW - 10_000.0
ROOT = RootIdentity(1, 2)
EDITED = SentHeader(title=None, description=None, privacy=None, at=OLD)


def sha(content: str) -> str:
    """The digest of a content that is named by a word."""
    return hashlib.sha256(content.encode()).hexdigest()


def file(path: str, content: str = "", /, **facts: Any) -> LocalFile:
    """A picture file; its content is named by a word, by default its path."""
    base = LocalFile(path, sha(content or path), 1000, 0, "image/png", 10, 10)
    return replace(base, **facts)


def picture(image_id: str, path: str = "", content: str = "", /, **facts: Any) -> SyncedPicture:
    """A picture of ours in the album "cats", placed long ago."""
    path = path or f"{image_id}.jpg"
    base = SyncedPicture(
        id=image_id,
        album="cats",
        path=path,
        digest=sha(content or path),
        sent_digest=sha(content or path),
        marker=f"marker-{image_id}",
        media_type="image/png",
        size=1000,
        width=10,
        height=10,
        link=f"https://i.imgur.com/{image_id}.png",
        made_at=OLD,
        placed_at=OLD,
    )
    return replace(base, **facts)


def spec(key: str = "cats", **fields: Any) -> AlbumSpec:
    """An entry of the manifest."""
    return replace(AlbumSpec(key=key, folder=key, root=Path("/pictures") / key), **fields)


def remote(image_id: str, name: str = "", made_at: float = OLD) -> RemotePicture:
    """A picture as Imgur describes it."""
    return RemotePicture(image_id, name, f"https://i.imgur.com/{image_id}.png", "image/png", 10, 10, 1000, made_at)


def listing(ids: Iterable[str], key: str = "cats", **header: Any) -> RemoteAlbum:
    """A complete listing of an album that shows these ids; further values change its header."""
    pictures = tuple(remote(image_id) for image_id in ids)
    base = AlbumHeader(f"{key}-id", "", "", False, None, len(pictures))
    return RemoteAlbum(replace(base, **header), pictures, NOW)


def synced(key: str = "cats", **facts: Any) -> SyncedAlbum:
    """The record of an album that was edited before and whose header we never sent."""
    base = SyncedAlbum(key, f"{key}-id", key, EDITED, edited=True, serial=1, placed=0, made_at=OLD, root=ROOT)
    return replace(base, **facts)


def view(
    files: Sequence[LocalFile] = (),
    pictures: Sequence[SyncedPicture] = (),
    shown: Sequence[str] | None = None,
    *,
    entry: AlbumSpec | None = None,
    header: dict[str, Any] | None = None,
    local: dict[str, Any] | None = None,
    record: dict[str, Any] | None = None,
    **facts: Any,
) -> AlbumView:
    """The view of an album that exists. `shown` are the ids of its listing; by default every placed picture."""
    entry = entry or spec()
    if shown is None:
        shown = [p.id for p in pictures if p.standing in (Standing.PLACED, Standing.UNMANAGED)]
    base = AlbumView(
        spec=entry,
        local=LocalAlbum(entry.key, **{"root": ROOT, "files": tuple(files), **(local or {})}),
        now=NOW,
        settle_seconds=SETTLE,
        synced=synced(entry.key, **(record or {})),
        pictures=tuple(pictures),
        listing=listing(shown, entry.key, **(header or {})),
    )
    return replace(base, **facts)


def new_view(files: Sequence[LocalFile], *, entry: AlbumSpec | None = None, **facts: Any) -> AlbumView:
    """The view of an album that was never made."""
    return replace(view(files, entry=entry, **facts), synced=None, listing=None)


def gone_view(files: Sequence[LocalFile], pictures: Sequence[SyncedPicture], **facts: Any) -> AlbumView:
    """The view of an album that somebody deleted on Imgur."""
    return replace(view(files, pictures, **facts), listing=None, album_gone=True)


def intent(kind: IntentKind = IntentKind.UPLOAD, path: str = "", content: str = "", **facts: Any) -> Intent:
    """An open intent of the album "cats" whose outcome became unknown a moment ago."""
    base = Intent(7, kind, "cats", path=path, digest=sha(content or path), marker=f"marker-{path}", failed_at=NOW - 1)
    return replace(base, **facts)
