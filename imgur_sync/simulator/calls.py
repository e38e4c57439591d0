"""One API call as its handler sees it, and the answer that the handler returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from imgur_sync.simulator.changes import Change
from imgur_sync.simulator.media import Media
from imgur_sync.simulator.options import Knobs, Options
from imgur_sync.simulator.records import Account, Album, Image
from imgur_sync.simulator.replies import Refusal, Reply
from imgur_sync.simulator.shapes import View, link_starts
from imgur_sync.simulator.tags import tag_json
from imgur_sync.simulator.wire import Fields
from imgur_sync.simulator.world import World

LENGTHS = (5, 7, 15)
"""Of old ids, of ids, and of deletehashes (H)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends: the application, the account if a Bearer token was sent, the address."""

    client: str
    account: str | None
    ip: str

    @property
    def user(self) -> str:
        """Whose hour the credits count in."""
        return f"account:{self.account}" if self.account else f"ip:{self.ip}"


@dataclass(frozen=True, slots=True)
class Received:
    """The bytes of an upload, already stored as a blob, and what they are."""

    blob: str
    size: int
    media: Media


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Handlers read it and the world, change nothing, and return what is to change."""

    world: World
    options: Options
    knobs: Knobs
    caller: Caller
    method: str
    params: Mapping[str, str]
    fields: Fields
    origin: str
    now: float
    n: int
    new: bool
    """Whether the reply has the new back-end's shape."""
    received: Received | Refusal | None = None
    rotate: bool = False
    stale: float = 0.0
    """How many seconds ago this one read is to show, if that is more than the knob says."""
    path: str = ""
    """The path that was called, as it was sent."""

    @property
    def at(self) -> float | None:
        """The moment that lists and albums are shown as of; None = now."""
        lag = max(self.knobs.lag, self.stale)
        return self.now - lag if lag else None

    def text(self, name: str) -> str | None:
        """A title or description as it is stored: cut if the knob says so; "" for cleared; None if not sent."""
        sent = self.fields.text(name)
        return sent[: self.knobs.trim_text] if sent and self.knobs.trim_text else sent

    def account(self, name: str | None) -> Account | None:
        """The account of that name, if any."""
        return self.world.accounts.get(name) if name is not None else None

    def view(self, owner: str | None, *, mine: bool = False, listing: bool = False) -> View:
        """How this caller sees what belongs to `owner`; `mine` is for things just made, also anonymous ones.

        Nobody owns an anonymous thing: after the reply to its making its deletehash is shown to nobody (H), its name in
        the new shape only (M), its texts to all (H).
        """
        owned = mine or (owner is not None and owner == self.caller.account)
        others = self.knobs.name_to_others
        named = owned or others == "yes" or (others == "shape" and self.new)
        processed, viewer = self.now - self.knobs.processing, self.caller.account
        starts = link_starts(self.origin, self.knobs.links)
        return View(*starts, self.new, owned, named, self.account(owner), listing, processed, viewer, self.tag)

    def tag(self, name: str) -> dict[str, object]:
        """A tag as this caller is told of it."""
        return tag_json(self.world, name, self.account(self.caller.account), self.at)

    def may_see(self, album: Album) -> bool:
        """Whether the API shows this caller an album whose id is known: any (M), but for what a knob withholds.

        One without an account, and one in the gallery, is shown to anybody.
        """
        if self.knobs.others_see == "all" or album.in_gallery or album.owner in (None, self.caller.account):
            return True
        return album.privacy == "public" or (self.knobs.others_see == "not secret" and album.privacy != "secret")

    def own_album(self, key: str) -> Album:
        """The album to change, by id for its owner's Bearer or by deletehash for any caller (H).

        404 if there is none; 403 by id for others (the status is H, the text unknown).
        """
        found = self.world.albums.get(key)
        if found is not None:
            if found.owner is None or found.owner != self.caller.account:
                raise Refusal(403, "Unauthorized")
            return found
        found = self.world.albums.find(key)
        if found is not None:
            return found
        raise self._gone(key) or self.no_album(key)

    def own_image(self, key: str) -> Image:
        """The picture to change: the same rule as for albums (H)."""
        found = self.world.images.get(key)
        if found is not None:
            if found.owner is None or found.owner != self.caller.account:
                raise Refusal(403, "Unauthorized")
            return found
        found = self.world.images.find(key)
        if found is not None:
            return found
        raise self._gone(key) or self.no_image(key)

    def _gone(self, key: str) -> Refusal | None:
        """The refusal of a change to what is not there, where it is no 404 (M)."""
        answer = self.knobs.gone_answer
        odd = answer == "by length" and self.caller.account is not None and len(key) not in LENGTHS
        return Refusal(403, "Unauthorized") if answer == 403 or odd else None

    def own_images(self) -> tuple[tuple[str, ...], bool] | None:
        """Ids of the pictures named by `ids` and `deletehashes` that the caller may use, and whether that is all.

        By id the caller's own, by deletehash any. None if neither list was sent, or both are empty: Imgur gives no
        way to tell an empty list from none (what it does with one is unknown).
        """
        ids, hashes = self.fields.ids("ids") or (), self.fields.ids("deletehashes") or ()
        hashes = hashes if self.knobs.hashes == "honoured" else ()
        if not ids and not hashes:
            return None
        usable: dict[str, None] = {}
        complete = True
        for key in ids:
            image = self.world.images.get(key)
            if image is not None and image.owner is not None and image.owner == self.caller.account:
                usable[key] = None
            else:
                complete = False
        for key in hashes:
            image = self.world.images.find(key)
            if image is not None:
                usable[image.id] = None
            else:
                complete = False
        return tuple(usable), complete

    def no_image(self, key: str) -> Refusal:
        """404: JSON at the legacy back-end (H), text/html at the new one (M)."""
        if self.new:
            return Refusal(404, "404 Not Found", shape="F")
        return Refusal(404, f"Unable to find an image with the id, {key}")

    def no_album(self, key: str) -> Refusal:
        """404: JSON at the legacy back-end (H), `errors[]` at the new one (H for the shape)."""
        text = f"Unable to find an album with the id, {key}"
        return Refusal(404, text, shape="E" if self.new else "A")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler decided: data for the wrapper, or a whole `reply`; and what changes in the world."""

    data: object = True
    changes: tuple[Change, ...] = ()
    reply: Reply | None = None


Handler = Callable[[Call], Answer]
Prepare = Callable[[World, Options, Fields], "Received | Refusal"]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: its paths and methods, what it costs, and whether it needs authorization."""

    rules: tuple[str, ...]
    methods: tuple[str, ...]
    handler: Handler
    cost: int = 1
    upload: bool = False
    open: bool = False
    by_query: bool = False
    """Whether `?client_id=` stands for an Authorization header."""
    prepare: Prepare | None = None


@dataclass(slots=True)
class Routes:
    """A collection of endpoints, filled by decorators."""

    all: list[Route] = field(default_factory=list)

    def add(
        self,
        methods: str,
        *rules: str,
        cost: int = 1,
        upload: bool = False,
        open_to_all: bool = False,
        by_query: bool = False,
        prepare: Prepare | None = None,
    ) -> Callable[[Handler], Handler]:
        """Serve `rules` with the decorated handler; `methods` are separated by blanks."""

        def keep(handler: Handler) -> Handler:
            sent_with = tuple(methods.split())
            self.all.append(Route(rules, sent_with, handler, cost, upload, open_to_all, by_query, prepare))
            return handler

        return keep
