"""Files of a repository whose content is in Git LFS or git-annex: which they are, and fetching those of LFS.

`git lfs pull` takes a list of patterns as in a .gitignore, with commas between them and no way to write a comma in
one. Tried with git-lfs 3.3: a leading slash means the top of the repository, a backslash takes a wildcard's meaning,
and `--exclude=` is needed where lfs.fetchexclude is set, as it often is to keep checkouts small.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from imgur_sync.errors import ImgurSyncError, TryAgainLaterError
from imgur_sync.local.pointers import LFS_LIMIT, lfs_pointer
from imgur_sync.local.walk import open_below

COMMA = "[+--]"
"""A class of three characters, the comma in the middle."""
LONGEST_ARGUMENT = 60_000
"""Bytes of one list; Linux takes 131,072 in one argument."""
SECONDS = 3600.0
"""How long one `git lfs pull` may take."""
_MOST_OUTPUT = 2000
_ELSEWHERE = re.compile(
    r"GIT_(DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|NAMESPACE|CEILING_DIRECTORIES|SHALLOW_FILE"
    r"|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|GRAFT_FILE|REPLACE_REF_BASE|QUARANTINE_PATH)"
)
"""What points git at another repository than the one of the folder it runs in; hooks of git have it."""


@dataclass(slots=True)
class Repository:
    """The files of one repository whose content is elsewhere: paths below `top`, with '/' between their parts."""

    top: Path
    lfs: list[str] = field(default_factory=list)
    annex: list[str] = field(default_factory=list)


def repositories(files: Iterable[tuple[Path, str]]) -> list[Repository]:
    """The repositories of these files (an album's folder, and a path below it), with those that are pointers.

    A file in no repository, and one that is no pointer any more, is left out.
    """
    found: dict[Path, Repository] = {}
    tops: dict[Path, Path | None] = {}
    for root, path in files:
        folder = (root / path).parent
        if folder not in tops:
            tops[folder] = _top(folder)
        top = tops[folder]
        if top is None:
            continue
        place = found.setdefault(top, Repository(top))
        name = (root / path).relative_to(top).as_posix()
        kind = _kind(root, path)
        if kind:
            (place.lfs if kind == "lfs" else place.annex).append(name)
    return [place for place in found.values() if place.lfs or place.annex]


def is_lfs(root: Path, path: str) -> bool:
    """Whether the file at that path below an album's folder is a pointer of Git LFS."""
    return _kind(root, path) == "lfs"


def pattern(path: str) -> str:
    """What stands for that one path, below the top of its repository, in a list of `git lfs pull`."""
    escaped = "".join(f"\\{char}" if char in "\\*?[]" else COMMA if char == "," else char for char in path)
    return f"/{escaped}"


def pull_arguments(paths: Iterable[str]) -> Iterator[list[str]]:
    """The arguments of `git` that fetch these files and no others, in as few commands as their length allows."""
    patterns: list[str] = []
    size = 0
    for one in map(pattern, paths):
        size += len(os.fsencode(one)) + 1
        if patterns and size > LONGEST_ARGUMENT:
            yield _pull(patterns)
            patterns, size = [], len(os.fsencode(one)) + 1
        patterns.append(one)
    if patterns:
        yield _pull(patterns)


def pull(place: Repository, environ: Mapping[str, str], seconds: float = SECONDS) -> None:
    """Fetch the LFS files of a repository and put them where their pointers are. Nothing else is fetched.

    Raises `ImgurSyncError` when git or git-lfs is missing or fails, `TryAgainLaterError` when it takes too long.
    """
    kept = {name: value for name, value in environ.items() if not _ELSEWHERE.fullmatch(name)}
    quiet = {**kept, "GIT_TERMINAL_PROMPT": "0"}
    if _git(place.top, ["lfs", "version"], quiet, 60.0)[0]:
        raise ImgurSyncError("git-lfs is not installed", hint="install it, or leave --lfs out")
    for arguments in pull_arguments(place.lfs):
        code, output = _git(place.top, arguments, quiet, seconds)
        if code:
            said = output[-_MOST_OUTPUT:].decode("utf-8", "surrogateescape").strip()
            raise ImgurSyncError(
                f"git lfs pull failed in {place.top} (exit {code}): {said or 'it said nothing'}",
                hint="nothing was sent to Imgur; what was fetched stays",
            )


def _pull(patterns: Sequence[str]) -> list[str]:
    return ["lfs", "pull", f"--include={','.join(patterns)}", "--exclude="]


def _git(top: Path, arguments: Sequence[str], environ: Mapping[str, str], seconds: float) -> tuple[int, bytes]:
    """The exit code of a git command, and what it said on stderr. None of its processes outlives it."""
    git = shutil.which("git", path=environ.get("PATH"))
    if git is None:
        raise ImgurSyncError("git is not installed", hint="install git and git-lfs, or leave --lfs out")
    process = subprocess.Popen(
        [git, "-C", os.fspath(top), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=dict(environ),
        start_new_session=True,
    )
    with process:
        try:
            _, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            raise TryAgainLaterError(
                f"git {' '.join(arguments[:2])} had not ended after {seconds:.0f} seconds",
                hint="what was fetched stays; run it again",
            ) from None
        except BaseException:
            _end(process)
            raise
    return process.returncode, said


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and what it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _top(folder: Path) -> Path | None:
    """The nearest folder upwards that has a `.git` (a folder, or the file of a worktree or submodule)."""
    return next((one for one in (folder, *folder.parents) if os.path.lexists(one / ".git")), None)


def _kind(root: Path, path: str) -> str:
    """ "lfs" for a pointer of Git LFS, "annex" for any other file that is none, "" for one that cannot be looked at."""
    try:
        with ExitStack() as stack:
            if (root / path).is_symlink():
                return "annex"
            data = os.read(open_below(root, path, os.open, stack), LFS_LIMIT)
    except (OSError, ValueError):
        return ""
    if data.startswith(b"/annex/objects/"):
        return "annex"
    return "lfs" if lfs_pointer(data) is not None else ""
