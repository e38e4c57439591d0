"""`imgur-sync doctor`: checks what a run needs, and says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, result, shared

if TYPE_CHECKING:
    from imgur_sync.report.checkup import Finding


@click.command("doctor", short_help="Check everything, and say what to do.")
@click.option("--profile", metavar="NAME", help="Of which account, where there are several.")
@click.option("--offline", is_flag=True, help="Check only what is on this machine.")
@shared()
def command(session: Session, profile: str | None, offline: bool) -> int:
    """Check the manifest, folders, state, permissions, disk, credentials, hook, network, clock, limits.

    Each check is a line: ok, warning or problem, with what to do. Nothing is changed: two GETs are sent, for 2 credits,
    and a token is refreshed if it has to be.

    Exits 0 without a problem, with warnings too; else with the first of these that applies: 65 for the manifest or the
    state, 8 for credentials, 75 for the network, 1 for anything else.
    """
    from imgur_sync.cli.credentials import profile_of
    from imgur_sync.cli.doctor_local import local_findings
    from imgur_sync.report.checkup import checkup_json, closing_text, exit_codes, finding_text

    if profile is not None:
        profile = profile_of(session, profile)
    findings: list[Finding] = []

    def told(found: Finding) -> None:
        findings.append(found)
        if not session.json:
            result(finding_text(found))

    known = None
    for found, manifest in local_findings(session):
        told(found)
        known = manifest or known
    account = known.account if known is not None else None
    if not offline:
        from imgur_sync.cli.doctor_online import online_findings
        from imgur_sync.cli.doctor_shared import shared_findings

        for found in shared_findings(known) if known is not None else ():
            told(found)

        for found in online_findings(session, account, profile):
            told(found)
    result(checkup_json(findings) if session.json else closing_text(findings))
    codes = exit_codes(findings)
    return codes[0].value if codes else 0
