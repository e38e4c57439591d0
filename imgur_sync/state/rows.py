"""How the values of the synced tree are laid down as rows, and come back.

Paths are bytes (a file name need not be UTF-8); free text is bytes too, for it may hold lone surrogates. Device and
inode are text: they can exceed SQLite's integers.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import Any

from imgur_sync.model.local import RootIdentity
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import Privacy
from imgur_sync.model.synced import (
    FailedFile,
    Intent,
    IntentKind,
    IntentStatus,
    NotHonoured,
    RetiredUrl,
    SentHeader,
    Standing,
    SyncedAlbum,
    SyncedPicture,
)
from imgur_sync.state.sealed import Sealed
from imgur_sync.state.text_rows import save_texts

META = Sealed("meta", "name value")
ALBUM = Sealed(
    "album",
    "key id folder title description privacy sent_at edited serial placed made_at root_device root_inode gone",
)
IGNORED_WISH = Sealed("ignored_wish", "album field wish before attempts at")
PICTURE = Sealed(
    "picture",
    "id album path digest sent_digest marker media_type size width height link made_at placed_at standing complete "
    "has_gps restored",
)
DELETEHASH = Sealed("deletehash", "kind id text")
INTENT = Sealed(
    "intent",
    "number kind album target path digest size media_type width height has_gps marker copy reservation made_at "
    "failed_at sends status replaces restores wish",
)
COPY = Sealed("copy", "album short highest")
FAILED = Sealed("failed", "album path digest reason at")
RETIRED = Sealed("retired", "number album path old_id new_id old_link new_link at")

_STANDINGS = {standing.value: standing for standing in Standing}
"""By their texts: an album can have a hundred thousand pictures, and `Standing(text)` takes its time."""


def free(text: str) -> bytes:
    """Any text as bytes; `unfree` undoes it."""
    return text.encode("utf-8", "surrogatepass")


def unfree(data: bytes) -> str:
    """The text that `free` was given."""
    return data.decode("utf-8", "surrogatepass")


def seconds(value: float) -> float:
    """As SQLite gives it back: always a float, never minus zero."""
    return float(value) + 0.0


def save_album(connection: sqlite3.Connection, album: SyncedAlbum) -> None:
    """Write the album's row, its deletehash and its not-honoured marks."""
    sent, root = album.sent, album.root
    row = (
        album.key,
        album.id,
        free(album.folder),
        None if sent.title is None else free(sent.title),
        None if sent.description is None else free(sent.description),
        None if sent.privacy is None else sent.privacy.value,
        seconds(sent.at),
        int(album.edited),
        album.serial,
        album.placed,
        seconds(album.made_at),
        None if root is None else str(root.device),
        None if root is None else str(root.inode),
        int(album.gone),
    )
    ALBUM.put(connection, row)
    _save_deletehash(connection, "album", album.key, album.deletehash)
    connection.execute("DELETE FROM ignored_wish WHERE album = ?", (album.key,))
    for mark in album.not_honoured:
        values = (album.key, mark.field, free(mark.wish), free(mark.before), mark.attempts, seconds(mark.at))
        IGNORED_WISH.put(connection, values)


def load_album(connection: sqlite3.Connection, row: tuple[Any, ...]) -> SyncedAlbum:
    """The album of an `ALBUM` row."""
    key, id_, folder, title, description, privacy, at, edited, serial, placed, made_at, device, inode, gone = row
    sent = SentHeader(
        None if title is None else unfree(title),
        None if description is None else unfree(description),
        None if privacy is None else Privacy(privacy),
        at,
    )
    marks = IGNORED_WISH.get(connection, "WHERE album = ? ORDER BY field", key)
    return SyncedAlbum(
        key,
        id_,
        unfree(folder),
        sent,
        bool(edited),
        serial,
        placed,
        made_at,
        None if device is None else RootIdentity(int(device), int(inode)),
        _load_deletehash(connection, "album", key),
        bool(gone),
        tuple(
            NotHonoured(field, unfree(wish), unfree(before), attempts, at)
            for _, field, wish, before, attempts, at in marks
        ),
    )


