"""What to do when Imgur cannot be reached, or nobody said who we are: hints that only the settings can give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imgur_sync.errors import CredentialsError, UnreachableError

if TYPE_CHECKING:
    from imgur_sync.imgur.auth import Credentials
    from imgur_sync.model.spec import AccountSpec
    from imgur_sync.settings import Settings


@contextmanager
def reaching(settings: Settings) -> Iterator[None]:
    """Around all that talks to Imgur: a local Imgur that does not answer is named, with the command that starts it.

    Raises `CredentialsError` where there is no Client-ID.
    """
    if not settings.client_id:
        raise CredentialsError(
            "there is no Client-ID",
            hint="log in: imgur-sync login; or set IMGUR_SYNC_CLIENT_ID, and for an account IMGUR_SYNC_CLIENT_SECRET "
            "and IMGUR_SYNC_REFRESH_TOKEN; without any: imgur-sync demo",
        )
    try:
        yield
    except UnreachableError as error:
        place = urlsplit(settings.api_url)
        if place.scheme == "http":  # plain http goes to this machine only
            port = f" --port {place.port}" if place.port else ""
            error.hint = f"does the local Imgur run at {settings.api_url}? Start it: imgur-sync simulator{port}"
        raise


def has_account(settings: Settings) -> bool:
    """Whether there are tokens of an account, given or stored."""
    from imgur_sync.state.tokens import FileTokens

    if settings.refresh_token or settings.access_token:
        return True
    folder = settings.directories.state / "tokens"
    client_id, origin = settings.client_id or "", settings.api_url
    return FileTokens(folder, origin=origin, client_id=client_id, profile=settings.profile).load() is not None


def credentials_of(settings: Settings, account: AccountSpec) -> Credentials:
    """What Imgur is shown. Without an account the Client-ID is all that is looked at."""
    from imgur_sync.imgur.auth import Credentials

    client_id = settings.client_id or ""
    if account.anonymous:
        return Credentials(client_id, anonymous=True)
    return Credentials(client_id, settings.client_secret, settings.refresh_token, settings.access_token)
