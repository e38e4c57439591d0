"""`imgur-sync show`: a plan file in words; asks nobody, needs no manifest."""

from __future__ import annotations

import time
from dataclasses import replace

import click

from imgur_sync.cli.forms import FORMS, one_form, plan_in_form
from imgur_sync.cli.session import Session, result, shared


@click.command("show", short_help="Show a plan file.")
@click.argument("name", metavar="PLAN.json")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="text; json, as --json; html, one page for a browser; markdown, a comment; gitlab, a report for its widget.",
)
@shared()
def command(session: Session, name: str, form: str | None) -> None:
    """Show what a plan file would do, as plan showed it when it wrote the file. "-" reads it from stdin.

    Asks nobody and needs neither manifest nor credentials. A file that was changed after it was made is refused, with
    exit code 4.

    \b
    imgur-sync plan -o plan.json
    imgur-sync show plan.json
    imgur-sync apply plan.json
    """
    from imgur_sync.cli.plan_files import load
    from imgur_sync.model.gate import GateName

    form = one_form(session, form)
    file = load(name)
    given = file.expected.binding.approvals
    approved = [GateName(gate) for gate, _ in given]
    plan = file.plan
    if given:
        told = ", ".join(f"{gate}={count}" for gate, count in given)
        plan = replace(plan, notes=(*plan.notes, f"approved with it: {told}"))
    result(plan_in_form(plan, form, time.time(), approved))
