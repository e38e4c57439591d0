"""The ports to what is kept on disk: state, caches, ledger, tokens, locks; importable from `model.ports`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from imgur_sync.model.reviewed import Reviews

if TYPE_CHECKING:
    from imgur_sync.model.activity import Activity, Wish
    from imgur_sync.model.budget import Budget, Charge, Cost, Denied, Reading, Refusal, Reservation
    from imgur_sync.model.change import Change
    from imgur_sync.model.history import Run, RunStep
    from imgur_sync.model.local import CachedFile, FolderMark
    from imgur_sync.model.remote import RemoteAlbum
    from imgur_sync.model.secret import Secret
    from imgur_sync.model.synced import (
        Agreed,
        Departure,
        FailedFile,
        Intent,
        IntentStatus,
        RetiredUrl,
        SyncedAlbum,
        SyncedPicture,
    )


@dataclass(frozen=True, slots=True)
class QuietMark:
    """An album was found in order: with this local content, this manifest entry and this header of Imgur's nothing was
    wanted and nothing in doubt. `count` pictures, and `foreign` ones of others. `serial` is the state's serial of the
    album then. `agreed`: the state remembers the order and cover that the listing shows."""

    fingerprint: str
    spec: str
    header: str
    serial: int
    count: int
    listed_at: float
    foreign: int = 0
    agreed: bool = False


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


class StateStore(Reviews, Protocol):
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
        """All pictures recorded in that album, also detached and gone ones (deleted and forgotten ones not), by id."""
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

    def placed(self, digests: Iterable[str]) -> tuple[SyncedPicture, ...]:
        """Pictures that stand in any album and whose digest is likewise one of these, by id."""
        ...

    def departures(self) -> tuple[Departure, ...]:
        """Every detached picture, by album and id, with when it was taken out."""
        ...

    def forgotten(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of `ids` that the user let go of."""
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

    def held(self) -> Mapping[tuple[str, str], int]:
        """The gates that hold, by album and gate, with the number of pictures that was synced when each began to."""
        ...

    def retired(self, album: str) -> tuple[RetiredUrl, ...]:
        """Old and new addresses of replaced pictures, oldest first."""
        ...

    def protected(self) -> frozenset[str]:
        """The keys of the albums from which nothing is removed."""
        ...

    def accepted_root(self, album: str) -> str:
        """The scan of the album's folder that somebody accepted, "" if none."""
        ...

    def agreed(self, album: str) -> Agreed:
        """The order and cover of that album that were last agreed on, as far as they are known."""
        ...

    def open_intent(self, draft: Intent) -> Intent:
        """Record a write before it is sent; returns it with its number."""
        ...

    def foretell(self, drafts: Sequence[Intent]) -> None:
        """These uploads may be sent from now on. A state that goes with its machine sees to it that a later run, on any
        machine, looks for what became of them; for a state that stays there is nothing to do."""
        ...

    def record(self, *changes: Change) -> None:
        """Record all changes in one transaction; grows the serial of each album touched."""
        ...

    def begin_run(self, draft: Run) -> Run:
        """Write a run into the history; what is recorded from now on belongs to it. Returns it with its number."""
        ...

    def end_run(self, ended: Run) -> None:
        """Write how a run ended; what is recorded afterwards belongs to none. KeyError for an unknown number."""
        ...

    def runs(self, limit: int | None = None) -> tuple[Run, ...]:
        """Up to `limit` runs, the newest first, each with the counts of what it did. One without an end is under way,
        or was killed."""
        ...

    def run_steps(self, number: int) -> tuple[RunStep, ...]:
        """What one run did, in the order in which it was recorded, each written together with what it tells."""
        ...


class Ledger(Protocol):
    """Credits, shared by every process of this user on this machine; atomic and durable. Safe from several threads."""

    def reserve(self, cost: Cost, instead: Reservation | None = None) -> Reservation | Denied:
        """Grant the cost against all limits at once, durably, or say which limit is in the way.

        The reservation `instead` of which this one is made ends as RETURNED in the same step: so what was kept back
        is measured once more by what Imgur said since. If denied, it stands: what it waits for may be over in a moment.
        """
        ...

    def settle(self, reservation: Reservation, charge: Charge) -> None:
        """End a reservation. One never settled stays charged (an unknown outcome is paid for)."""
        ...

    def observe(self, reading: Reading, answers: Reservation | None = None) -> None:
        """Take in what the reply to a settled request said. The smaller figure rules: told later, it counts both."""
        ...

    def refused(self, refusal: Refusal) -> None:
        """Learn from a refusal, durably and for all processes: fewer uploads an hour, a limit that is closed for a
        while, a day on which the daily limit was hit. Called once for each, after its reply was observed."""
        ...

    def budget(self) -> Budget:
        """What is left now, limit by limit."""
        ...

    def spent(self) -> int:
        """Credits charged through this object, i.e. in this run."""
        ...

    def clock_set_at(self) -> float:
        """When this machine's clock was last seen to have been set (by that clock; 0.0: never), by Imgur's Date."""
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


class ActivityBoard(Protocol):
    """Where processes tell others what they do, and ask for their turn. Disposable: what cannot be read is not there,
    what cannot be written is dropped, and nothing ever raises. Safe from several threads and processes, and from kills.
    """

    def show(self, activity: Activity) -> None:
        """Put this in the place of what its process (`pid` on `host`) showed before. The caller sees to it that this
        is not called more than about once a second."""
        ...

    def clear(self) -> None:
        """This process does nothing any more."""
        ...

    def all(self) -> tuple[Activity, ...]:
        """What every process showed last, by since; `ended` are those that are known to have died without `clear`."""
        ...

    def wish(self, command: str) -> AbstractContextManager[None]:
        """Ask for the lock of runs while the block lasts, but for `WISH_LASTS` seconds at most."""
        ...

    def wishes(self) -> tuple[Wish, ...]:
        """The wishes that count, the oldest first: not those of processes that died, and none that is too old."""
        ...
