"""A folder of pictures, a local Imgur on a socket, and the installed command between them."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx

from imgur_sync.simulator import Knobs, Limits, Options, Running, Windows, running
from tests.support.command import PROGRAM, Workplace
from tests.support.pictures import png

LINEAGE = "k3v9x2mq"
NO_LIMITS = Limits(0, 0, 0, 0)
SETTLE = "0.3"
SETTLE_INSIDE = "0.1"
"""Where no process is started for each command: this time is waited for before the next one."""
HEAD = f'version = 1\nlineage = "{LINEAGE}"\n[budget]\nreserve_credits = 0\nuploads_per_hour = 0\n'
UPLOAD = {"method": "POST", "path": "/3/upload"}


@dataclass
class Mirror:
    """One manifest with its folders, run against one Imgur."""

    place: Workplace
    server: Running
    web: httpx.Client

    @property
    def folder(self) -> Path:
        """Where the manifest lies."""
        return self.place.folder

    # The folders and the manifest

    def manifest(self, albums: str, *, head: str = HEAD) -> None:
        """Write sync.toml: the head, then these tables."""
        (self.folder / "sync.toml").write_text(head + albums, encoding="utf-8")

    def put(self, name: str, seed: int | bytes) -> Path:
        """Write a file below the folder: a PNG of that seed, or these bytes."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(seed=seed) if isinstance(seed, int) else seed)
        return path

    def wanted(self, folder: str) -> list[str]:
        """The SHA-256 of a folder's files, in the order of their names."""
        files = sorted(path for path in (self.folder / folder).rglob("*") if path.is_file())
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]

    # The command

    def run(
        self, *arguments: str, code: int | None = 0, environ: Mapping[str, str] | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the command; its exit code must be `code` (None: any), and it never shows a traceback."""
        done = self.place.run(*arguments, environ=environ, stdin=stdin)
        told = f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in told, told
        assert "internal error" not in told, told
        assert code is None or done.returncode == code, told
        return done

    def shell(self, script: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a line of bash in the folder; `$SYNC` is the command. Without HOME where `environ` empties it."""
        whole = {**self.place.environ(environ), "SYNC": str(PROGRAM)}
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env={name: value for name, value in whole.items() if value},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What the command prints with `--json`."""
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    # Imgur, from outside

    def look(self, what: str) -> Any:
        """What the simulator knows: world, ledger, history."""
        return self.web.get(f"/_simulator/{what}").json()

    def steer(self, what: str, sent: Any) -> Any:
        """Turn something of the simulator: knobs, faults, edit, tokens, clients."""
        reply = self.web.post(f"/_simulator/{what}", json=sent)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def calm(self) -> None:
        """No faults any more."""
        self.web.delete("/_simulator/faults")

    def album(self, title: str) -> dict[str, Any]:
        """The one album with that title, as Imgur holds it."""
        return self._titled(self.look("world"), title)

    def _titled(self, world: Any, title: str) -> dict[str, Any]:
        found = [album for album in world["albums"] if album["title"] == title]
        assert len(found) == 1, f"{len(found)} albums titled {title}"
        return dict(found[0])

    def shown(self, title: str) -> list[str]:
        """The SHA-256 of what an album shows, in its order."""
        world = self.look("world")  # once: a request that outlived its process may still arrive
        images = {image["id"]: image["sha256"] for image in world["images"]}
        return [images[image_id] for image_id in self._titled(world, title)["images"]]

    def received(self) -> list[str]:
        """The SHA-256 of every upload that Imgur ever stored, oldest first."""
        return [upload["sha256"] for upload in self.look("history")["uploads"]]

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """Every API request after number `since`."""
        return list(self.look(f"history?since={since}")["requests"])

    def writes(self, since: int = 0) -> list[str]:
        """Every request after number `since` that is not a reading: "METHOD path"; token refreshes left out."""
        asked = ((request["method"], request["path"]) for request in self.requests(since))
        return [f"{method} {path}" for method, path in asked if method != "GET" and path != "/oauth2/token"]

    def last(self) -> int:
        """The number of the last request."""
        return max((request["n"] for request in self.requests()), default=0)

    def check_equal(self, *albums: str) -> None:
        """Each album (titled as its folder is called) equals its folder, and no picture exists twice."""
        for name in albums:
            shown, wanted = self.shown(name), self.wanted(name)
            places = [wanted.index(digest) if digest in wanted else None for digest in shown]
            assert shown == wanted, f"{name} shows {places} of {len(wanted)}: {self.requests(0)[-40:]}"
        digests = [image["sha256"] for image in self.look("world")["images"]]
        assert len(digests) == len(set(digests)), "a picture was stored twice"


Kind = TypeVar("Kind", bound=Mirror)


def all_still(folder: Path) -> None:
    """Wait until no picture below looks as if it were being written: a daemon that begins earlier tells of that."""
    written = max(file.stat().st_ctime for file in folder.glob("*/*.png"))
    until(lambda: time.time() - written > 3)


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something that is about to happen elsewhere; fails at the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)  # another process gets there in its own time: asked again, never waited for blindly


def table(key: str, *lines: str, folder: str | None = None) -> str:
    """The manifest's table of one album that is titled as its folder is called."""
    return "\n".join([f"[albums.{key}]", f'folder = "{folder or key}"', f'title = "{folder or key}"', *lines, ""])


@contextmanager
def mirror(
    base: Path,
    *,
    limits: Limits = NO_LIMITS,
    latency: float = 0.0,
    windows: Windows = "fixed",
    kind: type[Workplace] = Workplace,
    **knobs: Any,
) -> Iterator[Mirror]:
    """An Imgur, and a workplace with the albums cats (five pictures) and dogs (three), nothing sent yet.

    `kind` says where its commands run: each in a process of its own, or, with `Inside`, in the test's.
    """
    here = base / "mirror"
    with (
        running(Options(knobs=Knobs(**knobs), limits=limits, latency=latency, windows=windows)) as server,
        httpx.Client(base_url=server.url, trust_env=False) as web,
    ):
        settle = SETTLE if kind is Workplace else SETTLE_INSIDE
        place = kind(here, {**server.environment(), "IMGUR_SYNC_SETTLE_SECONDS": settle})
        made = Mirror(place, server, web)
        for number in range(5):
            made.put(f"cats/c{number}.png", number)
        for number in range(3):
            made.put(f"dogs/d{number}.png", 20 + number)
        made.manifest(table("cats") + table("dogs"))
        yield made


def sibling(first: Mirror, name: str) -> Mirror:
    """A copy of a workplace's manifest and folders without its state, sharing the same ledger and account."""
    there = first.folder.with_name(name)
    shutil.copytree(first.folder, there, ignore=shutil.ignore_patterns(".imgur-sync", ".user"))
    shared = {**first.place.environment, "IMGUR_SYNC_STATE_DIR": str(first.folder / ".user")}
    return Mirror(type(first.place)(there, shared), first.server, first.web)


def apart(made: Kind) -> Kind:
    """The same with each command in a process of its own, with the time that such ones are given to settle: for tests
    in which one is killed, whose last request may arrive a moment later."""
    environment = {**made.place.environment, "IMGUR_SYNC_SETTLE_SECONDS": SETTLE}
    return replace(made, place=Workplace(made.folder, environment))
