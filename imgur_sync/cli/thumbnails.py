"""The pictures of a plan's page: small files as they are, inside the page. Nothing is decoded or made smaller.

Only files that the plan sends anyway, whole and as scanned, and none that tells where it was taken.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from imgur_sync.errors import FileChangedError
from imgur_sync.model.step import Upload

if TYPE_CHECKING:
    from imgur_sync.model.plan import AlbumPlan, Plan
    from imgur_sync.model.spec import Manifest

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What every browser shows."""
LARGEST = 64 * 1024
"""Bytes of one file; larger ones are not shown, as only an image library could make them smaller."""
MOST_BYTES = 2 * 1024 * 1024
"""Bytes of all files on a page."""
MOST_OF_ALBUM = 24


def thumbnails(plan: Plan, manifest: Manifest) -> Mapping[tuple[str, str], str]:
    """By album and path: the files that are small enough, as `data:` addresses. A file that changed is left out."""
    from imgur_sync.local.reading import read_content
    from imgur_sync.model.local import LocalFile

    found: dict[tuple[str, str], str] = {}
    room = MOST_BYTES
    for album in plan.albums:
        spec = manifest.album(album.album)
        for step in _small(album) if spec is not None else ():
            if spec is None or step.size > room:
                break
            file = LocalFile(step.path, step.digest, step.size, 0, step.media_type)
            try:
                data = read_content(spec.root, file, os.open).data
            except FileChangedError:
                continue
            room -= len(data)
            encoded = base64.b64encode(data).decode("ascii")
            found[album.album, step.path] = f"data:{step.media_type};base64,{encoded}"
    return found


def _small(album: AlbumPlan) -> Iterator[Upload]:
    """The uploads of an album whose files can be shown, the first few."""
    uploads = (step for step in album.wanted if isinstance(step, Upload))
    fit = (s for s in uploads if s.media_type in SHOWN and 0 < s.size <= LARGEST and s.width and not s.has_gps)
    yield from (step for _, step in zip(range(MOST_OF_ALBUM), fit, strict=False))
