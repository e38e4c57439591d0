"""`imgur-sync plan`: what apply would do and what it costs; sends GETs only."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.asking import approvals, planning_options
from imgur_sync.cli.extras import events_option, lfs_option
from imgur_sync.cli.forms import FORMS, one_form, plan_in_form
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
    type=click.Choice(FORMS),
    help="text; json, as --json; html, one page for a browser; markdown, a comment; gitlab, a report for its widget.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write a plan file, for show, diff and apply; - is stdout.",
)
@shared()
@lfs_option("Plan as apply --lfs pull would; nothing is fetched.")
@events_option
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
    output: str | None,
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
    imgur-sync plan -o plan.json          for: imgur-sync apply plan.json
    imgur-sync plan --format markdown     a comment for a pull request

    Exits 0, or 2 with --detailed-exitcode when there are changes. See also: imgur-sync help albums, help gates.
    """
    if offline and refresh:
        raise UsageError(
            "--offline asks Imgur nothing, and --refresh asks it about every album", hint="give one of them"
        )
    form = one_form(session, form)
    if output is not None and offline:
        raise UsageError("a plan made with --offline cannot be applied: it is not written", hint="leave out --offline")
    gates = approvals(approve)
    from imgur_sync.executor import Options

    options = Options(albums, gates, refresh=refresh, checksum=checksum, offline=offline, bind=output is not None)
    return show_plan(session, options, max_credits=max_credits, detailed=detailed_exitcode, form=form, output=output)


def show_plan(
    session: Session,
    options: Options,
    *,
    max_credits: int | None,
    detailed: bool,
    form: str | None = None,
    output: str | None = None,
) -> int:
    """Make the plan that the options ask for, print it in that form, write it to the file `output`; the exit code."""
    plan = made_plan(session, options, max_credits, fetched=session.lfs is not None)
    if output is not None:
        from imgur_sync.cli.plan_files import write
        from imgur_sync.report.plan_file import plan_file

        if output == "-":
            result(plan_file(plan))
        else:
            write(output, plan_file(plan))
    if output != "-":
        _print(session, plan, form or one_form(session, None), options)
    return ExitCode.CHANGES.value if detailed and not plan.empty else ExitCode.DONE.value


def _print(session: Session, plan: Plan, form: str, options: Options) -> None:
    from imgur_sync.cli.manifests import load_manifest

    manifest = load_manifest(session) if form == "html" and session.file != "-" else None
    result(plan_in_form(plan, form, time.time(), options.approvals.keys(), manifest))


def made_plan(session: Session, options: Options, max_credits: int | None, *, fetched: bool = False) -> Plan:
    """The plan that the options ask for; its making is shown on stderr. With `fetched` what is in Git LFS counts as
    here."""
    from imgur_sync.cli.fetched import fetched_on
    from imgur_sync.cli.following import last, shown
    from imgur_sync.cli.shown_folders import shown_on
    from imgur_sync.cli.wiring import planning
    from imgur_sync.executor import make_plan
    from imgur_sync.model.event import Planned

    with _uncollected(), planning(session, options, max_credits=max_credits) as bench:
        screen = shown(session, bench.ports.clock)
        ports = fetched_on(bench.ports) if fetched else bench.ports
        events = make_plan(shown_on(screen, ports), bench.manifest, bench.options)
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
