"""`imgur-sync forget`: lets go of an album or of pictures. State only: nothing is sent, nothing on Imgur changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.departed import typed
from imgur_sync.cli.keys import exact
from imgur_sync.cli.session import Session, note, result, shared
from imgur_sync.errors import DeclinedError, UsageError

if TYPE_CHECKING:
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.spec import Manifest
    from imgur_sync.model.synced import SyncedPicture


NOTHING = "nothing can be forgotten now: every album that was synced is still in the manifest"


@click.command("forget", short_help="Let go of an album, or of pictures, without touching Imgur.")
@click.argument("album")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--confirm", metavar="ALBUM", help="The album's key once more, instead of typing it when asked.")
@shared()
def command(session: Session, album: str, paths: tuple[str, ...], confirm: str | None) -> None:
    """Treat ALBUM and its pictures as if they had never been this program's.

    They stay on Imgur as they are, and no run changes or deletes them any more. The album's table must have left the
    manifest. Nothing is sent.

    With PATH, only pictures that were recorded there and have no file now: taken out of the album, deleted on Imgur, or
    not managed. A file that comes back under that path is then new.
    """
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.cli.turns import turn
    from imgur_sync.executor.renaming import follow
    from imgur_sync.state.cache import SqliteCache
    from imgur_sync.state.store import open_store

    manifest = load_manifest(session)
    with (
        turn(session, manifest, "forget"),
        open_store(manifest.state_path, lineage=manifest.lineage, create=False) as store,
    ):
        follow(store, manifest)
        count = _paths(manifest, store, album, paths, confirm) if paths else _album(manifest, store, album, confirm)
        with SqliteCache(manifest.state_path.with_name("cache.db")) as cache:
            cache.keep_quiet(album, None)
            cache.flush()
    _tell(session, album, count)


def _tell(session: Session, album: str, count: int) -> None:
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.figures import plural
    from imgur_sync.report.jsons import document

    if session.json:
        result(document("forgotten", {"album": album, "pictures": count}))
        return
    result(f"Let go of {plural(count, 'picture')} of {terminal(album)}. Nothing on Imgur was changed.\n")


def _album(manifest: Manifest, store: StateStore, key: str, confirm: str | None) -> int:
    from imgur_sync.model.change import AlbumForgotten, PictureForgotten

    if manifest.album(key) is not None:
        raise UsageError(
            f"{key} is still in {manifest.path.name}: forgotten now, the next apply would upload it all again",
            hint=f"take [albums.{key}] out of the manifest first",
        )
    if not _known(store, key):
        keys = [album.key for album in store.albums()]
        free = ", ".join(known for known in keys if manifest.album(known) is None)
        exact(key, keys, hint=f"what can be forgotten: {free}" if free else NOTHING)
    _certain(store, key)
    album, pictures = store.album(key), store.pictures(key)
    _agree(key, confirm, pictures, anonymous=manifest.account.anonymous)
    # Of a removed album nothing but the pictures is left that it showed.
    store.record(*([AlbumForgotten(key)] if album is not None else (PictureForgotten(p.id) for p in pictures)))
    return len(pictures)


def _paths(manifest: Manifest, store: StateStore, key: str, paths: Sequence[str], confirm: str | None) -> int:
    from imgur_sync.model.change import PictureForgotten
    from imgur_sync.model.synced import Standing

    if not _known(store, key):
        exact(key, [album.key for album in store.albums()], hint="see: imgur-sync status")
    found = [picture for picture in store.pictures(key) if picture.path in paths]
    for path in paths:
        here = [picture for picture in found if picture.path == path]
        if not here:
            raise UsageError(f'no picture of "{path}" in {key} is known here', hint="see: imgur-sync status")
        if all(picture.standing is Standing.PLACED for picture in here):
            raise UsageError(
                f"{path} stands in the album {key}: forgotten now, its file would be uploaded again",
                hint="to take it out of the album, remove its file and apply",
            )
    _certain(store, key)
    loose = [picture for picture in found if picture.standing is not Standing.PLACED]
    _agree(key, confirm, loose, anonymous=manifest.account.anonymous)
    store.record(*(PictureForgotten(picture.id) for picture in loose))
    return len(loose)


def _known(store: StateStore, key: str) -> bool:
    """Whether there is such an album, or pictures of it are left. A key that is no text is that of none: the database
    would not take it."""
    whole = key.isascii() or not any("\ud800" <= char <= "\udfff" for char in key)
    return whole and (store.album(key) is not None or bool(store.pictures(key)))


def _certain(store: StateStore, key: str) -> None:
    """Nothing may be in doubt: what turns up later could not be told from a stranger's any more."""
    from imgur_sync.model.synced import IntentStatus

    if any(intent.album == key for intent in store.intents(IntentStatus.OPEN)):
        raise UsageError(
            f"a request to the album {key} is in doubt", hint="run apply first: it finds out what happened"
        )


def _agree(key: str, confirm: str | None, pictures: Sequence[SyncedPicture], *, anonymous: bool) -> None:
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.figures import plural

    lost = sum(picture.deletehash is not None for picture in pictures) if anonymous else 0
    if lost:
        it = "its" if lost == 1 else "their"
        note(
            f"warning: nobody can delete {plural(lost, 'picture')} from Imgur after this: "
            f"{it} {'deletehash is' if lost == 1 else 'deletehashes are'} dropped"
        )
    if confirm is None:
        question = f"{plural(len(pictures), 'picture')} will not be ours any more. Type {terminal(key)} to go on: "
        typed(question, key, beforehand=f"--confirm {terminal(key)}")
    elif confirm != key:
        raise DeclinedError(f'--confirm says "{confirm}", not "{key}"; nothing was changed')
