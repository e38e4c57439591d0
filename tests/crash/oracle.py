"""Judges a run from outside: by what Imgur received and holds, by the folders, and by what is on disk.

None of it asks the program. The names in brackets are the invariants that a check stands for.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx

from imgur_sync.simulator import World
from imgur_sync.simulator.records import Album
from tests.crash.stage import CrashStage, StruckWire
from tests.support.sync_stage import ORIGIN


@dataclass(frozen=True)
class Wish:
    """What one album was, or is, to be: the digest of each file by its path, and whether everyone may see it."""

    title: str
    public: bool
    files: dict[str, str]


def wishes(stage: CrashStage) -> dict[str, Wish]:
    """The wish of every album of the manifest as the folders stand, by key."""
    found: dict[str, Wish] = {}
    for spec in stage.manifest().albums:
        files = {
            str(path.relative_to(spec.root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(spec.root.rglob("*"))
            if path.is_file()
        }
        found[spec.key] = Wish(spec.title or "", spec.privacy.value == "public", files)
    return found


class Witness:
    """Sees every request of a run, before it arrives and after, and keeps what was not to happen in `broken`."""

    def __init__(self, stage: CrashStage, old: dict[str, Wish], new: dict[str, Wish]) -> None:
        self.stage, self.old, self.new = stage, old, new
        self.broken: list[str] = []
        self.managed = {digest for wish in (*old.values(), *new.values()) for digest in wish.files.values()}
        self.others = charged(stage) - ledger_credits(stage)
        assert isinstance(stage.wire, StruckWire)
        stage.wire.before, stage.wire.after = self.before, self.after

    def before(self, request: httpx.Request) -> None:
        """A write is about to arrive: it was paid for and written down, and a deletion is one that may be."""
        if request.method == "GET" or not request.url.path.startswith("/3/"):
            return
        self._paid(request)
        self._intended(request)
        if request.method == "DELETE" and request.url.path.startswith("/3/image/"):
            self._may_delete(request.url.path.rsplit("/", 1)[1])

    def after(self, request: httpx.Request) -> None:
        """Something arrived: nobody sees more than was, or is, wished, and nothing wished for is missing."""
        if request.method == "GET":
            return
        world = self.stage.world
        for album in world.albums.values():
            self._exposed(request, album, shown_by(world, album))
        self._no_gap(request)

    def at_the_end(self) -> None:
        """When all is done, the ledger holds all that Imgur charged [I1]."""
        due, held = charged(self.stage) - self.others, ledger_credits(self.stage)
        if due > held:
            self._tell(f"I1: Imgur charged {due}, the ledger holds {held}")

    def _tell(self, what: str) -> None:
        if what not in self.broken:
            self.broken.append(what)

    def _paid(self, request: httpx.Request) -> None:
        """What Imgur charged, this request too, is not more than what the ledger holds [I1]. A run that died may have
        requests on the way that are charged later: they are in the ledger, and nothing is said of them."""
        path = request.url.path
        cost = 10 if path == "/3/upload" else 1 if path.startswith("/3/") else 0
        due, held = charged(self.stage) + cost - self.others, ledger_credits(self.stage)
        if due > held:
            self._tell(f"I1: with {request.method} {path} Imgur charges {due}, the ledger holds {held}")

    def _intended(self, request: httpx.Request) -> None:
        """A synced record of this very write is in the state before it is sent [I17]."""
        rows = open_intents(self.stage)
        path = request.url.path
        if path == "/3/upload":
            body = request.content
            if not any(kind == "upload" and marker.encode() in body for kind, marker, _ in rows):
                self._tell("I17: an upload without a record")
        elif not any(kind != "upload" for kind, _, _ in rows):
            self._tell(f"I17: {request.method} {path} without a record")

    def _may_delete(self, token: str) -> None:
        """Only what left the folders is deleted, and only when all that is wished for is there [I4, I15]."""
        world = self.stage.world
        image = world.images.get(token) or next((i for i in world.images.values() if i.deletehash == token), None)
        if image is None:
            return
        if image.blob not in self.managed:
            self._tell(f"I4: {token} is not ours")
        wanted = [digest for wish in self.new.values() for digest in wish.files.values()]
        alive = Counter(other.blob for other in world.images.values())
        if image.blob in wanted and alive[image.blob] <= wanted.count(image.blob):
            self._tell(f"I15: {token} is wanted")
        shown = {digest for album in world.albums.values() for digest in shown_by(world, album)}
        for key, wish in self.old.items():
            here = set(self.new[key].files.values()) if key in self.new else set()
            if image.blob in wish.files.values() and not here <= shown:
                self._tell(f"I15: {token} deleted before all of {key} is up")

    def _exposed(self, request: httpx.Request, album: Album, digests: list[str]) -> None:
        """A picture is public only where it was, or is, to be [I7]."""
        if album.privacy != "public":
            return
        for digest in digests:
            both = (*self.old.values(), *self.new.values())
            if digest in self.managed and not any(w.public and digest in w.files.values() for w in both):
                self._tell(f"I7: {album.title} shows a picture to everyone after {request.method} {request.url.path}")

    def _no_gap(self, request: httpx.Request) -> None:
        """Of a file that was there and is to be there, the old or the new picture is shown [I16].

        Without an account an album with a picture whose key was lost is put in order piece by piece: there only what
        is replaced counts."""
        world = self.stage.world
        shown = {digest for album in world.albums.values() for digest in shown_by(world, album)}
        wanted = {digest for wish in self.new.values() for digest in wish.files.values()}
        for key, wish in self.old.items():
            for path, digest in wish.files.items():
                later = self.new[key].files.get(path) if key in self.new else None
                if self.stage.anonymous and later in (None, digest):
                    continue
                if (digest in wanted or later) and digest not in shown and later not in shown:
                    self._tell(f"I16: {key}/{path} is shown nowhere after {request.method} {request.url.path}")


def shown_by(world: World, album: Album) -> list[str]:
    """The digests of what an album shows, in its order."""
    images = (world.images.get(image) for image in album.images)
    return [image.blob for image in images if image is not None]


def charged(stage: CrashStage) -> int:
    """The credits that Imgur charged since the world began."""
    return sum(request.credits for request in stage.world.history)


def ledger_credits(stage: CrashStage) -> int:
    """The credits that the ledger on disk holds as charged."""
    path = stage.base / "ledger.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT coalesce(sum(credits), 0) FROM charge WHERE origin = ?", (ORIGIN,)).fetchone()
        return int(row[0])


def open_intents(stage: CrashStage) -> list[tuple[str, str, str]]:
    """Kind, marker and target of every open intent that the state on disk holds, wherever the state is."""
    path = stage.base / ".imgur-sync" / "state.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT kind, marker, target FROM intent WHERE status = 'open'").fetchall()
        return [(str(kind), str(marker), str(target)) for kind, marker, target in found]


def portrait(stage: CrashStage) -> dict[str, Any]:
    """Imgur as it stands, without ids and times: every album, and every picture in none."""
    world = stage.look("world")
    digests = {image["id"]: (image["sha256"], image["title"], image["description"]) for image in world["images"]}
    shown = {image for album in world["albums"] for image in album["images"]}
    albums = [
        (
            album["title"],
            album["description"],
            album["privacy"],
            digests.get(album["cover"] or (album["images"] or [None])[0]),
            tuple(digests[image] for image in album["images"]),
        )
        for album in world["albums"]
    ]
    return {
        "albums": Counter(albums),
        "loose": Counter(value for image, value in digests.items() if image not in shown),
        "uploads": Counter(upload["sha256"] for upload in stage.look("history")["uploads"]),
    }


def differences(stage: CrashStage, wished: dict[str, Any], *, anonymous_kills: int) -> list[str]:
    """How Imgur differs from what a run without kills left. Without an account, of what died on the way the answer is
    lost for good: for each kill one picture, or one empty album, may stay behind, and no album may differ."""
    found = portrait(stage)
    told: list[str] = []
    if not anonymous_kills:
        return [f"I3: {name} are {found[name]}, not {wished[name]}" for name in wished if found[name] != wished[name]]
    more = found["albums"] - wished["albums"]
    missing = wished["albums"] - found["albums"]
    told += [f"I2: missing {missing}"] if missing else []
    told += [f"I3: more albums {more}"] if any(album[4] for album in more) or more.total() > anonymous_kills else []
    told += [f"I3: lost {wished['loose'] - found['loose']}"] if wished["loose"] - found["loose"] else []
    strays = (found["loose"] - wished["loose"]).total()
    told += [f"I3: {strays} pictures left over after {anonymous_kills} kills"] if strays > anonymous_kills else []
    return told
