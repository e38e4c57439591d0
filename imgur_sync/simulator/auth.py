"""Who is calling: the table of imgur-api §1."""

from __future__ import annotations

import re

from imgur_sync.simulator.calls import Caller
from imgur_sync.simulator.options import Knobs
from imgur_sync.simulator.replies import Refusal
from imgur_sync.simulator.world import World

_LOCAL = re.compile(r"https?://(localhost|127\.0\.0\.1)(:\d+)?", re.IGNORECASE)
INVALID_TOKEN = "The access token provided is invalid."


def identify(world: World, header: str | None, ip: str, now: float, *, errors: bool, knobs: Knobs) -> Caller:
    """The caller by the Authorization header; `errors` asks for the new back-end's `errors[]` where it has them.

    None → 401 (H; `errors[]` on albums of the new back-end, M). Not `Client-ID x` or `Bearer x` → 403 (M). Unknown
    client → 403 (H). Bad or expired token → 403 (H to 2018) or 401 (M, 2025; its body is unknown).
    """
    if not header:
        if errors:
            raise Refusal(401, "The requester is not authorized to access the resource.", shape="E")
        raise Refusal(401, "Authentication required")
    scheme, _, value = header.strip().partition(" ")
    value = value.strip()
    if scheme.lower() == "client-id" and value:
        if value not in world.clients:
            raise Refusal(403, "Invalid client_id")
        return Caller(value, None, ip)
    if scheme.lower() == "bearer" and value:
        grant = world.grants.get(value)
        if grant is None or grant.kind != "access" or (grant.expires and grant.expires <= now):
            raise Refusal(knobs.token_answer, INVALID_TOKEN)
        return Caller(grant.client, grant.account, ip)
    raise Refusal(403, "Malformed auth header")


def is_local(origin: str) -> bool:
    """Whether a browser sent the request for a page of this machine: such origins were refused (M)."""
    return _LOCAL.fullmatch(origin) is not None
