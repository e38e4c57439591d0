"""The ports: what the core asks of the outside, in the core's words. Each has one conformance suite in tests/contract/.

Duties that hold for all: an implementation raises only errors of `imgur_sync.errors` (programming errors aside); what
Imgur answers is an `Outcome`, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from imgur_sync.model.budget import Budget, Charge, Cost, Denied, Reading, Reservation
from imgur_sync.model.change import Change
from imgur_sync.model.local import CachedFile, Content, FolderMark, LocalAlbum, LocalFile, UnchangedFolder
from imgur_sync.model.outcome import Outcome
from imgur_sync.model.remote import (
    AlbumChanges,
    AlbumHeader,
    CreatedAlbum,
    CreditReport,
    RemoteAlbum,
    RemotePicture,
)
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import AlbumSpec, Privacy
from imgur_sync.model.synced import FailedFile, Intent, IntentStatus, RetiredUrl, SyncedAlbum, SyncedPicture

T = TypeVar("T")


class RemoteReader(Protocol):
    """Reads from Imgur: GETs only, each metered by the ledger, none retried here (but for one token refresh).

    Safe to call from several threads. A plan is given nothing but this.
    """

    def albums(self, page: int) -> Outcome[tuple[AlbumHeader, ...]]:
        """Page `page` (from 0) of the account's albums, up to 100; empty at the end. A short page is not the end."""
        ...

    def album(self, album_id: str) -> Outcome[RemoteAlbum]:
        """The whole album. A flawed list is `Done` with `complete=False`; 404 is `Refused` NOT_FOUND."""
        ...

    def images(self, page: int) -> Outcome[tuple[RemotePicture, ...]]:
        """Page `page` (from 0) of the account's pictures, newest first, up to 100; empty at the end."""
        ...

    def image(self, image_id: str) -> Outcome[RemotePicture]:
        """One picture. 404 is `Refused` NOT_FOUND."""
        ...

    def credits(self) -> Outcome[CreditReport]:
        """What Imgur says is left."""
        ...


class RemoteWriter(Protocol):
    """Writes to Imgur: one request each (two when a token is refreshed after a definite 401/403), never retried here.

    The caller has reserved the cost and recorded the intent before; the writer settles that reservation: RETURNED only
    on `NotSent`, else SPENT. Safe to call from several threads. None is idempotent but deletes.
    """

    def create_album(
        self, title: str | None, description: str, privacy: Privacy, reservation: Reservation
    ) -> Outcome[CreatedAlbum]:
        """Make an album. Imgur may ignore `privacy`: read it back before anything goes in."""
        ...

    def upload(self, content: Content, name: str, album_id: str, reservation: Reservation) -> Outcome[RemotePicture]:
        """Send one picture straight into an album, with an explicit `name`, from this very buffer."""
        ...

    def edit_album(self, album_id: str, changes: AlbumChanges, reservation: Reservation) -> Outcome[None]:
        """PUT the given fields. `ids`, where given, is never empty (an empty list could mean "omitted")."""
        ...

    def add_images(self, album_id: str, ids: Sequence[str], reservation: Reservation) -> Outcome[None]:
        """Append pictures to the album, in this order."""
        ...

    def remove_images(self, album_id: str, ids: Sequence[str], reservation: Reservation) -> Outcome[None]:
        """Take pictures out of the album; they live on."""
        ...

    def edit_image(
        self, image_id: str, title: str | None, description: str | None, reservation: Reservation
    ) -> Outcome[None]:
        """Change the texts of a picture; None leaves one as it is."""
        ...

    def delete_image(self, image_id: str, reservation: Reservation) -> Outcome[None]:
        """Delete a picture. Already gone (404) is `Done`."""
        ...

    def delete_album(self, album_id: str, reservation: Reservation) -> Outcome[None]:
        """Delete an album; its pictures live on. Already gone (404) is `Done`."""
        ...


