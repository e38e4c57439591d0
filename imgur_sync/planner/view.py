"""What the planner is told of one album, and what other albums have to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imgur_sync.model.plan import GateName, Gone
from imgur_sync.model.spec import AlbumSpec, GateLimits, Prune
from imgur_sync.model.synced import Agreed, FailedFile, Intent, IntentKind, IntentStatus, SyncedAlbum, SyncedPicture
from imgur_sync.planner.believed import believed

if TYPE_CHECKING:
    from imgur_sync.model.local import LocalAlbum
    from imgur_sync.model.remote import RemoteAlbum


@dataclass(frozen=True, slots=True)
class AlbumView:
    """One album as observed. Times are Unix seconds by our clock, which may have been set at `clock_set_at`.

    `pictures` are all recorded in this album. `listing` is None when there is no album (`album_gone`: a 404 by id
    proved it) or when it could not be had, and then `unlisted` says why; an album
    made a moment ago that Imgur does not show yet is expected until `shown_by`. `probed` tells what single GETs proved
    about pictures that a listing did not show. `ignored` are paths of pictures that the rules leave out. `elsewhere`
    are ids in the listing that the state knows but not as placed here. `intents` are the album's open ones, and
    `on_its_way` the short digests of pictures from elsewhere that its edits in doubt may have put in. `tripped` are
    gates that held in an earlier plan of this run: they go on holding, whatever its uploads add to the album.
    `bases` are the pictures synced when a gate began to hold, in whatever run: its percentage is of those.
    `spared` are ids that are taken out where others would be deleted: an album that is not planned now needs them.
    `texts_in_doubt` are ids of pictures with an edit of unknown outcome.
    `anonymous` albums are nobody's: pictures are named by deletehash. `renewed` are pictures of ours to be uploaded
    once more, with the path of the file that is theirs.
    `root_accepted`: somebody confirmed that this very scan is of the right folder.
    `adopting`: the manifest names the album by its id, and nothing of it is ours yet.
    `agreed` is how the album was arranged when that was last agreed on.
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
    on_its_way: frozenset[str] = frozenset()
    failed: tuple[FailedFile, ...] = ()
    limits: GateLimits = GateLimits()
    tripped: frozenset[GateName] = frozenset()
    bases: Mapping[str, int] = field(default_factory=dict)
    spared: frozenset[str] = frozenset()
    texts_in_doubt: frozenset[str] = frozenset()
    anonymous: bool = False
    renewed: Mapping[str, str] = field(default_factory=dict)
    root_accepted: bool = False
    adopting: bool = False
    agreed: Agreed = Agreed()
    clock_set_at: float = 0.0

    def settles_at(self, at: float) -> float:
        """When what was written at that time must be shown: `settle_seconds` after it, as far as clocks tell."""
        return believed(at, self.now, self.clock_set_at) + self.settle_seconds

    def deletes(self, picture: SyncedPicture) -> bool:
        """Whether a picture whose file left is deleted, and not only taken out of the album."""
        lost = self.anonymous and picture.deletehash is None
        return self.spec.prune == Prune.DELETE and picture.id not in self.spared and not lost

    @property
    def put_back(self) -> frozenset[str]:
        """Our pictures that are not shown, live, and can be put in again, of an album without an account: from that
        nobody takes any out but we, in an edit of pieces that broke off. Those that stay are put back."""
        return self.probed.alive - self.keyless if self.anonymous else frozenset()

    @property
    def keyless(self) -> frozenset[str]:
        """Our pictures that can be taken out of the album, but neither be put in nor changed nor deleted."""
        if not self.anonymous:
            return frozenset()
        return frozenset(picture.id for picture in self.pictures if picture.deletehash is None)

    @property
    def fixed(self) -> frozenset[str]:
        """Shown pictures of others that no edit of an anonymous album can name: they stay where they are."""
        if not self.anonymous or self.listing is None:
            return frozenset()
        ours = {picture.id for picture in self.pictures}
        return frozenset(i for i in self.listing.ids if i not in ours and i not in self.elsewhere)

    @property
    def exists(self) -> bool:
        """Whether the album is on Imgur, as far as anybody knows."""
        return self.synced is not None and not self.synced.gone and not self.album_gone

    def open_intents(self, kind: IntentKind) -> tuple[Intent, ...]:
        """The open intents of one kind."""
        return tuple(i for i in self.intents if i.kind is kind and i.status is IntentStatus.OPEN)


@dataclass(frozen=True, slots=True)
class Claims:
    """What matching across albums gave: pictures that files of this album take, and pictures that others took.

    `awaited` are paths of files that wait for another album, with that album and the gate that holds its pictures.
    """

    incoming: Mapping[str, SyncedPicture] = field(default_factory=dict)
    outgoing: frozenset[str] = frozenset()
    awaited: Mapping[str, tuple[str, GateName]] = field(default_factory=dict)


NO_CLAIMS = Claims()


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds steps back: tripped gates, (`bytes_needed`) that only files whose bytes are here can be sent, and
    (`waiting`) files that wait for another album's folder.

    The empty hold gives what is wanted; the full one what can be done now.
    """

    gates: frozenset[GateName] = frozenset()
    bytes_needed: bool = False
    waiting: frozenset[str] = frozenset()


NOTHING_HELD = Hold()
