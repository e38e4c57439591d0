"""`imgur-sync ci`: files with which a repository reviews its albums like code."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import click

from imgur_sync import __version__
from imgur_sync.cli.session import Session, note, result, shared
from imgur_sync.errors import ImgurSyncError, UsageError


class Kit(NamedTuple):
    """What one kind of CI needs: our file, where it goes, and what is to be done besides."""

    source: str
    target: str
    remark: str


KITS = {
    "github": Kit(
        "github.yml",
        ".github/workflows/imgur-sync.yml",
        "Set the secrets IMGUR_SYNC_CLIENT_ID, IMGUR_SYNC_CLIENT_SECRET and IMGUR_SYNC_REFRESH_TOKEN; with a git state "
        "also IMGUR_SYNC_STATE_KEY.",
    ),
    "gitlab": Kit(
        "gitlab.yml",
        ".gitlab-ci.yml",
        "Set the masked variables IMGUR_SYNC_CLIENT_ID, IMGUR_SYNC_CLIENT_SECRET, IMGUR_SYNC_REFRESH_TOKEN and "
        "IMGUR_SYNC_GITLAB_TOKEN; with a git state also IMGUR_SYNC_STATE_KEY. Schedule a pipeline of the main branch.",
    ),
    "pre-commit": Kit("pre-commit.yml", ".pre-commit-config.yaml", "Turn it on with: pre-commit install"),
}


@click.group("ci", short_help="Write the files of a repository that reviews its albums.")
def command() -> None:
    """Files with which a repository reviews its albums like code."""


@command.command("init", short_help="Write a workflow for GitHub, GitLab or pre-commit.")
@click.argument("kind", metavar="github|gitlab|pre-commit", type=click.Choice(tuple(KITS)))
@click.option("-o", "--output", metavar="FILE", help="Write it there; - is stdout.")
@shared()
def init(session: Session, kind: str, output: str | None) -> None:
    """Write a workflow into the repository that the current directory is the top of. A file that is there stays.

    It validates every pull request, without secrets; plans those of the repository's own branches, the plan in one
    comment; applies what is merged, if the plan is still the one that was reviewed; goes on by a schedule with what the
    budget cut off, and keeps one issue about what people changed on Imgur. pre-commit checks sync.toml before a commit.

    \b
    imgur-sync ci init github
    imgur-sync ci init gitlab -o ci/imgur-sync.yml
    """
    kit = KITS[kind]
    text = (files("imgur_sync.cli") / "ci_files" / kit.source).read_text(encoding="utf-8")
    text = text.replace("@VERSION@", __version__)
    if output == "-":
        if session.json:
            raise UsageError("with -o - stdout is the file itself", hint="leave out --json, or name a file")
        result(text)
        return
    target = Path(output or kit.target)
    _write(target, text)
    found = bool(output) or Path(".git").exists()
    if session.json:
        from imgur_sync.report.jsons import document

        told = {"system": kind, "written": str(target), "found": found, "remark": kit.remark}
        result(document("ci_init", told))
        return
    if not found:
        note(f"warning: this is not the top of a git repository, where {kind} looks for {target}")
    result(f"Wrote {target}. {kit.remark}\n")


def _write(target: Path, text: str) -> None:
    """Make the file and its folders; never over one that is there."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{target} is here already; nothing was written", hint="name another file: -o FILE") from None
    except OSError as error:
        raise ImgurSyncError(f"{target} cannot be written: {error.strerror}") from error
