"""The simulated world: accounts, applications, albums, pictures, meters, history; in memory, journaled if asked to."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from imgur_sync.simulator import changes as c
from imgur_sync.simulator.clock import Clock
from imgur_sync.simulator.hours import Hours
from imgur_sync.simulator.meters import Meters
from imgur_sync.simulator.options import Windows
from imgur_sync.simulator.records import Account, Album, Client, Grant, Image, Removed, Request, Spending, Upload
from imgur_sync.simulator.shelf import Shelf
from imgur_sync.simulator.storage import Blobs, FolderBlobs, Journal, MemoryBlobs

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Demo:
    """Credentials of the account and application that every world begins with."""

    account: str
    client_id: str
    client_secret: str
    refresh_token: str
    access_token: str


class World:
    """Everything that the simulator knows. All reading and changing is done while holding `lock`, which is re-entrant.

    `seed` makes ids and tokens repeatable; without it they are random. Without a journal nothing is kept.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: str | None = None,
        journal: Journal | None = None,
        blobs: Blobs | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self.blobs: Blobs = blobs or MemoryBlobs()
        self.images: Shelf[Image] = Shelf()
        self.albums: Shelf[Album] = Shelf()
        self.accounts: dict[str, Account] = {}
        self.clients: dict[str, Client] = {}
        self.grants: dict[str, Grant] = {}
        self.meters = Meters()
        self.hours = Hours()
        self.history: list[Request] = []
        self.uploads: list[Upload] = []
        self.spent: list[Spending] = []
        self.removed: dict[str, Removed] = {}
        self._arrived = 0
        self._transactions = 0
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, Callable[[float], None]]] = []
        self._seed = secrets.token_hex(16) if seed is None else seed
        self._journal = journal
        if journal is not None:
            for at, transaction in journal.replay():
                self._apply(at, transaction)
        if not self.accounts:
            self.register("demo")

    @classmethod
    def open(cls, folder: Path, *, clock: Clock | None = None, seed: str | None = None) -> World:
        """The world kept in `folder`, made if there is none. One process at a time; JournalError if it is damaged."""
        folder.mkdir(parents=True, exist_ok=True)
        journal = Journal(folder / "journal.jsonl")
        return cls(clock=clock, seed=seed, journal=journal, blobs=FolderBlobs(folder / "blobs"))

    def close(self) -> None:
        """Close the journal; a later change opens it again."""
        if self._journal is not None:
            self._journal.close()

    def commit(self, transaction: Sequence[c.Change], at: float) -> None:
        """Make the changes at the moment `at`, all or none, first in the journal. OSError if it takes nothing more."""
        if not transaction:
            return
        with self.lock:
            if self._journal is not None:
                self._journal.append(at, transaction)
            self._apply(at, transaction)

    def count_in(self, windows: Windows) -> None:
        """Have the limits count in windows of this kind, also after a restart."""
        with self.lock:
            if self.meters.windows != windows:
                self.commit([c.CountIn(windows)], self.clock.now())

    def arrive(self) -> int:
        """The number of a new request, counted from 1."""
        with self.lock:
            self._arrived += 1
            return self._arrived

    def later(self, due: float, act: Callable[[float], None]) -> None:
        """Have `act(due)` run once the clock has passed `due`: at the next request after it. A kill forgets it."""
        with self.lock:
            self._waiting.append((due, next(self._order), act))

    def settle(self) -> float:
        """Run what is due, oldest first, each at its own moment; returns the present moment."""
        with self.lock:
            now = self.clock.now()
            due = sorted(entry for entry in self._waiting if entry[0] <= now)
            self._waiting = [entry for entry in self._waiting if entry[0] > now]
            for moment, _, act in due:
                act(moment)
            return now

    def name(self, length: int, salt: object, alphabet: str = ALPHABET) -> str:
        """A new id, deletehash or token of `length` characters; `salt` tells those of one transaction apart."""
        text = f"{self._seed}:{self._transactions}:{self._arrived}:{length}:{salt}"
        number = int.from_bytes(hashlib.sha512(text.encode()).digest())
        letters = []
        for _ in range(length):
            number, index = divmod(number, len(alphabet))
            letters.append(alphabet[index])
        return "".join(letters)

    def token(self, salt: object, length: int = 40) -> str:
        """A new token in hex."""
        return self.name(length, f"token {salt}", "0123456789abcdef")

    def register(self, account: str, secret_length: int = 40) -> Demo:
        """A new application for `account`, which is made if need be, with a refresh and an access token."""
        with self.lock:
            now = self.clock.now()
            client = Client(self.token("client", 15), self.token("secret", secret_length))
            refresh = Grant("refresh", self.token("refresh"), account, client.id)
            access = Grant("access", self.token("access"), account, client.id)
            transaction: list[c.Change] = [c.PutClient(client), c.PutGrant(refresh), c.PutGrant(access)]
            if account not in self.accounts:
                number = 10_000_001 + len(self.accounts)
                transaction.insert(0, c.PutAccount(Account(account, number, int(now))))
            self.commit(transaction, now)
            return Demo(account, client.id, client.secret, refresh.token, access.token)

    def demo(self) -> Demo:
        """Credentials of the first account and application that are valid now; new tokens are issued where none is."""
        with self.lock:
            now = self.clock.now()
            account, client = next(iter(self.accounts)), next(iter(self.clients.values()))
            tokens = {}
            for kind in ("refresh", "access"):
                live = [
                    grant
                    for grant in self.grants.values()
                    if (grant.kind, grant.account, grant.client) == (kind, account, client.id)
                    and (not grant.expires or grant.expires > now)
                ]
                if not live:
                    live = [Grant(kind, self.token(kind), account, client.id)]
                    self.commit([c.PutGrant(live[0])], now)
                tokens[kind] = live[-1].token
            return Demo(account, client.id, client.secret, tokens["refresh"], tokens["access"])

    def _apply(self, at: float, transaction: Sequence[c.Change]) -> None:
        self._transactions += 1
        for change in transaction:
            if isinstance(change, c.PictureChange):
                self._change_pictures(at, change)
            else:
                self._change_rest(at, change)

    def _change_pictures(self, at: float, change: c.PictureChange) -> None:
        match change:
            case c.PutImage(image):
                self.images.put(image.id, image, at)
            case c.DropImage(gone):
                self._drop_image(gone, at)
            case c.PutAlbum(album):
                kept = self.albums.get(album.id)
                self.albums.put(album.id, dataclasses.replace(album, images=kept.images if kept else ()), at)
            case c.DropAlbum(gone):
                self.albums.drop(gone, at)
            case c.SetMembers(album_id, images):
                self._members(album_id, images, at)
            case c.Join(album_id, images, position):
                held = self._held(album_id)
                joining = tuple(image for image in images if image not in held)
                index = len(held) if position < 0 else position
                self._members(album_id, held[:index] + joining + held[index:], at)
            case c.Leave(album_id, images):
                self._members(album_id, tuple(kept for kept in self._held(album_id) if kept not in images), at)
            case _:
                assert_never(change)

    def _change_rest(self, at: float, change: c.OtherChange) -> None:
        match change:
            case c.PutAccount(account):
                self.accounts[account.name] = account
            case c.PutClient(client):
                self.clients[client.id] = client
            case c.PutGrant(grant):
                self.grants[grant.token] = grant
            case c.Revoke(tokens):
                for token in tokens:
                    self.grants.pop(token, None)
            case c.Advance(seconds):
                self.clock.offset += seconds
            case c.Note(request):
                self._note(request)
            case c.Uploaded(upload):
                self.uploads.append(upload)
            case c.Settle(number):
                for request in self.history:
                    request.committed = request.committed or request.n == number
            case c.Spend(spent):
                self.spent.append(spent)
                self.meters.spend(spent, at)
                self.hours.spend(spent, at)
            case c.Moderate(removed):
                self.removed[removed.id] = removed
            case c.CountIn(windows):
                self.meters.read_in(windows)
            case _:
                assert_never(change)

    def _note(self, request: Request) -> None:
        self._arrived = max(self._arrived, request.n)
        self.history.append(request)
        self.meters.count(request)
        self.hours.count(request)

    def _held(self, album: str) -> tuple[str, ...]:
        found = self.albums.get(album)
        return found.images if found else ()

    def _members(self, album: str, images: tuple[str, ...], at: float) -> None:
        found = self.albums.get(album)
        if found is not None and found.images != images:
            self.albums.put(album, dataclasses.replace(found, images=images), at)

    def _drop_image(self, gone: str, at: float) -> None:
        self.images.drop(gone, at)
        for album in list(self.albums.values()):
            if gone in album.images:
                self._members(album.id, tuple(kept for kept in album.images if kept != gone), at)
