"""The log-in of a run at the real Imgur, by the same environment as imgur-sync's."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.contract.conformance.made import Access


class Refused(Exception):
    """The run cannot begin; the text says why."""


def is_here(url: str) -> bool:
    """Whether an origin is on this machine: a simulator's."""
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


def enter(url: str, environ: Mapping[str, str], kept: Path) -> Access:
    """Credentials for `url`: an access token if there is one, else one that the refresh token is good for.

    Where Imgur gives another refresh token with it, the old one may be dead: the reply is kept in `kept`, mode 0600,
    before anything else is done. `Refused` if something is missing, or Imgur refuses.
    """
    if urlsplit(url).scheme != "https" and not is_here(url):
        raise Refused(f"{url}: credentials go by https only")
    given = {name: environ.get(f"IMGUR_SYNC_{name}", "") for name in ("CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN")}
    refresh = environ.get("IMGUR_SYNC_REFRESH_TOKEN", "")
    if not given["CLIENT_ID"] or not (given["ACCESS_TOKEN"] or (given["CLIENT_SECRET"] and refresh)):
        raise Refused(
            "set IMGUR_SYNC_CLIENT_ID, and IMGUR_SYNC_ACCESS_TOKEN or both IMGUR_SYNC_CLIENT_SECRET and "
            "IMGUR_SYNC_REFRESH_TOKEN"
        )
    if given["ACCESS_TOKEN"]:
        return Access(url, given["CLIENT_ID"], given["CLIENT_SECRET"], given["ACCESS_TOKEN"])
    sent = {"client_id": given["CLIENT_ID"], "client_secret": given["CLIENT_SECRET"], "grant_type": "refresh_token"}
    try:
        reply = httpx.post(
            f"{url}/oauth2/token", data={**sent, "refresh_token": refresh}, timeout=60, trust_env=not is_here(url)
        )
        told = reply.json()
        access = told.get("data", told)["access_token"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"the refresh token gave no access token: {type(error).__name__}") from error
    _keep(told.get("data", told), refresh, kept)
    return Access(url, given["CLIENT_ID"], given["CLIENT_SECRET"], access, told)


def _keep(told: Mapping[str, object], refresh: str, kept: Path) -> None:
    if told.get("refresh_token") in (None, "", refresh):
        return
    handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(told))
    sys.stderr.write(f"Imgur gave another refresh token; it stands in {kept}\n")
