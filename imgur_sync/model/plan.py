"""The plan: what would be done, what is held back and why, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from imgur_sync.model.budget import Cost
from imgur_sync.model.gate import Approvals, Gate, GateName

if TYPE_CHECKING:
    from imgur_sync.model.budget import Budget, LimitName
    from imgur_sync.model.forecast import Forecast
    from imgur_sync.model.local import Unsendable
    from imgur_sync.model.remote import RemoteAlbum
    from imgur_sync.model.reviewed import Binding
    from imgur_sync.model.step import Move, Step


@dataclass(frozen=True, slots=True)
class Blocked:
    """A file or picture (or, with the path "", a wish for the album) for which nothing is done, without any gate.

    `protected` ones exit 3, all others 7.
    """

    album: str
    path: str
    reason: str
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that differs on Imgur from what we last agreed on. `what` is one sentence without ids, `then` what
    becomes of it."""

    album: str
    what: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class LostText:
    """A text of our picture `id` that differs from its wish and that nobody can change: the deletehash was lost.

    `told`: an earlier apply said so of this very wish.
    """

    id: str
    path: str
    field: str
    wish: str
    shown: str
    told: bool

    @property
    def reason(self) -> str:
        """One clause about it, without the path."""
        return f"the {self.field} of this picture cannot be changed: its deletehash was lost"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Something written a moment ago that Imgur does not show yet, or a request whose outcome is unknown."""

    album: str
    what: str
    until: float


@dataclass(frozen=True, slots=True)
class Withheld:
    """A step that a gate holds back."""

    step: Step
    gate: GateName


@dataclass(frozen=True, slots=True)
class Deferred:
    """A step for which the budget does not suffice now; `limit` says which one."""

    step: Step
    limit: LimitName


@dataclass(frozen=True, slots=True)
class Placement:
    """State only, no request: our picture `id` now stands at `path` of `album` (Imgur already shows it so, or the edit
    of this plan will)."""

    id: str
    album: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What an album showed before its edit. `order` are the paths of managed pictures as the album shows them, by the
    names that their files have now; `drifted` are fields (title, description, privacy, order, cover) that somebody
    changed there, `taken_out` the paths of pictures that somebody took out of it. `rewished` are those of order and
    cover whose wish is not what was agreed on before (`agreed_order`, `agreed_cover`), `unsure` those of which nobody
    knows who changed them."""

    title: str
    description: str
    privacy: str
    cover: str
    order: tuple[str, ...]
    drifted: frozenset[str] = frozenset()
    taken_out: frozenset[str] = frozenset()
    rewished: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    agreed_order: tuple[str, ...] = ()
    agreed_cover: str = ""


