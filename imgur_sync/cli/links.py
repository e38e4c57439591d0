"""`imgur-sync links`: the addresses of all pictures, to paste somewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.keys import fitting
from imgur_sync.cli.session import Session, note, result, shared
from imgur_sync.errors import ImgurSyncError, UsageError

if TYPE_CHECKING:
    from imgur_sync.cli.stored import Place
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.synced import RetiredUrl, SyncedAlbum
    from imgur_sync.report.links import LinkAlbum, LinkFormat

FORMATS = ("markdown", "bbcode", "html", "csv", "json", "plain")


@click.command("links", short_help="List the links of the pictures.")
@click.argument("album", required=False)
@click.option("--format", "form", type=click.Choice(FORMATS), default="plain", show_default=True, help="How.")
@click.option("--last", metavar="[N]", is_flag=False, flag_value="1", help="Only the newest picture, or the N newest.")
@click.option("--copy", is_flag=True, help="Put them on the terminal's clipboard, too.")
@click.option("--retired", is_flag=True, help="Old and new links of replaced pictures (plain, csv or json).")
@shared()
def command(session: Session, album: str | None, form: str, last: str | None, copy: bool, retired: bool) -> None:
    """List the links of the pictures of ALBUM, or of all albums, in the folder's order, from the state.

    ALBUM is a key or a pattern of keys, such as 'trips/*'.
    "plain" is one link a line; the others name the files, too. The link of a hidden album's picture opens it for
    anyone who has it.

    --last is for what was uploaded last, the newest first, without the titles of albums. --copy asks the terminal to
    take it over (OSC 52): that works through ssh, tmux and screen where the terminal lets programs do so.

    \b
    imgur-sync links --last --copy               the link of the newest picture
    imgur-sync links shots --last 3 --format markdown
    """
    from imgur_sync.report.links import LinkFormat, links_text, retired_text

    count, album = _count(last, album)
    chosen = LinkFormat.JSON if session.json else LinkFormat(form)
    if retired and count:
        raise UsageError("--retired and --last exclude each other", hint="give one of them")
    if retired and chosen not in (LinkFormat.PLAIN, LinkFormat.CSV, LinkFormat.JSON):
        raise UsageError(f"--retired has no format {form}", hint="use plain, csv or json")
    if retired:
        text = retired_text(_retired(session, album), chosen)
    elif count:
        text = _newest(session, album, count, chosen)
    else:
        text = links_text(_albums(session, album), chosen)
    result(text)
    if copy:
        from imgur_sync.cli.copying import copy_text

        session.told = True
        copy_text(session, text)


def _count(last: str | None, album: str | None) -> tuple[int, str | None]:
    """How many of the newest pictures (0: all), and the album, which may have followed the option: `--last cats`."""
    if last is None:
        return 0, album
    if last.isascii() and last.isdigit() and len(last) < 10 and int(last):
        return int(last), album
    if album is not None or last.lstrip("+-").isdigit():
        raise UsageError(f"--last takes a number from 1, not {last}", hint="write: imgur-sync links ALBUM --last 3")
    return 1, last


def _newest(session: Session, key: str | None, count: int, form: LinkFormat) -> str:
    """The pictures uploaded last, the newest first, of what still stands in the albums."""
    from imgur_sync.cli.newest import newest
    from imgur_sync.report.links import pictures_text

    with _synced(session, key) as (store, _, albums):
        found = newest(store, albums, count, grouped=form.value == "json") if store is not None else []
    if not found:
        raise ImgurSyncError("no picture was uploaded here yet", hint="run: imgur-sync apply")
    return pictures_text(found, form)


def _albums(session: Session, key: str | None) -> list[LinkAlbum]:
    with _synced(session, key) as (store, where, albums):
        return [_album(store, where, album) for album in albums] if store is not None else []


def _retired(session: Session, key: str | None) -> list[RetiredUrl]:
    with _synced(session, key) as (store, _, albums):
        return [url for album in albums for url in store.retired(album.key)] if store is not None else []


@contextmanager
def _synced(session: Session, key: str | None) -> Iterator[tuple[StateStore | None, Place, tuple[SyncedAlbum, ...]]]:
    """The state, read only, and the albums asked for; no state at all where nothing was synced yet."""
    from imgur_sync.cli.moved_keys import by_new_keys
    from imgur_sync.cli.stored import place
    from imgur_sync.state.store import find_store

    where = place(session)
    store = find_store(where.state_path, lineage=None, read_only=True)
    if store is None:
        if key is not None:
            raise UsageError(f'there is no album "{key}": nothing was synced yet', hint="run: imgur-sync apply")
        if not session.quiet:
            note("note: nothing was synced here yet, or the state was lost; see: imgur-sync plan")
        yield None, where, ()
        return
    with by_new_keys(session, where, store) as store:
        if key is None:
            yield store, where, store.albums()
            return
        meant = fitting(key, (album.key for album in store.albums()))
        yield store, where, tuple(album for album in store.albums() if album.key in meant)


def _album(store: StateStore, where: Place, album: SyncedAlbum) -> LinkAlbum:
    """The pictures that stand in the album, in the order that the manifest wants."""
    from imgur_sync.cli.stored import album_page
    from imgur_sync.model.spec import Order
    from imgur_sync.model.synced import Standing
    from imgur_sync.planner.order import moments, nfc, sort_key
    from imgur_sync.report.links import LinkAlbum, LinkRow

    order, listed = where.order(album.key)
    pictures = [picture for picture in store.pictures(album.key) if picture.standing is Standing.PLACED]
    paths = (picture.path for picture in pictures)
    times = _times(where.folder(album.key), paths) if order is Order.MODIFIED else {}
    dates = moments(where.taken(album.key)) if order is Order.TAKEN else {}
    first = {nfc(path): number for number, path in enumerate(listed)}

    def key(path: str) -> tuple[object, ...]:
        return (first.get(nfc(path), len(first)), *sort_key(order, path, times.get(path, 0), dates.get(path, "")))

    shown = {image_id: number for number, image_id in enumerate(where.shown(album.id) if order is Order.TAKEN else ())}
    if shown and all(picture.id in shown for picture in pictures):
        pictures.sort(key=lambda picture: shown[picture.id])  # a file read a moment ago has no date in the cache yet
    else:
        pictures.sort(key=lambda picture: key(picture.path))
    rows = tuple(LinkRow(picture.path, picture.link) for picture in pictures)
    return LinkAlbum(album.key, album.sent.title or "", album_page(album.id), rows)


def _times(folder: Path | None, paths: Iterable[str]) -> dict[str, int]:
    """When each file was changed; a file that is not there any more comes first."""
    times: dict[str, int] = {}
    if folder is None:
        return times
    for path in paths:
        with suppress(OSError, ValueError):
            times[path] = os.stat(os.path.join(folder, path), follow_symlinks=False).st_mtime_ns
    return times
