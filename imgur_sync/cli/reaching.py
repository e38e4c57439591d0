"""What to do when Imgur cannot be reached, or nobody said who we are: hints that only the settings can give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imgur_sync.errors import CredentialsError, UnreachableError

if TYPE_CHECKING:
    from imgur_sync.settings import Settings


@contextmanager
def reaching(settings: Settings) -> Iterator[None]:
    """Around all that talks to Imgur: a local Imgur that does not answer is named, with the command that starts it.

    Raises `CredentialsError` where there is no Client-ID.
    """
    if not settings.client_id:
        raise CredentialsError(
            "there is no Client-ID",
            hint="log in: imgur-sync login; or set IMGUR_SYNC_CLIENT_ID, IMGUR_SYNC_CLIENT_SECRET and "
            "IMGUR_SYNC_REFRESH_TOKEN; without an account: imgur-sync demo",
        )
    try:
        yield
    except UnreachableError as error:
        place = urlsplit(settings.api_url)
        if place.scheme == "http":  # plain http goes to this machine only
            port = f" --port {place.port}" if place.port else ""
            error.hint = f"does the local Imgur run at {settings.api_url}? Start it: imgur-sync simulator{port}"
        raise
