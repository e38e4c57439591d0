"""Machines that keep nothing: clones of one repository with a state in it, and a local Imgur."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.command import Workplace
from tests.support.inside import Inside
from tests.support.mirror import HEAD, LINEAGE, Mirror, mirror, table

KEY = "a key of the tests, long enough"
REF = f"refs/imgur-sync/{LINEAGE}"
SHARED = '[state]\nbackend = "git"\nlease = "{lease}"\n'
GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    **{f"GIT_{who}_{what}": "tests" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(folder: Path, *arguments: str, code: int | None = 0, environ: Mapping[str, str] | None = None) -> str:
    """Run git as nobody's, in that folder; its stdout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**kept, **GIT, **(environ or {})},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
    )
    assert code is None or done.returncode == code, done.stderr
    return done.stdout


def held_bytes(folder: Path, what: str) -> bytes:
    """A file of a commit ("COMMIT:NAME") as it is."""
    return subprocess.run(["git", "show", what], cwd=folder, capture_output=True, timeout=60, check=True).stdout


def bare(folder: Path, *options: str) -> Path:
    """A new bare repository."""
    git(folder.parent, "init", "-q", "--bare", "-b", "main", *options, str(folder))
    return folder


def work_tree(folder: Path, remote: Path, *options: str) -> Path:
    """A new repository with that remote, and nothing in it."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main", *options)
    git(folder, "remote", "add", "origin", str(remote))
    return folder


@dataclass
class Runners:
    """A repository of a manifest and its pictures, and who works with it."""

    first: Mirror
    remote: Path
    base: Path

    def clone(
        self, name: str, *options: str, environ: Mapping[str, str] | None = None, kind: type[Workplace] = Inside
    ) -> Mirror:
        """A machine that has nothing but a fresh clone. To be killed its commands need processes: `kind=Workplace`."""
        folder = self.base / name
        git(self.base, "clone", "-q", *options, str(self.remote), str(folder))
        kept = {**self.first.place.environment, "GITHUB_RUN_ID": name, **(environ or {})}
        return Mirror(kind(folder, kept), self.first.server, self.first.web)

    def push(self) -> None:
        """What the first clone has now is what others clone."""
        git(self.first.folder, "add", "sync.toml", "cats", "dogs")
        git(self.first.folder, "commit", "-q", "-m", "pictures")
        git(self.first.folder, "push", "-q", "origin", "main")

    def held(self, name: str) -> str:
        """A file of the shared state, as it is in the remote; "" where there is none."""
        return git(self.remote, "show", f"{REF}:{name}", code=None)

    def files(self) -> list[str]:
        """The names of the files of the shared state."""
        return git(self.remote, "ls-tree", "--name-only", REF).split()

    def head(self) -> str:
        """The commit of the shared state, "" where there is none."""
        return git(self.remote, "rev-parse", "--verify", "-q", REF, code=None).strip()


@contextmanager
def runners(base: Path, *, lease: str = "5m", head: str = HEAD, state: str = "", **given: Any) -> Iterator[Runners]:
    """A repository with two albums and its first clone; nothing was ever applied."""
    with mirror(base, kind=Inside, **given) as imgur:
        remote = bare(base / "remote.git")
        scratch = base / "scratch"  # a machine that is killed leaves it behind
        scratch.mkdir()
        work_tree(imgur.folder, remote)
        web = {
            "GITHUB_SERVER_URL": "https://ci.example",
            "GITHUB_REPOSITORY": "team/pictures",
            "GITHUB_RUN_ID": "first",
        }
        shared = {**imgur.place.environment, **GIT, **web, "IMGUR_SYNC_STATE_KEY": KEY, "TMPDIR": str(scratch)}
        first = Mirror(Inside(imgur.folder, shared), imgur.server, imgur.web)
        first.manifest(SHARED.format(lease=lease) + state + table("cats") + table("dogs"), head=head)
        made = Runners(first, remote, base)
        made.push()
        yield made
