"""A mirror with an account or without one: what is promised in both modes is tested in both."""

from __future__ import annotations

import base64
import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.command import PROGRAM, Workplace
from tests.support.mirror import HEAD, Mirror, mirror, table
from tests.support.pictures import png

MODES = ("account", "anonymous")
NOTHING = {f"IMGUR_SYNC_{name}": "" for name in ("CLIENT_SECRET", "REFRESH_TOKEN", "ACCESS_TOKEN")}


@dataclass
class Either(Mirror):
    """A mirror whose manifests are written for its mode."""

    mode: str = "account"

    @property
    def anonymous(self) -> bool:
        return self.mode == "anonymous"

    def manifest(self, albums: str, *, head: str = HEAD) -> None:
        """Write sync.toml: the head, the mode, then these tables."""
        super().manifest(albums, head=f'{head}[account]\nmode = "{self.mode}"\n')

    def edit(self, op: str, **fields: Any) -> None:
        """Somebody changes something on Imgur; `title` names the album."""
        title = fields.pop("title_of", None)
        self.steer("edit", {"op": op, **({"id": self.album(title)["id"]} if title else {}), **fields})

    def add(self, title: str, seed: int) -> None:
        """Somebody else's picture is put into an album."""
        self.edit("add", title_of=title, image_base64=base64.b64encode(png(seed=seed)).decode())

    def typed(self, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command at a terminal into which a line is typed."""
        ours, theirs = pty.openpty()
        try:
            os.write(ours, f"{text}\n".encode())
            done = subprocess.run(
                [PROGRAM, *arguments],
                cwd=self.folder,
                env=self.place.environ({}),
                stdin=theirs,
                capture_output=True,
                encoding="utf-8",
                timeout=60,
                check=False,
            )
        finally:
            os.close(ours)
            os.close(theirs)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def settled(self, *albums: str) -> None:
        """Every album equals its folder, another plan is empty, and no account was asked for without one."""
        self.check_equal(*albums)
        assert self.json("plan", "--refresh")["empty"] is True
        if self.anonymous:
            paths = [request["path"] for request in self.requests()]
            assert not [path for path in paths if "oauth" in path or "/account/" in path]


@contextmanager
def either(base: Path, mode: str, *, kind: type[Workplace] = Workplace, **knobs: Any) -> Iterator[Either]:
    """The albums cats (five pictures) and dogs (three), nothing sent yet; credentials as the mode needs them."""
    with mirror(base, kind=kind, **knobs) as plain:
        without = NOTHING if mode == "anonymous" else {}
        place = kind(plain.folder, {**plain.place.environment, **without})
        here = Either(place, plain.server, plain.web, mode)
        here.manifest(table("cats") + table("dogs"))
        yield here
