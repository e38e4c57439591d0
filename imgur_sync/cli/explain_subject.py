"""What the argument of `explain` means: a file in an album's folder, a place in an album, or a picture's id or link."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from imgur_sync.errors import UsageError
from imgur_sync.model.ports import StateStore
from imgur_sync.model.spec import AlbumSpec, Manifest
from imgur_sync.model.synced import SyncedPicture

_LINK = re.compile(r"(?:https?://)?[^/\s]+/(?:i/)?(?P<id>[A-Za-z0-9]{5,20})(?:\.[A-Za-z0-9]+)?(?:[?#].*)?")
_ID = re.compile(r"[A-Za-z0-9]{5,20}")


@dataclass(frozen=True, slots=True)
class Subject:
    """The album's entry and the path in its folder. `picture` where a link or an id named it, `retired` where that is
    the address of a picture that was replaced."""

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
    by_id = _by_id(asked, manifest, store)
    if by_id is not None:
        return by_id
    key, _, path = asked.partition("/")
    while path:  # a key can hold slashes
        spec = manifest.album(key)
        if spec is not None:
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
        for place in {full, os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))}:
            if place.startswith(root + os.sep):
                found.append((len(root), spec, place[len(root) + 1 :].replace(os.sep, "/")))
    if not found:
        return None
    _, spec, path = max(found, key=lambda one: one[0])
    return Subject(spec, path, album=spec.key)


def _known(subject: Subject, store: StateStore | None) -> bool:
    if store is None or subject.spec is None:
        return False
    return any(picture.path == subject.path for picture in store.pictures(subject.spec.key))


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
