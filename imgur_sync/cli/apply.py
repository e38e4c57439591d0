"""`imgur-sync apply`: makes the albums equal the folders, after a plan and a yes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.asking import approvals, planning_options
from imgur_sync.cli.expected import asked_for
from imgur_sync.cli.extras import events_option, lfs_option
from imgur_sync.cli.plan import show_plan
from imgur_sync.cli.session import Session, is_terminal, note, prompt, result, shared
from imgur_sync.errors import DeclinedError, ImgurSyncError, InterruptedRun, UsageError

if TYPE_CHECKING:
    from imgur_sync.cli.hooks import Hooked
    from imgur_sync.cli.outcome import Outcome
    from imgur_sync.cli.wiring import ApplyBench
    from imgur_sync.executor import Options
    from imgur_sync.model.event import RunFinished
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.spec import Manifest
    from imgur_sync.report.live import LiveActivity
    from imgur_sync.report.progress import Display


@click.command("apply", short_help="Make the albums equal the folders.")
@planning_options
@click.option("-y", "--yes", is_flag=True, help="Do not ask. Passes no gate.")
@click.option("--retry-failed", is_flag=True, help="Try files again that are marked as failed.")
@click.option("--wait", is_flag=True, help="Wait for the budget, window by window, until all is done.")
@click.option("--expect", metavar="sha256:…", help="Do only what the plan with this digest holds; asks nothing.")
@click.option("--dry-run", is_flag=True, help="Plan only. A plan that is given is compared: 4 if it is stale.")
@shared()
@lfs_option("First run git lfs pull for the files that are to be sent.")
@events_option
def command(
    session: Session,
    albums: tuple[str, ...],
    approve: tuple[str, ...],
    max_credits: int | None,
    refresh: bool,
    checksum: bool,
    yes: bool,
    retry_failed: bool,
    wait: bool,
    expect: str | None,
    dry_run: bool,
) -> int:
    """Make the albums equal the folders: plan, show the plan and its price, ask, do it, read it back.

    ALBUM is a key of sync.toml or a pattern of keys; none means all albums. What a gate or the budget holds back is
    left out, the rest is done. Ctrl-C stops safely: run apply again to go on. Without a terminal nobody can be asked:
    give -y. The exit code tells what was held back or failed: imgur-sync help exit-codes.

    A plan file (imgur-sync help plan-files) is applied once, and only while its plan is still the one of now: else 4.
    With --wait a run for which the budget does not suffice sleeps until more can be had and goes on, for days if it
    must: imgur-sync help budget.

    \b
    imgur-sync apply                      all albums
    imgur-sync apply cats -y              one album, without a question
    imgur-sync apply --approve prune=37   with a gate passed
    imgur-sync apply --wait -y            all albums, however long it takes
    imgur-sync apply plan.json            what plan -o wrote, and nothing else
    imgur-sync apply --expect sha256:…    as long as that is still the plan
    imgur-sync apply --lfs pull           with what is in Git LFS and not here
    """
    if dry_run and wait:
        raise click.UsageError("--dry-run and --wait exclude each other.")
    asked = asked_for(albums, approvals(approve), expect)
    options = asked.options(refresh=refresh, checksum=checksum, retry_failed=retry_failed, wait=wait)
    if dry_run:
        return show_plan(session, options, max_credits=max_credits, detailed=False)
    return _apply(session, options, max_credits=max_credits, ask=not yes and options.expect is None)


def _apply(session: Session, options: Options, *, max_credits: int | None, ask: bool) -> int:
    from imgur_sync.cli.hooks import hooked

    if ask and not is_terminal(sys.stdin):
        raise UsageError(
            "there is no terminal to ask at", hint="give -y, a plan file or --expect to apply without a question"
        )
    if session.lfs:
        from imgur_sync.cli.lfs import pull_planned

        pull_planned(session, options, max_credits)
    with hooked(session, options.albums) as hook:
        outcome, run = _run(session, options, hook, max_credits=max_credits, ask=ask)
        outcome.tell(run)
    return run.codes[0].value if run.codes else 0


def _run(
    session: Session, options: Options, hook: Hooked, *, max_credits: int | None, ask: bool
) -> tuple[Outcome, RunFinished]:
    from imgur_sync.cli.following import last, shown
    from imgur_sync.cli.outcome import Outcome
    from imgur_sync.cli.shown_folders import shown_on
    from imgur_sync.executor import apply
    from imgur_sync.executor.history import recorded_run
    from imgur_sync.executor.selecting import chosen_keys
    from imgur_sync.model.event import RunFinished
    from imgur_sync.report.live import Both

    with _running(session, options, max_credits) as (bench, live):
        screen = Both(shown(session, bench.ports.clock), live)
        ports, outcome = shown_on(screen, bench.ports), Outcome(session, bench.ports.store)
        hook.follow(bench, outcome)

        def confirm(plan: Plan) -> bool:
            if _show(session, plan, options, screen, bench.manifest):
                outcome.plan_shown(plan)
            if ask and any(album.steps or (options.wait and album.deferred) for album in plan.albums):
                _waits_for_answer(live, plan)
                with bench.stopper.asking():
                    _agree(plan, waits=options.wait)
            return True

        asked = chosen_keys(bench.manifest, options, ports.store.albums())
        events = apply(ports, bench.writer, bench.manifest, bench.options, confirm)
        with recorded_run(ports, "apply", asked) as record, bench.stopper.watching():
            try:
                run = last(outcome.noted(events), screen, RunFinished)
            except ImgurSyncError as error:
                outcome.cut_short(error)
                raise
            record.exit_codes, record.uploaded_bytes = run.codes, run.uploaded_bytes
        return outcome, outcome.with_pages(run)


@contextmanager
def _running(session: Session, options: Options, max_credits: int | None) -> Iterator[tuple[ApplyBench, LiveActivity]]:
    """Everything that the run needs, with the run's lock held; others can see what it does."""
    from imgur_sync.cli.adopting import adopt
    from imgur_sync.cli.wiring import applying, board
    from imgur_sync.report.live import living

    name, fill = "apply --wait" if options.wait else "apply", partial(adopt, session)
    with (
        applying(session, options, max_credits=max_credits, adopt=fill, command=name) as bench,
        living(board(bench.manifest.state_path), bench.ports.clock, name) as live,
    ):
        yield bench, live


