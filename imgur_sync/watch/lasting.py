"""What of a pass concerns people: what passes by itself is looked at again, and no reason to alarm anybody."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.event import RunFinished
from imgur_sync.model.local import PASSING


def lasting(run: RunFinished) -> RunFinished:
    """The end of a pass without files that are being written, or were moved or removed a moment ago: neither an exit
    code nor a problem comes from them. An album that waits for nothing else is left out."""
    passing = {
        album.album: {f"{file.path}: {file.why.value}" for file in album.unsendable if file.why in PASSING}
        for album in run.left.albums
    }
    albums = (
        replace(album, problems=tuple(text for text in album.problems if text not in passing.get(album.album, ())))
        for album in run.albums
    )
    kept = tuple(a for a in albums if a.done or a.uploaded or a.failed or a.problems or not passing.get(a.album))
    return replace(run, codes=run.lasting, albums=kept)