@dataclass(frozen=True, slots=True)
class AlbumPlan:
    """The plan of one album.

    `wanted` are all steps before gates and budget, `steps` those granted now, both in the order of sending; `withheld`
    and `deferred` are the difference. `pairs` are the managed places that have their picture; those of pictures that
    stand behind (not managed, kept) have the path "". `unpaired_files` and `unpaired_pictures` are what matching across
    albums may join: (digest, path) and (digest, id). `files` counts the folder's pictures, `synced` our pictures placed
    in the album, `skipped` files that are not pictures (`skipped_examples` names a few). `reads` is the number of GETs
    that applying takes. `quiet` is True when there is nothing to do and nothing in doubt. `fingerprint` is the local
    one, `listed_at` the age base of the listing used.
    """

    album: str
    title: str
    position: int
    priority: int
    files: int
    synced: int
    wanted: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    gates: tuple[Gate, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    drift: tuple[Drift, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    unsendable: tuple[Unsendable, ...] = ()
    skipped: int = 0
    skipped_examples: tuple[str, ...] = ()
    unmanaged: tuple[str, ...] = ()
    foreign: int = 0
    moves: tuple[Move, ...] = ()
    placements: tuple[Placement, ...] = ()
    detachments: tuple[str, ...] = ()  # state only: ids that should leave and are not shown any more
    adrift: tuple[str, ...] = ()  # ids without a file that the album does not show: other files may take them
    released: tuple[str, ...] = ()  # state only: ids that stay, outside a folder that the manifest no longer names
    replaced: tuple[tuple[str, str], ...] = ()  # (path, id of the picture that leaves)
    pairs: tuple[tuple[str, str], ...] = ()  # (path, id) of every managed place that has its picture, in wanted order
    leaving: frozenset[str] = frozenset()  # ids that the edit takes out of the album
    deleting: tuple[tuple[str, str], ...] = ()  # (path, id) of the pictures to delete
    unpaired_files: tuple[tuple[str, str], ...] = ()
    unpaired_pictures: tuple[tuple[str, str], ...] = ()
    reads: int = 0
    listed_at: float | None = None
    fingerprint: str = ""
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    unfinished: bool = False  # an interrupted run left the marker of the album's creation in its description
    gives: frozenset[str] = frozenset()  # keys of the albums that take a picture out of this one
    shown: Shown | None = None  # where an edit is wanted: what the album shows before it
    lost_texts: tuple[LostText, ...] = ()

    @property
    def quiet(self) -> bool:
        """Nothing to do, nothing held back, nothing in doubt."""
        return not (
            self.wanted
            or self.gates
            or self.unsettled
            or self.placements
            or self.detachments
            or self.released
            or self.blocked
            or self.errors
        )


@dataclass(frozen=True, slots=True)
class Price:
    """What the granted steps take: `writes` credits and POSTs of the steps, `reads` credits of the GETs around them;
    `uploads` pictures of `upload_bytes` in all."""

    writes: Cost = Cost()
    reads: int = 0
    uploads: int = 0
    upload_bytes: int = 0

    @property
    def credits(self) -> int:
        """Writes and reads together."""
        return self.writes.credits + self.reads


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan. `albums` hold every album with something to tell, in the order of execution; `unchanged` counts
    the rest and `unchanged_files` their pictures; `unchanged_foreign` are those of them that hold pictures of others,
    with how many.

    `digest` is "sha256:" and 64 hex digits over all wanted steps, before gates and budget; equal plans of the same
    world have equal digests on any machine. `price` is of the granted steps, `total` of all wanted ones. `resume_at` is
    when the budget lets deferred work go on (Unix seconds). `offline` plans cannot be applied.
    """

    manifest_digest: str
    lineage: str
    albums: tuple[AlbumPlan, ...]
    unchanged: int
    unchanged_files: int
    price: Price
    total: Price
    budget: Budget | None
    digest: str
    made_at: float
    resume_at: float | None = None
    observation_reads: int = 0
    oldest_listing: float | None = None
    unchanged_foreign: tuple[tuple[str, int], ...] = ()
    offline: bool = False
    notes: tuple[str, ...] = ()
    forecast: Forecast | None = None  # None: the budget is not known
    binding: Binding | None = None  # of a plan that is to be written to a file

    @property
    def empty(self) -> bool:
        """No step is wanted in any album."""
        return not any(album.wanted or album.placements for album in self.albums)

    @property
    def settled(self) -> bool:
        """Nothing is wanted, open, unsettled or held back: what `apply` must reach to exit 0."""
        return all(album.quiet for album in self.albums)


@dataclass(frozen=True, slots=True)
class Gone:
    """What single GETs proved about pictures that a listing did not show: ids that answered 404, and ids alive. Of
    those that are `unknown` no answer could be had that tells anything."""

    gone: frozenset[str] = frozenset()
    alive: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


Listing: TypeAlias = "RemoteAlbum | None"
"""An album's listing; None when there is no such album on Imgur (never made, or 404 by id)."""

__all__ = [
    "AlbumPlan",
    "Approvals",
    "Blocked",
    "Deferred",
    "Drift",
    "Gate",
    "GateName",
    "Gone",
    "Listing",
    "LostText",
    "Placement",
    "Plan",
    "Price",
    "Shown",
    "Unsettled",
    "Withheld",
]
