"""`imgur-sync drift`: what was changed on Imgur since the last run, and what becomes of it; sends GETs only."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, result, shared
from imgur_sync.errors import ExitCode, UsageError


@click.command("drift", short_help="Show what was changed on Imgur.")
@click.argument("albums", metavar="[ALBUM]...", nargs=-1)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something was changed there.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    help="text; json, as --json; or markdown, the text of an issue.",
)
@shared()
def command(session: Session, albums: tuple[str, ...], detailed_exitcode: bool, form: str | None) -> int:
    """Show what somebody changed on Imgur since the last run, and what the next apply makes of it.

    That is: texts, privacy, order, cover, pictures taken out, deleted or added. What you changed yourself: imgur-sync
    diff.

    ALBUM is a key of sync.toml or a pattern of keys; none means all albums. Each is asked about anew, for 1 credit, and
    1 for each picture that is missing. Nothing is changed. Exits 0, or 2 with --detailed-exitcode when something of
    yours was changed.

    --format markdown is for a job that looks on a schedule and keeps one issue up to date: its hidden first line has a
    digest that is the same as long as nothing else was changed.
    """
    if form not in (None, "json") and session.json:
        raise UsageError(f"--json and --format {form} ask for two forms of one result", hint="give one of them")
    session.take(json=form == "json")
    from imgur_sync.cli.plan import made_plan
    from imgur_sync.executor import Options
    from imgur_sync.report.drift import drift_json, drift_text, found_drift

    plan = made_plan(session, Options(albums=albums, refresh=True), None)
    if form == "markdown":
        from imgur_sync.report.drift_markdown import drift_markdown

        result(drift_markdown(plan))
    else:
        result(drift_json(plan) if session.json else drift_text(plan))
    return ExitCode.CHANGES.value if detailed_exitcode and found_drift(plan) else ExitCode.DONE.value
