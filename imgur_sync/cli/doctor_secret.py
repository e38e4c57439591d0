"""What `doctor` can tell about the client secret: Imgur sees it only when an access token is refreshed."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from imgur_sync.cli.credentials import logins
from imgur_sync.cli.known_tokens import KnownTokens
from imgur_sync.errors import CredentialsError
from imgur_sync.report.checkup import Finding, fine, warning
from imgur_sync.report.figures import moment

if TYPE_CHECKING:
    from imgur_sync.model.ports import Tokens
    from imgur_sync.settings import Settings

CHECK = "secret"


class Renewals(KnownTokens):
    """Remembers whether tokens were saved: then a refresh succeeded, and the client secret with it."""

    renewed = False

    def save(self, tokens: Tokens) -> None:
        """As the store behind it."""
        self.renewed = True
        super().save(tokens)


def secret_finding(settings: Settings, tokens: Renewals) -> Finding | None:
    """What is known of the client secret after Imgur took the access token; None where it is never needed."""
    if not settings.client_secret:
        return None
    if tokens.renewed:
        return fine(CHECK, "Imgur accepts the client secret: the access token was refreshed with it just now")
    stored = tokens.load()
    if stored is None or not stored.refresh:
        return None
    due = "" if stored.expires_at is None else f", {moment(stored.expires_at, time.time())}"
    untried = f"not tried: Imgur is shown it only when the access token is refreshed{due}"
    if _is_another(settings):
        named = next((name for name in _VARIABLES if os.environ.get(name, "").strip()), "the client secret given")
        remedy = f"if the one of the log-in is right, unset {named}; if not, log in with the new one: imgur-sync login"
        return warning(CHECK, f"{named} is another client secret than that of the log-in, and wins; {untried}", remedy)
    return fine(CHECK, f"the client secret was {untried}")


_VARIABLES = ("IMGUR_SYNC_CLIENT_SECRET", "IMGUR_SYNC_CLIENT_SECRET_FILE")


def _is_another(settings: Settings) -> bool:
    """Whether the log-in of the same Client-ID was made with another secret than the one that is used."""
    try:
        login = logins(settings).load()
    except CredentialsError:
        return False
    if login is None or login.client_id != settings.client_id or login.client_secret is None:
        return False
    return login.client_secret != settings.client_secret
