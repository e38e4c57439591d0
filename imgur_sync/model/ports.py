"""The ports: what the core asks of the outside, in the core's words. Each has one conformance suite in tests/contract/.

Duties that hold for all: an implementation raises only errors of `imgur_sync.errors` (programming errors aside); what
Imgur answers is an `Outcome`, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from imgur_sync.model.keeping import ActivityBoard, Cache, Ledger, Lock, QuietMark, StateStore, Tokens, TokenStore
from imgur_sync.model.remembered import WatchMemory
from imgur_sync.model.texts import UNMANAGED, Texts

if TYPE_CHECKING:
    from imgur_sync.model.budget import Reservation
    from imgur_sync.model.hint import Hint, Unwatched, WatchedRoot
    from imgur_sync.model.local import Content, LocalAlbum, LocalFile, UnchangedFolder
    from imgur_sync.model.outcome import Outcome
    from imgur_sync.model.remote import (
        AlbumChanges,
        AlbumHeader,
        CreatedAlbum,
        CreditReport,
        RemoteAlbum,
        RemotePicture,
    )
    from imgur_sync.model.spec import AlbumSpec, Privacy

T = TypeVar("T")

__all__ = [
    "ActivityBoard",
    "Cache",
    "Clock",
    "Completion",
    "Ledger",
    "LocalFiles",
    "Lock",
    "QuietMark",
    "RemoteReader",
    "RemoteWriter",
    "StateStore",
    "TokenStore",
    "Tokens",
    "WatchMemory",
    "Watcher",
    "Workers",
]


class RemoteReader(Protocol):
    """Reads from Imgur: GETs only, each metered by the ledger, none retried here (but for one token refresh).

    Safe to call from several threads. A plan is given nothing but this.
    """

    def albums(self, page: int) -> Outcome[tuple[AlbumHeader, ...]]:
        """Page `page` (from 0) of the account's albums, up to 100; empty at the end. A short page is not the end."""
        ...

    def album(self, album_id: str, reservation: Reservation | None = None) -> Outcome[RemoteAlbum]:
        """The whole album. A flawed list is `Done` with `complete=False`; 404 is `Refused` NOT_FOUND.

        A `reservation` of one credit that is brought along pays for the first request, and is settled here.
        """
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

    def upload(
        self, content: Content, name: str, album_id: str, reservation: Reservation, texts: Texts = UNMANAGED
    ) -> Outcome[RemotePicture]:
        """Send one picture straight into an album, with an explicit `name` and its texts, from this very buffer."""
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
        between: Callable[[], None] = lambda: None,
    ) -> LocalAlbum | UnchangedFolder:
        """One pass over the folder, one sub-folder in memory at a time.

        `UnchangedFolder` only when nothing changed since the cache was filled, no file is unsendable, no error occurred
        and the content's fingerprint equals `unchanged_if`. `checksum` hashes everything anew. `on_hashed(path, bytes)`
        is called as content is read and may raise to stop the scan. A missing folder is a `LocalAlbum` with no root.

        `between` is called again and again, whether anything is read or not: before a few entries are looked at, and
        before a piece of a file is read. What it raises ends the scan there and is passed on; what was hashed is in the
        cache, but for the file that was being read. A call of the system that hangs, as on a server that is gone, is
        waited for: nothing can end it.
        """
        ...

    def ignored(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of `paths` that the rules of the album leave out, whether they exist or not."""
        ...

    def gone(self, spec: AlbumSpec, paths: Iterable[str]) -> frozenset[str]:
        """Those of `paths` at which nothing can be found now, without a scan: a file moved since the last one."""
        ...

    def read(self, spec: AlbumSpec, file: LocalFile) -> Content:
        """The bytes to send, read once from one open. Raises `FileChangedError` if they are not what was scanned."""
        ...


class Clock(Protocol):
    """The one source of time."""

    @property
    def counts_sleep(self) -> bool:
        """Whether the monotonic clock goes on while the machine is suspended."""
        ...

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


class Watcher(Protocol):
    """An iterator of hints, with a deadline. Hints are no truth: one may come without a change, and a change may come
    without one, so that folders are looked at from time to time all the same.

    Nothing in the folders is opened for reading or writing, so that looking at files never makes a hint. Hints that
    nobody takes are put together; they never grow beyond a few for each album. Used from one thread, but for `wake`.
    """

    def watch(self, roots: Iterable[WatchedRoot]) -> None:
        """From now on watch these folders and no others; a folder that was watched goes on without a gap.

        Of each album that is new, or has another folder, a `LookAtAll` START is told once its folder is listened to: a
        look that begins after it, and the hints from then on, miss nothing. No folder that cannot be watched is an
        error: `unwatched` tells of it.
        """
        ...

    def next(self, deadline: float | None) -> Hint | None:
        """The next hint; None at the deadline (monotonic seconds), once after `wake`, and always after `close`."""
        ...

    def distrust(self, albums: Iterable[str]) -> None:
        """Events do not tell all that happens in the folders of these albums: from now on the folders are not watched
        but looked at regularly, until others are in their place. Of no effect where they are not watched anyway."""
        ...

    def unwatched(self) -> tuple[Unwatched, ...]:
        """The folders from which no events come now, by path. Changes of this are told as hints with a text."""
        ...

    def wake(self) -> None:
        """Let the `next` that waits, or else the one that comes, return None. For signal handlers and other threads."""
        ...

    def close(self) -> None:
        """Watch nothing any more and end all threads. Can be called twice."""
        ...