def _waits_for_answer(live: LiveActivity, plan: Plan) -> None:
    """Others see what the question is about: the run tells of its plan only when it goes on."""
    from imgur_sync.model.event import Planned

    live.show(Planned(plan, 1))
    live.say("waiting for the answer to its question")


def _show(session: Session, plan: Plan, options: Options, screen: Display, manifest: Manifest) -> bool:
    """The plan, before anything is done: on stdout, or with --json on stderr for whoever is asked. Whether it was
    shown: not with --json where all is to be quiet."""
    from imgur_sync.cli.lfs import missing_text
    from imgur_sync.report.text import Moment, plan_text

    screen.pause()
    text = plan_text(plan, Moment(time.time()), options.approvals.keys()) + missing_text(plan, manifest)
    if not session.json:
        result(text + "\n")
    elif not session.quiet:
        note(text)
    return not (session.json and session.quiet)


def _agree(plan: Plan, *, waits: bool) -> None:
    """Ask on stderr. Anything but y or yes raises `DeclinedError`, and so does the end of the input."""
    from imgur_sync.report.prices import short_price_text
    from imgur_sync.report.text import Moment
    from imgur_sync.report.waits import waits_line

    told = waits_line(plan, Moment(time.time())) if waits else ""
    if told:
        note(told)
    question = f"Do it, for {short_price_text(plan.price)}? [y/N] "
    try:
        prompt(question)
        answer = sys.stdin.readline()
    except InterruptedRun:
        note("")
        raise
    if not answer.endswith("\n"):
        note("")
    if answer.strip().lower() not in ("y", "yes"):
        raise DeclinedError("declined; nothing was changed")
