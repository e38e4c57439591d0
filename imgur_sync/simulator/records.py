"""The things that a world holds: immutable, so that an older state costs no copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Image:
    """One picture. `owner` is an account's name, None if it was sent with a Client-ID only."""

    id: str
    deletehash: str
    owner: str | None
    creator: str
    """The Client-ID that sent it; `WEB` for the web site."""
    type: str
    width: int
    height: int
    size: int
    blob: str
    """The name of the bytes received."""
    datetime: int
    name: str = ""
    title: str | None = None
    description: str | None = None
    animated: bool = False
    has_sound: bool = False
    favourites: tuple[str, ...] = ()
    in_gallery: bool = False
    post: Mapping[str, object] | None = None
    """What it was shared with: title, topic, mature, tags, datetime."""


@dataclass(frozen=True, slots=True)
class Album:
    """One album; `images` are picture ids in album order."""

    id: str
    deletehash: str
    owner: str | None
    creator: str
    datetime: int
    title: str | None = None
    description: str | None = None
    privacy: str = "hidden"
    layout: str = "blog"
    cover: str | None = None
    images: tuple[str, ...] = ()
    favourites: tuple[str, ...] = ()
    in_gallery: bool = False
    """Posted to the public gallery; no privacy takes it out of there (imgur-api §6)."""
    post: Mapping[str, object] | None = None
    """What it was shared with through the API: title, topic, mature, tags, datetime."""

    @property
    def shown_cover(self) -> str | None:
        """The cover: the one that was set if it is in the album, else the first picture (imgur-api §6, M)."""
        if self.cover in self.images:
            return self.cover
        return self.images[0] if self.images else None


@dataclass(frozen=True, slots=True)
class Account:
    """One account with its settings."""

    name: str
    id: int
    created: int
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Client:
    """One registered application."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Grant:
    """An access token, refresh token, code or PIN; `expires` in seconds since the epoch, 0 = never."""

    kind: str
    token: str
    account: str
    client: str
    expires: float = 0.0
    challenge: str = ""
    """PKCE: the challenge that a code or PIN was asked for with (RFC 7636)."""


WEB = "imgur-web"
"""The creator of what was made on the web site."""


@dataclass(slots=True)
class Request:
    """One API request as it went: what `/_simulator/history` lists and what the meters count."""

    n: int
    time: float
    method: str
    path: str
    route: str
    client: str = ""
    user: str = ""
    """Whose hour the credits count in: `account:NAME` or `ip:ADDRESS`."""
    ip: str = ""
    status: int | None = None
    """None if no reply was sent."""
    credits: int = 0
    post: bool = False
    upload: bool = False
    committed: bool = False
    """Whether the world was changed, perhaps later than the request."""
    refused_by: str = ""
    """The limit that refused it: client, user, posts or uploads."""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spending:
    """What another program spent of the same limits; it is in no history."""

    client: str
    user: str
    ip: str
    credits: int = 0
    posts: int = 0
    uploads: int = 0
    hit: bool = False
    """Whether it was refused for the client's day, which is a strike."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A picture that Imgur removed: gone from the API; its file is served until the moment `until`, then redirected."""

    id: str
    blob: str
    type: str
    until: float


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload that was committed, by request `n`, as it was then; the picture may be gone since."""

    n: int
    time: float
    client: str
    id: str
    name: str
    size: int
    blob: str
    album: str | None
