"""`imgur-sync login`: gets tokens from Imgur, or takes a refresh token that there is, and keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, note, result, shared

if TYPE_CHECKING:
    from imgur_sync.imgur.oauth import Flow
    from imgur_sync.settings import Settings

_DEFAULT = "http://127.0.0.1:8724/callback"


@click.command("login", short_help="Log in to Imgur, and keep the tokens.")
@click.option(
    "--flow",
    type=click.Choice(["code", "pin", "token"]),
    default="code",
    show_default=True,
    help="How: a code or tokens that the browser brings back, or a PIN to type in.",
)
@click.option("--refresh-token", metavar="FILE", help="Take the refresh token in FILE; - is stdin. No page is opened.")
@click.option("--client-id", metavar="ID", help="The application (default: IMGUR_SYNC_CLIENT_ID, the last log-in).")
@click.option("--client-secret-file", metavar="FILE", help="Its secret (default: IMGUR_SYNC_CLIENT_SECRET, or asks).")
@click.option("--profile", metavar="NAME", help="Which account this is, where there are several.")
@click.option(
    "--callback", metavar="URL", default=_DEFAULT, show_default=True, help="As the application is registered."
)
@click.option("--no-browser", is_flag=True, help="Print the address of the page, do not open it.")
@shared()
def command(
    session: Session,
    flow: str,
    refresh_token: str | None,
    client_id: str | None,
    client_secret_file: str | None,
    profile: str | None,
    callback: str,
    no_browser: bool,
) -> None:
    """Log in, so that no credentials are needed in the environment.

    Imgur closed the registration of applications in 2025, and its log-in pages often show error 1024. What works then
    is a refresh token that you have: imgur-sync login --refresh-token - takes it from stdin. A secret is never taken
    from the command line, where every user of the machine can read it.

    Tokens are kept in the system keyring where the extra "keyring" is installed, else in a file for your eyes only.
    """
    from imgur_sync.cli.credentials import profile_of
    from imgur_sync.cli.login_flows import Asker, log_in, ready_settings
    from imgur_sync.imgur.oauth import Flow

    way = Flow(flow) if refresh_token is None else Flow.REFRESH
    asker = Asker(callback, browser=not no_browser, token_file=refresh_token)
    asker.check(way)
    flags = {"client_id": client_id, "client_secret_file": client_secret_file}
    settings = ready_settings(profile_of(session, profile), flags, way)
    _tell(session, settings, way, log_in(settings, way, asker))


def _tell(session: Session, settings: Settings, way: Flow, account: str) -> None:
    from imgur_sync.cli.credentials import logins, token_store
    from imgur_sync.cli.login_flows import overruled
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.jsons import document

    safe = token_store(settings).safe
    place = "the system keyring" if safe.kept == "keyring" else str(safe.path.parent)
    warnings = overruled(settings)
    if session.json:
        content = {"account": account, "profile": settings.profile, "api_url": settings.api_url, "flow": way.value}
        kept = {"kept": safe.kept, "folder": str(safe.path.parent), "login": logins(settings).safe.kept}
        result(document("login", {**content, **kept, "warnings": list(warnings)}))
    else:
        who = terminal(account) or "an account that Imgur did not name"
        result(f"Logged in as {who} at {settings.api_url}, profile {terminal(settings.profile)}.\n")
        result(f"Kept in {terminal(place, 0)}. To check everything: imgur-sync doctor\n")
    for warning in warnings:
        note(f"warning: {warning}")
