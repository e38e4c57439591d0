"""Carries a sequence of changes out inside one transaction: rows, counts and serials together."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from imgur_sync.errors import StateError
from imgur_sync.model.change import (
    AlbumAgreed,
    AlbumEdited,
    AlbumForgotten,
    AlbumGone,
    AlbumMade,
    AlbumProtected,
    AlbumRenamed,
    Change,
    EditDone,
    FailuresForgotten,
    FileFailed,
    FolderSeen,
    GateHeld,
    IntentDoubted,
    IntentEnded,
    IntentResent,
    PictureAdopted,
    PictureDeleted,
    PictureDetached,
    PictureEdited,
    PictureForgotten,
    PictureGone,
    PicturePlaced,
    PictureReattached,
    PictureReleased,
    RootAccepted,
    TextIgnored,
    UrlRetired,
    WishIgnored,
)
from imgur_sync.model.history import Run
from imgur_sync.model.reviewed import ReviewedPlan
from imgur_sync.model.synced import (
    Intent,
    IntentKind,
    IntentStatus,
    Standing,
    SyncedAlbum,
    SyncedPicture,
)
from imgur_sync.planner.marker import SHORT, owner, parse_name
from imgur_sync.state import leaving, marks, rows, runs
from imgur_sync.state.agreed import save_agreed, without_place
from imgur_sync.state.album_changes import edited_album, made_album, texts_changed, with_ignored_wish
from imgur_sync.state.renaming import rename_album
from imgur_sync.state.reviewed import keep_consumed, keep_reviewed
from imgur_sync.state.text_rows import with_texts

OfPicture = PicturePlaced | PictureDetached | PictureReleased | PictureReattached | PictureGone | PictureDeleted

OfAlbum = (
    AlbumMade
    | AlbumRenamed
    | AlbumProtected
    | RootAccepted
    | AlbumGone
    | AlbumEdited
    | FolderSeen
    | WishIgnored
    | AlbumForgotten
)


class Recording:
    """One record being made. `apply` each change, then `finish`; the caller owns the transaction.

    A change that names an album, picture or intent which the state does not hold raises KeyError: that is an error of
    the caller, and nothing of the record may stay.
    """

    def __init__(self, connection: sqlite3.Connection, lineage: str, run: Run | None = None) -> None:
        self._connection = connection
        self._lineage = lineage
        self._run = run
        self._now = run.started_at if run is not None else 0.0
        self._touched: set[str] = set()
        self._albums: dict[str, SyncedAlbum] = {}

    def apply(self, change: Change) -> None:
        """Carry one change out, and note it in the history of the run that it belongs to."""
        if self._run is not None:
            self._note(self._run.number, change)
        match change:
            case AlbumMade() | AlbumRenamed() | AlbumProtected() | RootAccepted() | AlbumGone() | AlbumEdited():
                self._album(change)
            case FolderSeen() | WishIgnored() | AlbumForgotten():
                self._album(change)
            case FileFailed(file):
                rows.save_failed(self._connection, file)
                self._touched.add(file.album)
            case FailuresForgotten(album):
                self._connection.execute("DELETE FROM failed WHERE album = ?", (album,))
                self._touched.add(album)
            case GateHeld(album, gate, synced):
                marks.save_held(self._connection, album, gate, synced)
            case UrlRetired(url):
                rows.save_retired(self._connection, url)
                self._touched.add(url.album)
            case IntentDoubted() | IntentResent() | IntentEnded():
                self._intent(change)
            case PictureAdopted(picture, intent):
                self._adopt(picture, intent)
            case PictureForgotten(image_id):
                self._touched.add(self._stored_picture(image_id).album)
                leaving.forget_picture(self._connection, image_id)
            case PictureEdited() | TextIgnored():
                before = self._stored_picture(change.id)
                rows.save_picture(self._connection, texts_changed(before, change))
                self._touched.add(before.album)
            case AlbumAgreed(key, agreed):
                save_agreed(self._connection, key, self._held_album(key).id, agreed)
            case EditDone():
                pass  # the history of the run alone tells it
            case _:
                self._picture(change)

    def _album(self, change: OfAlbum) -> None:
        match change:
            case AlbumMade(key):
                before = self._albums.get(key) or self._stored_album(key)
                self._albums[key] = made_album(before, change)
                self._touched.add(key)
            case AlbumRenamed(old, new):
                self._rename(old, new)
            case AlbumProtected(key, protect):
                marks.save_mark(self._connection, marks.PROTECTED, key, "yes" if protect else "")
            case RootAccepted(key, scan):
                marks.save_mark(self._connection, marks.ACCEPTED_ROOT, key, scan)
                self._touched.add(key)
            case AlbumGone(key, removed=True):
                self._end_album(key, leaving.end_album)
            case AlbumGone(key):
                self._change_album(key, lambda album: replace(album, gone=True))
            case AlbumEdited(key):
                self._change_album(key, lambda album: edited_album(album, change))
            case FolderSeen(key, folder, root):
                self._change_album(key, lambda album: replace(album, folder=folder, root=root))
            case WishIgnored(key):
                self._change_album(key, lambda album: with_ignored_wish(album, change))
            case AlbumForgotten(key):
                self._end_album(key, leaving.forget_album)
            case _:
                assert_never(change)

    def open_intent(self, draft: Intent) -> Intent:
        """Write the draft under the next number, and its copy number for ever."""
        number = self._connection.execute("SELECT coalesce(max(number), 0) + 1 FROM intent").fetchone()[0]
        intent = replace(draft, number=number)
        rows.save_intent(self._connection, intent)
        if intent.kind is IntentKind.UPLOAD:
            self._keep_copy(intent.album, intent.digest, intent.copy)
        self._touched.add(intent.album)
        return intent

    def _note(self, run: int, change: Change) -> None:
        before = self._stored_picture(change.id) if isinstance(change, runs.OF_PICTURES) else None
        self._now = max(self._now, getattr(change, "at", 0.0))  # the gone album's change names no time of its own
        runs.note(self._connection, run, change, before, self._now)

    def keep_review(self, plan: ReviewedPlan, checksum: str, at: float) -> None:
        """Write that this plan is applied, and that its file (if it has a checksum) is used up."""
        keep_reviewed(self._connection, plan)
        if checksum:
            keep_consumed(self._connection, checksum, at)

    def begin_run(self, draft: Run) -> int:
        """Write a run into the history; returns its number."""
        return runs.begin(self._connection, draft)

    def end_run(self, ended: Run) -> None:
        """Write how a run ended."""
        runs.end(self._connection, ended.number, ended)

    def finish(self) -> None:
        """Write the albums touched, each with its serial grown by one and its count of placed pictures."""
        for key in sorted(self._touched):
            album = self._albums.get(key) or self._stored_album(key)
            if album is None:
                continue  # touched before it was made: the intent of its creation, pictures of a rebuilt state
            placed = self._connection.execute(
                "SELECT count(*) FROM picture WHERE album = ? AND standing = 'placed'", (key,)
            ).fetchone()[0]
            rows.save_album(self._connection, replace(album, serial=album.serial + 1, placed=placed))

    def _stored_album(self, key: str) -> SyncedAlbum | None:
        row = rows.ALBUM.one(self._connection, "WHERE key = ?", key)
        return None if row is None else rows.load_album(self._connection, row)

    def _change_album(self, key: str, change: Callable[[SyncedAlbum], SyncedAlbum]) -> None:
        self._albums[key] = change(self._held_album(key))
        self._touched.add(key)

    def _held_album(self, key: str) -> SyncedAlbum:
        album = self._albums.get(key) or self._stored_album(key)
        if album is None:
            raise KeyError(f"no album {key!r} in the state")
        return album

    def _rename(self, old: str, new: str) -> None:
        if self._albums.keys() & {old, new} or self._stored_album(new) is not None:
            raise KeyError(f"{old!r} cannot become {new!r}: there is such an album")
        rename_album(self._connection, old, new)
        self._touched.add(new)

    def _intent(self, change: IntentDoubted | IntentResent | IntentEnded) -> None:
        intent = self._stored_intent(change.number)
        match change:
            case IntentDoubted(_, at, wish):
                intent = replace(intent, failed_at=at, wish=wish or intent.wish)
            case IntentResent(_, reservation, _):
                intent = replace(intent, sends=intent.sends + 1, reservation=reservation, failed_at=None)
            case IntentEnded(_, status, _):
                intent = replace(intent, status=status)
            case _:
                assert_never(change)
        rows.save_intent(self._connection, intent)
        self._touched.add(intent.album)

    def _stored_intent(self, number: int) -> Intent:
        row = rows.INTENT.one(self._connection, "WHERE number = ?", number)
        if row is None:
            raise KeyError(f"no intent {number} in the state")
        return rows.load_intent(row)

    def _end_album(self, key: str, end: Callable[[sqlite3.Connection, str], None]) -> None:
        if (self._albums.pop(key, None) or self._stored_album(key)) is None:
            raise KeyError(f"no album {key!r} in the state")
        self._touched.discard(key)
        end(self._connection, key)

    def _picture(self, change: OfPicture) -> None:
        before = self._stored_picture(change.id)
        match change:
            case PicturePlaced(_, album, path, digest, at):
                after = replace(before, album=album, path=path, digest=digest, placed_at=at, standing=Standing.PLACED)
            case PictureDetached():
                after = replace(before, standing=Standing.DETACHED)
            case PictureReleased():
                after = replace(before, standing=Standing.UNMANAGED)
            case PictureReattached(_, at):
                after = replace(before, placed_at=at, standing=Standing.UNMANAGED)
            case PictureGone():
                after = replace(before, standing=Standing.GONE)
            case PictureDeleted():
                after = replace(before, standing=Standing.DELETED)
            case _:
                assert_never(change)
        rows.save_picture(self._connection, after)
        if isinstance(change, PictureReattached):
            without_place(self._connection, after.album, after.id)
        if isinstance(change, PictureDetached):
            leaving.left(self._connection, change.id, change.at)
        else:
            leaving.back(self._connection, change.id)
        self._touched |= {before.album, after.album}

    def _stored_picture(self, image_id: str) -> SyncedPicture:
        row = rows.PICTURE.one(self._connection, "WHERE id = ?", image_id)
        if row is None:
            raise KeyError(f"no picture {image_id!r} in the state")
        deletehash = rows.picture_deletehashes(self._connection, [image_id]).get(image_id)
        return with_texts(self._connection, [rows.load_picture(row, deletehash)])[0]

    def _adopt(self, picture: SyncedPicture, number: int) -> None:
        if rows.PICTURE.one(self._connection, "WHERE id = ?", picture.id) is not None:
            raise StateError(
                f"the picture {picture.id} is recorded already and cannot be adopted a second time",
                hint="Nothing was recorded. Run `imgur-sync plan` to look at Imgur afresh.",
            )
        rows.save_picture(self._connection, picture)
        self._touched.add(picture.album)
        if number:
            intent = replace(self._stored_intent(number), status=IntentStatus.CLOSED)
            rows.save_intent(self._connection, intent)
            self._touched.add(intent.album)
            return
        marker = parse_name(picture.marker)
        line = None if marker is None else owner(marker, self._lineage, (picture.album,))
        if marker is not None and line is not None:
            self._keep_copy(picture.album, marker.short, line[1])

    def _keep_copy(self, album: str, digest: str, copy: int) -> None:
        short = digest[:SHORT]
        row = rows.COPY.one(self._connection, "WHERE album = ? AND short = ?", album, short)
        if row is None or row[2] < copy:
            rows.COPY.put(self._connection, (album, short, copy))
