"""The paths of files that an album's entry names: in [albums.KEY.images] and in a list as `order`."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from imgur_sync.manifest.faults import Fault
from imgur_sync.manifest.showing import KeyPath, dotted, escaped, key
from imgur_sync.model.spec import AlbumSpec, Manifest

LONGEST = 4096
"""The longest path, in characters."""


def is_path(text: str) -> bool:
    """Whether a text can be the path of a file in a folder: relative, with / between names, without . and .."""
    parts = text.split("/")
    return "\0" not in text and len(text) <= LONGEST and not any(part in ("", ".", "..") for part in parts)


def image_faults(name: str, album: Mapping[str, Any]) -> Iterator[Fault]:
    """Keys of the table `images` that are no paths, and files that two keys of it name."""
    images = album.get("images")
    seen: dict[str, str] = {}
    for path in images if isinstance(images, dict) else ():
        place: KeyPath = ("albums", name, "images", path)
        if not is_path(path):
            remedy = 'write the path of a file in the folder, such as "tom.jpg" or "2024/tom.jpg"'
            yield Fault(place, f"{key(path)} cannot be a file of {dotted(('albums', name))}", remedy, on_key=True)
            continue
        first = seen.setdefault(unicodedata.normalize("NFC", path), path)
        if first != path:
            what = f"{dotted(place)} is the file of another key, written with other code points"
            yield Fault(place, what, "keep one of them", on_key=True, other=(*place[:-1], first))


def missing_files(manifest: Manifest) -> Iterator[str]:
    """Warnings about files that entries name and that are not there, by a look into each folder named."""
    for spec in manifest.albums:
        named = (("images", [path for path, _ in spec.images]), ("order", list(spec.listed)))
        for where, paths in named:
            for path in paths:
                if not _is_there(spec, path):
                    place = dotted(("albums", spec.key, where))
                    yield f"{place} names {escaped(path)}, which is no file in {escaped(spec.folder)}"


def _is_there(spec: AlbumSpec, path: str) -> bool:
    forms = (path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path))
    return any(os.path.lexists(os.path.join(spec.root, os.fsdecode(form.encode()))) for form in forms)
