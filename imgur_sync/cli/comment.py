"""`imgur-sync comment`: the text of the one comment about a plan, from the plan and the comment as it stands."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, result, shared
from imgur_sync.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from imgur_sync.report.comment import Comment

MOST_BYTES = 64 * 1024 * 1024
"""No document of ours is larger."""


@click.command("comment", short_help="Make the text of a pull request's comment.")
@click.argument("body", metavar="[FILE]", required=False)
@click.option("--earlier", metavar="FILE", help="The comment as it stands; an empty file: there is none yet.")
@click.option("--outcome", metavar="FILE", help="What apply --json printed: the plan was applied.")
@click.option("--name", metavar="NAME", help="Which comment it is, where there are several: one for each manifest.")
@shared(json=False)
def command(session: Session, body: str | None, earlier: str | None, outcome: str | None, name: str | None) -> int:
    """Print the text of the one comment about a plan: of a new plan, or of one that was applied.

    FILE is what plan --format markdown printed (- is stdin). With --earlier the plans that stood in the comment before
    are named in a fold, by their digests, as outdated. With --outcome the text says first what applying the plan did;
    then FILE may be left out, and the plan is the one in --earlier; a run that found nothing more to do leaves a
    comment of a plan that was applied as it is. The comment is the one whose text begins with
    "<!-- imgur-sync plan "; storing it is up to you, as nothing but Imgur is ever talked to:

    \b
    imgur-sync plan --format markdown >plan.md
    imgur-sync comment plan.md --earlier old.md >new.md
    gh api -X PATCH repos/OWNER/REPO/issues/comments/ID -F body=@new.md

    \b
    imgur-sync apply -y --json >run.json
    imgur-sync comment --earlier old.md --outcome run.json >new.md

    A repository with several manifests has one comment for each, with --name: the text of each begins with
    "<!-- imgur-sync plan NAME ", and one of another name in --earlier is refused.

    Reads neither sync.toml nor the state. Exits 65 when a file is not what it should be.
    """
    _check(body, earlier, outcome)
    result(_made(body, earlier, outcome, _called(name)))
    return 0


def _made(body: str | None, earlier: str | None, outcome: str | None, called: str) -> str:
    from imgur_sync.report.comment import comment_body, outcome_lines, still_stands, too_long

    told = _text(earlier) if earlier is not None else ""
    old = _comment(earlier, told)
    _same(called, old, earlier)
    new = _comment(body, _text(body)) if body is not None else old
    if new is None:
        missing = body if body is not None else earlier
        raise UnreadableError(f"{_named(missing)} is empty", hint="plan --format markdown prints what is wanted there")
    run = _run(outcome) if outcome is not None else None
    if run is not None and body is None and still_stands(new, run):
        return told.rstrip("\n") + "\n"
    text = comment_body(new._replace(name=called), old, outcome_lines(run) if run is not None else ())
    if too_long(text):
        raise UnreadableError("the comment is longer than any can be", hint="plan --format markdown keeps its length")
    return text


def _check(body: str | None, earlier: str | None, outcome: str | None) -> None:
    if [body, earlier, outcome].count("-") > 1:
        raise UsageError("stdin can be only one of the files", hint="write - once")
    if body is None and (outcome is None or earlier is None):
        raise UsageError(
            "there is no plan to make a comment of",
            hint="give a file, or - for stdin: plan --format markdown prints it",
        )


def _called(name: str | None) -> str:
    from imgur_sync.report.comment import NAME

    if name is not None and not NAME.fullmatch(name):
        raise UsageError(
            "--name takes small letters and digits, with single dots, dashes or underscores between them",
            hint="for example --name photos-2026",
        )
    return name or ""


def _same(called: str, old: Comment | None, earlier: str | None) -> None:
    if old is not None and old.name != called:
        hint = f"give --name {old.name}, or another comment" if old.name else "give another comment, or no --name"
        raise UnreadableError(f"{_named(earlier)} is another comment", hint=hint)


def _comment(name: str | None, text: str) -> Comment | None:
    """The comment in a file; None for an empty one."""
    from imgur_sync.report.comment import parsed

    if not text.strip():
        return None
    found = parsed(text)
    if found is None:
        raise UnreadableError(
            f"{_named(name)} is no comment of imgur-sync",
            hint='its first line must be the hidden one, "<!-- imgur-sync plan sha256:… -->"',
        )
    return found


def _run(name: str) -> Mapping[str, object]:
    import json

    try:
        run = json.loads(_text(name))
    except (ValueError, RecursionError):
        run = None
    if not isinstance(run, dict) or run.get("kind") not in ("run", "error") or run.get("format_version") != 1:
        raise UnreadableError(f"{_named(name)} is not the JSON of a run", hint="apply --json prints it")
    return run


def _text(name: str) -> str:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin is not None else b""
        else:
            with Path(name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise UnreadableError(f"{_named(name)} is larger than anything that is wanted there")
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError(f"{_named(name)} is not UTF-8") from None
    except OSError as error:
        raise UnreadableError(f"{_named(name)} cannot be read: {error.strerror}") from error


def _named(name: str | None) -> str:
    return "stdin" if name == "-" else str(name)
