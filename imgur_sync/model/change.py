"""The closed union of changes that a state store records, several of them in one synced transaction."""

from __future__ import annotations

from dataclasses import dataclass

from imgur_sync.model.local import RootIdentity
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import Privacy
from imgur_sync.model.synced import Agreed, FailedFile, IntentStatus, RetiredUrl, SyncedPicture


@dataclass(frozen=True, slots=True)
class AlbumMade:
    """The album of this key exists under this id and still carries its marker. Replaces an earlier (gone) one.

    `title` is the one that its creation sent, None if it sent none.
    """

    key: str
    id: str
    deletehash: Secret | None
    folder: str
    made_at: float
    edited: bool = False
    title: str | None = None


@dataclass(frozen=True, slots=True)
class AlbumRenamed:
    """The album has another key from now on: everything recorded under the old one follows. Nothing is recorded under
    the new one yet, but for copy numbers."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class AlbumProtected:
    """Nothing is removed from the album any more, or (`protect` False) that ended."""

    key: str
    protect: bool = True


@dataclass(frozen=True, slots=True)
class RootAccepted:
    """Somebody confirmed that the folder of the album is the right one although its root gate trips: as long as a scan
    is `scan` (see `planner.gates.scan_print`). "" takes it back."""

    key: str
    scan: str


@dataclass(frozen=True, slots=True)
class AlbumGone:
    """Imgur answered 404 for the album by its id; its pictures keep their standing. `removed`: the manifest removes it,
    and it is deleted; its record ends, with its failures and marks, so that the key is free again."""

    key: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class AlbumEdited:
    """An edit was confirmed. A field that is None was not part of it. Clears not-honoured marks of the fields named."""

    key: str
    title: str | None
    description: str | None
    privacy: Privacy | None
    at: float


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """The album's folder (the manifest's text) and the directory that it is, at a completed sync."""

    key: str
    folder: str
    root: RootIdentity


@dataclass(frozen=True, slots=True)
class PictureAdopted:
    """A picture is ours. If `intent` is not 0 that intent is closed with it."""

    picture: SyncedPicture
    intent: int = 0


@dataclass(frozen=True, slots=True)
class PicturePlaced:
    """The picture now stands at that path of that album, with that source digest (completing a short one)."""

    id: str
    album: str
    path: str
    digest: str
    at: float


@dataclass(frozen=True, slots=True)
class PictureDetached:
    """We took the picture out of its album."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class PictureReleased:
    """The picture stays in its album but is no longer managed (its folder was changed in the manifest)."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class PictureReattached:
    """We put the picture back into its album although no file is its own: it stays there, not managed."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class PictureForgotten:
    """The picture is treated as if it had never been ours. Its deletehash is dropped."""

    id: str


@dataclass(frozen=True, slots=True)
class AlbumForgotten:
    """The album, its pictures and its failures are treated as if they had never been ours. Retired addresses and copy
    numbers stay."""

    key: str


@dataclass(frozen=True, slots=True)
class PictureGone:
    """Imgur answered 404 by id."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class PictureDeleted:
    """We deleted the picture, or it is gone from Imgur and its file from the folder: its record ends."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class PictureEdited:
    """Texts of the picture were sent and seen as sent; None was not part of it. Clears the marks of these fields."""

    id: str
    title: str | None
    description: str | None
    at: float


@dataclass(frozen=True, slots=True)
class TextIgnored:
    """Imgur did not take a text of the picture over; see `NotHonoured`. `attempts` 0 removes the mark."""

    id: str
    field: str
    wish: str
    before: str
    attempts: int
    at: float


@dataclass(frozen=True, slots=True)
class UrlRetired:
    """A replacement is complete."""

    url: RetiredUrl


@dataclass(frozen=True, slots=True)
class IntentDoubted:
    """The outcome of an open intent became unknown at `at` (our clock), or was first seen to be after the clock was set
    back. A `wish` takes the place of the intent's own, and tells more."""

    number: int
    at: float
    wish: str = ""


@dataclass(frozen=True, slots=True)
class IntentResent:
    """An unknown upload or creation is about to be sent once more, under a new reservation."""

    number: int
    reservation: int
    at: float


@dataclass(frozen=True, slots=True)
class IntentEnded:
    """The intent is closed, or becomes suspect."""

    number: int
    status: IntentStatus
    at: float


@dataclass(frozen=True, slots=True)
class FileFailed:
    """The file is not tried again until its digest changes."""

    file: FailedFile


@dataclass(frozen=True, slots=True)
class FailuresForgotten:
    """All failed files of that album are tried again (--retry-failed)."""

    album: str


@dataclass(frozen=True, slots=True)
class WishIgnored:
    """Imgur did not take a field over; see `NotHonoured`. `attempts` 0 removes the mark."""

    key: str
    field: str
    wish: str
    before: str
    attempts: int
    at: float


@dataclass(frozen=True, slots=True)
class GateHeld:
    """A gate that counts pictures began to hold in an album of `synced` pictures; None: it holds no more.

    Until then its percentage is of that number, so that the tool's own uploads do not dissolve it.
    """

    album: str
    gate: str
    synced: int | None


@dataclass(frozen=True, slots=True)
class AlbumAgreed:
    """The album's order and cover are as agreed; in place of what was known of them. Its serial does not grow: nothing
    that a plan wants depends on it."""

    key: str
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class EditDone:
    """An edit of the album (`path` "") or of the texts of a picture was carried out: for the history of runs only."""

    key: str
    at: float
    path: str = ""


Change = (
    AlbumMade
    | AlbumRenamed
    | AlbumProtected
    | RootAccepted
    | AlbumGone
    | AlbumEdited
    | FolderSeen
    | PictureAdopted
    | PicturePlaced
    | PictureDetached
    | PictureReleased
    | PictureReattached
    | PictureForgotten
    | AlbumForgotten
    | PictureGone
    | PictureDeleted
    | UrlRetired
    | IntentDoubted
    | IntentResent
    | IntentEnded
    | FileFailed
    | FailuresForgotten
    | GateHeld
    | WishIgnored
    | AlbumAgreed
    | EditDone
    | PictureEdited
    | TextIgnored
)
