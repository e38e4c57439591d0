"""What a plan needs from Git LFS: the exact command to type, and `apply --lfs pull`, which runs it."""

from __future__ import annotations

import os
import shlex
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from imgur_sync.cli.session import Session, note
from imgur_sync.model.step import Upload
from imgur_sync.report.figures import plural

if TYPE_CHECKING:
    from imgur_sync.executor import Options
    from imgur_sync.local.lfs import Repository
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.spec import Manifest

LONGEST = 8000
"""A command with more characters is not shown: nobody types it."""


def missing_text(plan: Plan, manifest: Manifest) -> str:
    """What to type to get the bytes of the planned files that are pointers, ending in a newline; "" where none is."""
    return "".join(f"{line}\n" for place in _needed(plan, manifest) for line in _lines(place))


def pull_planned(session: Session, options: Options, max_credits: int | None) -> None:
    """Plan, and fetch from Git LFS what the plan would send and is not here. Nothing is sent to Imgur but GETs."""
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.cli.plan import made_plan
    from imgur_sync.errors import UsageError
    from imgur_sync.local.lfs import pull
    from imgur_sync.watch.hook import hook_environment

    if session.file == "-":
        raise UsageError("--lfs cannot be used with a manifest on stdin", hint="name a file with -f")
    manifest = load_manifest(session)
    places = [place for place in _needed(made_plan(session, options, max_credits), manifest) if place.lfs]
    for place in places:
        if not session.quiet:
            note(f"git lfs pull: {plural(len(place.lfs), 'file')} of {_harmless(_shown(place.top))}")
        pull(place, hook_environment(os.environ))


def _needed(plan: Plan, manifest: Manifest) -> list[Repository]:
    """The repositories of the planned files whose content is elsewhere, but for those that a gate holds back."""
    from imgur_sync.local.lfs import repositories
    from imgur_sync.planner.remarks import NOT_DOWNLOADED

    files: list[tuple[Path, str]] = []
    for album in plan.albums:
        spec = manifest.album(album.album)
        held = {entry.step.path for entry in album.withheld if isinstance(entry.step, Upload)}
        missing = [entry.path for entry in album.blocked if entry.reason == NOT_DOWNLOADED and entry.path not in held]
        if spec is not None:
            files += [(spec.root, path) for path in missing]
    return repositories(files) if files else []


def _lines(place: Repository) -> Iterator[str]:
    """The commands for one repository."""
    from imgur_sync.local.lfs import pull_arguments

    where = [] if _shown(place.top) == "." else ["-C", _shown(place.top)]
    commands = [["git", *where, *arguments] for arguments in pull_arguments(place.lfs)]
    if place.annex:
        commands.append(["git", *where, "annex", "get", "--", *place.annex])
    told = [" ".join(shlex.quote(_harmless(word)) for word in command) for command in commands]
    if sum(len(line) for line in told) > LONGEST:
        told = ["imgur-sync apply --lfs pull"] if place.lfs else []
    elif place.lfs:
        told[-1] += "   # or let it be done: imgur-sync apply --lfs pull" if not place.annex else ""
    if told:
        count = plural(len(place.lfs) + len(place.annex), "file")
        yield f"To get the {count} not downloaded:"
        yield from (f"  {line}" for line in told)


def _shown(top: Path) -> str:
    """The folder as seen from here."""
    try:
        return os.path.relpath(top)
    except (OSError, ValueError):
        return os.fspath(top)


def _harmless(word: str) -> str:
    """The word without what a terminal obeys: a question mark stands for any character, also in the patterns."""
    return "".join("?" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") else char for char in word)
