"""Some albums instead of all: which ones are meant, and what the others keep their hands on meanwhile.

A run of some albums looks at no other album of Imgur's. So that it does no harm there, nothing is taken or deleted
that the folder of an album left out needs: see `needed_elsewhere`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgur_sync.errors import UsageError
from imgur_sync.model.local import LocalAlbum
from imgur_sync.model.spec import AlbumSpec, Prune
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.planner.collections import with_vanished
from imgur_sync.planner.marker import SHORT

if TYPE_CHECKING:
    from imgur_sync.executor.session import Options, Session
    from imgur_sync.model.spec import Manifest
    from imgur_sync.model.synced import SyncedAlbum

MOST_KEYS = 20


def chosen(manifest: Manifest, options: Options) -> tuple[AlbumSpec, ...]:
    """The albums that the caller asked for, in manifest order. A name is a key or a pattern such as "trips/*" ("*"
    stands for anything, a slash too). Raises `UsageError` for one that fits no album of the manifest."""
    if not options.albums:
        return manifest.albums
    keys: set[str] = set()
    for name in options.albums:
        found = {spec.key for spec in manifest.albums if spec.key == name or fnmatchcase(spec.key, name)}
        if not found and name not in {removal.album for removal in manifest.removed}:
            raise _unknown(name, manifest)
        keys |= found
    return tuple(spec for spec in manifest.albums if spec.key in keys)


def chosen_keys(manifest: Manifest, options: Options, known: Iterable[SyncedAlbum]) -> tuple[str, ...]:
    """The keys of the albums that the caller asked for by name or pattern, none where all are meant: what a history
    tells when the manifest has changed since. A name that fits nothing stands for itself."""
    keys = [spec.key for spec in with_vanished(manifest, tuple(known)).albums]
    found: dict[str, None] = {}
    for name in options.albums:
        found.update(dict.fromkeys([key for key in keys if key == name or fnmatchcase(key, name)] or [name]))
    return tuple(found)


def _unknown(name: str, manifest: Manifest) -> UsageError:
    keys = [spec.key for spec in manifest.albums]
    close = difflib.get_close_matches(name[:100].lower(), keys, 1)
    listed = ", ".join(keys[:MOST_KEYS]) + (f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else "")
    known = f"the albums are {listed}" if keys else "the manifest has no album yet"
    return UsageError(
        f'no album "{name}" in {manifest.path.name}', hint=f"did you mean {close[0]}? {known}" if close else known
    )


def left_out(manifest: Manifest, options: Options) -> tuple[AlbumSpec, ...]:
    """The albums of the manifest that the caller did not ask for."""
    keys = {spec.key for spec in chosen(manifest, options)}
    return tuple(spec for spec in manifest.albums if spec.key not in keys)


def selection_notes(manifest: Manifest, options: Options) -> tuple[str, ...]:
    """What a plan of some albums says about the others."""
    others = left_out(manifest, options)
    if not others:
        return ()
    count = "1 other album was" if len(others) == 1 else f"{len(others)} other albums were"
    return (f"{count} not looked at",)


def needed_elsewhere(session: Session) -> frozenset[str] | None:
    """The short digests of files that folders left out hold without a picture for them; None when that is not known.

    Only folders are looked at, and only once a run: no request is sent.
    """
    if session.needed is None:
        session.needed = (_needed(session),)
    return session.needed[0]


def _needed(session: Session) -> frozenset[str] | None:
    needed: set[str] = set()
    for spec in left_out(session.manifest, session.options):
        local = session.ports.local.scan(spec, between=session.scheduler.heed)
        if not isinstance(local, LocalAlbum) or local.errors or local.root is None:
            return None
        pictures = session.store.pictures(spec.key)
        have = {picture.digest[:SHORT] for picture in pictures if picture.standing is Standing.PLACED}
        needed |= {file.digest[:SHORT] for file in local.files} - have
    return frozenset(needed)


def free_to_take(session: Session, pictures: Iterable[SyncedPicture]) -> tuple[SyncedPicture, ...]:
    """Those of our detached pictures that no album left out needs itself; all of them where all albums are planned."""
    others = {spec.key for spec in left_out(session.manifest, session.options)}
    found = tuple(pictures)
    if not any(picture.album in others for picture in found):
        return found
    needed = needed_elsewhere(session)
    return tuple(p for p in found if p.album not in others or (needed is not None and p.digest[:SHORT] not in needed))


def spared(
    session: Session, spec: AlbumSpec, local: LocalAlbum, lost: Iterable[SyncedPicture]
) -> tuple[AlbumSpec, LocalAlbum, frozenset[str]]:
    """The album's entry, its folder with a warning, and the ids that are taken out of the album instead of deleted.

    With `prune = "delete"`, a picture whose file went into the folder of an album left out would be lost to it.
    """
    gone = tuple(picture for picture in lost if picture.standing is Standing.PLACED)
    if spec.prune is not Prune.DELETE or not gone or not left_out(session.manifest, session.options):
        return spec, local, frozenset()
    needed = needed_elsewhere(session)
    if needed is None:
        text = "nothing is deleted, only taken out: a folder of the albums that are not planned now cannot be read"
        return replace(spec, prune=Prune.DETACH), _warned(local, text), frozenset()
    kept = frozenset(picture.id for picture in gone if picture.digest[:SHORT] in needed)
    if not kept:
        return spec, local, kept
    what = "1 picture is" if len(kept) == 1 else f"{len(kept)} pictures are"
    return spec, _warned(local, f"{what} taken out and not deleted: an album that is not planned now needs it"), kept


def _warned(local: LocalAlbum, text: str) -> LocalAlbum:
    return replace(local, warnings=(*local.warnings, text))
