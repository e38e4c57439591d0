"""What the argument of `explain` means: a file in an album's folder, a place in an album, or a picture's id or link."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from imgur_sync.errors import UsageError
from imgur_sync.model.ports import StateStore
from imgur_sync.model.spec import AlbumSpec, Manifest
from imgur_sync.model.synced import SyncedPicture

_LINK = re.compile(r"(?:https?://)?[^/\s]+/(?:i/)?(?P<id>[A-Za-z0-9]{5,20})(?:\.[A-Za-z0-9]+)?(?:[?#].*)?")
_ID = re.compile(r"[A-Za-z0-9]{5,20}")


@dataclass(frozen=True, slots=True)
class Subject:
    """The album's entry (None: the manifest has none any more) and the path in its folder. `picture` where a link or an
    id named it, `retired` where that is the address of a picture that was replaced."""

    spec: AlbumSpec | None
    path: str
    picture: SyncedPicture | None = None
    retired: bool = False
    album: str = ""


def subject(asked: str, manifest: Manifest, store: StateStore | None) -> Subject:
    """What is meant by `asked`. Raises `UsageError` for what lies in no album's folder and is no picture of ours."""
    by_path = _in_folder(asked, manifest)
    if by_path is not None and (os.path.lexists(asked) or _known(by_path, store)):
        return by_path
    dropped = _in_dropped_folder(asked, manifest, store)
    if dropped is not None and (os.path.lexists(asked) or _known(dropped, store)):
        return dropped
    by_id = _by_id(asked, manifest, store)
    if by_id is not None:
        return by_id
    key, _, path = asked.partition("/")
    while path:  # a key can hold slashes
        spec = manifest.album(key)
        if spec is not None or (store is not None and key in _dropped(manifest, store)):
            return Subject(spec, path, album=key)
        more, _, path = path.partition("/")
        key = f"{key}/{more}"
    if by_path is not None:
        return by_path
    raise UsageError(
        f"{asked} lies in no album's folder, and is no picture of this mirror",
        hint="name a file in such a folder, ALBUM/PATH, or the link or id of a picture; albums: imgur-sync validate",
    )


def _in_folder(asked: str, manifest: Manifest) -> Subject | None:
    """The path as a file of the deepest folder that it lies in."""
    if "\0" in asked or not asked:
        return None
    full = os.path.abspath(asked)
    found: list[tuple[int, AlbumSpec, str]] = []
    for spec in manifest.albums:
        root = os.path.abspath(spec.root)
        found += [(len(root), spec, path) for path in _below(root, full)]
    if not found:
        return None
    _, spec, path = max(found, key=lambda one: one[0])
    return Subject(spec, path, album=spec.key)


def _in_dropped_folder(asked: str, manifest: Manifest, store: StateStore | None) -> Subject | None:
    """The path as a file of the folder that an album had which the manifest names no more, or only to remove it."""
    if store is None or "\0" in asked or not asked:
        return None
    full = os.path.abspath(asked)
    albums = [album for album in store.albums() if manifest.album(album.key) is None]
    roots = {album.key: os.path.abspath(manifest.path.parent / album.folder) for album in albums}
    found = [(len(root), key, path) for key, root in roots.items() for path in _below(root, full)]
    if not found:
        return None
    _, key, path = max(found)
    return Subject(None, path, album=key)


def _dropped(manifest: Manifest, store: StateStore) -> set[str]:
    """The keys of what the state knows and the manifest has no entry for."""
    keys = {album.key for album in store.albums()} | {removal.album for removal in manifest.removed}
    return {key for key in keys if manifest.album(key) is None}


def _below(root: str, full: str) -> Iterator[str]:
    """The path in the folder `root`, as it was given and with its links followed, where it lies there."""
    for place in {full, os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))}:
        if place.startswith(root + os.sep):
            yield place[len(root) + 1 :].replace(os.sep, "/")


def _known(subject: Subject, store: StateStore | None) -> bool:
    return store is not None and any(picture.path == subject.path for picture in store.pictures(subject.album))


def _by_id(asked: str, manifest: Manifest, store: StateStore | None) -> Subject | None:
    if store is None:
        return None
    found = _LINK.fullmatch(asked)
    image_id = found["id"] if found is not None else asked if _ID.fullmatch(asked) else ""
    picture = store.picture(image_id) if image_id else None
    if picture is None:
        return None
    retired = any(url.old_id == image_id for url in store.retired(picture.album))
    return Subject(manifest.album(picture.album), picture.path, picture, retired, picture.album)
