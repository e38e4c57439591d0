"""`imgur-sync plan`: what apply would do and what it costs; sends GETs only."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.asking import approvals, planning_options
from imgur_sync.cli.session import Session, result, shared
from imgur_sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from imgur_sync.executor import Options
    from imgur_sync.model.plan import Plan


@click.command("plan", short_help="Show what apply would do, and what it costs.")
@planning_options
@click.option("--offline", is_flag=True, help="Send nothing: plan from what is known; needs no credentials.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    help="text; json, as --json; or html, one page for a browser.",
)
@shared()
def command(
    session: Session,
    albums: tuple[str, ...],
    approve: tuple[str, ...],
    max_credits: int | None,
    refresh: bool,
    checksum: bool,
    offline: bool,
    detailed_exitcode: bool,
    form: str | None,
) -> int:
    """Show what apply would do, album by album, and what it costs. Nothing is changed.

    ALBUM is a key of sync.toml or a pattern of keys; none means all albums. Looking costs a few credits (1 for each
    request); --offline costs none.

    \b
    imgur-sync plan                       all albums
    imgur-sync plan cats --refresh        one album, asking Imgur anew
    imgur-sync plan 'trips/*'             all albums whose key begins so
    imgur-sync plan --approve prune=37    with a gate passed
    imgur-sync plan --format html >plan.html

    Exits 0, or 2 with --detailed-exitcode when there are changes. See also: imgur-sync help albums, help gates.
    """
    if offline and refresh:
        raise UsageError(
            "--offline asks Imgur nothing, and --refresh asks it about every album", hint="give one of them"
        )
    if form not in (None, "json") and session.json:
        raise UsageError(f"--json and --format {form} ask for two forms of one result", hint="give one of them")
    session.take(json=form == "json")
    gates = approvals(approve)
    from imgur_sync.executor import Options

    options = Options(albums=albums, approvals=gates, refresh=refresh, checksum=checksum, offline=offline)
    return show_plan(session, options, max_credits=max_credits, detailed=detailed_exitcode, page=form == "html")


def show_plan(
    session: Session, options: Options, *, max_credits: int | None, detailed: bool, page: bool = False
) -> int:
    """Make the plan that the options ask for and print it, as a `page` for a browser if asked; the exit code."""
    plan = made_plan(session, options, max_credits)
    if session.json:
        from imgur_sync.report.jsons import plan_json

        result(plan_json(plan))
    elif page:
        from imgur_sync.report.html import plan_html
        from imgur_sync.report.text import Moment

        result(plan_html(plan, Moment(time.time()), options.approvals.keys()))
    else:
        from imgur_sync.report.text import Moment, plan_text

        result(plan_text(plan, Moment(time.time()), options.approvals.keys()))
    return ExitCode.CHANGES.value if detailed and not plan.empty else ExitCode.DONE.value


def made_plan(session: Session, options: Options, max_credits: int | None) -> Plan:
    """The plan that the options ask for; its making is shown on stderr."""
    from imgur_sync.cli.following import last, shown
    from imgur_sync.cli.shown_folders import shown_on
    from imgur_sync.cli.wiring import planning
    from imgur_sync.executor import make_plan
    from imgur_sync.model.event import Planned

    with _uncollected(), planning(session, options, max_credits=max_credits) as bench:
        screen = shown(session, bench.ports.clock)
        events = make_plan(shown_on(screen, bench.ports), bench.manifest, bench.options)
        with bench.stopper.watching():
            return last(events, screen, Planned).plan


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do not look for cycles of objects meanwhile: planning makes none, and looking takes a quarter of its time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
