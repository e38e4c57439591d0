"""Collections: the sub-folders that are there now become albums."""

from __future__ import annotations

import dataclasses
import os

from imgur_sync.errors import ManifestError, ManifestProblem
from imgur_sync.local.names import is_junk
from imgur_sync.model.spec import CollectionSpec, Manifest
from imgur_sync.planner.collections import member

MOST = 5000
"""The most albums of one manifest, collections included."""


def expanded(manifest: Manifest) -> Manifest:
    """The manifest with one album for each sub-folder of its collections, in the order of their names' bytes.

    Links, hidden folders and the litter of systems are left out, and so are sub-folders that an album of the manifest
    names itself. A folder that cannot be listed is told by its collection's `problem`. Raises `ManifestError` above
    5,000 albums.
    """
    albums = list(manifest.albums)
    named = {spec.key for spec in albums}
    collections: list[CollectionSpec] = []
    for collection in manifest.collections:
        names, problem = _folders(collection)
        collections.append(dataclasses.replace(collection, problem=problem))
        for name in names:
            spec = member(collection, name, len(albums))
            if spec.key not in named:
                albums.append(spec)
        if len(albums) > MOST:
            what = f"with the sub-folders of {collection.folder} there are more than {MOST} albums"
            problems = (ManifestProblem(0, 0, what, "split it into several manifests, each with its own state"),)
            raise ManifestError(str(manifest.path), problems)
    return dataclasses.replace(manifest, albums=tuple(albums), collections=tuple(collections))


def _folders(collection: CollectionSpec) -> tuple[list[str], str]:
    """The names of the sub-folders, and why there is none to tell."""
    try:
        with os.scandir(collection.root) as entries:
            names = [
                entry.name
                for entry in entries
                if not entry.name.startswith(".") and not is_junk(entry.name) and entry.is_dir(follow_symlinks=False)
            ]
    except FileNotFoundError:
        return [], f"the folder {collection.folder} does not exist"
    except OSError as error:
        return [], f"the folder {collection.folder} cannot be listed: {error.strerror or error}"
    return sorted(names, key=os.fsencode), ""
