"""`imgur-sync credits`: what is left of Imgur's limits, as the ledger knows it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, result, shared

if TYPE_CHECKING:
    from imgur_sync.errors import ImgurSyncError
    from imgur_sync.model.budget import Budget
    from imgur_sync.model.outcome import Problem


@click.command("credits", short_help="Show what is left of Imgur's limits.")
@click.option("--refresh", is_flag=True, help="Ask Imgur, for 1 credit.")
@shared()
def command(session: Session, refresh: bool) -> None:
    """Show what is left of each of Imgur's limits, and when more comes back.

    Also how many uploads an hour Imgur's refusals taught, and on how many days of the month the daily limit was hit.

    The figures are the smaller of what Imgur last said and of what this machine's ledger counted. --refresh asks also
    while the ledger takes it for granted that Imgur refuses, and believes a good answer.
    """
    from imgur_sync.cli.wiring import accounting
    from imgur_sync.model.outcome import Done
    from imgur_sync.report.credits import credit_lines
    from imgur_sync.report.jsons import credits_json

    with accounting(session) as (ledger, reader):
        if refresh:
            outcome = reader.credits()
            if not isinstance(outcome, Done):
                raise _refused(outcome.problem, ledger.budget())
            ledger.observe(outcome.value.reading())
            if outcome.value.client_remaining > 0:
                ledger.lift()
        budget = ledger.budget()
    if session.json:
        result(credits_json(budget))
        return
    result("".join(f"{line}\n" for line in credit_lines(budget, time.time())))


def _refused(problem: Problem, budget: Budget) -> ImgurSyncError:
    """The error for a question that Imgur, or our own ledger, does not answer; a limit is one that opens again."""
    from imgur_sync.errors import BudgetError
    from imgur_sync.executor.ends import error_of
    from imgur_sync.model.outcome import ProblemKind
    from imgur_sync.report.figures import iso

    if problem.kind not in (ProblemKind.RATE, ProblemKind.BUDGET):
        return error_of(problem)
    if budget.blocked_until is not None:
        return BudgetError(
            f"Imgur blocks this application until {iso(budget.blocked_until)}: {problem.detail}",
            resume_at=budget.blocked_until,
            hint="it does so after five days of a month at the daily limit; without --refresh credits asks nothing",
        )
    resume = None if problem.resume_after is None else time.time() + problem.resume_after
    return BudgetError(f"a limit is used up: {problem.detail}", resume_at=resume)
