"""What the planner is told of one album, and what other albums have to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imgur_sync.model.plan import GateName, Gone
from imgur_sync.model.spec import AlbumSpec, GateLimits
from imgur_sync.model.synced import FailedFile, Intent, IntentKind, IntentStatus, SyncedAlbum, SyncedPicture

if TYPE_CHECKING:
    from imgur_sync.model.local import LocalAlbum
    from imgur_sync.model.remote import RemoteAlbum


@dataclass(frozen=True, slots=True)
class AlbumView:
    """One album as observed. Times are Unix seconds by our clock.

    `pictures` are all recorded in this album. `listing` is None when there is no album (`album_gone`: a 404 by id
    proved it) or when it could not be had, and then `unlisted` says why; an album
    made a moment ago that Imgur does not show yet is expected until `shown_by`. `probed` tells what single GETs proved
    about pictures that a listing did not show. `ignored` are paths of pictures that the rules leave out. `elsewhere`
    are ids in the listing that the state knows but not as placed here. `intents` are the album's open ones. `tripped`
    are gates that held in an earlier plan of this run: they go on holding, whatever its uploads add to the album.
    `root_accepted`: somebody confirmed that this very scan is of the right folder.
    `adopting`: the manifest names the album by its id, and nothing of it is ours yet.
    """

    spec: AlbumSpec
    local: LocalAlbum
    now: float
    settle_seconds: float
    synced: SyncedAlbum | None = None
    pictures: tuple[SyncedPicture, ...] = ()
    listing: RemoteAlbum | None = None
    album_gone: bool = False
    unlisted: str = ""
    shown_by: float | None = None
    probed: Gone = Gone()
    ignored: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    intents: tuple[Intent, ...] = ()
    failed: tuple[FailedFile, ...] = ()
    limits: GateLimits = GateLimits()
    tripped: frozenset[GateName] = frozenset()
    root_accepted: bool = False
    adopting: bool = False

    @property
    def exists(self) -> bool:
        """Whether the album is on Imgur, as far as anybody knows."""
        return self.synced is not None and not self.synced.gone and not self.album_gone

    def open_intents(self, kind: IntentKind) -> tuple[Intent, ...]:
        """The open intents of one kind."""
        return tuple(i for i in self.intents if i.kind is kind and i.status is IntentStatus.OPEN)


@dataclass(frozen=True, slots=True)
class Claims:
    """What matching across albums gave: pictures that files of this album take, and pictures that others took."""

    incoming: Mapping[str, SyncedPicture] = field(default_factory=dict)
    outgoing: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Nothing crosses the border of this album."""
        return not self.incoming and not self.outgoing


NO_CLAIMS = Claims()


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds steps back: tripped gates, and (`bytes_needed`) that only files whose bytes are here can be sent.

    The empty hold gives what is wanted; the full one what can be done now.
    """

    gates: frozenset[GateName] = frozenset()
    bytes_needed: bool = False


NOTHING_HELD = Hold()
