"""The remote tree: what Imgur showed."""

from __future__ import annotations

from dataclasses import dataclass

from imgur_sync.model.budget import Reading
from imgur_sync.model.secret import Secret


@dataclass(frozen=True, slots=True)
class AlbumHeader:
    """An album without its pictures. Missing texts are "". `cover` is None when Imgur names none.

    `public` is False for hidden, secret and "private" alike: Imgur's newer replies do not tell them apart
    (imgur-api §6). `count` is None when Imgur did not say.
    """

    id: str
    title: str
    description: str
    public: bool
    cover: str | None
    count: int | None
    in_gallery: bool = False
    deletehash: Secret | None = None

    @property
    def fingerprint(self) -> str:
        """Equal for two readings of an album that nobody touched in between (views and dates are left out)."""
        facts = (self.id, self.title, self.description, self.public, self.cover or "", self.count, self.in_gallery)
        return repr(facts)


@dataclass(frozen=True, slots=True)
class RemotePicture:
    """A picture as Imgur describes it. `made_at` is Imgur's datetime. `name` is "" when not shown."""

    id: str
    name: str
    link: str
    media_type: str
    width: int
    height: int
    size: int
    made_at: float
    title: str = ""
    description: str = ""
    deletehash: Secret | None = None


@dataclass(frozen=True, slots=True)
class RemoteAlbum:
    """One complete listing of an album, in album order. `taken_at` is our clock when it was asked for.

    `complete` is False when the count and the list disagree, an entry could not be read, or ids repeat; nothing may be
    created, uploaded or removed on the strength of such a listing. `flaw` then says why.
    """

    header: AlbumHeader
    pictures: tuple[RemotePicture, ...]
    taken_at: float
    complete: bool = True
    flaw: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in album order."""
        return tuple(picture.id for picture in self.pictures)


@dataclass(frozen=True, slots=True)
class AlbumChanges:
    """The fields of one edit of an album; None leaves a field as it is. `ids` replaces the membership and order."""

    ids: tuple[str, ...] | None = None
    cover: str | None = None
    title: str | None = None
    description: str | None = None
    privacy: str | None = None


@dataclass(frozen=True, slots=True)
class CreatedAlbum:
    """The reply to a creation: nothing but the id and the deletehash (imgur-api §2.2)."""

    id: str
    deletehash: Secret | None


@dataclass(frozen=True, slots=True)
class CreditReport:
    """The body of GET /3/credits; resets are Unix seconds, the day's None where it is not told."""

    user_limit: int
    user_remaining: int
    user_reset: float
    client_limit: int
    client_remaining: int
    client_reset: float | None = None

    def reading(self) -> Reading:
        """The same figures as a reading for the ledger."""
        return Reading(
            user_limit=self.user_limit,
            user_remaining=self.user_remaining,
            user_reset=self.user_reset,
            client_limit=self.client_limit,
            client_remaining=self.client_remaining,
            client_reset=self.client_reset,
        )
