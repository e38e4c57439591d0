"""Who asks, and what a reply says was made."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Access:
    """Where Imgur is and who calls; `token` is the whole reply to the log-in, None if there was an access token."""

    url: str
    client_id: str
    client_secret: str
    access_token: str
    token: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A picture or album of this run, with the reply that told of it."""

    id: str
    deletehash: str
    reply: httpx.Response


def told(reply: httpx.Response) -> tuple[str, str]:
    """The id and the deletehash in a reply to a creation, JSON or XML. ValueError if nothing was made."""
    if reply.status_code == 200:
        try:
            data = json.loads(reply.text)["data"]
            if data["id"]:
                return data["id"], data.get("deletehash") or ""
        except (ValueError, KeyError, TypeError):
            found = {name: re.search(rf"<{name}>(\w+)</{name}>", reply.text) for name in ("id", "deletehash")}
            if found["id"]:
                return found["id"][1], found["deletehash"][1] if found["deletehash"] else ""
    raise ValueError(f"nothing was made: {reply.status_code} {reply.text[:200]}")
