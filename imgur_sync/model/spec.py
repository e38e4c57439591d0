"""What the manifest asks for, as frozen values. Durations are seconds, sizes bytes, times Unix seconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imgur_sync.model.texts import Texts


class Privacy(StrEnum):
    """Who can see an album. `exposure` grows with the number of people who can."""

    PUBLIC = "public"
    HIDDEN = "hidden"
    SECRET = "secret"

    @property
    def exposure(self) -> int:
        """0 secret, 1 hidden (anyone with the link), 2 public (listed on the profile)."""
        return {"secret": 0, "hidden": 1, "public": 2}[self.value]


class Prune(StrEnum):
    """What happens to our picture when its file has left the folder."""

    DETACH = "detach"
    DELETE = "delete"
    NEVER = "never"


class OnRemoteDelete(StrEnum):
    """What happens when somebody deleted our picture on Imgur while its file is there."""

    RESTORE = "restore"
    RESPECT = "respect"


class Order(StrEnum):
    """How the files of an album are put in order."""

    NATURAL = "natural"
    NAME = "name"
    MODIFIED = "modified"
    TAKEN = "taken"  # by the date in the picture; undated ones last, in natural order


def folder_key(name: str) -> str:
    """The part of an album's key that stands for a sub-folder: its name, with every byte of what is not printable, and
    "%", as %XX. No two names have the same one."""
    return "".join(
        char
        if char.isprintable() and char != "%"
        else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
        for char in name
    )


def title_of(folder: str) -> str:
    """A sub-folder's name as part of a title: one line of text, whatever the name."""
    return "".join(char if char.isprintable() else "�" for char in folder)


@dataclass(frozen=True, slots=True)
class AlbumSpec:
    """One album of the manifest.

    `key` is the lasting name, `folder` the text of the manifest, `root` the absolute folder. A text that is None is
    not managed; "" is kept empty. `cover` is "first", "newest" or a path in the folder. `position` is the place in
    the manifest, from 0. The paths of `listed` come first, in that order; `order` puts the rest behind them.
    `image_title` is the template of the pictures' titles ("": none), `images` the texts of single pictures by path.
    `collection` names the table that the album comes from, "" for one of its own. `id` is that of an album to adopt.
    """

    key: str
    folder: str
    root: Path
    title: str | None = None
    description: str | None = None
    privacy: Privacy = Privacy.HIDDEN
    order: Order = Order.NATURAL
    cover: str = "first"
    recursive: bool = True
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()
    prune: Prune = Prune.DETACH
    on_remote_delete: OnRemoteDelete = OnRemoteDelete.RESTORE
    priority: int = 0
    protect: bool = False
    allow_public: bool = False
    position: int = 0
    listed: tuple[str, ...] = ()
    image_title: str = ""
    images: tuple[tuple[str, Texts], ...] = ()
    collection: str = ""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class CollectionSpec:
    """One album for each sub-folder of `root`, the folder that the manifest calls `folder`.

    `template` is what each of them is, but for key, folder, root and position; "{folder}" in its title stands for the
    name of the sub-folder. `problem` says why the sub-folders could not be listed, "" if they could.
    """

    name: str
    folder: str
    root: Path
    template: AlbumSpec
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """An album key changed its name. `source` is not a key any more, `target` is one."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Removal:
    """An album that is to be deleted on Imgur. Its pictures are deleted with it, or live on outside of it."""

    album: str
    delete_pictures: bool = False


@dataclass(frozen=True, slots=True)
class GateLimit:
    """A gate trips above max(min, percent of the album's synced pictures, rounded down)."""

    min: int
    percent: int


@dataclass(frozen=True, slots=True)
class GateLimits:
    """The limits of the counting gates; `prune_run` is for all albums of one run together."""

    prune: GateLimit = GateLimit(3, 20)
    prune_run: int = 100
    replace: GateLimit = GateLimit(5, 30)
    restore: GateLimit = GateLimit(3, 10)


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """Which stored credentials are used. `mode` is "account" (OAuth) or "anonymous" (the Client-ID alone)."""

    mode: str = "account"
    profile: str = "default"

    @property
    def anonymous(self) -> bool:
        """Whether pictures belong to nobody: what changes them is the deletehash that the state keeps."""
        return self.mode == "anonymous"


@dataclass(frozen=True, slots=True)
class BudgetSpec:
    """Our own caps; 0 uploads an hour means none of our own. `remote_max_age` in seconds. What `watch` may spend a day
    on looking for drift is `refresh_credits_per_day`; 0: it does not look."""

    reserve_credits: int = 500
    uploads_per_hour: int = 45
    remote_max_age: float = 3600.0
    max_credits_per_run: int | None = None
    refresh_credits_per_day: int = 250


@dataclass(frozen=True, slots=True)
class UploadSpec:
    """How uploads are sent: requests in flight, bytes buffered, seconds to settle, longest wait for a limit."""

    in_flight: int = 4
    bytes_in_flight: int = 64 * 1024 * 1024
    settle_seconds: float = 90.0
    max_wait: float = 180.0


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """How `watch` waits, in seconds: until a file is still (`quiet`), at most for an album that is never still
    (`quiet_cap`), between two scans that both miss a file before its picture is removed, between two full scans, and
    how old a listing of an unchanged album may be."""

    quiet: float = 2.0
    quiet_cap: float = 30.0
    removal_hold: float = 60.0
    rescan: float = 3600.0
    remote_max_age: float = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class StateSpec:
    """Where the state is kept: in a file, or ("git") shared by machines that keep nothing, in the ref `ref` ("": one
    named after the lineage) of the remote `remote` of the manifest's own repository. A run holds it for `lease` seconds
    at a time: so long, and a little more, a killed run keeps others out. `path` is as written: where it leads is
    `Manifest.state_path`."""

    backend: str = "file"
    remote: str = "origin"
    ref: str = ""
    lease: float = 600.0
    path: str = ".imgur-sync/state.db"

    @property
    def shared(self) -> bool:
        """Whether the file is no more than this machine's copy."""
        return self.backend == "git"


@dataclass(frozen=True, slots=True)
class Manifest:
    """sync.toml, checked. `path` is absolute; `digest` is the SHA-256 of its bytes; `warnings` are for people.

    `state_path` is the absolute path of state.db. `lineage` is None when the manifest names none. `albums` hold
    those of `collections` once their sub-folders were listed.
    """

    path: Path
    digest: str
    albums: tuple[AlbumSpec, ...]
    state_path: Path
    lineage: str | None = None
    account: AccountSpec = AccountSpec()
    budget: BudgetSpec = BudgetSpec()
    upload: UploadSpec = UploadSpec()
    watch: WatchSpec = WatchSpec()
    gates: GateLimits = GateLimits()
    warnings: tuple[str, ...] = ()
    collections: tuple[CollectionSpec, ...] = ()
    moved: tuple[Moved, ...] = ()
    removed: tuple[Removal, ...] = ()
    state: StateSpec = StateSpec()

    def album(self, key: str) -> AlbumSpec | None:
        """The album of that key, or None."""
        return next((spec for spec in self.albums if spec.key == key), None)
