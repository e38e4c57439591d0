"""Albums that the manifest names by their id: found on the account, looked at, and taken over when that is approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from imgur_sync.errors import CredentialsError, ManifestError, ManifestProblem
from imgur_sync.executor.tasks import Task
from imgur_sync.model.synced import SentHeader, SyncedAlbum

if TYPE_CHECKING:
    from imgur_sync.executor.session import Session
    from imgur_sync.model.spec import AlbumSpec


NO_DELETEHASH = (
    "remove `id` to make a new album: only who has the deletehash that Imgur told when it made an album can change it"
)


def unclaimed(session: Session, spec: AlbumSpec) -> bool:
    """Whether the entry names an album by its id that is not ours yet."""
    synced = session.store.album(spec.key)
    return spec.id is not None and (synced is None or (synced.gone and synced.id != spec.id))


def candidate(session: Session, spec: AlbumSpec) -> Task[SyncedAlbum]:
    """The album of the id as if it were ours and held nothing of us.

    Raises `ManifestError` when there is no such album or it is that of another key, `CredentialsError` when it belongs
    to another account.
    """
    from imgur_sync.executor.missing import is_missing, surely
    from imgur_sync.model.outcome import Done

    assert spec.id is not None
    target = spec.id
    if session.anonymous:
        _refuse(session, spec, "without an account no album that exists can be adopted", NO_DELETEHASH)
    for album in session.store.albums():
        if album.id == target and album.key != spec.key and not album.gone:
            _refuse(
                session,
                spec,
                f"this is the album {album.key} already",
                "remove `id`, or correct it",
            )
    if session.headers is not None and target not in session.headers:
        reader = session.reader()
        outcome = yield from surely(session, lambda: reader.album(target))
        # One without pictures may be missing from the account's list; its owner is shown the deletehash all the same.
        if isinstance(outcome, Done) and outcome.value.header.deletehash:
            session.listings[target] = outcome.value
        elif isinstance(outcome, Done):
            raise CredentialsError(
                f"album {spec.key}: the album of this id does not belong to this account",
                hint="log in as its owner, or correct `id` in the manifest",
            )
        if is_missing(outcome):
            _refuse(session, spec, "Imgur knows no album of this id", "correct `id`, or remove it to make a new album")
    return SyncedAlbum(
        key=spec.key, id=target, folder="", sent=SentHeader(), edited=True, serial=0, placed=0, made_at=0.0
    )


def check_claim(session: Session, spec: AlbumSpec) -> None:
    """Raises `ManifestError` when the key is synced with another album than the one that its entry names."""
    synced = session.store.album(spec.key)
    if spec.id is not None and synced is not None and not synced.gone and synced.id != spec.id:
        remedy = "remove `id`, or adopt that album under another key"
        _refuse(session, spec, "this key is synced with another album already", remedy)


def claim(session: Session, spec: AlbumSpec) -> None:
    """Record, before anything is sent to it, that the album is ours to change. What others put in is not."""
    if not unclaimed(session, spec):
        return
    from imgur_sync.model.change import AlbumMade

    assert spec.id is not None
    listing = session.listings.get(spec.id)
    deletehash = listing.header.deletehash if listing is not None else None
    session.store.record(AlbumMade(spec.key, spec.id, deletehash, "", session.clock.now(), edited=True))


def _refuse(session: Session, spec: AlbumSpec, what: str, remedy: str) -> NoReturn:
    problem = ManifestProblem(0, 0, f"album {spec.key}: {what}", remedy)
    raise ManifestError(str(session.manifest.path), (problem,))
