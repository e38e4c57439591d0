"""`imgur-sync credits`: what is left of Imgur's limits, as the ledger knows it."""

from __future__ import annotations

import time

import click

from imgur_sync.cli.session import Session, result, shared


@click.command("credits", short_help="Show what is left of Imgur's limits.")
@click.option("--refresh", is_flag=True, help="Ask Imgur, for 1 credit.")
@shared()
def command(session: Session, refresh: bool) -> None:
    """Show the limits of Imgur, what is left of each and when more comes back.

    The figures are the smaller of what Imgur last said and of what this machine's ledger counted.
    """
    from imgur_sync.cli.wiring import accounting
    from imgur_sync.executor.session import error_of
    from imgur_sync.model.budget import Reading
    from imgur_sync.model.outcome import Done
    from imgur_sync.report.jsons import credits_json
    from imgur_sync.report.prices import credit_lines

    with accounting(session) as (ledger, reader):
        if refresh:
            outcome = reader.credits()
            if not isinstance(outcome, Done):
                raise error_of(outcome.problem)
            said = outcome.value
            reading = Reading(
                user_limit=said.user_limit,
                user_remaining=said.user_remaining,
                user_reset=said.user_reset,
                client_limit=said.client_limit,
                client_remaining=said.client_remaining,
            )
            ledger.observe(reading)
        budget = ledger.budget()
    if session.json:
        result(credits_json(budget))
        return
    result("".join(f"{line}\n" for line in credit_lines(budget, time.time())))
