"""Reading the headers of all of the account's albums: 1 credit for each page of a hundred."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imgur_sync.executor.claiming import unclaimed
from imgur_sync.executor.tasks import Task
from imgur_sync.model.event import Listing

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.remote import AlbumHeader


def read_headers(session: Session) -> Task[None]:
    """Read the account's albums until all of ours were seen or an empty page ends the list (a short page does not)."""
    from imgur_sync.model.outcome import Done

    session.emit(Listing(""))
    reader = session.reader()
    wanted = {album.id for album in session.store.albums() if not album.gone}
    wanted |= {spec.id for spec in session.manifest.albums if spec.id is not None and unclaimed(session, spec)}
    headers: dict[str, AlbumHeader] = {}
    page = 0
    while True:
        outcome = yield from session.read(partial(reader.albums, page))
        if not isinstance(outcome, Done):
            return
        fresh = [header for header in outcome.value if header.id not in headers]
        headers.update((header.id, header) for header in fresh)
        # A page that only repeats what was seen cannot end either; it is taken for the end.
        if not fresh or (wanted and wanted <= headers.keys()):
            break
        page += 1
    session.headers = headers