class LocalFiles(Protocol):
    """The folders. Never writes, creates, renames or deletes anything in them."""

    def scan(
        self,
        spec: AlbumSpec,
        *,
        unchanged_if: str = "",
        checksum: bool = False,
        on_hashed: Callable[[str, int], None] = lambda path, size: None,
    ) -> LocalAlbum | UnchangedFolder:
        """One pass over the folder, one sub-folder in memory at a time.

        `UnchangedFolder` only when nothing changed since the cache was filled, no file is unsendable, no error occurred
        and the content's fingerprint equals `unchanged_if`. `checksum` hashes everything anew. `on_hashed(path, bytes)`
        is called as content is read and may raise to stop the scan. A missing folder is a `LocalAlbum` with no root.
        """
        ...

    def ignored(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of `paths` that the rules of the album leave out, whether they exist or not."""
        ...

    def read(self, spec: AlbumSpec, file: LocalFile) -> Content:
        """The bytes to send, read once from one open. Raises `FileChangedError` if they are not what was scanned."""
        ...


class Changes(Protocol):
    """Hints that something changed below watched folders (watch mode; a scan decides)."""

    def next(self, deadline: float) -> frozenset[str] | None:
        """Album keys that may have changed, or None at the deadline (monotonic seconds)."""
        ...


@dataclass(frozen=True, slots=True)
class QuietMark:
    """An album was found in order: with this local content, this manifest entry and this header of Imgur's nothing was
    wanted and nothing in doubt. `count` pictures. `serial` is the state's serial of the album then."""

    fingerprint: str
    spec: str
    header: str
    serial: int
    count: int
    listed_at: float


class Cache(Protocol):
    """What can be lost at no cost but time and credits. Bulk writes need not be synced. A cache that cannot be read or
    written behaves as empty; it never raises."""

    def folders(self, album: str) -> Mapping[str, FolderMark]:
        """The marks of an album's folders, by relative path ("" is the root)."""
        ...

    def files(self, album: str, folder: str) -> tuple[CachedFile, ...]:
        """The rows of one folder, in the order of their names' bytes."""
        ...

    def keep_folder(self, album: str, folder: str, mark: FolderMark | None, files: Sequence[CachedFile]) -> None:
        """Replace what is known of one folder. Without a mark the folder is looked at again next time."""
        ...

    def forget_folders(self, album: str, folders: Iterable[str]) -> None:
        """These folders are no longer there."""
        ...

    def listing(self, album_id: str) -> RemoteAlbum | None:
        """The last listing kept."""
        ...

    def keep_listing(self, listing: RemoteAlbum) -> None:
        """Keep a listing (without deletehashes)."""
        ...

    def quiet(self, album: str) -> QuietMark | None:
        """The last quiet mark of an album."""
        ...

    def keep_quiet(self, album: str, mark: QuietMark | None) -> None:
        """Set or clear the quiet mark."""
        ...

    def flush(self) -> None:
        """Commit what was kept so far."""
        ...


class StateStore(Protocol):
    """What must survive. Every `record` and `open_intent` is durable (synced) when it returns.

    Used from one thread. Reads never see half of a `record`.
    """

    @property
    def lineage(self) -> str:
        """Which line of states this is; part of every marker."""
        ...

    def album(self, key: str) -> SyncedAlbum | None:
        """The album of that key, if it was ever made."""
        ...

    def albums(self) -> tuple[SyncedAlbum, ...]:
        """All albums ever made, by key."""
        ...

    def pictures(self, album: str) -> tuple[SyncedPicture, ...]:
        """All pictures recorded in that album, also detached and gone ones (deleted ones not), by id."""
        ...

    def picture(self, image_id: str) -> SyncedPicture | None:
        """One picture by id, whatever its standing."""
        ...

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of `ids` that the state holds or ever held."""
        ...

    def detached(self, digests: Iterable[str]) -> tuple[SyncedPicture, ...]:
        """Detached pictures of any album whose digest (or short digest) is one of these, by id."""
        ...

    def intents(self, *statuses: IntentStatus) -> tuple[Intent, ...]:
        """Intents with one of these statuses, by number."""
        ...

    def highest_copy(self, album: str, digest: str) -> int:
        """The highest copy number ever recorded for this album key and digest (its first 16 hex digits), -1 if none."""
        ...

    def failed(self, album: str) -> tuple[FailedFile, ...]:
        """Files not tried again until they change."""
        ...

    def retired(self, album: str) -> tuple[RetiredUrl, ...]:
        """Old and new addresses of replaced pictures, oldest first."""
        ...

    def open_intent(self, draft: Intent) -> Intent:
        """Record a write before it is sent; returns it with its number."""
        ...

    def record(self, *changes: Change) -> None:
        """Record all changes in one transaction; grows the serial of each album touched."""
        ...


class Ledger(Protocol):
    """Credits, shared by every process of this user on this machine; atomic and durable. Safe from several threads."""

    def reserve(self, cost: Cost) -> Reservation | Denied:
        """Grant the cost against all limits at once, durably, or say which limit is in the way."""
        ...

    def settle(self, reservation: Reservation, charge: Charge) -> None:
        """End a reservation. One never settled stays charged (an unknown outcome is paid for)."""
        ...

    def observe(self, reading: Reading) -> None:
        """Take in what a reply's headers said. The smaller figure rules."""
        ...

    def budget(self) -> Budget:
        """What is left now, limit by limit."""
        ...

    def spent(self) -> int:
        """Credits charged through this object, i.e. in this run."""
        ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """One account's tokens. `expires_at` is Unix seconds, None when not said. `source` is the SHA-256 of the refresh
    token that this one came from ("" for a first one)."""

    refresh: Secret
    access: Secret | None = None
    expires_at: float | None = None
    account: str = ""
    source: str = ""


class TokenStore(Protocol):
    """Tokens on disk, bound to API origin, Client-ID and profile."""

    def load(self) -> Tokens | None:
        """What is stored, or None."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Durable when it returns; the generation before is kept beside it."""
        ...

    def refreshing(self) -> AbstractContextManager[None]:
        """Held by the one process (and thread) that refreshes; others wait, then load again."""
        ...


class Lock(Protocol):
    """A lock that a kill releases and that others can read."""

    def hold(self, command: str) -> AbstractContextManager[None]:
        """Take it or raise `LockHeldError` naming the holder (pid, host, command, since)."""
        ...

    def holder(self) -> str | None:
        """Who holds it, or None when it is free."""
        ...


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> float:
        """Unix seconds; may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow; for waits."""
        ...


@dataclass(frozen=True, slots=True)
class Completion(Generic[T]):
    """A job's end: its tag and either its value or the error it raised."""

    tag: int
    value: T | None
    error: BaseException | None = None


class Workers(Protocol):
    """Runs jobs off the control thread. A worker that dies comes back as a completion with its error."""

    def submit(self, tag: int, job: Callable[[], object]) -> None:
        """Start a job (or queue it)."""
        ...

    def next(self, deadline: float | None) -> Completion[object] | None:
        """The next completion, or None at the deadline (monotonic seconds) or when a stop was asked for."""
        ...

    @property
    def running(self) -> int:
        """Jobs submitted whose completion was not taken yet."""
        ...

    @property
    def stopping(self) -> int:
        """The signal number that asked the run to stop; 0 if none did."""
        ...
