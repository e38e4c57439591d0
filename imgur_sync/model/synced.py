"""The synced tree: what the last runs agreed on with Imgur, and what is in doubt. Keyed by image id, never by path."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from imgur_sync.model.local import RootIdentity
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import Privacy


class Standing(StrEnum):
    """How a picture of ours stands to its recorded album."""

    PLACED = "placed"  # it belongs in the album (uploaded into it, or put there by a confirmed edit)
    DETACHED = "detached"  # we took it out; it lives on in the account
    GONE = "gone"  # Imgur answered 404 by its id
    DELETED = "deleted"  # we deleted it, or it is gone from both sides: its record has ended
    UNMANAGED = "unmanaged"  # shown in the album, but outside the folder that the manifest names now: it stays
    FORGOTTEN = "forgotten"  # the user let go of it: as if it had never been ours


@dataclass(frozen=True, slots=True)
class SyncedPicture:
    """One picture that this lineage made.

    `digest` is the SHA-256 of the source bytes (64 hex digits; only the first 16 in a rebuilt state whose file is not
    here). `path` is the recorded place in the album's folder, "" when a rebuilt state does not know it. `marker` is the
    name that was sent. `placed_at` is when the picture was last put into its album (our clock); a reading that does not
    show it is unsettled until `settle_seconds` after that. `title` and `description` are the texts last sent (None:
    never), at `texts_at`; `ignored_texts` those that Imgur did not take over.
    """

    id: str
    album: str
    path: str
    digest: str
    sent_digest: str
    marker: str
    media_type: str
    size: int
    width: int
    height: int
    link: str
    made_at: float
    placed_at: float
    standing: Standing = Standing.PLACED
    complete: bool = True
    has_gps: bool = False
    restored: bool = False
    deletehash: Secret | None = None
    title: str | None = None
    description: str | None = None
    texts_at: float = 0.0
    ignored_texts: tuple[NotHonoured, ...] = ()


@dataclass(frozen=True, slots=True)
class Departure:
    """A picture of ours that we took out of its album and that lives on, and when (our clock; None: not known)."""

    picture: SyncedPicture
    at: float | None


@dataclass(frozen=True, slots=True)
class SentHeader:
    """The header values that we last sent and saw honoured; None was never sent. `at` is our clock."""

    title: str | None = None
    description: str | None = None
    privacy: Privacy | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SyncedAlbum:
    """One album of ours, without its pictures.

    `edited` is False until the album's first edit is confirmed: until then its description holds the marker of its
    creation. `folder` is the manifest's text when it was last synced, `root` the directory that it was. `placed` counts
    pictures that stand placed. `serial` grows with every recorded change of the album.
    """

    key: str
    id: str
    folder: str
    sent: SentHeader
    edited: bool
    serial: int
    placed: int
    made_at: float
    root: RootIdentity | None = None
    deletehash: Secret | None = None
    gone: bool = False
    not_honoured: tuple[NotHonoured, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreed:
    """How an album was arranged when that was last agreed on: read back after our edit, or found in order.

    `ids` are all that it showed, in its order, `cover` the id of its cover ("": Imgur named none). None: not known.
    """

    ids: tuple[str, ...] | None = None
    cover: str | None = None


@dataclass(frozen=True, slots=True)
class NotHonoured:
    """A field that Imgur did not take over: the wish as text, how often it was sent, and when last (our clock).

    `before` is the value that readings went on to show. After two attempts it is left until the wish changes. "" for a
    privacy: hidden or secret, nobody can tell which, because an edit got no answer.
    """

    field: str
    wish: str
    before: str
    attempts: int
    at: float


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that is not tried again until its digest changes or --retry-failed."""

    album: str
    path: str
    digest: str
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class RetiredUrl:
    """A picture that was replaced: old links go on showing the old picture."""

    album: str
    path: str
    old_id: str
    new_id: str
    old_link: str
    new_link: str
    at: float


class IntentKind(StrEnum):
    """The writes that are recorded before they are sent."""

    UPLOAD = "upload"
    CREATE_ALBUM = "create_album"
    EDIT_ALBUM = "edit_album"
    EDIT_IMAGE = "edit_image"
    DELETE_IMAGE = "delete_image"
    DELETE_ALBUM = "delete_album"


class IntentStatus(StrEnum):
    """OPEN: it may have happened, nobody knows yet. SUSPECT: closed unseen or sent again, so a late twin may still turn
    up. CLOSED: known."""

    OPEN = "open"
    SUSPECT = "suspect"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Intent:
    """One write, recorded and synced before it is sent.

    `number` is given by the store (0 in a draft). `target` is the remote id written to ("" for uploads into nothing and
    creations). `marker` is the name sent with an upload or the text in a new album's description; `copy` its copy
    number. `made_at` is Imgur's clock as we estimate it when the intent was recorded. `failed_at` is our clock when its
    outcome became unknown (after a kill: when a run first saw it), None while the request may still be in flight.
    `sends` counts requests. `replaces` is the image id whose place the upload takes, `restores` tells that the picture
    was gone.
    """

    number: int
    kind: IntentKind
    album: str
    target: str = ""
    path: str = ""
    digest: str = ""
    size: int = 0
    media_type: str = ""
    width: int = 0
    height: int = 0
    has_gps: bool = False
    marker: str = ""
    copy: int = 0
    reservation: int = 0
    made_at: float = 0.0
    failed_at: float | None = None
    sends: int = 1
    status: IntentStatus = IntentStatus.OPEN
    replaces: str = ""
    restores: bool = False
    wish: str = ""
