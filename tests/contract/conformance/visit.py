"""A run's way to Imgur: raw requests, each counted, none that touches what the run has not made itself."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

import httpx

from imgur_sync.simulator.testing import small_picture
from tests.contract.conformance.belongings import Belongings, Kind, Lost, Thing
from tests.contract.conformance.made import Access, Made, told
from tests.contract.conformance.meter import Meter, heed

T = TypeVar("T")
SHARED = {
    "named": 11,
    "plain": 11,
    "encoded": 11,
    "stranger": 11,
    "gone": 11,
    "album": 2,
    "strangers_album": 2,
    "shown": 1,
}
"""What the pictures and albums cost that several cases look at, their deletion included."""
_MAKES = re.compile(r"/3/(?P<kind>upload|image|album)(\.\w+)?/?")
_CHANGES = re.compile(r"/3/(account/\w+/)?(image|album)/(?P<key>\w+)(?:[/.].*)?")


class NotOurs(Exception):
    """A request would change what this run has not made. It is not sent."""


class Visit:
    """One run. `settle` is what is waited after a write before something is read, `pace` between uploads, in seconds.

    Shared pictures and albums are made when a case first asks for them.
    """

    def __init__(
        self,
        access: Access,
        belongings: Belongings,
        *,
        settle: float = 0.0,
        pace: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
        http: httpx.Client | None = None,
    ) -> None:
        self.access = access
        self.belongings = belongings
        self.meter = Meter()
        self.title = f"imgur-sync conformance {secrets.token_hex(4)}"
        self.http = http or httpx.Client(timeout=60, trust_env=False)
        self._settle, self._pace, self._sleep = settle, pace, sleep
        self._wrote = False
        self._of_case: set[str] | None = None

    def ask(self, method: str, path: str, auth: str | None = "bearer", *, limits: bool = True, **sent: Any) -> Any:
        """Send a request; `auth` is bearer, anonymous, None or a whole header. The reply, whatever it says.

        `NotOurs`, `OverPrice` and `Stopped` before it is sent; `Stopped` after it where a limit is near, unless
        `limits` is false.
        """
        bare = path.partition("?")[0]
        creation = _MAKES.fullmatch(bare) if method == "POST" else None
        self._guard(method, bare, creation is not None)
        self.meter.charge(method, bare, self._reserved() + (1 if creation else 0))
        number = self._announce(creation["kind"], auth) if creation else 0
        reply = self._send(method, path, auth, **sent)
        if creation:
            self._note(number, reply)
        if limits:
            heed(reply)
        return reply

    def _reply(self, method: str, path: str) -> httpx.Response:
        reply: httpx.Response = self.ask(method, path)
        return reply

    def data(self, path: str, auth: str | None = "bearer") -> Any:
        """The data of a GET."""
        return self.ask("GET", path, auth).json()["data"]

    def upload(self, number: int, path: str = "/3/upload", auth: str = "bearer", **fields: str) -> Made:
        """Upload a small picture as a multipart file."""
        sent = {"title": self.title, **fields}
        return self.new(self.ask("POST", path, auth, data=sent, files={"image": ("x.png", small_picture(number))}))

    def create(self, *images: str, auth: str = "bearer", **fields: str) -> Made:
        """Create an album, in the form that the documentation has."""
        return self.new(self.ask("POST", "/3/album", auth, data={"title": self.title, "ids[]": list(images), **fields}))

    def new(self, reply: httpx.Response) -> Made:
        """What a reply says was made."""
        key, deletehash = told(reply)
        return Made(key, deletehash, reply)

    def members(self, album: Made) -> str:
        """Which of the shared pictures are in an album, in its order: letters of their names."""
        letters = {self.named.id: "N", self.plain.id: "P", self.encoded.id: "E", self.stranger.id: "S"}
        images = self.data(f"/3/album/{album.id}").get("images")
        return "".join(letters.get(image["id"], "?") for image in images or []) or "none"

    def fresh(self, sent: dict[str, Any], path: str = "/3/album") -> Made:
        """Create an album with a body of the case's own."""
        return self.new(self.ask("POST", path, **sent))

    def hidden(self, text: str, **ids: str) -> str:
        """A text with ids replaced by their names, so that it is the same in every run."""
        for name, key in ids.items():
            text = text.replace(key, f"{{{name}}}")
        return text

    def delete(self, kind: Kind, key: str) -> httpx.Response:
        """Delete something of the account by id; the reply."""
        reply: httpx.Response = self.ask("DELETE", f"/3/{kind}/{key}")
        if reply.status_code == 200:
            self.belongings.gone(key)
        return reply

    @contextmanager
    def case(self, price: int) -> Iterator[None]:
        """What is asked for in the block may cost that much, and what it makes is deleted at its end."""
        self.meter.left, self._of_case = price, set()
        try:
            yield
        finally:
            left, self.meter.left = self.meter.left, None
            mine, self._of_case = self._of_case, None
            for thing in self._in_order():
                if thing.id in mine:
                    self.meter.left = left
                    self._remove(thing)
                    left = self.meter.left
            self.meter.left = None

    @cached_property
    def named(self) -> Made:
        """A picture of the account with all texts, as `POST /3/upload` takes it."""
        return self._shared(lambda: self.upload(1, name="conformance.png", description="by imgur-sync"))

    @cached_property
    def shown(self) -> httpx.Response:
        """The reply to a GET of `named`, asked for once."""
        return self._shared(lambda: self._reply("GET", f"/3/image/{self.named.id}"))

    @cached_property
    def plain(self) -> Made:
        """A picture of the account whose part has a file name, and no field says one; as `POST /3/image` takes it."""
        return self._shared(lambda: self.upload(2, "/3/image"))

    @cached_property
    def encoded(self) -> Made:
        """A picture of the account, as text in an urlencoded form."""
        return self._shared(lambda: self.encode(3))

    @cached_property
    def stranger(self) -> Made:
        """A picture of nobody's: with the Client-ID alone, in a body that does not end as it should."""
        return self._shared(self._unclosed)

    @cached_property
    def gone(self) -> Made:
        """A picture of the account that was deleted; asked for in XML."""

        def make() -> Made:
            made = self.upload(5, "/3/upload.xml")
            self.delete("image", made.id)
            return made

        return self._shared(make)

    @cached_property
    def album(self) -> Made:
        """An album of the account with two pictures, without a privacy of its own."""
        images = (self.named.id, self.plain.id)
        return self._shared(lambda: self.create(*images))

    @cached_property
    def strangers_album(self) -> Made:
        """An album of nobody's."""
        return self._shared(lambda: self.create(auth="anonymous"))

    def encode(self, number: int) -> Made:
        """Upload base64 in an urlencoded form."""
        import base64

        text = base64.b64encode(small_picture(number)).decode()
        fields = {"image": text, "type": "base64", "title": self.title, "name": "encoded.png"}
        return self.new(self.ask("POST", "/3/upload", data=fields))

    def clean(self) -> list[Thing | Lost]:
        """Delete everything that is left, albums first, and look for what answers were lost of; what stays behind."""
        self._of_case = None
        self.meter.left = None
        for thing in self._in_order():
            self._remove(thing, meant=True)
        for number, lost in list(self.belongings.lost.items()):
            if lost.owned and self._find(lost):
                self.belongings.refused(number)
        self.belongings.close()
        return [*self.belongings.things.values(), *self.belongings.lost.values()]

    def _find(self, lost: Lost) -> bool:
        """Delete what bears the title and is not known; whether the list could be read."""
        path = f"/3/account/me/{lost.kind}s"
        self.meter.clean("GET", path)
        reply = self._send("GET", f"{path}?perPage=100", "bearer")
        if reply.status_code != 200:
            return False
        for shown in reply.json()["data"]:
            if shown["title"] == lost.title and shown["id"] not in self.belongings.known:
                self.meter.clean("DELETE", f"/3/{lost.kind}/{shown['id']}")
                if self._send("DELETE", f"/3/{lost.kind}/{shown['id']}", "bearer").status_code not in (200, 404):
                    return False
        return True

    def _remove(self, thing: Thing, *, meant: bool = False) -> None:
        path = f"/3/{thing.kind}/{thing.id if thing.owned else thing.deletehash}"
        if self.meter.left is not None and not meant:
            self.meter.charge("DELETE", path, 0)
        else:
            self.meter.clean("DELETE", path)
        reply = self._send("DELETE", path, "bearer" if thing.owned else "anonymous")
        if reply.status_code in (200, 404):
            self.belongings.gone(thing.id)

    def _in_order(self) -> list[Thing]:
        return sorted(self.belongings.things.values(), key=lambda thing: thing.kind)

    def _reserved(self) -> int:
        """What cleaning up may take: a deletion of each, and a look for each that was lost."""
        return len(self.belongings.things) + 2 * len(self.belongings.lost)

    def _guard(self, method: str, path: str, creation: bool) -> None:
        if method == "GET" or creation or path.startswith("/oauth2/token"):
            return
        found = _CHANGES.fullmatch(path)
        if found is None or found["key"] not in self.belongings.known:
            raise NotOurs(f"{method} {path}")

    def _announce(self, kind: str, auth: str | None) -> int:
        return self.belongings.ask("album" if kind == "album" else "image", self.title, auth == "bearer")

    def _note(self, number: int, reply: httpx.Response) -> None:
        try:
            key, deletehash = told(reply)
        except ValueError:
            if 400 <= reply.status_code < 500:
                self.belongings.refused(number)
            return
        self.belongings.made(number, key, deletehash)
        if self._of_case is not None:
            self._of_case.add(key)

    def _send(self, method: str, path: str, auth: str | None, **sent: Any) -> httpx.Response:
        known = {"bearer": f"Bearer {self.access.access_token}", "anonymous": f"Client-ID {self.access.client_id}"}
        headers = {**({"Authorization": known.get(auth, auth)} if auth else {}), **sent.pop("headers", {})}
        if method == "GET" and self._wrote:
            self._sleep(self._settle)
        if method == "POST" and _MAKES.fullmatch(path):
            self._sleep(self._pace)
        self._wrote = method != "GET"
        return self.http.request(method, path if "://" in path else self.access.url + path, headers=headers, **sent)

    def _shared(self, make: Callable[[], T]) -> T:
        """Make something for all cases: it is in no case's price."""
        left, mine = self.meter.left, self._of_case
        self.meter.left = self._of_case = None
        try:
            return make()
        finally:
            self.meter.left, self._of_case = left, mine

    def _unclosed(self) -> Made:
        head = '--b\r\nContent-Disposition: form-data; name="image"; filename="x.png"\r\n\r\n'
        body = head.encode() + small_picture(4) + b"\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        return self.new(self.ask("POST", "/3/upload", "anonymous", content=body, headers=kind))
