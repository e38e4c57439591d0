"""A few small files in one ref of a git remote, replaced as a whole and only in the place of what was read.

What was tried before this was built (git 2.39, a bare repository, a ref outside refs/heads and refs/tags):
`git push --atomic --force-with-lease=REF:OLD NEW:REF` makes a ref that is not there (OLD empty) and replaces one that
is OLD. A stale writer gets "[rejected] (stale info)" and exit code 1, also with an empty OLD. Where the ref moves
between the server's advertisement and its transaction, the server itself refuses ("cannot lock ref … is at … but
expected …").

A push whose answer was lost is looked up: the ref is NEW, OLD, or somebody else's. So nothing depends on git's words.
It may also arrive after that look: a ref that a push of ours moved so late is ours, and is written on.
A commit without a parent may replace another one outside refs/heads; a branch gets a parent, so that rules against
forced pushes hold no run up. Unchanged files are not sent again.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from imgur_sync.errors import ImgurSyncError, StateError
from imgur_sync.state.git_command import GitFailed, Repository, explained, said

LARGEST = 512 * 1024 * 1024
"""Bytes of one file."""
MOST = 100
"""Files in the ref: a ref of the user's own, taken by mistake, is not read through."""
_HEAD = "refs/held/head"
_NAME = re.compile(r"[a-z][a-z.]{0,40}")
_OURS = re.compile(r"[a-z]+|lease\.json")


@dataclass(frozen=True, slots=True)
class Held:
    """What the ref holds: its commit ("" where there is none) and its files by name. `foreign` is the name of something
    in it that is none of ours, "" without."""

    commit: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    foreign: str = ""


class Moved(Exception):
    """The ref is not what it was when it was read: somebody else wrote it."""


class GitRef:
    """One ref of the remote of the repository that `folder` lies in. Safe from several threads.

    Raises `StateError` where that cannot be used, `CredentialsError` where git is not let in, and `TryAgainLaterError`
    where the remote cannot be reached.
    """

    def __init__(self, folder: Path, remote: str, ref: str, environ: Mapping[str, str] | None = None) -> None:
        self.name = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
        self.place = f"{self.name} of {remote}"
        self._folder, self._remote = folder, remote
        self._environ = dict(os.environ if environ is None else environ)
        self._mutex = threading.RLock()
        self._unsure: dict[str, str] = {}
        self._repository: Repository | None = None
        self._scratch: TemporaryDirectory[str] | None = None

    def read(self) -> Held:
        """What the ref holds now."""
        with self._mutex:
            try:
                if not self._remote_value():
                    return Held("")
                self._git("fetch", "--quiet", "--depth=1", "--no-tags", self._remote, f"+{self.name}:{_HEAD}")
                commit = self._git("rev-parse", "--verify", f"{_HEAD}^{{commit}}").decode("ascii").strip()
                return self._held(commit)
            except GitFailed as failed:
                raise explained(failed, f"read {self.place}") from failed

    def write(self, files: Mapping[str, bytes], old: str, message: str) -> str:
        """Replace the commit `old` ("": there is none) by one of these files; returns the new commit.

        Raises `Moved` when the ref is another one. When this raises anything else the ref is as it was, as far as can
        be told.
        """
        with self._mutex:
            new = self._commit(files, old, message)
            late = self._pushed(new, old)
            if late:  # a push of ours that was given up: what it replaced is what we held
                again = self._commit(files, late, message)
                if self._pushed(again, late):
                    raise Moved
                return again
            return new

    def close(self) -> None:
        """Remove what is on this disk."""
        with self._mutex:
            self._repository = None
            if self._scratch is not None:
                with suppress(OSError):
                    self._scratch.cleanup()
                self._scratch = None

    def _pushed(self, new: str, old: str) -> str:
        """Put `new` in the place of `old`. "" when it is there; the commit that is, when a push of ours came late."""
        lease = f"--force-with-lease={self.name}:{old}"
        try:
            self._git("push", "--quiet", "--atomic", "--no-verify", lease, self._remote, f"{new}:{self.name}")
        except GitFailed as failed:
            return self._look_up(new, old, failed)
        return ""

    def _look_up(self, new: str, old: str, failed: GitFailed) -> str:
        """What became of a push that git calls failed."""
        try:
            value = self._remote_value()
        except GitFailed:
            self._unsure[new] = old
            raise explained(failed, f"write {self.place}") from failed
        if value == new:
            return ""
        if self._unsure.get(value) == old:
            return value
        if value != old and len(value) in (0, len(new)):  # another length: of a repository that we cannot talk to
            raise Moved from failed
        self._unsure[new] = old
        error: ImgurSyncError = explained(failed, f"write {self.place}")
        if "rejected]" in str(failed) or "declined" in str(failed):
            error = StateError(
                f"the remote refuses to write {self.place}: {said(failed)}",
                hint="let the runner write that ref (branch protection, hooks), or name another: [state] ref",
            )
        raise error from failed

    def _commit(self, files: Mapping[str, bytes], old: str, message: str) -> str:
        try:
            return self._made(files, old, message)
        except GitFailed as failed:
            raise explained(failed, "make a commit") from failed

    def _made(self, files: Mapping[str, bytes], old: str, message: str) -> str:
        rows = []
        for name, data in sorted(files.items()):
            blob = self._git("hash-object", "-w", "--stdin", data=data).decode("ascii").strip()
            rows.append(f"100644 blob {blob}\t{name}\n")
        tree = self._git("mktree", data="".join(rows).encode("ascii")).decode("ascii").strip()
        parents = ("-p", old) if old and self.name.startswith("refs/heads/") else ()
        return self._git("commit-tree", tree, *parents, "-m", message).decode("ascii").strip()

    def _remote_value(self) -> str:
        listed = self._git("ls-remote", "--quiet", self._remote, self.name).decode("utf-8", "replace")
        rows = (line.partition("\t") for line in listed.splitlines())
        return next((commit for commit, _, name in rows if name == self.name), "")

    def _held(self, commit: str) -> Held:
        files: dict[str, bytes] = {}
        foreign = ""
        for row in filter(None, self._git("ls-tree", "-l", "-z", commit).decode("utf-8", "replace").split("\0")):
            about, _, name = row.partition("\t")
            fields = about.split()
            if len(fields) != 4 or fields[1] != "blob" or not _NAME.fullmatch(name) or len(files) == MOST:
                foreign = foreign or name
                continue  # none of ours
            if int(fields[3]) > LARGEST:
                raise StateError(
                    f"{self.place}: {name[:40]!r} is too large to be ours", hint="name another: [state] ref"
                )
            files[name] = self._git("cat-file", "blob", fields[2])
            foreign = foreign or ("" if _OURS.fullmatch(name) else name)
        return Held(commit, files, foreign)

    def _git(self, *arguments: str, data: bytes = b"") -> bytes:
        if self._repository is None:
            scratch = TemporaryDirectory(prefix="imgur-sync-", ignore_cleanup_errors=True)
            try:
                self._repository = Repository(self._folder, self._remote, Path(scratch.name), self._environ)
            except BaseException:
                scratch.cleanup()
                raise
            self._scratch = scratch
        return self._repository.run(*arguments, data=data)
