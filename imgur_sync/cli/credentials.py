"""Which credentials a command line uses: those of the environment and config.toml first, then those of a log-in."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from imgur_sync.cli.redaction import know_environment, secrets
from imgur_sync.cli.session import Session
from imgur_sync.errors import CredentialsError, UsageError

if TYPE_CHECKING:
    from imgur_sync.imgur.transport import Transport
    from imgur_sync.settings import Settings
    from imgur_sync.state.logins import Logins
    from imgur_sync.state.tokens import FileTokens

FOLDER = "tokens"
"""Of log-ins and tokens, in the state folder."""
_PROFILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""As in the manifest."""
VARIABLES = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ACCESS_TOKEN")


def profile_of(session: Session, given: str | None) -> str:
    """The profile that `--profile` names, else the manifest (which need not be valid), else "default"."""
    from imgur_sync.cli.stored import NAMES, place

    if given is not None:
        if not _PROFILE.fullmatch(given):
            hint = "write up to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or digit"
            raise UsageError(f'--profile cannot be "{given}"', hint=hint)
        return given
    if session.file is None and not any(os.path.lexists(name) for name in NAMES):
        return "default"
    account = place(session).manifest.get("account")
    wish = account.get("profile") if isinstance(account, Mapping) else None
    return wish if isinstance(wish, str) and wish else "default"


def known_settings(profile: str, flags: Mapping[str, str | None] | None = None) -> Settings:
    """The settings, completed by the stored log-in of this profile at this API origin.

    A stored secret goes with its own Client-ID only. With both given nothing stored is looked at; with a
    Client-ID given a log-in that cannot be read is as good as none, as the environment may well be enough. From here
    on every secret among them is blotted out of whatever is told, and no core dump of this process is written.
    """
    from imgur_sync.settings import load_settings

    _keep_quiet()
    settings = _known(load_settings(os.environ, flags=flags, profile=profile))
    if settings.client_id and settings.client_secret:
        return settings
    try:
        login = logins(settings).load()
    except CredentialsError:
        if settings.client_id is None:
            raise
        return settings
    if login is None or settings.client_id not in (None, login.client_id):
        return settings
    secret = settings.client_secret or login.client_secret
    return _known(dataclasses.replace(settings, client_id=login.client_id, client_secret=secret))


def _keep_quiet() -> None:
    """Before any secret is read. Those of the environment are known first: reading the others can fail."""
    from imgur_sync.cli.logs import guard_logs

    guard_logs()
    know_environment()
    with suppress(ImportError, OSError, ValueError):  # where there is no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _known(settings: Settings) -> Settings:
    given = (settings.client_secret, settings.refresh_token, settings.access_token)
    secrets.know(*(secret.reveal() for secret in given if secret))
    return settings


def logins(settings: Settings) -> Logins:
    """The log-in of this profile at this API origin."""
    from imgur_sync.state.logins import Logins

    folder = settings.directories.state / FOLDER
    return Logins(folder, origin=settings.api_url, profile=settings.profile)


def token_store(settings: Settings) -> FileTokens:
    """The tokens of this profile and Client-ID at this API origin."""
    from imgur_sync.state.tokens import FileTokens

    folder, client_id = settings.directories.state / FOLDER, settings.client_id or ""
    return FileTokens(folder, origin=settings.api_url, client_id=client_id, profile=settings.profile)


def given_variables() -> tuple[str, ...]:
    """The variables of the environment that hold or name credentials."""
    names = [f"IMGUR_SYNC_{name}{suffix}" for name in VARIABLES for suffix in ("", "_FILE")]
    return tuple(name for name in names if os.environ.get(name, "").strip())


@contextmanager
def asking(settings: Settings) -> Iterator[Transport]:
    """A way to Imgur that sends no token: for its pages and for the token endpoint. Metered like everything else."""
    from imgur_sync.cli.reaching import reaching
    from imgur_sync.executor import SystemClock
    from imgur_sync.imgur.auth import Credentials
    from imgur_sync.imgur.transport import READ_ONLY, Transport
    from imgur_sync.model.spec import BudgetSpec
    from imgur_sync.state.ledger import Caps, SqliteLedger

    budget, clock = BudgetSpec(), SystemClock()
    with (
        SqliteLedger(
            settings.directories.state / "ledger.db",
            origin=settings.api_url,
            client_id=settings.client_id or "",
            account=settings.profile,
            caps=Caps(budget.reserve_credits, budget.uploads_per_hour, budget.max_credits_per_run),
            clock=clock,
        ) as ledger,
        reaching(settings),
        Transport(
            settings.api_url,
            Credentials(settings.client_id or "", settings.client_secret, anonymous=True),
            ledger,
            token_store(settings),
            clock,
            allow=READ_ONLY,
        ) as transport,
    ):
        yield transport
