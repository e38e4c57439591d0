"""Sub-folders of collections that were albums before and are not there any more."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable

from imgur_sync.errors import ManifestError, ManifestProblem
from imgur_sync.model.spec import AlbumSpec, CollectionSpec, Manifest, folder_key, title_of
from imgur_sync.model.synced import SyncedAlbum


def member(collection: CollectionSpec, folder: str, position: int) -> AlbumSpec:
    """The album of one sub-folder, by the name of that folder."""
    template = collection.template
    title = None if template.title is None else template.title.replace("{folder}", title_of(folder))
    return dataclasses.replace(
        template,
        key=f"{collection.name}/{folder_key(folder)}",
        folder=folder if collection.folder == "." else f"{collection.folder}/{folder}",
        root=collection.root / folder,
        title=title,
        position=position,
    )


def with_vanished(manifest: Manifest, synced: Iterable[SyncedAlbum]) -> Manifest:
    """The manifest with an entry for every album with pictures that was a sub-folder of a collection as it stands in
    the manifest and whose folder is not there now: its root gate tells. A collection that was moved to another folder
    leaves its albums un-managed, like any table that was dropped.

    Raises `ManifestError` when the folder of a collection cannot be listed and none of its albums was ever synced, and
    when an album is to be removed whose sub-folder is there: it would be made and deleted in turns.
    """
    if not manifest.collections:
        return manifest
    named = {spec.key for spec in manifest.albums}
    _refuse_removed(manifest, named)
    removed = {removal.album for removal in manifest.removed} | {move.source for move in manifest.moved}
    lost: list[AlbumSpec] = []
    known: set[str] = set()
    for collection in manifest.collections:
        for album in synced:
            if album.gone or not album.key.startswith(f"{collection.name}/"):
                continue
            prefix = "" if collection.folder == "." else f"{collection.folder}/"
            name = album.folder.removeprefix(prefix)
            if not name or "/" in name or not album.folder.startswith(prefix):
                continue
            known.add(collection.name)
            if album.placed and album.key not in named and album.key not in removed:
                lost.append(_vanished(collection, album.key, name, named, len(manifest.albums) + len(lost)))
    for collection in manifest.collections:
        if collection.problem and collection.name not in known:
            what = f"collection {collection.name}: {collection.problem}"
            problem = ManifestProblem(0, 0, what, "make the folder, or correct `folders`")
            raise ManifestError(str(manifest.path), (problem,))
    return dataclasses.replace(manifest, albums=(*manifest.albums, *lost)) if lost else manifest


def _vanished(collection: CollectionSpec, key: str, folder: str, named: Collection[str], position: int) -> AlbumSpec:
    """The entry of an album whose sub-folder was `folder` when it was last seen. Where a [[moved]] has changed its key
    since, it is at that folder still, unless another album is there now: then at one that is called like its key."""
    spec = member(collection, folder, position)
    if spec.key in named:
        spec = member(collection, key.removeprefix(f"{collection.name}/"), position)
    return dataclasses.replace(spec, key=key)


def _refuse_removed(manifest: Manifest, named: Collection[str]) -> None:
    """Raises `ManifestError` where an album is to be removed whose sub-folder is there."""
    both = [removal.album for removal in manifest.removed if removal.album in named]
    if both:
        what = "[[removed]] {}: there is an album of this key still (its sub-folder is there)"
        remedy = "remove the table, or the folder"
        raise ManifestError(str(manifest.path), tuple(ManifestProblem(0, 0, what.format(key), remedy) for key in both))
