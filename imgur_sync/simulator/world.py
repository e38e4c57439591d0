"""The simulated world: accounts, applications, albums, pictures, meters, history; in memory, journaled if asked to."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from imgur_sync.simulator import changes as c
from imgur_sync.simulator.blobs import Blobs, FolderBlobs, MemoryBlobs
from imgur_sync.simulator.clock import Clock
from imgur_sync.simulator.deleted import Deleted
from imgur_sync.simulator.hours import Hours
from imgur_sync.simulator.meters import Meters
from imgur_sync.simulator.options import Windows
from imgur_sync.simulator.pictures import Pictures
from imgur_sync.simulator.recent import Recent
from imgur_sync.simulator.records import Account, Client, Grant, Removed, Request, Upload
from imgur_sync.simulator.snapshot import no_collector, restored, taken
from imgur_sync.simulator.storage import Journal, JournalError, NotWritten
from imgur_sync.simulator.tally import Tally

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LINES = 5_000
"""Lines of the journal that are read in well under a second."""


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

    `seed` makes ids and tokens repeatable; without it they are random. Without a journal nothing is kept. A snapshot
    takes the place of more than `lines` lines of the journal, on closing of more than a tenth of them.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: str | None = None,
        journal: Journal | None = None,
        blobs: Blobs | None = None,
        lines: int = LINES,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self.blobs: Blobs = blobs or MemoryBlobs()
        self.pictures = Pictures()
        self.images = self.pictures.images
        self.albums = self.pictures.albums
        self.accounts: dict[str, Account] = {}
        self.clients: dict[str, Client] = {}
        self.grants: dict[str, Grant] = {}
        self.meters = Meters()
        self.hours = Hours()
        self.history: Recent[Request] = Recent()
        self.uploads: Recent[Upload] = Recent()
        self.tallies: dict[str, Tally] = {}
        """What every client asked for, spent and was refused."""
        self.spent = Counter[str]()
        """What other programs spent."""
        self.removed: dict[str, Removed] = {}
        self.deleted = Deleted()
        self.arrived = 0
        self.transactions = 0
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, Callable[[float], None]]] = []
        self._seed = secrets.token_hex(16) if seed is None else seed
        self._journal = journal
        self._lines = lines
        if journal is not None:
            self._restore(journal)
        if not self.accounts:
            self.register("demo")

    @classmethod
    def open(cls, folder: Path, *, clock: Clock | None = None, seed: str | None = None, lines: int = LINES) -> World:
        """The world kept in `folder`, made if there is none. It is this one's until `close`.

        FolderInUse if another has it open, JournalError if it is damaged, OSError if it cannot be used.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as unless_opened:
            journal = Journal(folder / "journal.jsonl")
            unless_opened.callback(journal.close)
            world = cls(clock=clock, seed=seed, journal=journal, blobs=FolderBlobs(folder / "blobs"), lines=lines)
            unless_opened.pop_all()
            return world

    def close(self) -> None:
        """Close journal and pictures; a later change opens them again, if no other has had the folder open since."""
        with self.lock:
            self.blobs.close()
            if self._journal is not None and self._journal.held:
                self._condense(self._journal, self._lines // 10)
                self._journal.close()

    def commit(self, transaction: Sequence[c.Change], at: float) -> None:
        """Make the changes at the moment `at`, all or none, first in the journal. NotWritten if it takes no more."""
        if not transaction:
            return
        with self.lock:
            if self._journal is not None:
                self._journal.append(at, transaction)
            self._apply(at, transaction)
            if self._journal is not None:
                self._condense(self._journal, self._lines)

    def _restore(self, journal: Journal) -> None:
        with no_collector():
            base = journal.snapshot()
            try:
                if base is not None:
                    restored(self, base)
            except (ValueError, TypeError, KeyError) as error:
                raise JournalError(f"{journal.folder}: the snapshot is not a world ({error!r})") from error
        for at, transaction in journal.replay():
            self._apply(at, transaction)
        self._condense(journal, self._lines)

    def _condense(self, journal: Journal, lines: int) -> None:
        """Have a snapshot take the place of the journal's lines if there are more than so many.

        A disk that does not take it is no harm: the lines are all there. It is tried again when they are twice as many.
        """
        if journal.lines > lines:
            with contextlib.suppress(OSError):
                journal.condense(taken(self))
            self._lines = max(self._lines, 2 * journal.lines)

    def remember_last(self, most: int) -> None:
        """Keep so many requests and uploads in the history, and up to a tenth more."""
        with self.lock:
            self.history.keep(most)
            self.uploads.keep(most)

    def count_in(self, windows: Windows) -> None:
        """Have the limits count in windows of this kind, also after a restart."""
        with self.lock:
            if self.meters.windows != windows:
                self.commit([c.CountIn(windows)], self.clock.now())

    def arrive(self) -> int:
        """The number of a new request, counted from 1."""
        with self.lock:
            self.arrived += 1
            return self.arrived

    def later(self, due: float, act: Callable[[float], None]) -> None:
        """Have `act(due)` run once the clock has passed `due`: at the next request after it. A kill forgets it."""
        with self.lock:
            self._waiting.append((due, next(self._order), act))

    def settle(self) -> float:
        """Run what is due, oldest first, each at its own moment; returns the present moment.

        NotWritten if the folder does not take one of them; that and the later ones stay due.
        """
        with self.lock:
            now = self.clock.now()
            if not self._waiting:
                return now
            due = sorted(entry for entry in self._waiting if entry[0] <= now)
            for entry in due:
                self._waiting.remove(entry)
                try:
                    entry[2](entry[0])
                except NotWritten:
                    self._waiting.append(entry)
                    raise
            return now

    def name(self, length: int, salt: object, alphabet: str = ALPHABET) -> str:
        """A new id, deletehash or token of `length` characters; `salt` tells those of one transaction apart."""
        text = f"{self._seed}:{self.transactions}:{self.arrived}:{length}:{salt}"
        pairs, steps, letters = _pairs(alphabet), (length + 1) // 2, []
        # The rest of the number is not asked for, and smaller ones are divided faster.
        number = int.from_bytes(hashlib.sha512(text.encode()).digest()) % len(pairs) ** steps
        for _ in range(steps):
            number, index = divmod(number, len(pairs))
            letters.append(pairs[index])
        return "".join(letters)[:length]

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
        self.transactions += 1
        for change in transaction:
            if isinstance(change, c.DropImage):
                self.deleted.note(self.images.get(change.id), at)
            if isinstance(change, c.PictureChange):
                self.pictures.change(at, change)
            else:
                self._change_rest(at, change)

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
                for request in self.history.since(number - 1):
                    request.committed = request.committed or request.n == number
            case c.Spend(spent):
                self.spent.update(credits=spent.credits, posts=spent.posts, uploads=spent.uploads)
                self.meters.spend(spent, at)
                self.hours.spend(spent, at)
            case c.Moderate(removed):
                self.removed[removed.id] = removed
            case c.CountIn(windows):
                self.meters.read_in(windows)
            case _:
                assert_never(change)

    def _note(self, request: Request) -> None:
        self.arrived = max(self.arrived, request.n)
        tally = self.tallies.get(request.client)
        if tally is None:
            tally = self.tallies[request.client] = Tally()
        tally.add(request)
        self.history.append(request)
        self.meters.count(request)
        self.hours.count(request)


@functools.cache
def _pairs(alphabet: str) -> tuple[str, ...]:
    """Every two letters, the first of which changes fastest."""
    return tuple(first + second for second in alphabet for first in alphabet)
