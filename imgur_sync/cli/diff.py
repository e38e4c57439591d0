"""`imgur-sync diff`: what differs between folders and albums, file by file; sends GETs only."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.plan_files import is_plan_file, load
from imgur_sync.cli.session import Session, is_terminal, result, shared
from imgur_sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from imgur_sync.model.plan import Plan

COLORS = {"+": "green", "-": "red", "~": "yellow", ">": "cyan", "*": "yellow", "!": "red", "?": "magenta"}


@click.command("diff", short_help="Show what differs, file by file.")
@click.argument("albums", metavar="[ALBUM]...|A.json B.json", nargs=-1)
@click.option("--refresh", is_flag=True, help="Ask Imgur about every album, however fresh what is known of it.")
@click.option("--checksum", is_flag=True, help="Read every file again, whatever its time and size say.")
@click.option("--offline", is_flag=True, help="Send nothing: compare with what is known; needs no credentials.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is a difference.")
@shared()
def command(
    session: Session, albums: tuple[str, ...], refresh: bool, checksum: bool, offline: bool, detailed_exitcode: bool
) -> int:
    """Show what differs between the folders and the albums: first what you changed, then what changed on Imgur.

    \b
    + new   - leaves   ~ replaced   > renamed or moved   * other text or value
    ! cannot be sent or compared    ? noticed on Imgur

    ALBUM is a key of sync.toml or a pattern of keys; none means all albums. One line a file, the same on every
    terminal. Nothing is changed. What it costs, and what a gate would hold back:
    imgur-sync plan. Two plan files are compared with each other: what only the first one does (-), what only the second
    one does (+). Exits 0, or 2 with --detailed-exitcode when there is a difference.
    """
    if offline and refresh:
        raise UsageError(
            "--offline asks Imgur nothing, and --refresh asks it about every album", hint="give one of them"
        )
    if any(is_plan_file(name) for name in albums):
        return _files(session, albums, detailed=detailed_exitcode)
    from imgur_sync.cli.plan import made_plan
    from imgur_sync.executor import Options
    from imgur_sync.report.diff import diff_json, diff_text, differences

    plan: Plan = made_plan(session, Options(albums=albums, refresh=refresh, checksum=checksum, offline=offline), None)
    found = differences(plan)
    text = diff_json(plan, found) if session.json else diff_text(plan, found)
    result(text if session.json or not _colored() else _painted(text))
    return ExitCode.CHANGES.value if detailed_exitcode and found else ExitCode.DONE.value


def _files(session: Session, names: tuple[str, ...], *, detailed: bool) -> int:
    if len(names) != 2 or not all(is_plan_file(name) for name in names) or names == ("-", "-"):
        raise UsageError("two plan files are compared", hint="imgur-sync diff before.json after.json")
    from imgur_sync.report.elements import difference, difference_json, difference_text

    first, second = (load(name).expected.elements for name in names)
    found = difference(first, second)
    text = difference_json(found) if session.json else difference_text(found)
    result(text if session.json or not _colored() else _painted(text))
    return ExitCode.CHANGES.value if detailed and found else ExitCode.DONE.value


def _colored() -> bool:
    environ = os.environ
    return is_terminal(sys.stdout) and not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb"


def _painted(text: str) -> str:
    lines = (
        click.style(line, fg=COLORS[line[0]]) if line[:1] in COLORS and line[1:2] == " " else line
        for line in text.splitlines()
    )
    return "\n".join(lines) + "\n"
