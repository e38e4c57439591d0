"""`imgur-sync status`: what the state says, without lock, network or manifest."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, result, shared

if TYPE_CHECKING:
    from pathlib import Path

    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.synced import SyncedAlbum
    from imgur_sync.report.activities import Running
    from imgur_sync.report.status import AlbumStatus, Status


@click.command("status", short_help="Show what was synced and what is in doubt.")
@shared()
def command(session: Session) -> None:
    """Show the albums, their pages and counts, files that failed, requests in doubt, and what is going on now.

    Of a watch or a run under way: what it does, what is queued, what waits for what, until when, and what to type
    about it.

    Read from the state: nothing is sent, and a broken manifest is no obstacle. Albums that the manifest has moved go by
    their new keys.
    """
    from imgur_sync.report.jsons import status_json
    from imgur_sync.report.status import status_text
    from imgur_sync.report.text import Moment

    status = read_status(session)
    result(status_json(status) if session.json else status_text(status, Moment(time.time())))


def read_status(session: Session) -> Status:
    """What the state of this command line holds; an empty status where there is no state yet."""
    from imgur_sync.cli.moved_keys import by_new_keys
    from imgur_sync.cli.stored import place
    from imgur_sync.model.synced import IntentStatus
    from imgur_sync.report.status import Status
    from imgur_sync.state.lock import FileLock
    from imgur_sync.state.store import find_store

    where = place(session)
    path = where.state_path
    holder, running = FileLock(path.with_name("run.lock")).holder(), read_running(path)
    store = find_store(path, lineage=None, read_only=True)
    if store is None:
        return Status(str(path), "", (), holder=holder, running=running)
    with by_new_keys(session, where, store) as store:
        return Status(
            str(path),
            store.lineage,
            tuple(_album(store, album, anonymous=store.mode == "anonymous") for album in store.albums()),
            store.intents(IntentStatus.OPEN),
            len(store.intents(IntentStatus.SUSPECT)),
            holder,
            running,
        )


def read_running(state_path: Path) -> Running:
    """What the processes of this state say that they do. Of those that died only a watch is told of, which nobody
    started again: all that another run left is in the state."""
    from imgur_sync.model.activity import WATCH
    from imgur_sync.report.activities import Running
    from imgur_sync.state.activity import SqliteActivity
    from imgur_sync.state.lock import FileLock

    watch = FileLock(state_path.with_name("watch.lock")).holder()
    board = SqliteActivity(state_path.with_name("activity.db"))
    shown = board.all()
    gone = {row for row in shown if row.ended or (row.command == WATCH and watch is None)}
    lost = [row for row in shown if row in gone and row.command == WATCH and watch is None]
    living = [row for row in shown if row not in gone]
    return Running(watch, (*living, *(replace(row, ended=True) for row in lost[-1:])), board.wishes())


def _album(store: StateStore, album: SyncedAlbum, *, anonymous: bool) -> AlbumStatus:
    from imgur_sync.cli.stored import album_page
    from imgur_sync.model.synced import Standing
    from imgur_sync.report.status import AlbumStatus

    counts = dict.fromkeys(Standing, 0)
    keyless = 0
    last = album.sent.at
    for picture in store.pictures(album.key):
        counts[picture.standing] += 1
        keyless += anonymous and picture.deletehash is None and picture.standing is not Standing.GONE
        last = max(last, picture.placed_at)
    return AlbumStatus(
        key=album.key,
        title=album.sent.title or "",
        link=album_page(album.id),
        pictures=counts[Standing.PLACED],
        detached=counts[Standing.DETACHED],
        gone=counts[Standing.GONE],
        missing=album.gone,
        last_change=last,
        failed=store.failed(album.key),
        keyless=keyless,
    )