def save_picture(connection: sqlite3.Connection, picture: SyncedPicture) -> None:
    """Write the picture's row, its deletehash and its texts."""
    row = (
        picture.id,
        picture.album,
        os.fsencode(picture.path),
        picture.digest,
        picture.sent_digest,
        picture.marker,
        picture.media_type,
        picture.size,
        picture.width,
        picture.height,
        picture.link,
        seconds(picture.made_at),
        seconds(picture.placed_at),
        picture.standing.value,
        int(picture.complete),
        int(picture.has_gps),
        int(picture.restored),
    )
    PICTURE.put(connection, row)
    _save_deletehash(connection, "image", picture.id, picture.deletehash)
    save_texts(connection, picture)


def load_picture(row: tuple[Any, ...], deletehash: Secret | None) -> SyncedPicture:
    """The picture of a `PICTURE` row, without its texts."""
    id_, album, path, digest, sent_digest, marker, media_type, size, width, height, link, made_at, placed_at = row[:13]
    standing, complete, has_gps, restored = row[13:]
    return SyncedPicture(
        id_,
        album,
        os.fsdecode(path),
        digest,
        sent_digest,
        marker,
        media_type,
        size,
        width,
        height,
        link,
        made_at,
        placed_at,
        _STANDINGS.get(standing) or Standing(standing),
        complete != 0,
        has_gps != 0,
        restored != 0,
        deletehash,
    )


def picture_deletehashes(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Secret]:
    """The deletehashes kept for these pictures, by id."""
    found = DELETEHASH.among(connection, "kind = 'image' AND id", ids)
    return {id_: Secret(text) for _, id_, text in found}


def save_intent(connection: sqlite3.Connection, intent: Intent) -> None:
    """Write the intent's row under its number."""
    row = (
        intent.number,
        intent.kind.value,
        intent.album,
        intent.target,
        os.fsencode(intent.path),
        intent.digest,
        intent.size,
        intent.media_type,
        intent.width,
        intent.height,
        int(intent.has_gps),
        intent.marker,
        intent.copy,
        intent.reservation,
        seconds(intent.made_at),
        None if intent.failed_at is None else seconds(intent.failed_at),
        intent.sends,
        intent.status.value,
        intent.replaces,
        int(intent.restores),
        free(intent.wish),
    )
    INTENT.put(connection, row)


def load_intent(row: tuple[Any, ...]) -> Intent:
    """The intent of an `INTENT` row."""
    number, kind, album, target, path, *plain = row
    digest, size, media_type, width, height, has_gps, marker, copy, reservation, made_at, *rest = plain
    failed_at, sends, status, replaces, restores, wish = rest
    return Intent(
        number,
        IntentKind(kind),
        album,
        target,
        os.fsdecode(path),
        digest,
        size,
        media_type,
        width,
        height,
        bool(has_gps),
        marker,
        copy,
        reservation,
        made_at,
        failed_at,
        sends,
        IntentStatus(status),
        replaces,
        bool(restores),
        unfree(wish),
    )


def save_failed(connection: sqlite3.Connection, file: FailedFile) -> None:
    """Write a failed file, in place of what was known of that path."""
    FAILED.put(connection, (file.album, os.fsencode(file.path), file.digest, free(file.reason), seconds(file.at)))


def load_failed(row: tuple[Any, ...]) -> FailedFile:
    """The failed file of a `FAILED` row."""
    album, path, digest, reason, at = row
    return FailedFile(album, os.fsdecode(path), digest, unfree(reason), at)


def save_retired(connection: sqlite3.Connection, url: RetiredUrl) -> None:
    """Add a retired address after all others."""
    number = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM retired").fetchone()[0]
    places = (url.old_id, url.new_id, url.old_link, url.new_link)
    RETIRED.put(connection, (number, url.album, os.fsencode(url.path), *places, seconds(url.at)))


def load_retired(row: tuple[Any, ...]) -> RetiredUrl:
    """The retired address of a `RETIRED` row."""
    _, album, path, *rest = row
    return RetiredUrl(album, os.fsdecode(path), *rest)


def _save_deletehash(connection: sqlite3.Connection, kind: str, id_: str, deletehash: Secret | None) -> None:
    if deletehash is None:
        connection.execute("DELETE FROM deletehash WHERE kind = ? AND id = ?", (kind, id_))
    else:
        DELETEHASH.put(connection, (kind, id_, deletehash.reveal()))


def _load_deletehash(connection: sqlite3.Connection, kind: str, id_: str) -> Secret | None:
    row = DELETEHASH.one(connection, "WHERE kind = ? AND id = ?", kind, id_)
    return None if row is None else Secret(row[2])
