"""`imgur-sync logout`: forgets what a log-in stored."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, is_terminal, note, result, shared
from imgur_sync.errors import CredentialsError, DeclinedError, UsageError

if TYPE_CHECKING:
    from imgur_sync.settings import Settings

REVOKE = "https://imgur.com/account/settings/apps"


@click.command("logout", short_help="Forget the stored tokens.")
@click.option("--profile", metavar="NAME", help="Of which account, where there are several.")
@click.option("--client-id", metavar="ID", help="Of which application, if not that of the log-in.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@shared()
def command(session: Session, profile: str | None, client_id: str | None, yes: bool) -> None:
    """Remove the stored tokens and client secret of one profile, here and in the system keyring.

    Nothing is sent: the tokens themselves stay valid until you take the application off your account on Imgur's web
    site. What the environment or config.toml give is named, and stays.
    """
    from imgur_sync.cli.credentials import given_variables, logins, profile_of, token_store
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.jsons import document

    settings = _settings(profile_of(session, profile), client_id)
    _agreed(session, settings, yes=yes)
    removed = False
    if settings.client_id:
        store = token_store(settings)
        with store.refreshing():
            removed = store.safe.remove()
    removed = logins(settings).safe.remove() or removed
    left = given_variables()
    if session.json:
        content = {"profile": settings.profile, "api_url": settings.api_url, "removed": removed}
        result(document("logout", {**content, "environment": list(left)}))
        return
    whose = f"profile {terminal(settings.profile)} at {settings.api_url}"
    result(f"Forgot the log-in of {whose}.\n" if removed else f"Nothing was stored for {whose}.\n")
    if left:
        result(f"Still given by the environment, and used: {', '.join(left)}\n")
    if removed:
        result(f"The tokens stay valid at Imgur until you take the application off there: {REVOKE}\n")


def _settings(profile: str, client_id: str | None) -> Settings:
    """Of this profile. A log-in that cannot be read is no reason to keep it; its Client-ID is not known then."""
    from imgur_sync.cli.credentials import known_settings
    from imgur_sync.settings import load_settings

    flags = {"client_id": client_id}
    try:
        return known_settings(profile, flags)
    except CredentialsError as error:
        note(f"warning: {error.message}")
        return load_settings(
            {k: v for k, v in os.environ.items() if not k.endswith("_FILE")}, flags=flags, profile=profile
        )


def _agreed(session: Session, settings: Settings, *, yes: bool) -> None:
    """Raise unless the person agrees: a refresh token is hard to come by again, since Imgur's log-in pages fail."""
    if yes:
        return
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise UsageError(
            "there is no terminal to ask at", hint="add -y to forget the stored tokens without being asked"
        )
    note("Imgur's log-in pages often fail: a refresh token that is forgotten may not be had again.")
    if not click.confirm(f"Forget the log-in of profile {settings.profile!a}?", err=True):
        raise DeclinedError("nothing was removed")
